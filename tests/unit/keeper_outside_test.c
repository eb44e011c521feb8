/* keeper_outside_test.c - x509s of another certification authority and seal
 * objects of another maker, through the administrator's door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/keeper_outside.h"

static void
what_does_not_fit_is_refused_by_name(void **state)
{
	EVP_PKEY *key = asked_key("market-1", 1), *foreign = sm2_new();
	struct buf x = BUF_INIT;

	(void)state;
	issue(key, 1, X509_SIGNER, PKI_UNTIL, &x);
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_untrusted");
	assert_string_equal(
	    give("market-1", 0, &x, &other[1].issuing), "x509_algorithm");
	assert_string_equal(
	    give("market-2", 1, &x, &other[1].issuing), "x509_other_key");
	assert_string_equal(
	    give("market-9", 1, &x, &other[1].issuing), "no_such_seal");
	buf_reset(&x);
	issue(foreign, 1, X509_SIGNER, PKI_UNTIL, &x);
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_other_key");
	buf_reset(&x);
	issue(key, 1, X509_ISSUING, PKI_UNTIL, &x);
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_key_usage");
	assert_string_equal(
	    act_json(json_pack("{s:s,s:s,s:s,s:[s]}", "action", "seal_x509",
			 "seal", "market-1", "alg", "SM2", "x509s", "no PEM"),
		NULL),
	    "malformed_x509");
	assert_string_equal(
	    act_json(json_pack("{s:s,s:s,s:s,s:[]}", "action", "seal_x509",
			 "seal", "market-1", "alg", "SM2", "x509s"),
		NULL),
	    "bad_action");
	assert_string_equal(
	    act_json(json_pack("{s:s,s:s,s:s}", "action", "seal_csr", "seal",
			 "market-1", "alg", "RSA"),
		NULL),
	    "bad_action");
	EVP_PKEY_free(key);
	EVP_PKEY_free(foreign);
	buf_release(&x);
}

static void
cas_from_elsewhere_are_added_and_listed(void **state)
{
	json_t *answer, *list;
	size_t i;

	(void)state;
	/* A signer is no root, a root no maker. */
	assert_string_equal(
	    act_json(json_pack("{s:s,s:[o]}", "action", "outside_add", "roots",
			 pem_of(&other[0].signer)),
		NULL),
	    "bad_x509");
	assert_string_equal(
	    act_json(json_pack("{s:s,s:[o]}", "action", "outside_add", "makers",
			 pem_of(&other[0].root)),
		NULL),
	    "bad_x509");
	for (i = 0; i < 4; i++) /* each twice: the same answer */
		assert_string_equal(
		    act_json(
			json_pack("{s:s,s:[o],s:[o]}", "action", "outside_add",
			    "roots", pem_of(&other[i % 2].root), "x509s",
			    pem_of(&other[i % 2].issuing)),
			NULL),
		    "");
	assert_string_equal(
	    act_json(json_pack("{s:s}", "action", "outside_list"), &answer),
	    "");
	list = json_object_get(answer, "outside");
	assert_int_equal(json_array_size(json_object_get(list, "roots")), 2);
	assert_int_equal(json_array_size(json_object_get(list, "x509s")), 2);
	assert_int_equal(json_array_size(json_object_get(list, "makers")), 0);
	json_decref(answer);
}

static void
an_expired_x509_is_refused(void **state)
{
	EVP_PKEY *key = asked_key("market-1", 1);
	struct buf x = BUF_INIT;

	(void)state;
	issue(key, 1, X509_SIGNER, PKI_FROM + 60, &x);
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_expired");
	EVP_PKEY_free(key);
	buf_release(&x);
}

static void
the_other_cas_x509s_seal_from_then_on(void **state)
{
	struct buf x[2] = {BUF_INIT, BUF_INIT}, now = BUF_INIT;
	struct buf before = BUF_INIT, after = BUF_INIT, face = BUF_INIT;
	struct buf cms_der = BUF_INIT;
	struct err e = ERR_INIT;
	EVP_PKEY *key;
	struct cms cms;
	size_t i;

	(void)state;
	sealed_with("market-1", &now, &before);
	for (i = 0; i < 2; i++) {
		key = asked_key("market-1", i);
		issue(key, i, X509_SIGNER, PKI_UNTIL, &x[i]);
		assert_string_equal(
		    give("market-1", i, &x[i], &other[i].issuing), "");
		EVP_PKEY_free(key);
	}
	sealed_with("market-1", &now, &after);
	assert_true(bytes_equal(buf_bytes(&now), buf_bytes(&x[1])));
	assert_false(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &cms_der, &e), 0);
	assert_int_equal(cms_parse(buf_bytes(&cms_der), &cms, &e), 0);
	assert_int_equal(cms.nx509s, 2);
	assert_true(bytes_equal(cms.x509s[0], buf_bytes(&x[0])));
	assert_true(bytes_equal(cms.x509s[1], buf_bytes(&other[0].issuing)));
	/* The keys stayed, so the seal lives on after a restart. */
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	sealed_with("market-1", &now, &before);
	assert_true(bytes_equal(buf_bytes(&now), buf_bytes(&x[1])));
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	for (i = 0; i < 2; i++)
		buf_release(&x[i]);
	buf_release(&now);
	buf_release(&before);
	buf_release(&after);
	buf_release(&face);
	buf_release(&cms_der);
}

/* A seal object that the other maker made for a signer. */
static void
object_by_other(struct bytes signer, int64_t until, struct buf *out)
{
	static const uint8_t picture[] = "another picture";
	struct ses_seal_request req = {.id = "elsewhere-1",
	    .vendor = "other",
	    .name = "外部制章",
	    .type = 1,
	    .signers = &signer,
	    .nsigners = 1,
	    .created = PKI_FROM,
	    .from = PKI_FROM,
	    .until = until,
	    .picture_type = "png",
	    .picture = {picture, sizeof(picture)},
	    .width = 40,
	    .height = 40,
	    .maker = buf_bytes(&other[1].signer),
	    .alg = SIGN_SM2,
	    .sign = sm2_sign,
	    .sign_ctx = other[1].signer_key};
	struct err e = ERR_INIT;

	buf_reset(out);
	assert_int_equal(ses_seal_build(&req, out, &e), 0);
}

static const char *
import(const struct buf *object)
{
	struct buf text = BUF_INIT;
	const char *code;

	text_base64(&text, buf_bytes(object));
	code = act_json(json_pack("{s:s,s:s,s:s}", "action", "seal_import",
			    "seal", "market-1", "object", buf_cstr(&text)),
	    NULL);
	buf_release(&text);
	return code;
}

static void
a_seal_made_elsewhere_is_verified_and_taken(void **state)
{
	struct buf now = BUF_INIT, before = BUF_INIT, object = BUF_INIT;
	struct buf directory = BUF_INIT, hex = BUF_INIT;
	struct err e = ERR_INIT;
	const struct x509 *maker;

	(void)state;
	sealed_with("market-1", &now, &before);
	object_by_other(buf_bytes(&now), PKI_UNTIL, &object);
	/* Its maker leads to a root that was added, but nobody named it. */
	assert_string_equal(import(&object), "seal_maker_untrusted");
	assert_string_equal(
	    act_json(json_pack("{s:s,s:[o]}", "action", "outside_add", "makers",
			 pem_of(&other[1].signer)),
		NULL),
	    "");
	object.p[object.n - 1] ^= 1;
	assert_string_equal(import(&object), "seal_bad_signature");
	object.n--;
	assert_string_equal(import(&object), "seal_malformed");
	object_by_other(buf_bytes(&other[1].signer), PKI_UNTIL, &object);
	assert_string_equal(import(&object), "signer_not_in_seal");
	object_by_other(buf_bytes(&now), PKI_FROM + 60, &object);
	assert_string_equal(import(&object), "seal_expired");
	object_by_other(buf_bytes(&now), PKI_UNTIL, &object);
	assert_string_equal(import(&object), "");
	sealed_with("market-1", &now, &before);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&object)));
	/* Whoever verifies hears of the maker. */
	assert_int_equal(x509_get(buf_bytes(&other[1].signer), &maker, &e), 0);
	text_hex(&hex, (struct bytes){maker->digest, 32});
	x509_free(maker);
	assert_int_equal(keeper_directory(f.keeper, &directory, &e), 0);
	assert_non_null(strstr(buf_cstr(&directory), buf_cstr(&hex)));
	buf_release(&now);
	buf_release(&before);
	buf_release(&object);
	buf_release(&directory);
	buf_release(&hex);
}

static void
a_destroyed_seal_takes_nothing(void **state)
{
	struct buf object = BUF_INIT;

	(void)state;
	object_by_other(buf_bytes(&other[1].signer), PKI_UNTIL, &object);
	assert_string_equal(
	    act_json(json_pack("{s:s,s:s,s:s}", "action", "seal_destroy",
			 "seal", "market-1", "reason", "撤销"),
		NULL),
	    "");
	assert_string_equal(import(&object), "seal_state");
	assert_string_equal(
	    act_json(json_pack("{s:s,s:s,s:s}", "action", "seal_csr", "seal",
			 "market-1", "alg", "SM2"),
		NULL),
	    "seal_state");
	assert_string_equal(
	    give("market-1", 1, &other[1].signer, &other[1].issuing),
	    "seal_state");
	buf_release(&object);
}

static void
what_was_added_can_be_taken_out(void **state)
{
	json_t *answer, *roots;
	char sha256[65];

	(void)state;
	act_json(json_pack("{s:s}", "action", "outside_list"), &answer);
	roots = json_object_get(json_object_get(answer, "outside"), "roots");
	snprintf(sha256, sizeof(sha256), "%s",
	    json_string_value(
		json_object_get(json_array_get(roots, 0), "sha256")));
	json_decref(answer);
	assert_string_equal(act_json(json_pack("{s:s,s:s}", "action",
					 "outside_remove", "sha256", sha256),
				NULL),
	    "");
	assert_string_equal(act_json(json_pack("{s:s,s:s}", "action",
					 "outside_remove", "sha256", sha256),
				NULL),
	    "not_in_authority");
	act_json(json_pack("{s:s}", "action", "outside_list"), &answer);
	roots = json_object_get(json_object_get(answer, "outside"), "roots");
	assert_int_equal(json_array_size(roots), 1);
	json_decref(answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_does_not_fit_is_refused_by_name),
	    cmocka_unit_test(cas_from_elsewhere_are_added_and_listed),
	    cmocka_unit_test(an_expired_x509_is_refused),
	    cmocka_unit_test(the_other_cas_x509s_seal_from_then_on),
	    cmocka_unit_test(a_seal_made_elsewhere_is_verified_and_taken),
	    cmocka_unit_test(a_destroyed_seal_takes_nothing),
	    cmocka_unit_test(what_was_added_can_be_taken_out),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
