/* IPP messages: what a real printer said, and what no printer may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "certsvc/print/ipp.h"
#include "certsvc/print/ipp_write.h"
#include "crypto/base/file.h"

#define CORPUS "tests/fuzz/corpus/ipp/"
#define HEAD "\x01\x01\x00\x00\x00\x00\x00\x07"

static void
read_captured(const char *path, struct buf *bytes, struct ipp_message *m)
{
	struct err e = ERR_INIT;

	assert_int_equal(file_read(path, IPP_MESSAGE_MAX, bytes, &e), 0);
	assert_int_equal(ipp_parse(buf_bytes(bytes), m, &e), 0);
}

static void
everything_that_a_printer_said_is_read(void **state)
{
	struct buf bytes = BUF_INIT;
	struct ipp_message m;
	const struct ipp_value *v;
	int32_t n = 0;
	size_t media = 0;

	(void)state;
	read_captured(CORPUS "everything-of-a-printer", &bytes, &m);
	assert_int_equal(m.code, 0);
	assert_int_equal(m.request, 1);
	assert_int_equal(m.groups, 2);
	assert_int_equal(m.document.n, 0);
	v = ipp_find(&m, IPP_PRINTER_ATTRIBUTES, "printer-state");
	assert_int_equal(ipp_integer(v, &n), 0);
	assert_int_equal(n, 3);
	v = ipp_find(&m, IPP_PRINTER_ATTRIBUTES, "copies-supported");
	assert_int_equal(ipp_upper(v, &n), 0);
	assert_int_equal(n, 999);
	v = ipp_find(&m, IPP_PRINTER_ATTRIBUTES, "media-supported");
	assert_true(ipp_has(&m, v, "iso_a4_210x297mm"));
	assert_false(ipp_has(&m, v, "iso_a0_841x1189mm"));
	for (; v != NULL; v = ipp_next(&m, v))
		media++;
	assert_int_equal(media, 5);
	/* a 1setOf collection is one value a collection */
	v = ipp_find(&m, IPP_PRINTER_ATTRIBUTES, "media-col-ready");
	assert_non_null(v);
	assert_int_equal(v->tag, IPP_COLLECTION);
	assert_non_null(ipp_next(&m, v));
	assert_null(ipp_next(&m, ipp_next(&m, v)));
	ipp_release(&m);
	buf_release(&bytes);
}

static void
jobs_are_groups_of_their_own(void **state)
{
	struct buf bytes = BUF_INIT;
	struct ipp_message m;
	int32_t n = 0;

	(void)state;
	read_captured(CORPUS "job", &bytes, &m);
	assert_int_equal(m.request, 3);
	assert_int_equal(ipp_integer(ipp_find_in(&m, 1, "job-id"), &n), 0);
	assert_true(n >= 1);
	assert_null(ipp_find_in(&m, 0, "job-id"));
	ipp_release(&m);
	buf_reset(&bytes);
	read_captured(CORPUS "busy", &bytes, &m);
	assert_int_equal(m.code, 0x0507);
	ipp_release(&m);
	buf_release(&bytes);
}

/* What one attribute in an operation group makes of a message. */
static int
parse_one(const char *attribute, size_t n, struct ipp_message *m)
{
	static struct buf bytes;
	struct err e = ERR_INIT;
	int rc;

	buf_reset(&bytes);
	buf_add(&bytes, HEAD "\x01", 9);
	buf_add(&bytes, attribute, n);
	buf_add(&bytes, "\x03", 1);
	rc = ipp_parse(buf_bytes(&bytes), m, &e);
	if (rc != 0)
		assert_string_equal(e.code, "bad_ipp");
	err_clear(&e);
	return rc;
}

struct sample {
	const char *name, *bytes;
	size_t n;
};
#define SAMPLE(name, bytes)                                                    \
	{                                                                      \
		name, bytes, sizeof(bytes) - 1                                 \
	}

static void
values_have_the_length_of_their_syntax(void **state)
{
	static const struct sample bad[] = {
	    SAMPLE("short integer", "\x21\0\1a\0\3\0\0\1"),
	    SAMPLE("long integer", "\x21\0\1a\0\5\0\0\0\0\1"),
	    SAMPLE("no integer", "\x21\0\1a\0\0"),
	    SAMPLE("long boolean", "\x22\0\1a\0\2\0\1"),
	    SAMPLE("boolean 2", "\x22\0\1a\0\1\2"),
	    SAMPLE("short enum", "\x23\0\1a\0\1\3"),
	    SAMPLE("short date", "\x31\0\1a\0\2\7\7"),
	    SAMPLE("short range", "\x33\0\1a\0\4\0\0\0\1"),
	    SAMPLE("short resolution", "\x32\0\1a\0\1\1"),
	    SAMPLE("unknown with a value", "\x12\0\1a\0\1x"),
	    SAMPLE("text with half a language", "\x35\0\1a\0\4\0\2en"),
	    SAMPLE("text longer than its value", "\x35\0\1a\0\7\0\2en\0\2x"),
	    SAMPLE(
		"text shorter than its value", "\x35\0\1a\0\x9\0\2en\0\1xyz"),
	    SAMPLE("value beyond the end", "\x41\0\1a\xff\xff"
					   "x"),
	    SAMPLE("name beyond the end", "\x41\xff\xff"
					  "a"),
	    SAMPLE("value without a name", "\x21\0\0\0\4\0\0\0\1"),
	    SAMPLE("half a head", "\x21\0"),
	};
	struct ipp_message m;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse_one(bad[i].bytes, bad[i].n, &m) == 0)
			fail_msg("accepted: %s", bad[i].name);
}

static void
tags_that_are_not_known_are_passed_by(void **state)
{
	static const char strange[] = "\x3f\0\1a\0\3xyz"      /* a value */
				      "\x7f\0\1b\0\4\0\0\1\1" /* extension */
				      "\x0c\x44\0\1c\0\1k"    /* a group */
				      "\x02\x21\0\1d\0\4\0\0\0\x2a";
	struct ipp_message m;
	int32_t n = 0;

	(void)state;
	assert_int_equal(parse_one(strange, sizeof(strange) - 1, &m), 0);
	assert_int_equal(m.n, 4);
	assert_int_equal(ipp_integer(&m.values[0], &n), -1);
	assert_int_equal(ipp_string(&m.values[0]).n, 0);
	assert_int_equal(
	    ipp_integer(ipp_find(&m, IPP_JOB_ATTRIBUTES, "d"), &n), 0);
	assert_int_equal(n, 42);
	ipp_release(&m);
}

static void
collections_are_whole_or_refused(void **state)
{
	static const struct sample bad[] = {
	    SAMPLE("no end", "\x34\0\1a\0\0"),
	    SAMPLE("end alone", "\x37\0\0\0\0"),
	    SAMPLE("named end", "\x37\0\1a\0\0"),
	    SAMPLE("member outside", "\x4a\0\1a\0\1m"),
	    SAMPLE("value without a member", "\x34\0\1a\0\0"
					     "\x21\0\0\0\4\0\0\0\1"
					     "\x37\0\0\0\0"),
	    SAMPLE("member without a value", "\x34\0\1a\0\0"
					     "\x4a\0\0\0\1m"
					     "\x37\0\0\0\0"),
	    SAMPLE("member without a name", "\x34\0\1a\0\0"
					    "\x4a\0\0\0\0"
					    "\x21\0\0\0\4\0\0\0\1"
					    "\x37\0\0\0\0"),
	    SAMPLE("named value inside", "\x34\0\1a\0\0"
					 "\x4a\0\0\0\1m"
					 "\x21\0\1n\0\4\0\0\0\1"
					 "\x37\0\0\0\0"),
	    SAMPLE("group inside", "\x34\0\1a\0\0"
				   "\x02"
				   "\x37\0\0\0\0"),
	    SAMPLE("wrong integer inside", "\x34\0\1a\0\0"
					   "\x4a\0\0\0\1m"
					   "\x21\0\0\0\1\1"
					   "\x37\0\0\0\0"),
	};
	static const char good[] = "\x34\0\1a\0\0"
				   "\x4a\0\0\0\1m"
				   "\x34\0\0\0\0"
				   "\x4a\0\0\0\1n"
				   "\x21\0\0\0\4\0\0\0\1"
				   "\x21\0\0\0\4\0\0\0\2"
				   "\x37\0\0\0\0"
				   "\x37\0\0\0\0"
				   "\x34\0\0\0\0"
				   "\x37\0\0\0\0";
	struct ipp_message m;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse_one(bad[i].bytes, bad[i].n, &m) == 0)
			fail_msg("accepted: %s", bad[i].name);
	assert_int_equal(parse_one(good, sizeof(good) - 1, &m), 0);
	assert_int_equal(m.n, 2);
	assert_ptr_equal(ipp_next(&m, &m.values[0]), &m.values[1]);
	ipp_release(&m);
}

static void
depth_and_number_have_an_end(void **state)
{
	struct buf deep = BUF_INIT, many = BUF_INIT;
	struct ipp_message m;
	int i;

	(void)state;
	buf_add(&deep, "\x34\0\1a\0\0", 6);
	for (i = 0; i < 20000; i++)
		buf_add(&deep, "\x4a\0\0\0\1m\x34\0\0\0\0", 11);
	assert_int_not_equal(parse_one((const char *)deep.p, deep.n, &m), 0);
	buf_add(&many, "\x44\0\1a\0\1k", 7);
	for (i = 1; i < IPP_VALUES_MAX; i++)
		buf_add(&many, "\x44\0\0\0\1k", 6);
	assert_int_equal(parse_one((const char *)many.p, many.n, &m), 0);
	ipp_release(&m);
	buf_add(&many, "\x44\0\0\0\1k", 6);
	assert_int_not_equal(parse_one((const char *)many.p, many.n, &m), 0);
	buf_release(&deep);
	buf_release(&many);
}

static void
a_message_has_head_groups_and_end(void **state)
{
	static const struct sample bad[] = {
	    SAMPLE("nothing", ""),
	    SAMPLE("half a head", "\x01\x01\0\0"),
	    SAMPLE("no end", HEAD "\x01"),
	    SAMPLE("no end at all", HEAD),
	    SAMPLE("version 9", "\x09\x09\0\0\0\0\0\1\x03"),
	    SAMPLE(
		"attribute without a group", HEAD "\x21\0\1a\0\4\0\0\0\1\x03"),
	    SAMPLE("group 0", HEAD "\x00\x03"),
	};
	static const char with_document[] = HEAD "\x01\x03%PDF";
	struct ipp_message m;
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes in = {(const uint8_t *)bad[i].bytes, bad[i].n};

		if (ipp_parse(in, &m, &e) == 0)
			fail_msg("accepted: %s", bad[i].name);
		err_clear(&e);
	}
	assert_int_equal(
	    ipp_parse((struct bytes){(const uint8_t *)with_document,
			  sizeof(with_document) - 1},
		&m, &e),
	    0);
	assert_int_equal(m.document.n, 4);
	ipp_release(&m);
}

static void
every_cut_of_a_message_is_refused(void **state)
{
	struct buf bytes = BUF_INIT;
	struct ipp_message m;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	read_captured(CORPUS "jobs", &bytes, &m);
	ipp_release(&m);
	for (n = 0; n < bytes.n; n++) {
		uint8_t *copy = malloc(n + 1);

		assert_non_null(copy);
		memcpy(copy, bytes.p, n);
		assert_int_not_equal(
		    ipp_parse((struct bytes){copy, n}, &m, &e), 0);
		free(copy);
		err_clear(&e);
	}
	buf_release(&bytes);
}

static void
strings_that_must_not_be_shown_are_empty(void **state)
{
	static const char texts[] = "\x41\0\1a\0\6\xe7\xba\xb8\xe7\x9b\x92"
				    "\x41\0\1b\0\3x\x1bz"
				    "\x41\0\1c\0\2\xc3("
				    "\x35\0\1d\0\x8\0\2en\0\2ok"
				    "\x21\0\1e\0\4okok";
	struct ipp_message m;

	(void)state;
	assert_int_equal(parse_one(texts, sizeof(texts) - 1, &m), 0);
	assert_int_equal(ipp_string(&m.values[0]).n, 6);
	assert_int_equal(ipp_string(&m.values[1]).n, 0);
	assert_int_equal(ipp_string(&m.values[2]).n, 0);
	assert_true(bytes_equal(ipp_string(&m.values[3]), bytes_str("ok")));
	assert_int_equal(ipp_string(&m.values[4]).n, 0);
	assert_int_equal(ipp_string(NULL).n, 0);
	ipp_release(&m);
}

static void
integers_keep_their_sign(void **state)
{
	static const char numbers[] = "\x21\0\1a\0\4\xff\xff\xff\xfe"
				      "\x33\0\1b\0\x8\0\0\0\1\x7f\xff\xff\xff"
				      "\x22\0\1c\0\1\1";
	struct ipp_message m;
	int32_t n = 0;

	(void)state;
	assert_int_equal(parse_one(numbers, sizeof(numbers) - 1, &m), 0);
	assert_int_equal(ipp_integer(&m.values[0], &n), 0);
	assert_int_equal(n, -2);
	assert_int_equal(ipp_upper(&m.values[1], &n), 0);
	assert_int_equal(n, INT32_MAX);
	assert_int_equal(ipp_integer(&m.values[1], &n), -1);
	assert_int_equal(ipp_boolean(&m.values[2], 0), 1);
	assert_int_equal(ipp_boolean(&m.values[0], 1), 1);
	assert_int_equal(ipp_boolean(NULL, 0), 0);
	ipp_release(&m);
}

static void
what_is_written_is_read_back(void **state)
{
	const struct ipp_head head = {
	    IPP_PRINT_JOB, 99, "ipp://localhost/ipp/print", 0, "certsvc"};
	struct buf out = BUF_INIT;
	struct ipp_message m;
	struct err e = ERR_INIT;
	int32_t n = 0;

	(void)state;
	ipp_put_head(&out, &head);
	ipp_put_group(&out, IPP_JOB_ATTRIBUTES);
	ipp_put_integer(&out, IPP_INTEGER, "copies", 2);
	ipp_put_string(&out, IPP_KEYWORD, "sides", "one-sided");
	ipp_put_string(&out, IPP_KEYWORD, NULL, "two-sided-long-edge");
	ipp_put_boolean(&out, "ipp-attribute-fidelity", 1);
	ipp_put_end(&out);
	buf_add_str(&out, "%PDF");
	assert_int_equal(ipp_parse(buf_bytes(&out), &m, &e), 0);
	assert_int_equal(m.code, IPP_PRINT_JOB);
	assert_int_equal(m.request, 99);
	/* RFC 8011, 4.1.4: charset and language are first, in this order */
	assert_true(
	    bytes_equal(m.values[0].name, bytes_str("attributes-charset")));
	assert_true(bytes_equal(
	    m.values[1].name, bytes_str("attributes-natural-language")));
	assert_int_equal(
	    ipp_integer(ipp_find(&m, IPP_JOB_ATTRIBUTES, "copies"), &n), 0);
	assert_int_equal(n, 2);
	assert_true(ipp_has(&m, ipp_find(&m, IPP_JOB_ATTRIBUTES, "sides"),
	    "two-sided-long-edge"));
	assert_int_equal(m.document.n, 4);
	ipp_release(&m);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_that_a_printer_said_is_read),
	    cmocka_unit_test(jobs_are_groups_of_their_own),
	    cmocka_unit_test(values_have_the_length_of_their_syntax),
	    cmocka_unit_test(tags_that_are_not_known_are_passed_by),
	    cmocka_unit_test(collections_are_whole_or_refused),
	    cmocka_unit_test(depth_and_number_have_an_end),
	    cmocka_unit_test(a_message_has_head_groups_and_end),
	    cmocka_unit_test(every_cut_of_a_message_is_refused),
	    cmocka_unit_test(strings_that_must_not_be_shown_are_empty),
	    cmocka_unit_test(integers_keep_their_sign),
	    cmocka_unit_test(what_is_written_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
