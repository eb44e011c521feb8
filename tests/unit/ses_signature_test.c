/* ses_signature_test.c - signatures of GB/T 38540 with a seal: ours, V1 and V5,
 * and everything that must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/objects.h>

#include <string.h>

#include "crypto/cms_oids.h"
#include "tests/support/ses_foreign.h"
#include "tests/support/ses_groups.h"

/* 0 only when it parses and the signer's signature is right. */
static int
accept(struct bytes der, struct err *e)
{
	struct ses_signature s;
	int r = ses_signature_parse(der, &s, e);

	return r != 0 ? r : ses_signature_verify(&s, e);
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
	const struct ses_signature_request *req = &fixture.request;
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_signature s;

	(void)state;
	ses_build_signature(&fixture, &der);
	assert_int_equal(ses_signature_parse(buf_bytes(&der), &s, &e), 0);
	assert_int_equal(s.version, SES_V4);
	assert_int_equal(s.alg, req->alg);
	assert_true(bytes_equal(s.seal.der, buf_bytes(&fixture.seal)));
	assert_int_equal(s.time, req->time);
	assert_memory_equal(s.document_digest.p, req->document_digest, 32);
	assert_true(bytes_equal(s.property, bytes_str(ses_property)));
	assert_memory_equal(s.face_digest.p, ses_face, 32);
	assert_memory_equal(s.face_sm3.p, ses_face_sm3, 32);
	assert_memory_equal(s.package_digest.p, ses_package, 32);
	assert_true(bytes_equal(s.x509, fixture.signer));
	assert_int_equal(s.timestamp.n, 0);
	assert_int_equal(ses_signature_verify(&s, &e), 0);
	assert_int_equal(ses_signature_canonical(&s, &e), 0);
	buf_release(&der);
}

static void
the_extensions_have_the_identifiers_that_are_published(void **state)
{
	static const struct {
		const char *text;
		const struct bytes *content;
	} oids[] = {
	    {SES_FACE_DIGEST_OID, &cms_oid_face_digest},
	    {SES_FACE_SM3_OID, &ses_oid_face_sm3},
	    {SES_PACKAGE_DIGEST_OID, &ses_oid_package_digest},
	};
	ASN1_OBJECT *object;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(oids) / sizeof(oids[0]); i++) {
		object = OBJ_txt2obj(oids[i].text, 1);
		assert_non_null(object);
		assert_true(bytes_equal(*oids[i].content,
		    (struct bytes){OBJ_get0_data(object), OBJ_length(object)}));
		ASN1_OBJECT_free(object);
	}
}

static void
without_our_extensions_it_is_read_but_not_canonical(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_fixture f = fixture;
	struct ses_signature s;
	const uint8_t **members[] = {&f.request.face_digest,
	    &f.request.face_sm3, &f.request.package_digest};
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		f.request = fixture.request;
		if (i < 3)
			*members[i] = NULL;
		else
			f.request.face_digest = f.request.face_sm3 =
			    f.request.package_digest = NULL;
		buf_reset(&der);
		ses_build_signature(&f, &der);
		assert_int_equal(accept(buf_bytes(&der), &e), 0);
		assert_int_equal(
		    ses_signature_parse(buf_bytes(&der), &s, &e), 0);
		assert_int_equal(ses_signature_canonical(&s, &e), ERR_INPUT);
		assert_string_equal(e.code, "ses_not_canonical");
	}
	buf_release(&der);
}

/* Bytes of the signer's x509 may change without changing its key; that the
 * chain finds (ses_check_test). */
static void
no_changed_byte_is_accepted(void **state)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_signature s;
	size_t i, m, x509;

	(void)state;
	ses_build_signature(&fixture, &der);
	assert_int_equal(ses_signature_parse(buf_bytes(&der), &s, &e), 0);
	x509 = (size_t)(s.x509.p - der.p);
	for (i = 0; i < der.n; i += i + 1 == x509 ? s.x509.n + 1 : 1)
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
cut_and_lengthened_signatures_are_refused(void **state)
{
	struct buf der = BUF_INIT;
	size_t n;

	(void)state;
	ses_build_signature(&fixture, &der);
	for (n = 0; n < der.n; n++)
		refuse((struct bytes){der.p, n}, "ses_malformed");
	buf_add_byte(&der, 0);
	refuse(buf_bytes(&der), "ses_malformed");
	buf_release(&der);
}

static void
a_broken_seal_inside_is_named_as_the_seals(void **state)
{
	struct foreign form = {.version = SES_V4};
	struct buf der = BUF_INIT;
	struct bytes seal = buf_bytes(&fixture.seal);

	(void)state;
	/* A whole SEQUENCE, but not of a seal. */
	foreign_signature(&der, &fixture, &form, fixture.signer);
	refuse(buf_bytes(&der), "seal_malformed");
	/* TBS_Sign with another version than its seal. */
	form.version = SES_V5;
	buf_reset(&der);
	foreign_signature(&der, &fixture, &form, seal);
	refuse(buf_bytes(&der), "ses_malformed");
	buf_release(&der);
}

static void
another_signers_signature_is_refused(void **state)
{
	struct ses_fixture f = fixture;
	struct buf der = BUF_INIT;

	(void)state;
	f.request.sign_ctx = f.maker_key;
	ses_build_signature(&f, &der);
	refuse(buf_bytes(&der), "ses_bad_signature");
	f.request = fixture.request;
	f.request.x509 = buf_bytes(&f.maker);
	buf_reset(&der);
	ses_build_signature(&f, &der);
	refuse(buf_bytes(&der), "ses_bad_signature");
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
	    {{.version = 5}, SES_V5},
	    {{.version = 4}, SES_V4},
	};
	struct buf der = BUF_INIT, seal = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_signature s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		buf_reset(&der);
		buf_reset(&seal);
		foreign_seal(&seal, &fixture, &versions[i].form);
		foreign_signature(
		    &der, &fixture, &versions[i].form, buf_bytes(&seal));
		assert_int_equal(
		    ses_signature_parse(buf_bytes(&der), &s, &e), 0);
		assert_int_equal(s.version, versions[i].version);
		assert_int_equal(s.time, fixture.request.time);
		assert_true(bytes_equal(s.x509, fixture.signer));
		assert_int_equal(ses_signature_verify(&s, &e), 0);
		assert_int_equal(ses_seal_verify(&s.seal, &e), 0);
		assert_int_equal(ses_signature_canonical(&s, &e), ERR_INPUT);
	}
	buf_release(&der);
	buf_release(&seal);
}

static void
a_timestamp_is_seen_and_not_canonical(void **state)
{
	struct foreign form = {
	    .version = SES_V4, .stamp = bytes_str("0 not a token")};
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_signature s;

	(void)state;
	foreign_signature(&der, &fixture, &form, buf_bytes(&fixture.seal));
	assert_int_equal(ses_signature_parse(buf_bytes(&der), &s, &e), 0);
	assert_true(bytes_equal(s.timestamp, form.stamp));
	assert_int_equal(ses_signature_canonical(&s, &e), ERR_INPUT);
	buf_release(&der);
}

/* Put one extension into a list. */
static void
put_extension(struct buf *out, struct bytes oid, int critical, size_t n)
{
	static const uint8_t value[40] = {1}, yes[] = {0xff};
	size_t mark = der_begin(out, DER_SEQUENCE);

	der_put(out, DER_OID, oid);
	if (critical)
		der_put(out, DER_BOOLEAN, (struct bytes){yes, 1});
	der_put(out, DER_OCTET_STRING, (struct bytes){value, n});
	der_end(out, mark);
}

static void
extensions_of_others_are_passed_over_unless_critical(void **state)
{
	static const uint8_t strange[] = {0x2a, 0x03};
	static const struct {
		struct bytes oid;
		int critical;
		size_t n;
		int good;
	} cases[] = {
	    {{strange, 2}, 0, 40, 1},
	    {{strange, 2}, 1, 40, 0},
	    {{NULL, 0}, 0, 32, 1}, /* ours, well formed */
	    {{NULL, 0}, 1, 32, 1},
	    {{NULL, 0}, 0, 31, 0},
	    {{NULL, 0}, 0, 33, 0},
	    {{NULL, 0}, 0, 0, 0},
	};
	struct foreign form = {.version = SES_V4};
	struct buf der = BUF_INIT, list = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_signature s;
	size_t i, mark;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&der);
		buf_reset(&list);
		mark = der_begin(&list, DER_SEQUENCE);
		put_extension(&list,
		    cases[i].oid.n != 0 ? cases[i].oid : ses_oid_package_digest,
		    cases[i].critical, cases[i].n);
		der_end(&list, mark);
		form.tbs_extensions = buf_bytes(&list);
		foreign_signature(
		    &der, &fixture, &form, buf_bytes(&fixture.seal));
		assert_int_equal(ses_signature_parse(buf_bytes(&der), &s, &e),
		    cases[i].good ? 0 : ERR_INPUT);
		if (cases[i].good)
			assert_int_equal(
			    ses_signature_canonical(&s, &e), ERR_INPUT);
	}
	buf_release(&der);
	buf_release(&list);
}

static void
only_a_v4_seal_is_used_to_sign(void **state)
{
	struct foreign form = {.version = 1, .v1 = 1};
	struct ses_signature_request req = fixture.request;
	struct buf seal = BUF_INIT, der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	foreign_seal(&seal, &fixture, &form);
	req.seal = buf_bytes(&seal);
	assert_int_equal(ses_signature_build(&req, &der, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_seal");
	req.seal = fixture.signer;
	assert_int_equal(ses_signature_build(&req, &der, &e), ERR_INPUT);
	assert_string_equal(e.code, "seal_malformed");
	assert_int_equal(der.n, 0);
	buf_release(&seal);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_built_is_read_and_verifies),
    cmocka_unit_test(the_extensions_have_the_identifiers_that_are_published),
    cmocka_unit_test(without_our_extensions_it_is_read_but_not_canonical),
    cmocka_unit_test(no_changed_byte_is_accepted),
    cmocka_unit_test(cut_and_lengthened_signatures_are_refused),
    cmocka_unit_test(a_broken_seal_inside_is_named_as_the_seals),
    cmocka_unit_test(another_signers_signature_is_refused),
    cmocka_unit_test(older_and_newer_versions_are_recognised),
    cmocka_unit_test(a_timestamp_is_seen_and_not_canonical),
    cmocka_unit_test(extensions_of_others_are_passed_over_unless_critical),
    cmocka_unit_test(only_a_v4_seal_is_used_to_sign),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, ses_setup_es256, ses_teardown) +
	       cmocka_run_group_tests(tests, ses_setup_sm2, ses_teardown);
}
