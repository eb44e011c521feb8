/* keeper_outside_x509_test.c - x509s of another certification authority that
 * are given again, or below a CA that nobody knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/keeper_outside.h"

/* As outside_add or outside_remove. */
static void
change_cas(const char *verb)
{
	struct buf hex = BUF_INIT;
	uint8_t digest[32];

	EVP_Digest(other[1].issuing.p, other[1].issuing.n, digest, NULL,
	    EVP_sha256(), NULL);
	text_hex(&hex, (struct bytes){digest, sizeof(digest)});
	assert_string_equal(
	    act_json(
		json_pack("{s:s,s:s,s:[o],s:[o]}", "action", verb, "sha256",
		    buf_cstr(&hex), "roots", pem_of(&other[1].root), "x509s",
		    pem_of(&other[1].issuing)),
		NULL),
	    "");
	buf_release(&hex);
}

static void
a_ca_between_must_be_added_for_ofd(void **state)
{
	EVP_PKEY *key = asked_key("market-1", 1);
	struct buf x = BUF_INIT;

	(void)state;
	issue(key, 1, X509_SIGNER, PKI_UNTIL, &x);
	change_cas("outside_add");
	change_cas("outside_remove");
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_ca_unknown");
	change_cas("outside_add");
	assert_string_equal(give("market-1", 1, &x, &other[1].issuing), "");
	EVP_PKEY_free(key);
	buf_release(&x);
}

/* How many x509s the register has for an algorithm of a seal. */
static size_t
listed_x509s(const char *seal, const char *alg)
{
	json_t *answer, *s, *x;
	size_t i, j, n = 0;

	assert_string_equal(
	    act_json(json_pack("{s:s}", "action", "seal_list"), &answer), "");
	json_array_foreach (json_object_get(answer, "seals"), i, s)
		json_array_foreach (json_object_get(s, "x509s"), j, x)
			n +=
			    strcmp(json_string_value(json_object_get(s, "id")),
				seal) == 0 &&
			    strcmp(json_string_value(json_object_get(x, "alg")),
				alg) == 0;
	json_decref(answer);
	return n;
}

/* Twice would be an x509 of two seals: nobody could read the trust data. */
static void
an_x509_given_again_counts_once(void **state)
{
	EVP_PKEY *key = asked_key("market-1", 1);
	struct buf x[2] = {BUF_INIT, BUF_INIT}, now = BUF_INIT;
	struct buf object = BUF_INIT;
	size_t i, before = listed_x509s("market-1", "SM2");

	(void)state;
	for (i = 0; i < 5; i++) {
		if (i < 2)
			issue(
			    key, 1, X509_SIGNER, PKI_UNTIL - (int64_t)i, &x[i]);
		assert_string_equal(
		    give("market-1", 1, &x[i % 2], &other[1].issuing), "");
		sealed_with("market-1", &now, &object);
		assert_true(bytes_equal(buf_bytes(&now), buf_bytes(&x[i % 2])));
	}
	assert_int_equal(listed_x509s("market-1", "SM2"), before + 2);
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	assert_int_equal(listed_x509s("market-1", "SM2"), before + 2);
	sealed_with("market-1", &now, &object);
	assert_true(bytes_equal(buf_bytes(&now), buf_bytes(&x[0])));
	EVP_PKEY_free(key);
	buf_release(&x[0]);
	buf_release(&x[1]);
	buf_release(&now);
	buf_release(&object);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_ca_between_must_be_added_for_ofd),
	    cmocka_unit_test(an_x509_given_again_counts_once),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
