/* keeper_test.c - what the keeper signs and what it refuses, through its own
 * socket: a real process, forked and locked down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "crypto/base/text.h"
#include "crypto/cms.h"
#include "crypto/cose.h"
#include "crypto/qr_claims.h"
#include "crypto/status_list.h"
#include "crypto/x509.h"
#include "tests/support/keeper_group.h"

/* The x509 of a code or status key, from the directory. */
static const struct x509 *
issuer_x509(const char *list, size_t i)
{
	struct buf text = BUF_INIT, der = BUF_INIT;
	struct err e = ERR_INIT;
	const struct x509 *x;
	const char *b64;
	json_t *json;

	assert_int_equal(keeper_directory(f.keeper, &text, &e), 0);
	json = json_loads(buf_cstr(&text), 0, NULL);
	assert_non_null(json);
	b64 = json_string_value(json_object_get(
	    json_array_get(json_object_get(json, list), i), "x509"));
	assert_int_equal(text_unbase64(&der, b64, strlen(b64)), 0);
	assert_int_equal(x509_get(buf_bytes(&der), &x, &e), 0);
	json_decref(json);
	buf_release(&text);
	buf_release(&der);
	return x;
}

static void
check_cms(struct bytes der, const uint8_t face_digest[32])
{
	uint8_t document[32];
	struct err e = ERR_INIT;
	struct cms cms;

	memset(document, 9, sizeof(document));
	assert_int_equal(cms_parse(der, &cms, &e), 0);
	assert_int_equal(cms_verify(&cms, document, &e), 0);
	assert_int_equal(cms.nx509s, 2);
	assert_int_equal(cms.face_digest.n, 32);
	assert_memory_equal(cms.face_digest.p, face_digest, 32);
}

/* One cell of the cross product: `as` calls, about a face of `department`. */
static void
one_cell(size_t as, size_t department, size_t type, size_t seal)
{
	struct buf face = BUF_INIT, cms = BUF_INIT;
	struct err e = ERR_INIT;
	unsigned int place;
	uint8_t digest[32];
	int rc;

	fixture_face(
	    &face, fixture_departments[department], fixture_types[type], "1");
	assert_int_equal(face_digest(buf_bytes(&face), digest, &e), 0);
	for (place = 0; place <= 2; place++) {
		buf_reset(&cms);
		rc = fixture_seal_at(&f, as, buf_bytes(&face),
		    fixture_seals[seal], place, &cms, &e);
		if (as == department &&
		    fixture_placed(department, type, seal, place)) {
			assert_int_equal(rc, 0);
			check_cms(buf_bytes(&cms), digest);
			continue;
		}
		assert_int_equal(rc, ERR_DENIED);
		assert_string_equal(e.code, "not_authorised");
		assert_int_equal(cms.n, 0);
	}
	buf_release(&face);
	buf_release(&cms);
}

static void
only_listed_triples_seal(void **state)
{
	size_t as, department, type, seal;

	(void)state;
	for (as = 0; as < FIXTURE_DEPARTMENTS; as++)
		for (department = 0; department < FIXTURE_DEPARTMENTS;
		     department++)
			for (type = 0; type < FIXTURE_TYPES; type++)
				for (seal = 0; seal < FIXTURE_SEALS; seal++)
					one_cell(as, department, type, seal);
}

static void
only_granted_types_get_codes(void **state)
{
	static const enum sign_alg algs[] = {SIGN_ES256, SIGN_SM2};
	struct buf face = BUF_INIT, cose = BUF_INIT;
	size_t as, type, seal, i;
	uint8_t digest[32];
	int granted, rc;

	(void)state;
	for (as = 0; as < FIXTURE_DEPARTMENTS; as++)
		for (type = 0; type < FIXTURE_TYPES; type++) {
			struct err e = ERR_INIT;

			granted = 0;
			for (seal = 0; seal < FIXTURE_SEALS; seal++)
				granted |= fixture_granted(as, type, seal);
			buf_reset(&face);
			fixture_face(&face, fixture_departments[as],
			    fixture_types[type], "1");
			for (i = 0; i < 2; i++) {
				rc = fixture_code_alg(&f, as, buf_bytes(&face),
				    algs[i], &cose, digest, &e);
				assert_int_equal(rc, granted ? 0 : ERR_DENIED);
			}
		}
	buf_release(&face);
	buf_release(&cose);
}

static void
a_code_carries_the_faces_own_values_with_citizen_numbers_masked(void **state)
{
	const struct x509 *x = issuer_x509("code_keys", 0);
	struct buf face = BUF_INIT, out = BUF_INIT;
	uint8_t digest[32], want[32];
	struct err e = ERR_INIT;
	struct qr_claims claims;
	struct cose cose;

	(void)state;
	fixture_face(&face, fixture_departments[0], fixture_types[0], "No.1");
	assert_int_equal(
	    fixture_code(&f, 0, buf_bytes(&face), &out, digest, &e), 0);
	assert_int_equal(face_digest(buf_bytes(&face), want, &e), 0);
	assert_memory_equal(digest, want, 32);
	assert_int_equal(cose_parse(buf_bytes(&out), &cose, &e), 0);
	assert_memory_equal(cose.kid, x->kid, 8);
	assert_int_equal(cose_verify(&cose, x->point, &e), 0);
	assert_int_equal(qr_claims_read(cose.payload, &claims, &e), 0);
	assert_int_equal(claims.issuer, 999001);
	assert_string_equal(claims.type, fixture_types[0]);
	assert_int_equal(claims.list, 3);
	assert_int_equal(claims.index, 77);
	assert_int_equal(claims.form, 0);
	assert_int_equal(claims.nvalues, 2);
	assert_string_equal(claims.values[0], "食品销售");
	assert_string_equal(claims.values[1], "110105********002X");
	assert_memory_equal(claims.face_digest, want, 32);
	qr_claims_release(&claims);
	x509_free(x);
	buf_release(&face);
	buf_release(&out);
}

static void
a_code_may_be_signed_with_sm2(void **state)
{
	const struct x509 *x = issuer_x509("code_keys", 1);
	struct buf face = BUF_INIT, out = BUF_INIT;
	uint8_t digest[32];
	struct err e = ERR_INIT;
	struct cose cose;

	(void)state;
	assert_int_equal(x->alg, SIGN_SM2);
	fixture_face(&face, fixture_departments[0], fixture_types[0], "No.1");
	assert_int_equal(fixture_code_alg(&f, 0, buf_bytes(&face), SIGN_SM2,
			     &out, digest, &e),
	    0);
	assert_int_equal(cose_parse(buf_bytes(&out), &cose, &e), 0);
	assert_int_equal(cose.alg, SIGN_SM2);
	assert_memory_equal(cose.kid, x->kid, 8);
	assert_int_equal(cose_verify(&cose, x->point, &e), 0);
	x509_free(x);
	buf_release(&face);
	buf_release(&out);
}

static void
one_answer_for_every_bad_credential(void **state)
{
	struct keeper_credential wrong[4] = {
	    f.creds[0], f.creds[0], f.creds[0], f.creds[1]};
	struct keeper_caller caller;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	wrong[0].secret[0] = wrong[0].secret[0] == 'A' ? 'B' : 'A';
	wrong[1].id[0] = wrong[1].id[0] == 'A' ? 'B' : 'A';
	wrong[2].secret[0] = '\0';
	memcpy(wrong[3].id, f.creds[0].id, sizeof(wrong[3].id));
	for (i = 0; i < 4; i++) {
		assert_int_equal(
		    keeper_identify(f.keeper, &wrong[i], "local", &caller, &e),
		    ERR_UNKNOWN);
		assert_string_equal(e.code, "bad_credential");
		keeper_caller_release(&caller);
	}
}

static void
a_credential_says_who_it_is_and_what_it_may_use(void **state)
{
	struct keeper_caller caller;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    keeper_identify(f.keeper, &f.creds[2], "192.0.2.1", &caller, &e),
	    0);
	assert_string_equal(caller.department, fixture_departments[2]);
	assert_string_equal(caller.key, f.creds[2].id);
	assert_int_equal(caller.authority_version, 1);
	assert_int_equal(caller.ntypes, 2);
	assert_string_equal(caller.types[0], fixture_types[2]);
	keeper_caller_release(&caller);
}

static void
a_key_works_only_from_its_addresses(void **state)
{
	static const struct {
		const char *address;
		int ok;
	} rows[] = {{"10.1.2.3", 1}, {"::ffff:10.1.2.3", 1}, {"10.2.2.3", 0},
	    {"2001:db8::7", 1}, {"2001:db9::7", 0}, {"local", 1},
	    {"garbage", 0}, {"", 0}};
	struct keeper_caller caller;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = ERR_INIT;

		assert_int_equal(keeper_identify(f.keeper, &f.creds[1],
				     rows[i].address, &caller, &e),
		    rows[i].ok ? 0 : ERR_UNKNOWN);
		keeper_caller_release(&caller);
	}
}

static void
a_face_that_is_not_canonical_is_refused(void **state)
{
	struct buf face = BUF_INIT, cms = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	buf_add_byte(&face, '\n');
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &cms, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "face_not_canonical");
	buf_release(&face);
}

static void
a_status_list_of_full_size_is_signed(void **state)
{
	const struct x509 *x = issuer_x509("status_keys", 0);
	struct buf bits = BUF_INIT, cwt = BUF_INIT;
	uint64_t random = 88172645463325252u;
	int64_t now = clock_now();
	struct status_list list;
	struct err e = ERR_INIT;
	struct cose cose;
	size_t i;

	(void)state;
	for (i = 0; i < 262144; i++) { /* the worst: does not compress */
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		buf_add_byte(&bits, (uint8_t)random);
	}
	assert_int_equal(keeper_status_list(f.keeper, 3, now, now + 86400,
			     buf_bytes(&bits), &cwt, &e),
	    0);
	assert_int_equal(cose_parse(buf_bytes(&cwt), &cose, &e), 0);
	assert_true(
	    bytes_equal(cose.typ, bytes_str("application/statuslist+cwt")));
	assert_int_equal(cose_verify(&cose, x->point, &e), 0);
	assert_int_equal(status_list_read(&cose, &list, &e), 0);
	assert_string_equal(list.uri, "urn:certsvc:status-list:999001:3");
	assert_int_equal(list.nbits, bits.n);
	assert_memory_equal(list.bits, bits.p, bits.n);
	status_list_release(&list);
	assert_int_equal(keeper_status_list(f.keeper, 3, now + 86400,
			     now + 90000, buf_bytes(&bits), &cwt, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "issued_out_of_range");
	x509_free(x);
	buf_release(&bits);
	buf_release(&cwt);
}

static void
the_directory_tells_what_a_verifier_needs(void **state)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *json, *department, *seal;

	(void)state;
	assert_int_equal(keeper_directory(f.keeper, &text, &e), 0);
	json = json_loads(buf_cstr(&text), JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(json, "issuer"), "number")),
	    999001);
	assert_int_equal(
	    json_array_size(json_object_get(json, "departments")), 3);
	department = json_array_get(json_object_get(json, "departments"), 0);
	assert_true(json_array_size(json_object_get(department, "types")) > 0);
	seal = json_array_get(json_object_get(department, "seals"), 0);
	assert_int_equal(json_array_size(json_object_get(seal, "x509s")), 2);
	assert_string_equal(
	    json_string_value(json_object_get(seal, "kind")), "round");
	assert_non_null(strstr(json_string_value(json_array_get(
				   json_object_get(json, "roots"), 1)),
	    "BEGIN CERTIFICATE"));
	assert_null(strstr(buf_cstr(&text), "hash"));
	json_decref(json);
	buf_release(&text);
}

static void
every_key_tests_itself(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(keeper_self_test(f.keeper, &e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_listed_triples_seal),
	    cmocka_unit_test(only_granted_types_get_codes),
	    cmocka_unit_test(
		a_code_carries_the_faces_own_values_with_citizen_numbers_masked),
	    cmocka_unit_test(a_code_may_be_signed_with_sm2),
	    cmocka_unit_test(one_answer_for_every_bad_credential),
	    cmocka_unit_test(a_credential_says_who_it_is_and_what_it_may_use),
	    cmocka_unit_test(a_key_works_only_from_its_addresses),
	    cmocka_unit_test(a_face_that_is_not_canonical_is_refused),
	    cmocka_unit_test(a_status_list_of_full_size_is_signed),
	    cmocka_unit_test(the_directory_tells_what_a_verifier_needs),
	    cmocka_unit_test(every_key_tests_itself),
	};
	return cmocka_run_group_tests(
	    tests, keeper_group_start, keeper_group_stop);
}
