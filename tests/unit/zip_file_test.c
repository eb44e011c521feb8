/* Tests of crypto/zip_file.h: archives as they must be, and every other kind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/zip_maker.h"

enum {
	LOCAL = 30,
	RECORD = 46,
	END = 22
};

static const char long_text[] =
    "<ofd:Page>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</ofd:Page>";

/* Three entries: deflated, stored, deflated and empty. */
static struct buf
plain(void)
{
	const struct zip_maker_entry entries[] = {
	    {bytes_str("OFD.xml"), bytes_str(long_text), 0},
	    {bytes_str("Doc_0/Signs/value.dat"), bytes_str("0123456789"), 1},
	    {bytes_str("Doc_0/empty"), bytes_str(""), 0}};
	struct buf out = BUF_INIT;

	zip_make(&out, entries, 3);
	return out;
}

/* The code of the reason why the bytes cannot be read to the last entry, or ""
 * when they can. */
static const char *
problem(struct bytes file)
{
	static char code[ERR_CODE_SIZE];
	struct err e = ERR_INIT;
	struct zip_file *zip;
	struct bytes content;
	size_t i;

	code[0] = '\0';
	if (zip_file_open(file, &zip, &e) != 0) {
		assert_null(zip);
	} else {
		for (i = 0; i < zip->n && e.class == ERR_OK; i++)
			(void)zip_file_content(
			    zip, &zip->entries[i], &content, &e);
		zip_file_free(zip);
	}
	memcpy(code, e.code, sizeof(code));
	return code;
}

static int
canonical(struct bytes file)
{
	struct err e = ERR_INIT;
	struct zip_file *zip;
	int ok;

	assert_int_equal(zip_file_open(file, &zip, &e), 0);
	ok = zip_file_canonical(zip, &e) == 0;
	if (!ok)
		assert_string_equal(e.code, "profile");
	zip_file_free(zip);
	return ok;
}

static void
a_plain_archive_is_read_and_canonical(void **state)
{
	struct buf file = plain();
	struct err e = ERR_INIT;
	struct zip_file *zip;
	struct zip_entry *entry;
	struct bytes content, again;

	(void)state;
	assert_string_equal(problem(buf_bytes(&file)), "");
	assert_true(canonical(buf_bytes(&file)));
	assert_int_equal(zip_file_open(buf_bytes(&file), &zip, &e), 0);
	assert_int_equal(zip->n, 3);
	entry = zip_file_find(zip, bytes_str("OFD.xml"));
	assert_ptr_equal(entry, &zip->entries[0]);
	assert_int_equal(zip_file_content(zip, entry, &content, &e), 0);
	assert_true(bytes_equal(content, bytes_str(long_text)));
	assert_int_equal(zip_file_content(zip, entry, &again, &e), 0);
	assert_ptr_equal(content.p, again.p);
	assert_null(zip_file_find(zip, bytes_str("ofd.xml")));
	assert_null(zip_file_find(zip, bytes_str("Doc_0")));
	zip_file_free(zip);
	buf_release(&file);
}

/* Each bit of each byte: the archive cannot be read, or it is not canonical, or
 * it says something else than before (a name, a method, packed bytes). */
static void
every_byte_of_an_archive_counts(void **state)
{
	struct buf file = plain();
	struct bytes view = buf_bytes(&file);
	size_t i, directory = file.n - END, silent = 0;
	int bit;

	(void)state;
	for (i = 0; i < file.n; i++)
		for (bit = 0; bit < 8; bit++) {
			file.p[i] ^= (uint8_t)(1 << bit);
			if (problem(view)[0] == '\0' && canonical(view))
				silent++;
			file.p[i] ^= (uint8_t)(1 << bit);
		}
	assert_true(canonical(view));
	assert_true(directory > 0);
	/* Unused bits at the end of a deflate stream alone say nothing; whoever
	 * wants them covered hashes the file. */
	assert_true(silent <= 14);
	buf_release(&file);
}

static void
no_cut_archive_is_read(void **state)
{
	struct buf file = plain();
	size_t n;

	(void)state;
	for (n = 0; n < file.n; n++)
		assert_string_not_equal(problem((struct bytes){file.p, n}), "");
	buf_add_byte(&file, 0);
	assert_string_equal(problem(buf_bytes(&file)), "zip_malformed");
	buf_release(&file);
}

/* A change at an offset, and the code it leads to. */
struct change {
	const char *what;
	size_t at;
	int width;
	uint64_t value;
	const char *code;
};

static void
apply(struct buf *file, const struct change *c)
{
	struct buf value = BUF_INIT;

	zip_put(&value, c->value, c->width);
	memcpy(file->p + c->at, value.p, value.n);
	buf_release(&value);
}

static void
each_wrong_field_has_its_code(void **state)
{
	struct buf file = plain();
	size_t end = file.n - END, local = 0, record, i;
	const struct change changes[] = {
	    {"signature", local, 4, 0x04034b51, "zip_malformed"},
	    {"local version", local + 4, 2, 10, "zip_header_mismatch"},
	    {"local flags", local + 6, 2, 0x800, "zip_header_mismatch"},
	    {"local method", local + 8, 2, 0, "zip_header_mismatch"},
	    {"local time", local + 10, 2, 1, "zip_header_mismatch"},
	    {"local date", local + 12, 2, 1, "zip_header_mismatch"},
	    {"local crc", local + 14, 4, 1, "zip_header_mismatch"},
	    {"local packed", local + 18, 4, 1, "zip_header_mismatch"},
	    {"local size", local + 22, 4, 1, "zip_header_mismatch"},
	    {"local name length", local + 26, 2, 6, "zip_header_mismatch"},
	    {"local extra", local + 28, 2, 4, "zip_malformed"},
	    {"local name", local + LOCAL, 1, 'o', "zip_header_mismatch"},
	    {"disk", end + 4, 2, 1, "zip_malformed"},
	    {"directory's disk", end + 6, 2, 1, "zip_malformed"},
	    {"entries here", end + 8, 2, 2, "zip_malformed"},
	    {"no entries", end + 8, 4, 0, "zip_malformed"},
	    {"too few entries", end + 8, 4, 0x20002, "zip_malformed"},
	    {"too many entries", end + 8, 4, 0x40004, "zip_malformed"},
	    {"zip64", end + 8, 4, 0xffffffff, "zip_too_large"},
	    {"directory size", end + 12, 4, 1, "zip_malformed"},
	    {"directory place", end + 16, 4, 0, "zip_malformed"},
	    {"comment", end + 20, 2, 1, "zip_malformed"},
	};

	(void)state;
	record = (size_t)file.p[end + 16] | (size_t)file.p[end + 17] << 8;
	assert_memory_equal(file.p + record, "PK\1\2", 4);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct buf copy = BUF_INIT;

		buf_add_buf(&copy, &file);
		apply(&copy, &changes[i]);
		if (strcmp(problem(buf_bytes(&copy)), changes[i].code) != 0)
			fail_msg("%s: %s", changes[i].what,
			    problem(buf_bytes(&copy)));
		buf_release(&copy);
	}
	buf_release(&file);
}

/* Fields that stand in both headers, changed in both. */
static void
what_no_maker_writes_is_refused(void **state)
{
	static const struct {
		const char *what;
		size_t local, record;
		int width;
		uint64_t value;
		const char *code;
	} both[] = {{"version 4.5", 4, 6, 2, 45, "zip_malformed"},
	    {"encrypted", 6, 8, 2, 1, "zip_encrypted"},
	    {"strong encryption", 6, 8, 2, 0x40, "zip_encrypted"},
	    {"masked headers", 6, 8, 2, 0x2000, "zip_encrypted"},
	    {"patch data", 6, 8, 2, 0x20, "zip_malformed"},
	    {"method 12", 8, 10, 2, 12, "zip_malformed"},
	    {"stored, sizes differ", 8, 10, 2, 0, "zip_malformed"},
	    {"crc", 14, 16, 4, 1, "zip_malformed"},
	    {"one more byte", 22, 24, 4, sizeof(long_text), "zip_malformed"},
	    {"one byte fewer", 22, 24, 4, sizeof(long_text) - 2,
		"zip_malformed"},
	    {"a bomb", 22, 24, 4, ZIP_RATIO_FREE * 8u, "zip_too_large"},
	    {"a huge entry", 22, 24, 4, ZIP_ENTRY_MAX + 1u, "zip_too_large"},
	    {"a zip64 size", 22, 24, 4, 0xffffffff, "zip_too_large"}};
	static const struct change alone[] = {
	    {"symbolic link", 38, 4, 0xa1ff0000, "zip_malformed"},
	    {"device", 38, 4, 0x21ff0000, "zip_malformed"},
	    {"comment", 32, 2, 1, "zip_malformed"},
	    {"disk", 34, 2, 1, "zip_malformed"},
	    {"extra", 30, 2, 4, "zip_malformed"},
	    {"place", 42, 4, 1, "zip_malformed"},
	    {"place far out", 42, 4, 0xfffffff0, "zip_malformed"}};
	struct buf file = plain(), copy = BUF_INIT;
	size_t end = file.n - END, record, i;

	(void)state;
	record = (size_t)file.p[end + 16] | (size_t)file.p[end + 17] << 8;
	for (i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		struct change c = {both[i].what, both[i].local, both[i].width,
		    both[i].value, both[i].code};

		buf_reset(&copy);
		buf_add_buf(&copy, &file);
		apply(&copy, &c);
		c.at = record + both[i].record;
		apply(&copy, &c);
		if (strcmp(problem(buf_bytes(&copy)), c.code) != 0)
			fail_msg("%s: %s", c.what, problem(buf_bytes(&copy)));
	}
	for (i = 0; i < sizeof(alone) / sizeof(alone[0]); i++) {
		struct change c = alone[i];

		buf_reset(&copy);
		buf_add_buf(&copy, &file);
		c.at += record;
		apply(&copy, &c);
		if (strcmp(problem(buf_bytes(&copy)), c.code) != 0)
			fail_msg("%s: %s", c.what, problem(buf_bytes(&copy)));
	}
	buf_release(&copy);
	buf_release(&file);
}

/* The code for an archive with these names. */
static const char *
names_problem(const char *a, const char *b)
{
	const struct zip_maker_entry entries[] = {
	    {bytes_str(a), bytes_str("x"), 1},
	    {bytes_str(b), bytes_str("y"), 1}};
	struct buf file = BUF_INIT;
	const char *code;

	zip_make(&file, entries, 2);
	code = problem(buf_bytes(&file));
	buf_release(&file);
	return code;
}

static void
bad_names_are_refused(void **state)
{
	static const char *const bad[] = {"", "/", "/etc/passwd", "../x",
	    "a/../../x", "a/..", "./a", "a/./b", "a//b", "a\\b", "C:x", "a:b",
	    "\xff\xfe", "a\x01", "a\nb", "a\x7f",
	    "\xe2\x80\xae"
	    "gpj.xml",
	    "\xc0\xaf"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strcmp(names_problem(bad[i], "b"), "zip_bad_name") != 0)
			fail_msg("%zu", i);
	assert_string_equal(names_problem("附件.xml", "a.b/..c/d..e"), "");
}

static void
names_that_look_alike_are_refused(void **state)
{
	static const char *const pairs[][2] = {{"a", "a"}, {"a", "A"},
	    {"Doc_0/x.xml", "doc_0/X.XML"}, {"\xc3\xa9", "e\xcc\x81"},
	    {"\xc3\x89", "\xc3\xa9"},
	    {"stra\xc3\x9f"
	     "e",
		"STRASSE"},
	    {"\xef\xbc\xa1", "a"}, {"a", "a/b"}, {"A/b", "a"}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (strcmp(names_problem(pairs[i][0], pairs[i][1]),
			"zip_duplicate_name") != 0)
			fail_msg("%zu: %s", i,
			    names_problem(pairs[i][0], pairs[i][1]));
	assert_string_equal(names_problem("a", "a0"), "");
	assert_string_equal(names_problem("a/b", "a/c"), "");
}

/* Local entries, and any bytes before or between. */
static const char *
gap_problem(const char *before, const char *between, size_t repeat)
{
	const struct zip_maker_entry entries[] = {
	    {bytes_str("a"), bytes_str("x"), 1},
	    {bytes_str("b"), bytes_str("y"), 1}};
	struct buf file = BUF_INIT;
	size_t at[2];
	const char *code;

	buf_add_str(&file, before);
	at[0] = file.n;
	zip_put_local(&file, &entries[0]);
	buf_add_str(&file, between);
	at[1] = repeat ? at[0] : file.n;
	zip_put_local(&file, &entries[1]);
	zip_put_directory(&file, at, 2);
	code = problem(buf_bytes(&file));
	buf_release(&file);
	return code;
}

static void
every_byte_belongs_to_something(void **state)
{
	(void)state;
	assert_string_equal(gap_problem("", "", 0), "");
	assert_string_equal(gap_problem("x", "", 0), "zip_malformed");
	assert_string_equal(gap_problem("", "x", 0), "zip_malformed");
	assert_string_not_equal(gap_problem("", "", 1), "");
}

/* An entry with a data descriptor, as streaming makers write it. */
static struct buf
deferred(int with_signature, uint32_t crc_change, int zero_local)
{
	const struct zip_maker_entry entry = {
	    bytes_str("a"), bytes_str("xyz"), 1};
	struct buf file = BUF_INIT;
	uint8_t sizes[12];
	size_t at = 0, record;

	zip_put_local(&file, &entry);
	memcpy(sizes, file.p + 14, 12);
	file.p[6] = 8;
	if (with_signature)
		zip_put(&file, 0x08074b50, 4);
	sizes[0] ^= (uint8_t)crc_change;
	buf_add(&file, sizes, 12);
	sizes[0] ^= (uint8_t)crc_change;
	record = file.n;
	zip_put_directory(&file, &at, 1);
	if (zero_local)
		memset(file.p + 14, 0, 12);
	memcpy(file.p + record + 16, sizes, 12);
	return file;
}

static void
data_descriptors_must_agree(void **state)
{
	struct buf file;
	int with, zero;

	(void)state;
	for (with = 0; with < 2; with++)
		for (zero = 0; zero < 2; zero++) {
			file = deferred(with, 0, zero);
			assert_string_equal(problem(buf_bytes(&file)), "");
			assert_false(canonical(buf_bytes(&file)));
			buf_release(&file);
			file = deferred(with, 1, zero);
			assert_string_equal(
			    problem(buf_bytes(&file)), "zip_header_mismatch");
			buf_release(&file);
		}
}

static void
folders_are_read_over_but_not_canonical(void **state)
{
	const struct zip_maker_entry entries[] = {
	    {bytes_str("Doc_0/"), bytes_str(""), 1},
	    {bytes_str("Doc_0/a"), bytes_str("x"), 1}};
	const struct zip_maker_entry full = {
	    bytes_str("Doc_0/"), bytes_str("x"), 1};
	struct buf file = BUF_INIT;
	struct err e = ERR_INIT;
	struct zip_file *zip;

	(void)state;
	zip_make(&file, entries, 2);
	assert_int_equal(zip_file_open(buf_bytes(&file), &zip, &e), 0);
	assert_int_equal(zip->n, 1);
	assert_int_equal(zip->nfolders, 1);
	zip_file_free(zip);
	assert_false(canonical(buf_bytes(&file)));
	buf_reset(&file);
	zip_make(&file, &full, 1);
	assert_string_equal(problem(buf_bytes(&file)), "zip_malformed");
	buf_release(&file);
}

/* Bytes behind the deflated stream, inside what the headers call packed. */
static void
nothing_may_follow_a_deflated_stream(void **state)
{
	const struct zip_maker_entry entry = {
	    bytes_str("a"), bytes_str(long_text), 0};
	struct buf file = BUF_INIT;
	size_t at = 0;

	(void)state;
	zip_put_local(&file, &entry);
	buf_add_byte(&file, 0);
	file.p[18]++;
	zip_put_directory(&file, &at, 1);
	assert_string_equal(problem(buf_bytes(&file)), "zip_malformed");
	buf_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_archive_is_read_and_canonical),
	    cmocka_unit_test(every_byte_of_an_archive_counts),
	    cmocka_unit_test(no_cut_archive_is_read),
	    cmocka_unit_test(each_wrong_field_has_its_code),
	    cmocka_unit_test(what_no_maker_writes_is_refused),
	    cmocka_unit_test(bad_names_are_refused),
	    cmocka_unit_test(names_that_look_alike_are_refused),
	    cmocka_unit_test(every_byte_belongs_to_something),
	    cmocka_unit_test(data_descriptors_must_agree),
	    cmocka_unit_test(folders_are_read_over_but_not_canonical),
	    cmocka_unit_test(nothing_may_follow_a_deflated_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
