/* Damage to rows, documents and schema is found and never returned as good. */
#include "tests/unit/store_damage.h"

#include <sys/stat.h>

#include "certsvc/store/store_db.h"
#include "certsvc/store/store_schema.h"

enum {
	CERTIFICATES = 24,
	FLIPS = 200
};

struct known {
	char id[STORE_ID_SIZE];
	struct store_certificate c;
	struct store_document pdf;
};

static void
known_fill(struct fixture *f, struct known *known)
{
	char serial[16];
	int i;

	for (i = 0; i < CERTIFICATES; i++) {
		snprintf(serial, sizeof(serial), "D%d", i);
		assert_int_equal(
		    issue_put(f, serial, NULL, known[i].id, &f->e), 0);
		assert_int_equal(f->ops->certificate_get(
				     f->s, known[i].id, &known[i].c, &f->e),
		    0);
		assert_int_equal(f->ops->document_get(f->s, known[i].id, "pdf",
				     "original", 1, &known[i].pdf, &f->e),
		    0);
	}
}

static void
known_release(struct known *known)
{
	int i;

	for (i = 0; i < CERTIFICATES; i++) {
		store_certificate_release(&known[i].c);
		buf_release(&known[i].pdf.bytes);
	}
}

/* What a read calls good must be what was put; counts the refusals. */
static int
reads_refused(struct fixture *f, const struct known *k)
{
	struct store_certificate c;
	struct store_document d;
	struct err e = ERR_INIT;
	int refused = 0;

	if (f->ops->certificate_get(f->s, k->id, &c, &e) == 0) {
		assert_string_equal(c.number, k->c.number);
		assert_string_equal(c.holder, k->c.holder);
		assert_int_equal(c.status, k->c.status);
		assert_int_equal(c.valid_to, k->c.valid_to);
		assert_true(
		    bytes_equal(buf_bytes(&c.face), buf_bytes(&k->c.face)));
		store_certificate_release(&c);
	} else
		refused++;
	if (f->ops->document_get(f->s, k->id, "pdf", "original", 1, &d, &e) ==
	    0) {
		assert_true(
		    bytes_equal(buf_bytes(&d.bytes), buf_bytes(&k->pdf.bytes)));
		buf_release(&d.bytes);
	} else
		refused++;
	return refused;
}

static void
all_reads(struct fixture *f, const struct known *known)
{
	int i;

	for (i = 0; i < CERTIFICATES; i++)
		reads_refused(f, &known[i]);
}

static void
a_flipped_bit_in_any_row_is_found(void **state)
{
	static const struct {
		const char *name;
		int columns, rows;
	} tables[] = {{"intent", 17, CERTIFICATES},
	    {"certificate", 27, CERTIFICATES},
	    {"document", 10, CERTIFICATES * 2}, {"event", 16, CERTIFICATES},
	    {"current", 4, CERTIFICATES}, {"leaf", 4, CERTIFICATES}};
	struct fixture *f = *state;
	struct known known[CERTIFICATES] = {0};
	sqlite3 *db;
	char path[96];
	int i, t, first, row;

	known_fill(f, known);
	snprintf(path, sizeof(path), "%s/store/db.sqlite", f->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (i = 0; i < FLIPS; i++) {
		t = i % 6;
		first = strcmp(tables[t].name, "leaf") == 0 ? 0 : 1;
		row = first + (int)pick((uint32_t)tables[t].rows);
		/* keep a copy, damage, look, put back */
		snprintf(path, sizeof(path),
		    "CREATE TEMP TABLE keep AS SELECT * FROM %s",
		    tables[t].name);
		script(db, path);
		while (!flip_value(db, tables[t].name,
		    1 + (int)pick((uint32_t)tables[t].columns - 1), row))
			;
		assert_true(audit_finds(f));
		all_reads(f, known);
		snprintf(
		    path, sizeof(path), "BEGIN;DELETE FROM %s", tables[t].name);
		script(db, path);
		snprintf(path, sizeof(path),
		    "INSERT INTO %s SELECT * FROM keep;", tables[t].name);
		script(db, path);
		script(db, "COMMIT;DROP TABLE temp.keep");
	}
	assert_false(audit_finds(f));
	sqlite3_close(db);
	known_release(known);
}

static void
a_missing_copied_or_swapped_row_is_found(void **state)
{
	static const char *const damages[] = {
	    "DELETE FROM certificate WHERE row=7",
	    "DELETE FROM certificate WHERE row=24",
	    "DELETE FROM intent WHERE row=24",
	    "DELETE FROM document WHERE row=48",
	    "DELETE FROM document WHERE row=3",
	    "DELETE FROM event WHERE seq=24",
	    "DELETE FROM event WHERE seq=2",
	    "DELETE FROM current WHERE certificate=24",
	    "DELETE FROM leaf WHERE place=23",
	    "DELETE FROM leaf WHERE place=0",
	    "INSERT INTO event SELECT 25, certificate, status, action,"
	    " reason, department, op, note, successor, at, list, place,"
	    " previous, previous_hash, leaf, hash FROM event WHERE seq=3",
	    "UPDATE current SET event=3, event_hash=(SELECT hash FROM event"
	    " WHERE seq=3) WHERE certificate=4",
	    "UPDATE leaf SET body=(SELECT body FROM leaf WHERE place=4)"
	    " WHERE place=5",
	};
	struct fixture *f = *state;
	struct known known[CERTIFICATES] = {0};
	sqlite3 *db;
	char path[96];
	size_t i;

	known_fill(f, known);
	snprintf(path, sizeof(path), "%s/store/db.sqlite", f->dir);
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		script(db, "CREATE TEMP TABLE k1 AS SELECT * FROM certificate;"
			   "CREATE TEMP TABLE k2 AS SELECT * FROM intent;"
			   "CREATE TEMP TABLE k3 AS SELECT * FROM document;"
			   "CREATE TEMP TABLE k4 AS SELECT * FROM event;"
			   "CREATE TEMP TABLE k5 AS SELECT * FROM current;"
			   "CREATE TEMP TABLE k6 AS SELECT * FROM leaf;");
		script(db, damages[i]);
		if (!audit_finds(f))
			fail_msg("not found: %s", damages[i]);
		audit_finds(f);
		script(db, "BEGIN; DELETE FROM certificate; DELETE FROM intent;"
			   "DELETE FROM document; DELETE FROM event;"
			   "DELETE FROM current; DELETE FROM leaf;"
			   "INSERT INTO certificate SELECT * FROM k1;"
			   "INSERT INTO intent SELECT * FROM k2;"
			   "INSERT INTO document SELECT * FROM k3;"
			   "INSERT INTO event SELECT * FROM k4;"
			   "INSERT INTO current SELECT * FROM k5;"
			   "INSERT INTO leaf SELECT * FROM k6; COMMIT;");
		sqlite3_close(db);
	}
	assert_false(audit_finds(f));
	known_release(known);
}

static void
a_flipped_bit_in_any_document_is_found(void **state)
{
	struct fixture *f = *state;
	struct known known[CERTIFICATES] = {0};
	struct stat st;
	char path[96];
	uint64_t at;
	uint8_t mask;
	int i, j, refused;

	known_fill(f, known);
	snprintf(path, sizeof(path), "%s/store/segments/000001", f->dir);
	assert_int_equal(stat(path, &st), 0);
	for (i = 0; i < FLIPS; i++) {
		at = pick((uint32_t)st.st_size);
		mask = (uint8_t)(1U << pick(8));
		flip_file(path, at, mask);
		refused = 0;
		for (j = 0; j < CERTIFICATES; j++)
			refused += reads_refused(f, &known[j]);
		assert_true(audit_finds(f));
		/* all but the XMLs, which only the audit reads here */
		assert_true(refused <= 1);
		flip_file(path, at, mask);
	}
	assert_false(audit_finds(f));
	known_release(known);
}

static void
a_flipped_bit_of_the_file_is_never_another_truth(void **state)
{
	struct fixture *f = *state;
	struct known known[CERTIFICATES] = {0};
	struct stat st;
	char path[96];
	uint64_t at;
	uint8_t mask;
	int i;

	known_fill(f, known);
	fixture_close(f);
	snprintf(path, sizeof(path), "%s/store/db.sqlite", f->dir);
	assert_int_equal(stat(path, &st), 0);
	for (i = 0; i < FLIPS; i++) {
		at = pick((uint32_t)st.st_size);
		mask = (uint8_t)(1U << pick(8));
		flip_file(path, at, mask);
		if (f->ops->open(f->dir, &f->s, &f->e) == 0) {
			all_reads(f, known);
			audit_finds(f);
			fixture_close(f);
		}
		flip_file(path, at, mask);
	}
	fixture_open(f);
	assert_false(audit_finds(f));
	known_release(known);
}

static void
a_foreign_trigger_view_or_table_is_refused(void **state)
{
	static const char *const foreign[][2] = {
	    {"CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM"
	     " leaf; END",
		"DROP TRIGGER t"},
	    {"CREATE VIEW v AS SELECT * FROM event", "DROP VIEW v"},
	    {"CREATE TABLE extra(x)", "DROP TABLE extra"},
	    {"DROP INDEX intent_key",
		"CREATE UNIQUE INDEX intent_key ON intent(department,"
		" matter, serial)"},
	    {"PRAGMA user_version=77", "PRAGMA user_version=4"},
	};
	struct fixture *f = *state;
	sqlite3 *db;
	char path[96];
	size_t i;

	fixture_close(f);
	snprintf(path, sizeof(path), "%s/store/db.sqlite", f->dir);
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		script(db, foreign[i][0]);
		sqlite3_close(db);
		assert_int_equal(
		    f->ops->open(f->dir, &f->s, &f->e), ERR_STORAGE);
		assert_string_equal(
		    f->e.code, i == 4 ? "schema_newer" : "schema_unknown");
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		script(db, foreign[i][1]);
		sqlite3_close(db);
	}
	fixture_open(f);
}

static void
a_database_of_the_first_schema_is_migrated(void **state)
{
	struct fixture *f = *state;
	struct store_figures figures;
	struct db db;
	sqlite3 *h;
	char path[96], id[STORE_ID_SIZE];

	fixture_close(f);
	snprintf(path, sizeof(path), "%s/store/db.sqlite", f->dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(db_open(&db, path, 1, &f->e), 0);
	assert_int_equal(schema_make(&db, 1, &f->e), 0);
	db_close(&db);
	fixture_open(f);
	assert_int_equal(f->ops->figures(f->s, &figures, &f->e), 0);
	assert_int_equal(figures.schema, schema_newest());
	assert_int_equal(issue_put(f, "M1", NULL, id, &f->e), 0);
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(number(h, "PRAGMA user_version"), schema_newest());
	sqlite3_close(h);
}

static void
a_second_owner_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store *other;

	assert_int_equal(f->ops->open(f->dir, &other, &f->e), ERR_BUSY);
	assert_string_equal(f->e.code, "store_in_use");
	assert_null(other);
}

int
main(void)
{
#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    CASE(a_flipped_bit_in_any_row_is_found),
	    CASE(a_missing_copied_or_swapped_row_is_found),
	    CASE(a_flipped_bit_in_any_document_is_found),
	    CASE(a_flipped_bit_of_the_file_is_never_another_truth),
	    CASE(a_foreign_trigger_view_or_table_is_refused),
	    CASE(a_database_of_the_first_schema_is_migrated),
	    CASE(a_second_owner_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
