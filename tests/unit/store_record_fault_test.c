/* Damaged records are found and never returned as good; a killed writer loses
 * none that it acknowledged. */
#include "tests/unit/store_damage.h"
#include "tests/unit/store_record.h"

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum {
	RECORDS = 12,
	FLIPS = 200,
	KILLS = 25,
	WRITERS = 4
};

static void
records_fill(struct fixture *f)
{
	struct store_record r;
	char id[16];
	int i;

	for (i = 0; i < RECORDS; i++) {
		snprintf(id, sizeof(id), "R%d", i);
		record_make(&r, id, 1);
		buf_printf(&r.blob, "document of %s", id);
		assert_int_equal(record_put(f, &r), 0);
		assert_int_equal(record_put_version(f, id, 2), 0);
	}
}

/* What a read calls good is what was put; counts the refusals. */
static int
reads_refused(struct fixture *f)
{
	struct store_record r;
	struct err e = ERR_INIT;
	char id[16], want[64];
	int i, refused = 0;

	for (i = 0; i < RECORDS; i++) {
		snprintf(id, sizeof(id), "R%d", i);
		if (f->ops->record_get(f->s, "print", id, 1, &r, &e) != 0) {
			refused++;
			continue;
		}
		assert_int_equal(r.version, 2);
		assert_int_equal(r.made, MADE + 1);
		assert_string_equal(r.office, "office-1");
		snprintf(want, sizeof(want), "{\"id\":\"%s\",\"v\":2}", id);
		assert_string_equal(buf_cstr(&r.body), want);
		snprintf(want, sizeof(want), "document of %s", id);
		assert_string_equal(buf_cstr(&r.blob), want);
		store_record_release(&r);
	}
	return refused;
}

/* A page has only what was put, too. */
static void
list_is_true(struct fixture *f)
{
	struct store_record_query q = {.kind = "print", .office = "office-1"};
	struct store_record_page page;
	struct err e = ERR_INIT;
	size_t i;

	if (f->ops->record_list(f->s, &q, &page, &e) != 0) {
		assert_string_equal(e.code, "record_damaged");
		return;
	}
	for (i = 0; i < page.n; i++)
		assert_string_equal(page.v[i].state, "rendered");
	store_record_page_release(&page);
}

static void
a_flipped_bit_in_any_row_is_found(void **state)
{
	static const struct {
		const char *name;
		int columns, rows;
	} tables[] = {
	    {"record", 17, 2 * RECORDS}, {"record_head", 10, RECORDS}};
	struct fixture *f = *state;
	sqlite3 *db;
	char text[128];
	int i, t;

	records_fill(f);
	snprintf(text, sizeof(text), "%s/store/db.sqlite", f->dir);
	assert_int_equal(sqlite3_open(text, &db), SQLITE_OK);
	for (i = 0; i < FLIPS; i++) {
		t = i % 2;
		snprintf(text, sizeof(text),
		    "CREATE TEMP TABLE keep AS SELECT * FROM %s",
		    tables[t].name);
		script(db, text);
		while (!flip_value(db, tables[t].name,
		    1 + (int)pick((uint32_t)tables[t].columns - 1),
		    1 + (int)pick((uint32_t)tables[t].rows)))
			;
		assert_true(audit_finds(f));
		reads_refused(f);
		list_is_true(f);
		snprintf(text, sizeof(text),
		    "BEGIN;DELETE FROM %s;INSERT INTO %s SELECT * FROM keep;"
		    "COMMIT;DROP TABLE temp.keep",
		    tables[t].name, tables[t].name);
		script(db, text);
	}
	assert_false(audit_finds(f));
	assert_int_equal(reads_refused(f), 0);
	sqlite3_close(db);
}

static void
a_missing_set_back_or_swapped_row_is_found(void **state)
{
	static const char *const damages[] = {
	    "DELETE FROM record WHERE row=24",
	    "DELETE FROM record WHERE row=3",
	    "DELETE FROM record WHERE row IN (23, 24)",
	    "DELETE FROM record_head WHERE record=12",
	    "DELETE FROM record_head WHERE record=5",
	    "DELETE FROM record WHERE row IN (23, 24);"
	    "DELETE FROM record_head WHERE record=5",
	    /* the head set back to the version before, as it was then */
	    "UPDATE record_head SET newest=newest-1, newest_hash=(SELECT hash"
	    " FROM record WHERE row=newest-1) WHERE record=4",
	    "UPDATE record_head SET (newest, newest_hash)=(SELECT newest,"
	    " newest_hash FROM record_head WHERE record=2) WHERE record=3",
	    "UPDATE record SET (segment, offset, length)=(SELECT segment,"
	    " offset, length FROM record WHERE row=1) WHERE row=3",
	    "UPDATE record_head SET state='sent' WHERE record=3",
	};
	struct fixture *f = *state;
	sqlite3 *db;
	char path[96];
	size_t i;

	records_fill(f);
	snprintf(path, sizeof(path), "%s/store/db.sqlite", f->dir);
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		script(db, "CREATE TEMP TABLE k1 AS SELECT * FROM record;"
			   "CREATE TEMP TABLE k2 AS SELECT * FROM record_head");
		script(db, damages[i]);
		if (!audit_finds(f))
			fail_msg("not found: %s", damages[i]);
		reads_refused(f);
		list_is_true(f);
		script(db, "BEGIN; DELETE FROM record;"
			   "DELETE FROM record_head;"
			   "INSERT INTO record SELECT * FROM k1;"
			   "INSERT INTO record_head SELECT * FROM k2; COMMIT");
		sqlite3_close(db);
	}
	assert_false(audit_finds(f));
}

static void
a_flipped_bit_in_any_blob_is_found(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	char path[96];
	uint64_t at;
	uint8_t mask;
	int i;

	records_fill(f);
	snprintf(path, sizeof(path), "%s/store/segments/000001", f->dir);
	assert_int_equal(stat(path, &st), 0);
	for (i = 0; i < FLIPS; i++) {
		at = pick((uint32_t)st.st_size);
		mask = (uint8_t)(1U << pick(8));
		flip_file(path, at, mask);
		assert_int_equal(reads_refused(f), 1);
		assert_true(audit_finds(f));
		flip_file(path, at, mask);
	}
	assert_false(audit_finds(f));
}

struct writer_arg {
	struct fixture f;
	int out, round, number;
};

/* New records with a blob, then their second version; report each id whose
 * second version was acknowledged in one atomic write. */
static void *
write_for_ever(void *arg)
{
	struct writer_arg *w = arg;
	struct store_record r;
	char id[32] = "";
	int i;

	for (i = 0;; i++) {
		snprintf(id, sizeof(id), "K%d-%d-%d", w->round, w->number, i);
		record_make(&r, id, 1);
		buf_printf(&r.blob, "document of %s", id);
		if (record_put(&w->f, &r) != 0 ||
		    record_put_version(&w->f, id, 2) != 0 ||
		    write(w->out, id, sizeof(id)) != sizeof(id))
			_exit(1);
	}
	return NULL;
}

static pid_t
writer_fork(const struct fixture *f, int round, int out)
{
	static struct writer_arg args[WRITERS];
	pthread_t thread;
	struct fixture mine = *f;
	pid_t pid = fork();
	int i;

	if (pid != 0)
		return pid;
	if (mine.ops->open(mine.dir, &mine.s, &mine.e) != 0)
		_exit(2);
	for (i = 0; i < WRITERS; i++) {
		args[i] = (struct writer_arg){mine, out, round, i};
		if (pthread_create(&thread, NULL, write_for_ever, &args[i]))
			_exit(3);
	}
	for (;;)
		pause();
}

static void
round_of_writing(struct fixture *f, int round, int out)
{
	pid_t pid = writer_fork(f, round, out);
	int status;
	uint8_t r;

	RAND_bytes(&r, 1);
	usleep((15 + r % 60) * 1000U);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void
what_was_acknowledged_survives_every_kill(void **state)
{
	struct fixture *f = *state;
	struct store_record r;
	char(*ids)[32] = NULL, id[32], want[64];
	size_t n = 0, i;
	int round, out[2];

	fixture_close(f);
	for (round = 0; round < KILLS; round++) {
		assert_int_equal(pipe2(out, O_CLOEXEC), 0);
		assert_true(fcntl(out[1], F_SETPIPE_SZ, 1 << 20) > 0);
		round_of_writing(f, round, out[1]);
		close(out[1]);
		while (read(out[0], id, sizeof(id)) == sizeof(id)) {
			ids = realloc(ids, (n + 1) * sizeof(*ids));
			memcpy(ids[n++], id, sizeof(id));
		}
		close(out[0]);
	}
	fixture_open(f);
	for (i = 0; i < n; i++) {
		assert_int_equal(
		    f->ops->record_get(f->s, "print", ids[i], 1, &r, &f->e), 0);
		assert_int_equal(r.version, 2);
		snprintf(want, sizeof(want), "document of %s", ids[i]);
		assert_string_equal(buf_cstr(&r.blob), want);
		store_record_release(&r);
	}
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
	print_message("%zu acknowledged\n", n);
	assert_true(n > 0);
	free(ids);
}

int
main(void)
{
#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    CASE(a_flipped_bit_in_any_row_is_found),
	    CASE(a_missing_set_back_or_swapped_row_is_found),
	    CASE(a_flipped_bit_in_any_blob_is_found),
	    CASE(what_was_acknowledged_survives_every_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
