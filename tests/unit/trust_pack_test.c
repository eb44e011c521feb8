/* trust_pack_test.c - a trust whose seals are read as they are asked for says
 * what the whole one says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/ofd_expect.h"

static struct ofd_world world;
static struct buf head, seals;

static int
setup(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	ofd_world_make(&world);
	world_must(trust_pack(buf_bytes(&world.json), &head, &seals, &e), &e);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ofd_world_release(&world);
	buf_release(&head);
	buf_release(&seals);
	return 0;
}

static struct trust *
packed_trust(struct bytes table)
{
	return ofd_trust_of(&world,
	    (struct trust_parts){.json = buf_bytes(&head), .seals = table});
}

static const struct trust_seal *
find(const struct trust *trust, const struct buf *x509,
    const struct trust_issuer **issuer)
{
	uint8_t digest[32];

	assert_int_equal(digest_sha256(buf_bytes(x509), digest), 0);
	return trust_seal_find(trust, digest, issuer);
}

static void
each_seal_is_found_as_before(void **state)
{
	const struct buf *const x509s[] = {
	    &world.w.seal, &world.seal.x509, &world.second.x509};
	struct trust *trust = packed_trust(buf_bytes(&seals));
	const struct trust_issuer *issuer;
	const struct trust_seal *seal, *want;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(x509s) / sizeof(x509s[0]); i++) {
		want = find(world.trust, x509s[i], &issuer);
		assert_non_null(want);
		seal = find(trust, x509s[i], &issuer);
		assert_non_null(seal);
		assert_string_equal(seal->id, want->id);
		assert_string_equal(seal->zh, want->zh);
		assert_string_equal(seal->department, want->department);
		assert_int_equal(seal->nsigners, want->nsigners);
		assert_int_equal(
		    json_equal(seal->lent, want->lent), want->lent != NULL);
		assert_int_equal(issuer->number, WORLD_ISSUER);
		assert_ptr_equal(find(trust, x509s[i], &issuer), seal);
	}
	/* One seal for both of its x509s: two are not one standing twice. */
	assert_ptr_equal(
	    find(trust, x509s[0], &issuer), find(trust, x509s[1], &issuer));
	assert_null(find(trust, &world.ca, &issuer));
	trust_free(trust);
}

static void
verdicts_are_the_same(void **state)
{
	const struct buf *const files[] = {&world.w.pdf, &world.w.xml,
	    &world.w.qr, &world.ofd, &world.seal.object};
	struct trust *trust = packed_trust(buf_bytes(&seals));
	struct verify_options whole = {.trust = world.trust, .at = WORLD_NOW},
			      packed = {.trust = trust, .at = WORLD_NOW};
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct verdict v, w;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		verify_bytes(buf_bytes(files[i]), &whole, &v);
		verify_bytes(buf_bytes(files[i]), &packed, &w);
		assert_int_equal(w.kind, VERDICT_VALID);
		buf_reset(&a);
		buf_reset(&b);
		world_must(verdict_pack(&v, &a, &e), &e);
		world_must(verdict_pack(&w, &b, &e), &e);
		assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
		verdict_release(&v);
		verdict_release(&w);
	}
	buf_release(&a);
	buf_release(&b);
	trust_free(trust);
}

/* Trust data may be of several issuers, in any order. */
static void
a_seal_keeps_its_issuer(void **state)
{
	json_t *root =
	    json_loadb((const char *)world.json.p, world.json.n, 0, NULL);
	json_t *issuers = json_object_get(root, "issuers"), *first, *list;
	struct buf json = BUF_INIT, text = BUF_INIT, table = BUF_INIT;
	struct trust_parts parts = {.nanchors = 0};
	const struct trust_issuer *issuer = NULL;
	const char *names[] = {"seals", "departments", "code_keys"};
	struct trust *trust;
	struct err e = ERR_INIT;
	size_t i;
	char *dumped;

	(void)state;
	first = json_deep_copy(json_array_get(issuers, 0));
	json_object_set_new(first, "number", json_integer(WORLD_ISSUER - 1));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_set_new(first, names[i], json_array());
	list = json_pack("[O,o]", json_array_get(issuers, 0), first);
	json_object_set_new(root, "issuers", list);
	dumped = json_dumps(root, 0);
	buf_add_str(&json, dumped);
	world_must(trust_pack(buf_bytes(&json), &text, &table, &e), &e);
	parts.json = buf_bytes(&text);
	parts.seals = buf_bytes(&table);
	world_must(trust_parse(&parts, &trust, &e), &e);
	assert_non_null(find(trust, &world.second.x509, &issuer));
	assert_int_equal(issuer->number, WORLD_ISSUER);
	trust_free(trust);
	free(dumped);
	json_decref(root);
	buf_release(&json);
	buf_release(&text);
	buf_release(&table);
}

/* It comes from our own process; still no place in it is believed. */
static void
a_damaged_table_finds_nothing_else(void **state)
{
	const struct trust_issuer *issuer;
	const struct trust_seal *seal;
	struct buf copy = BUF_INIT;
	struct trust *trust;
	size_t i;

	(void)state;
	buf_add_buf(&copy, &seals);
	for (i = 0; i < copy.n; i++) {
		copy.p[i] ^= 0xff;
		trust = packed_trust(buf_bytes(&copy));
		seal = find(trust, &world.second.x509, &issuer);
		if (seal != NULL)
			assert_int_equal(issuer->number, WORLD_ISSUER);
		trust_free(trust);
		copy.p[i] ^= 0xff;
		trust = packed_trust((struct bytes){copy.p, i});
		assert_true(i > copy.n / 3 ||
			    find(trust, &world.second.x509, &issuer) == NULL);
		trust_free(trust);
	}
	buf_release(&copy);
}

static void
what_cannot_be_read_is_not_packed(void **state)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(trust_pack(bytes_str("{}"), &a, &b, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_trust");
	assert_int_equal(a.n + b.n, 0);
	err_clear(&e);
	buf_release(&a);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_seal_is_found_as_before),
	    cmocka_unit_test(verdicts_are_the_same),
	    cmocka_unit_test(a_seal_keeps_its_issuer),
	    cmocka_unit_test(a_damaged_table_finds_nothing_else),
	    cmocka_unit_test(what_cannot_be_read_is_not_packed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
