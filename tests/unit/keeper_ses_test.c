/* keeper_ses_test.c - what the keeper makes for OFD, through its own socket:
 * the seal object, and SES signatures that only what is authorised gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "crypto/digest.h"
#include "crypto/ses_seal.h"
#include "crypto/ses_signature.h"
#include "crypto/x509.h"
#include "tests/support/keeper_group.h"

static void
the_seal_object_is_signed_by_the_maker_and_names_the_signer(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_seal seal;
	int64_t now = clock_now();

	(void)state;
	assert_int_equal(keeper_seal_object(f.keeper, "market-1", &der, &e), 0);
	assert_int_equal(ses_seal_parse(buf_bytes(&der), &seal, &e), 0);
	assert_int_equal(ses_seal_verify(&seal, &e), 0);
	assert_int_equal(ses_seal_canonical(&seal, &e), 0);
	assert_true(bytes_equal(seal.id, bytes_str("999001-market-1-1")));
	assert_true(bytes_equal(seal.name, bytes_str("市场监督管理局")));
	assert_int_equal(seal.type, 1);
	assert_int_equal(seal.nsigners, 1);
	assert_true(seal.from <= now && now < seal.until);
	assert_int_equal(seal.width, 42);
	buf_release(&der);
	assert_int_equal(
	    keeper_seal_object(f.keeper, "market-9", &der, &e), ERR_NOT_FOUND);
	assert_string_equal(e.code, "no_such_seal");
}

static void
the_signature_carries_what_the_keeper_computed_itself(void **state)
{
	struct buf face = BUF_INIT, ses = BUF_INIT, object = BUF_INIT;
	uint8_t document[32], package[32], digest[32], sm3[32];
	struct ses_signature signature;
	struct err e = ERR_INIT;
	int64_t before = clock_now();

	(void)state;
	memset(document, 9, sizeof(document));
	memset(package, 8, sizeof(package));
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	assert_int_equal(
	    fixture_ses(&f, 0, buf_bytes(&face), "market-1", 0, &ses, &e), 0);
	assert_int_equal(
	    ses_signature_parse(buf_bytes(&ses), &signature, &e), 0);
	assert_int_equal(ses_signature_verify(&signature, &e), 0);
	assert_int_equal(ses_signature_canonical(&signature, &e), 0);
	assert_int_equal(
	    ses_seal_names(&signature.seal, signature.x509, &e), 0);
	assert_int_equal(
	    keeper_seal_object(f.keeper, "market-1", &object, &e), 0);
	assert_true(bytes_equal(signature.seal.der, buf_bytes(&object)));
	assert_true(signature.time >= before && signature.time <= clock_now());
	assert_true(
	    bytes_equal(signature.property, bytes_str(FIXTURE_PROPERTY)));
	assert_int_equal(face_digest(buf_bytes(&face), digest, &e), 0);
	assert_int_equal(digest_sm3(buf_bytes(&face), sm3), 0);
	assert_memory_equal(signature.face_digest.p, digest, 32);
	assert_memory_equal(signature.face_sm3.p, sm3, 32);
	assert_memory_equal(signature.document_digest.p, document, 32);
	assert_memory_equal(signature.package_digest.p, package, 32);
	buf_release(&face);
	buf_release(&ses);
	buf_release(&object);
}

/* One cell of the cross product: `as` calls, about a face of `department`. */
static void
one_cell(size_t as, size_t department, size_t type, size_t seal)
{
	struct buf face = BUF_INIT, ses = BUF_INIT;
	struct err e = ERR_INIT;
	unsigned int place;
	int rc;

	fixture_face(
	    &face, fixture_departments[department], fixture_types[type], "1");
	for (place = 0; place <= 2; place++) {
		buf_reset(&ses);
		rc = fixture_ses(&f, as, buf_bytes(&face), fixture_seals[seal],
		    place, &ses, &e);
		if (as == department &&
		    fixture_placed(department, type, seal, place)) {
			assert_int_equal(rc, 0);
			continue;
		}
		assert_int_equal(rc, ERR_DENIED);
		assert_string_equal(e.code, "not_authorised");
		assert_int_equal(ses.n, 0);
	}
	buf_release(&face);
	buf_release(&ses);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_seal_object_is_signed_by_the_maker_and_names_the_signer),
	    cmocka_unit_test(
		the_signature_carries_what_the_keeper_computed_itself),
	    cmocka_unit_test(only_listed_triples_seal),
	};
	return cmocka_run_group_tests(
	    tests, keeper_group_start, keeper_group_stop);
}
