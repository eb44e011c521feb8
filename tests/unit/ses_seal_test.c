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
#include "tests/support/ses_foreign.h"
#include "tests/support/ses_groups.h"

/* 0 only when it parses and the maker's signature is right. */
static int
accept(struct bytes der, struct err *e)
{
	struct ses_seal seal;
	int r = ses_seal_parse(der, &seal, e);

	return r != 0 ? r : ses_seal_verify(&seal, e);
}

static void
refuse(struct bytes der, const char *code)
{
	struct err e = ERR_INIT;

	assert_int_equal(accept(der, &e), ERR_INPUT);
	assert_string_equal(e.code, code);
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
	assert_int_equal(seal.alg, req->alg);
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
	size_t n;

	(void)state;
	ses_build_seal(&fixture, &der);
	for (n = 0; n < der.n; n++)
		refuse((struct bytes){der.p, n}, "seal_malformed");
	buf_add_byte(&der, 0);
	refuse(buf_bytes(&der), "seal_malformed");
	buf_release(&der);
}

static void
another_makers_signature_is_refused(void **state)
{
	struct buf mine = BUF_INIT, other = BUF_INIT;
	struct ses_seal_request req = fixture.seal_request;
	struct err e = ERR_INIT;

	(void)state;
	/* Signed with a key that is not the maker's. */
	req.sign_ctx = fixture.pki.signer_key;
	assert_int_equal(ses_seal_build(&req, &mine, &e), 0);
	refuse(buf_bytes(&mine), "seal_bad_signature");
	/* The maker's x509 exchanged for one with another key. */
	req = fixture.seal_request;
	req.maker = fixture.signer;
	assert_int_equal(ses_seal_build(&req, &other, &e), 0);
	refuse(buf_bytes(&other), "seal_bad_signature");
	buf_release(&mine);
	buf_release(&other);
}

static void
the_algorithm_must_be_the_keys(void **state)
{
	struct ses_seal_request req = fixture.seal_request;
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	req.alg = req.alg == SIGN_SM2 ? SIGN_ES256 : SIGN_SM2;
	assert_int_equal(ses_seal_build(&req, &der, &e), 0);
	refuse(buf_bytes(&der), "seal_bad_signature");
	buf_release(&der);
}

static void
an_unknown_algorithm_is_named(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_seal seal;
	uint8_t *oid;

	(void)state;
	ses_build_seal(&fixture, &der);
	assert_int_equal(ses_seal_parse(buf_bytes(&der), &seal, &e), 0);
	oid = der.p + (seal.algorithm.p - der.p);
	oid[seal.algorithm.n - 1] ^= 0x08;
	assert_int_equal(ses_seal_parse(buf_bytes(&der), &seal, &e), 0);
	assert_int_equal(seal.alg, 0);
	refuse(buf_bytes(&der), "unsupported_algorithm");
	buf_release(&der);
}

/* ExtensionDatas of one, with "critical" as some makers write it. */
static struct bytes
extension(struct buf *out, unsigned int tag, const uint8_t *critical)
{
	size_t outer = 0, list, one;

	if (tag != DER_SEQUENCE)
		outer = der_begin(out, tag);
	list = der_begin(out, DER_SEQUENCE);
	one = der_begin(out, DER_SEQUENCE);
	der_put(out, DER_OID, ses_oid_package_digest);
	if (critical != NULL)
		der_put(out, DER_BOOLEAN, (struct bytes){critical, 1});
	der_put(out, DER_OCTET_STRING, bytes_str("what a maker adds"));
	der_end(out, one);
	der_end(out, list);
	if (tag != DER_SEQUENCE)
		der_end(out, outer);
	return buf_bytes(out);
}

/* Bytes of the BOOLEAN, and what becomes of the seal. */
static const struct {
	const char *what;
	unsigned int tag;
	const uint8_t *critical;
	int good;
} habits[] = {
    {"untagged", DER_SEQUENCE, NULL, 1},
    {"tagged", DER_CONTEXT_CONSTRUCTED, NULL, 1},
    {"FALSE written out", DER_SEQUENCE, (const uint8_t[]){0x00}, 1},
    {"FALSE, tagged", DER_CONTEXT_CONSTRUCTED, (const uint8_t[]){0x00}, 1},
    {"critical and unknown", DER_SEQUENCE, (const uint8_t[]){0xff}, 0},
    {"TRUE as 1 (BER)", DER_SEQUENCE, (const uint8_t[]){0x01}, 0},
    {"tagged [1]", DER_CONTEXT_CONSTRUCTED + 1, NULL, 0},
};

static void
the_habits_of_real_makers_are_read(void **state)
{
	struct buf der = BUF_INIT, list = BUF_INIT;
	struct foreign form = {.version = SES_V4};
	struct err e = ERR_INIT;
	struct ses_seal seal;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		buf_reset(&der);
		buf_reset(&list);
		form.extensions =
		    extension(&list, habits[i].tag, habits[i].critical);
		foreign_seal(&der, &fixture, &form);
		if (!habits[i].good) {
			refuse(buf_bytes(&der), "seal_malformed");
			continue;
		}
		assert_int_equal(accept(buf_bytes(&der), &e), 0);
		assert_int_equal(ses_seal_parse(buf_bytes(&der), &seal, &e), 0);
		assert_true(seal.extensions.n > 0);
		/* Read, but not what we would have written. */
		assert_int_equal(ses_seal_canonical(&seal, &e), ERR_INPUT);
		assert_string_equal(e.code, "seal_not_canonical");
	}
	buf_release(&der);
	buf_release(&list);
}

static void
extensions_do_not_repeat_or_run_on(void **state)
{
	struct buf der = BUF_INIT, one = BUF_INIT, list = BUF_INIT;
	struct foreign form = {.version = SES_V4};
	size_t i, mark;

	(void)state;
	extension(&one, DER_SEQUENCE, NULL);
	mark = der_begin(&list, DER_SEQUENCE);
	for (i = 0; i < 2; i++)
		buf_add(&list, one.p + 2, one.n - 2);
	der_end(&list, mark);
	form.extensions = buf_bytes(&list);
	foreign_seal(&der, &fixture, &form);
	refuse(buf_bytes(&der), "seal_malformed");
	/* Two lists, one after the other. */
	buf_reset(&der);
	buf_reset(&list);
	buf_add_buf(&list, &one);
	buf_add_buf(&list, &one);
	form.extensions = buf_bytes(&list);
	foreign_seal(&der, &fixture, &form);
	refuse(buf_bytes(&der), "seal_malformed");
	buf_release(&der);
	buf_release(&one);
	buf_release(&list);
}

static void
signers_may_be_named_by_sm3(void **state)
{
	struct foreign form = {.version = SES_V4, .list = SES_LIST_DIGESTS};
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_seal seal;

	(void)state;
	foreign_seal(&der, &fixture, &form);
	assert_int_equal(accept(buf_bytes(&der), &e), 0);
	assert_int_equal(ses_seal_parse(buf_bytes(&der), &seal, &e), 0);
	assert_int_equal(seal.list, SES_LIST_DIGESTS);
	assert_int_equal(ses_seal_names(&seal, fixture.signer, &e), 0);
	assert_int_equal(
	    ses_seal_names(&seal, buf_bytes(&fixture.maker), &e), ERR_INPUT);
	buf_release(&der);
}

static void
older_and_newer_versions_are_recognised(void **state)
{
	static const struct {
		struct foreign form;
		enum ses_version version;
	} versions[] = {
	    {{.version = 1, .v1 = 1}, SES_V1},
	    {{.version = 11, .v1 = 1}, SES_V1},
	    {{.version = 5}, SES_V5},
	    {{.version = 5, .seal_stamp = {(const uint8_t *)"0", 1}}, SES_V5},
	};
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_seal seal;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		buf_reset(&der);
		foreign_seal(&der, &fixture, &versions[i].form);
		assert_int_equal(ses_seal_parse(buf_bytes(&der), &seal, &e), 0);
		assert_int_equal(seal.version, versions[i].version);
		assert_int_equal(seal.created, fixture.seal_request.created);
		assert_int_equal(
		    seal.timestamp.n, versions[i].form.seal_stamp.n);
		assert_int_equal(ses_seal_verify(&seal, &e), 0);
		assert_int_equal(ses_seal_canonical(&seal, &e), ERR_INPUT);
	}
	buf_release(&der);
}

static void
a_version_to_come_is_named(void **state)
{
	struct foreign form = {.version = 6};
	struct buf der = BUF_INIT;

	(void)state;
	foreign_seal(&der, &fixture, &form);
	refuse(buf_bytes(&der), "unsupported_version");
	form.version = 3;
	buf_reset(&der);
	foreign_seal(&der, &fixture, &form);
	refuse(buf_bytes(&der), "seal_malformed");
	/* A V4 seal has no timestamp of its own; and the header says "ES". */
	form = (struct foreign){
	    .version = 4, .seal_stamp = {(const uint8_t *)"0", 1}};
	buf_reset(&der);
	foreign_seal(&der, &fixture, &form);
	refuse(buf_bytes(&der), "seal_malformed");
	form = (struct foreign){.version = 4, .header_id = bytes_str("EZ")};
	buf_reset(&der);
	foreign_seal(&der, &fixture, &form);
	refuse(buf_bytes(&der), "seal_malformed");
	buf_release(&der);
}

static char long_text[SES_TEXT_MAX + 2];

static void
what_cannot_be_a_seal_is_not_made(void **state)
{
	struct ses_seal_request good = fixture.seal_request, bad[16];
	struct bytes many[SES_SIGNERS_MAX + 1];
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i, n = sizeof(bad) / sizeof(bad[0]);

	(void)state;
	memset(long_text, 'a', sizeof(long_text) - 1);
	for (i = 0; i < SES_SIGNERS_MAX + 1; i++)
		many[i] = fixture.signer;
	for (i = 0; i < n; i++)
		bad[i] = good;
	bad[0].id = "";
	bad[1].id = "编号";
	bad[2].id = long_text;
	bad[3].name = "";
	bad[4].name = "\xff";
	bad[5].name = "a\nb";
	bad[6].nsigners = 0;
	bad[7].signers = many;
	bad[7].nsigners = SES_SIGNERS_MAX + 1;
	bad[8].until = good.from;
	bad[9].picture.n = 0;
	bad[10].picture.n = SES_PICTURE_MAX + 1;
	bad[11].width = 0;
	bad[12].height = SES_SIZE_MAX + 1;
	bad[13].picture_type = "";
	bad[14].maker.n = 0;
	bad[15].alg = 0;
	for (i = 0; i < n; i++) {
		assert_int_equal(ses_seal_build(&bad[i], &der, &e), ERR_INPUT);
		assert_string_equal(e.code, "bad_seal");
		assert_int_equal(der.n, 0);
	}
	buf_release(&der);
}

static int
no_signature(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	(void)ctx;
	(void)message;
	(void)raw;
	return err_set(e, ERR_BUSY, "key_locked", "锁", "locked");
}

static void
a_key_that_does_not_sign_stops_it(void **state)
{
	struct ses_seal_request req = fixture.seal_request;
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	req.sign = no_signature;
	assert_int_equal(ses_seal_build(&req, &der, &e), ERR_BUSY);
	assert_string_equal(e.code, "key_locked");
	assert_int_equal(der.n, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_built_is_read_and_verifies),
    cmocka_unit_test(no_changed_byte_is_accepted),
    cmocka_unit_test(cut_and_lengthened_seals_are_refused),
    cmocka_unit_test(another_makers_signature_is_refused),
    cmocka_unit_test(the_algorithm_must_be_the_keys),
    cmocka_unit_test(an_unknown_algorithm_is_named),
    cmocka_unit_test(the_habits_of_real_makers_are_read),
    cmocka_unit_test(extensions_do_not_repeat_or_run_on),
    cmocka_unit_test(signers_may_be_named_by_sm3),
    cmocka_unit_test(older_and_newer_versions_are_recognised),
    cmocka_unit_test(a_version_to_come_is_named),
    cmocka_unit_test(what_cannot_be_a_seal_is_not_made),
    cmocka_unit_test(a_key_that_does_not_sign_stops_it),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, ses_setup_es256, ses_teardown) +
	       cmocka_run_group_tests(tests, ses_setup_sm2, ses_teardown);
}
