/* journal_test.c - the keeper's account of what it signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "keys/journal.h"

static const uint8_t key[32] = {1, 2, 3};
static const struct journal_mark nothing;

static int
new_file(void)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	return fileno(f);
}

static void
add(struct journal *j, int n)
{
	struct journal_line line = {.op = "seal",
	    .time = 1795000000,
	    .intent = "07070707070707070707070707070707",
	    .type = "11990000MB9A010097001",
	    .department = "11990100MB9A00014N",
	    .seal = "market-1",
	    .face = "00",
	    .authority = 1};
	struct err e = ERR_INIT;

	/* every second one is an office's, the last among them */
	while (n-- > 0) {
		line.number = n % 2 == 0 ? 2 : 0;
		snprintf(line.op, sizeof(line.op), "%s",
		    n % 2 == 0 ? "code" : "seal");
		snprintf(line.office, sizeof(line.office), "%s",
		    n % 2 == 0 ? "qinghe-zhen" : "");
		assert_int_equal(journal_add(j, &line, &e), 0);
	}
	assert_int_equal(journal_sync(j, &e), 0);
}

static int
try_open(int fd, const struct journal_mark *known, struct journal *j,
    const char *code)
{
	struct err e = ERR_INIT;
	int rc = journal_open(j, fd, key, known, &e);

	if (rc != 0)
		assert_string_equal(e.code, code);
	return rc;
}

/* A status list is signed after each change: the lines of lists must not hide
 * which certificate the database has to know. */
static void
the_last_intent_is_kept_beside_later_lines(void **state)
{
	static const char intent[] = "07070707070707070707070707070707";
	struct journal_line status = {.op = "status", .authority = 1};
	struct journal j;
	struct err e = ERR_INIT;
	int fd = new_file();

	(void)state;
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	assert_string_equal(j.intent, "");
	add(&j, 1);
	assert_int_equal(journal_add(&j, &status, &e), 0);
	assert_int_equal(journal_sync(&j, &e), 0);
	assert_string_equal(j.intent, intent);
	journal_close(&j);
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	assert_string_equal(j.intent, intent);
	journal_close(&j);
	close(fd);
}

/* A sheet has the intent of its certificate, which may be an old one: it must
 * not hide that the database lacks a newer one. */
static void
a_sheet_is_not_the_last_that_was_issued(void **state)
{
	static const char old[] = "01010101010101010101010101010101",
			  new[] = "02020202020202020202020202020202",
			  copy[] = "03030303030303030303030303030303";
	const struct {
		const char *op, *intent;
		uint64_t number;
		const char *last;
	} lines[] = {{"code", old, 0, old}, {"seal", old, 0, old},
	    {"code", new, 0, new}, {"sheet", old, 1, new},
	    {"seal", old, 1, new}, {"ses", old, 1, new},
	    {"code", copy, 7, copy}, {"seal", copy, 7, copy},
	    {"seal", new, 0, new}};
	struct journal_line line = {.authority = 1};
	struct journal j;
	struct err e = ERR_INIT;
	int fd = new_file();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
		lseek(fd, 0, SEEK_END);
		snprintf(line.op, sizeof(line.op), "%s", lines[i].op);
		snprintf(
		    line.intent, sizeof(line.intent), "%s", lines[i].intent);
		line.number = lines[i].number;
		assert_int_equal(journal_add(&j, &line, &e), 0);
		assert_int_equal(journal_sync(&j, &e), 0);
		assert_string_equal(j.intent, lines[i].last);
		journal_close(&j);
		assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
		assert_string_equal(j.intent, lines[i].last);
		journal_close(&j);
	}
}

static void
count(void *ctx, const struct journal_line *line)
{
	(void)line;
	++*(int *)ctx;
}

static void
a_journal_goes_on_where_it_was(void **state)
{
	struct err e = ERR_INIT;
	struct journal j;
	int fd = new_file(), n = 0;

	(void)state;
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	add(&j, 3);
	journal_close(&j);
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	assert_int_equal(j.mark.seq, 3);
	assert_string_equal(j.last.seal, "market-1");
	lseek(fd, 0, SEEK_END);
	add(&j, 1);
	assert_int_equal(journal_walk(&j, count, &n, &e), 0);
	assert_int_equal(n, 4);
	journal_close(&j);
}

/* The last line that was walked over. */
static void
take(void *ctx, const struct journal_line *line)
{
	struct journal_line **next = ctx;

	*(*next)++ = *line;
}

/* Lines of offices and sheets have two fields more; both forms go together. */
static void
lines_say_which_office_and_which_sheet(void **state)
{
	struct journal_line lines[] = {{.op = "code", .authority = 1},
	    {.op = "sheet", .office = "qinghe-zhen", .number = 2},
	    {.op = "seal", .office = "a", .seal = "market-1"},
	    {.op = "sheet", .number = UINT64_MAX},
	    {.op = "ticket", .office = "1234567890123456789012345678901"},
	    {.op = "status"}};
	const size_t n = sizeof(lines) / sizeof(lines[0]);
	struct journal_line read[6], *next = read;
	struct journal j;
	struct err e = ERR_INIT;
	int fd = new_file();
	size_t i;

	(void)state;
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	for (i = 0; i < n; i++) {
		lines[i].authority = 1;
		assert_int_equal(journal_add(&j, &lines[i], &e), 0);
	}
	assert_int_equal(journal_sync(&j, &e), 0);
	journal_close(&j);
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	assert_int_equal(journal_walk(&j, take, &next, &e), 0);
	assert_int_equal(next - read, n);
	for (i = 0; i < n; i++) {
		assert_string_equal(read[i].op, lines[i].op);
		assert_string_equal(read[i].office, lines[i].office);
		assert_string_equal(read[i].seal, lines[i].seal);
		assert_int_equal(read[i].number, lines[i].number);
	}
	journal_close(&j);
}

static void
a_torn_last_line_is_cut(void **state)
{
	struct journal j;
	int fd = new_file();
	int64_t size, cut;

	(void)state;
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	add(&j, 3);
	size = j.size;
	journal_close(&j);
	for (cut = 1; cut < size / 3; cut++) {
		assert_int_equal(ftruncate(fd, size - cut), 0);
		assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
		assert_int_equal(j.mark.seq, 2);
		assert_int_equal(lseek(fd, 0, SEEK_END), j.size);
		add(&j, 1);
		journal_close(&j);
	}
}

static void
zeros_after_the_last_line_are_cut(void **state)
{
	struct journal j;
	int fd = new_file();

	(void)state;
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	add(&j, 2);
	assert_int_equal(ftruncate(fd, j.size + 300), 0);
	journal_close(&j);
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	assert_int_equal(j.mark.seq, 2);
	journal_close(&j);
}

static void
every_changed_byte_is_found(void **state)
{
	static const uint8_t flips[] = {0x01, 0x20, 0x80};
	struct journal_mark mark;
	struct journal j;
	int fd = new_file();
	int64_t i, size;
	uint8_t byte;
	size_t k;

	(void)state;
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	add(&j, 3);
	size = j.size;
	mark = j.mark;
	journal_close(&j);
	for (i = 0; i < size; i++)
		for (k = 0; k < 3; k++) {
			struct err e = ERR_INIT;

			assert_int_equal(pread(fd, &byte, 1, i), 1);
			byte ^= flips[k];
			assert_int_equal(pwrite(fd, &byte, 1, i), 1);
			assert_int_equal(
			    journal_open(&j, fd, key, &mark, &e), ERR_STORAGE);
			byte ^= flips[k];
			assert_int_equal(pwrite(fd, &byte, 1, i), 1);
			/* the last line break gone looks torn: it was cut,
			 * and the mark told; put the byte back */
			assert_int_equal(
			    lseek(fd, 0, SEEK_END) == size ||
				strcmp(e.code, "journal_rolled_back") == 0,
			    1);
			if (lseek(fd, 0, SEEK_END) != size)
				return; /* was the last byte */
		}
}

static void
a_line_left_out_or_written_without_the_key_is_found(void **state)
{
	static const uint8_t other[32] = {9};
	struct err e = ERR_INIT;
	struct journal j;
	int fd = new_file();

	(void)state;
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	add(&j, 3);
	journal_close(&j);
	assert_int_equal(
	    journal_open(&j, fd, other, &nothing, &e), ERR_STORAGE);
	assert_string_equal(e.code, "journal_damaged");
}

static void
a_journal_set_back_is_refused(void **state)
{
	struct journal_mark mark;
	struct journal j;
	int fd = new_file();
	int64_t early;

	(void)state;
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	add(&j, 2);
	early = j.size;
	add(&j, 1);
	mark = j.mark;
	journal_close(&j);
	assert_int_equal(ftruncate(fd, early), 0);
	assert_int_equal(
	    try_open(fd, &mark, &j, "journal_rolled_back"), ERR_STORAGE);
}

static void
a_full_disk_fails_the_batch_and_the_next_one_succeeds(void **state)
{
	struct rlimit small, old;
	struct journal_line line = {.op = "seal", .authority = 1};
	struct err e = ERR_INIT;
	struct journal j;
	int fd = new_file();

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	add(&j, 2);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = (rlim_t)j.size + 20;
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(journal_add(&j, &line, &e), 0);
	assert_int_equal(journal_sync(&j, &e), ERR_STORAGE);
	assert_string_equal(e.code, "journal_unwritable");
	assert_int_equal(lseek(fd, 0, SEEK_END), j.size);
	setrlimit(RLIMIT_FSIZE, &old);
	add(&j, 1);
	assert_int_equal(j.mark.seq, 3);
	journal_close(&j);
	assert_int_equal(try_open(fd, &nothing, &j, ""), 0);
	assert_int_equal(j.mark.seq, 3);
	journal_close(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_last_intent_is_kept_beside_later_lines),
	    cmocka_unit_test(a_sheet_is_not_the_last_that_was_issued),
	    cmocka_unit_test(a_journal_goes_on_where_it_was),
	    cmocka_unit_test(lines_say_which_office_and_which_sheet),
	    cmocka_unit_test(a_torn_last_line_is_cut),
	    cmocka_unit_test(zeros_after_the_last_line_are_cut),
	    cmocka_unit_test(every_changed_byte_is_found),
	    cmocka_unit_test(
		a_line_left_out_or_written_without_the_key_is_found),
	    cmocka_unit_test(a_journal_set_back_is_refused),
	    cmocka_unit_test(
		a_full_disk_fails_the_batch_and_the_next_one_succeeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
