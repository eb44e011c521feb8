/* ticket_test.c - tickets of offices: one form, one MAC, and whose area. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "crypto/base/text.h"
#include "keys/office_key.h"
#include "keys/ticket.h"
#include "tests/support/flips.h"

static const uint8_t key[32] = {1, 2, 3}, other_key[32] = {1, 2, 4};

static struct ticket
sample(void)
{
	struct ticket t = {
	    .id = "qinghe-zhen",
	    .zh = "青禾镇便民服务中心",
	    .region = "990100001",
	    .hash = {0xfa, 0xce},
	    .issued = 1795000000,
	    .not_after = 1826536000,
	    .types = {{"11990000MB9A010097001", 30},
		{"11990000MB9A010097002", 0}},
	    .ntypes = 2,
	};

	return t;
}

static int
opens(struct bytes in)
{
	struct err e = ERR_INIT;
	struct ticket t;

	return ticket_open(in, key, &t, &e) == 0;
}

static void
a_ticket_survives_writing_and_reading(void **state)
{
	struct ticket in = sample(), out;
	struct buf bytes = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(ticket_write(&in, key, &bytes, &e), 0);
	assert_int_equal(ticket_open(buf_bytes(&bytes), key, &out, &e), 0);
	assert_memory_equal(&in, &out, sizeof(in));
	memset(&out, 0xff, sizeof(out));
	assert_int_equal(ticket_parse(buf_bytes(&bytes), &out), 0);
	assert_memory_equal(&in, &out, sizeof(in));
	assert_int_equal(
	    ticket_type_find(&out, "11990000MB9A010097001")->quota, 30);
	assert_null(ticket_type_find(&out, "11990000MB9A010097003"));
	buf_release(&bytes);
}

static void
no_flipped_bit_and_no_cut_opens(void **state)
{
	static const uint8_t masks[] = {1, 2, 4, 8, 16, 32, 64, 128};
	struct ticket in = sample();
	struct buf bytes = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(ticket_write(&in, key, &bytes, &e), 0);
	flip_bytes(&bytes, (struct bytes){masks, sizeof(masks)}, opens);
	cut_bytes(&bytes, bytes.n, opens);
	assert_int_equal(
	    ticket_open(buf_bytes(&bytes), other_key, &in, &e), ERR_DENIED);
	assert_string_equal(e.code, "bad_ticket");
	buf_add_byte(&bytes, 0);
	assert_false(opens(buf_bytes(&bytes)));
	buf_release(&bytes);
}

/* The largest ticket fits, one type more is no ticket. */
static void
a_ticket_has_limits(void **state)
{
	struct ticket t = sample(), out;
	struct buf bytes = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	memset(t.id, 'z', sizeof(t.id) - 1);
	memset(t.zh, 'z', sizeof(t.zh) - 1);
	memcpy(t.region, "990100001002", 13);
	t.issued = t.not_after = INT64_MAX;
	t.ntypes = TICKET_TYPES_MAX;
	for (i = 0; i < t.ntypes; i++) {
		memcpy(t.types[i].type, "11990000MB9A010097001", 22);
		t.types[i].type[18] = (char)('0' + i / 100);
		t.types[i].type[19] = (char)('0' + i / 10 % 10);
		t.types[i].type[20] = (char)('0' + i % 10);
		t.types[i].quota = TICKET_QUOTA_MAX;
	}
	assert_int_equal(ticket_write(&t, key, &bytes, &e), 0);
	assert_int_equal(ticket_open(buf_bytes(&bytes), key, &out, &e), 0);
	assert_memory_equal(&t, &out, sizeof(t));
	buf_release(&bytes);
}

static void
refused(const struct ticket *t)
{
	struct buf bytes = BUF_INIT;
	struct err e = ERR_INIT;

	assert_int_equal(ticket_write(t, key, &bytes, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_ticket");
	assert_int_equal(bytes.n, 0);
}

static void
what_is_not_well_formed_is_not_written(void **state)
{
	static const char *const ids[] = {"", "A", "a b", "a/b", "网点"};
	static const char *const names[] = {
	    "", "a\nb", "\xff", "a\xe2\x80\xae"};
	static const char *const regions[] = {"", "99010", "99010x", "-990100"};
	struct ticket t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		t = sample();
		snprintf(t.id, sizeof(t.id), "%s", ids[i]);
		refused(&t);
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		t = sample();
		snprintf(t.zh, sizeof(t.zh), "%s", names[i]);
		refused(&t);
	}
	for (i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		t = sample();
		snprintf(t.region, sizeof(t.region), "%s", regions[i]);
		refused(&t);
	}
	t = sample();
	t.types[1] = t.types[0]; /* twice */
	refused(&t);
	t = sample();
	t.types[0].type[20] = '\0';
	refused(&t);
	t = sample();
	t.types[0].quota = TICKET_QUOTA_MAX + 1;
	refused(&t);
	t = sample();
	t.issued = -1;
	refused(&t);
}

static void
an_office_lies_in_the_area_of_its_county_city_and_province(void **state)
{
	struct ticket t = sample();

	(void)state;
	assert_true(ticket_covered_by(&t, "11990100MB9A00014N"));
	assert_true(ticket_covered_by(&t, "11990000MB9A00014N"));
	assert_true(ticket_covered_by(&t, "11000000MB9A00014N"));
	assert_false(ticket_covered_by(&t, "11990200MB9A00014N"));
	assert_false(ticket_covered_by(&t, "11990102MB9A00014N"));
	assert_false(ticket_covered_by(&t, "11980000MB9A00014N"));
	assert_false(ticket_covered_by(&t, "11"));
	assert_false(ticket_covered_by(&t, ""));
}

static void
an_office_key_follows_from_id_and_generation(void **state)
{
	char one[OFFICE_KEY_SIZE], again[OFFICE_KEY_SIZE],
	    next[OFFICE_KEY_SIZE];
	uint8_t hash[32], raw[32];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(office_key_make(key, "a", 1, one, &e), 0);
	assert_int_equal(office_key_make(key, "a", 1, again, &e), 0);
	assert_string_equal(one, again);
	assert_int_equal(strlen(one), 52);
	assert_int_equal(text_unbase32(raw, 32, one, 52), 0);
	assert_int_equal(office_key_make(key, "a", 2, next, &e), 0);
	assert_string_not_equal(one, next);
	assert_int_equal(office_key_make(key, "b", 1, next, &e), 0);
	assert_string_not_equal(one, next);
	assert_int_equal(office_key_make(other_key, "a", 1, next, &e), 0);
	assert_string_not_equal(one, next);
	assert_int_equal(office_key_hash(one, hash), 0);
	assert_int_equal(office_key_make(key, "A", 1, next, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_office");
	assert_int_equal(office_key_make(key, "a", 0, next, &e), ERR_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_ticket_survives_writing_and_reading),
	    cmocka_unit_test(no_flipped_bit_and_no_cut_opens),
	    cmocka_unit_test(a_ticket_has_limits),
	    cmocka_unit_test(what_is_not_well_formed_is_not_written),
	    cmocka_unit_test(
		an_office_lies_in_the_area_of_its_county_city_and_province),
	    cmocka_unit_test(an_office_key_follows_from_id_and_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
