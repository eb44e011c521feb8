/* ses_seal_test.c - seal objects of GB/T 38540: ours, other makers' habits,
 * older and newer versions, and everything that must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/der.h"
#include "crypto/ses_seal.h"
#include "tests/support/ses.h"

static struct ses_fixture fixture;

static int
setup(void **state)
{
	(void)state;
	ses_fixture_init(&fixture, SIGN_ES256);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ses_fixture_release(&fixture);
	return 0;
}

/* 0 only when it parses and the maker's signature is right. */
static int
accept(struct bytes der, struct err *e)
{
	struct ses_seal seal;
	int r = ses_seal_parse(der, &seal, e);

	return r != 0 ? r : ses_seal_verify(&seal, e);
}

static void
what_was_built_is_read_and_verifies(void **state)
{
	const struct ses_seal_request *req = &fixture.seal_request;
	struct bytes der = buf_bytes(&fixture.seal), entry;
	struct err e = ERR_INIT;
	struct ses_seal seal;

	(void)state;
	assert_int_equal(ses_seal_parse(der, &seal, &e), 0);
	assert_int_equal(seal.version, SES_V4);
	assert_true(bytes_equal(seal.id, bytes_str(req->id)));
	assert_true(bytes_equal(seal.vendor, bytes_str(req->vendor)));
	assert_true(bytes_equal(seal.name, bytes_str(req->name)));
	assert_true(
	    bytes_equal(seal.picture_type, bytes_str(req->picture_type)));
	assert_true(bytes_equal(seal.picture, req->picture));
	assert_true(bytes_equal(seal.maker, req->maker));
	assert_int_equal(seal.type, 1);
	assert_int_equal(seal.list, SES_LIST_X509S);
	assert_int_equal(seal.nsigners, 1);
	assert_int_equal(ses_seal_signer(&seal, 0, &entry), 0);
	assert_true(bytes_equal(entry, fixture.signer));
	assert_int_equal(ses_seal_signer(&seal, 1, &entry), -1);
	assert_int_equal(seal.created, req->created);
	assert_int_equal(seal.from, req->from);
	assert_int_equal(seal.until, req->until);
	assert_int_equal(seal.width, 42);
	assert_int_equal(seal.height, 42);
	assert_int_equal(ses_seal_verify(&seal, &e), 0);
	assert_int_equal(ses_seal_verify(&seal, &e), 0);
	assert_int_equal(ses_seal_canonical(&seal, &e), 0);
	assert_int_equal(ses_seal_names(&seal, fixture.signer, &e), 0);
	assert_int_equal(
	    ses_seal_names(&seal, buf_bytes(&fixture.maker), &e), ERR_INPUT);
	assert_string_equal(e.code, "signer_not_in_seal");
}

/* What changes in the maker's x509 is for its chain to find (ses_check_test):
 * the key in it may stay what it was. */
static void
no_changed_byte_is_accepted(void **state)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_seal seal;
	size_t i, m, maker;

	(void)state;
	ses_build_seal(&fixture, &der);
	assert_int_equal(ses_seal_parse(buf_bytes(&der), &seal, &e), 0);
	maker = (size_t)(seal.maker.p - der.p);
	for (i = 0; i < der.n; i += i + 1 == maker ? seal.maker.n + 1 : 1)
		for (m = 0; m < sizeof(masks); m++) {
			der.p[i] ^= masks[m];
			assert_int_equal(
			    accept(buf_bytes(&der), &e), ERR_INPUT);
			der.p[i] ^= masks[m];
		}
	assert_int_equal(accept(buf_bytes(&der), &e), 0);
	buf_release(&der);
}

static void
cut_and_lengthened_seals_are_refused(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	ses_build_seal(&fixture, &der);
	for (n = 0; n < der.n; n++) {
		assert_int_equal(
		    accept((struct bytes){der.p, n}, &e), ERR_INPUT);
		assert_string_equal(e.code, "seal_malformed");
	}
	buf_add_byte(&der, 0);
	assert_int_equal(accept(buf_bytes(&der), &e), ERR_INPUT);
	assert_string_equal(e.code, "seal_malformed");
	buf_release(&der);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_built_is_read_and_verifies),
    cmocka_unit_test(no_changed_byte_is_accepted),
    cmocka_unit_test(cut_and_lengthened_seals_are_refused),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, setup, teardown);
}
