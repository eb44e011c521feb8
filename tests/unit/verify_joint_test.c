/*
 * verify_joint_test.c - PDFs sealed by two departments (联合发证): good ones,
 * and what either of them, or a stranger, could make of one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/world.h"

#define POLICE "11990100MB9A00030C"
#define FIRE "11990100MB9A000499"

static const struct world_plan plain = WORLD_PLAN;
static struct world world, other;

/* Who can seal: the world's own seal, one that is lent to it for place 1, one
 * that is not, and a second seal of its own. */
static struct sealer {
	EVP_PKEY *key;
	struct buf x509;
} market, police, fire, branch;

static struct buf joint; /* sealed by market and police */

static json_t *
seal_row(const struct sealer *who, const char *id, const char *department)
{
	struct buf hex = BUF_INIT;
	uint8_t digest[32];
	json_t *row;

	EVP_Digest(who->x509.p, who->x509.n, digest, NULL, EVP_sha256(), NULL);
	text_hex(&hex, (struct bytes){digest, 32});
	row = json_pack("{s:s,s:s,s:s,s:s,s:[],s:[{s:s,s:s}]}", "id", id, "zh",
	    id, "en", id, "department", department, "types", "x509s", "sha256",
	    buf_cstr(&hex), "alg", "ES256");
	assert_non_null(row);
	buf_release(&hex);
	return row;
}

/* The world's trust, with the two other seals, and a type of `seals` seals in
 * this version of its template; revoked: of the police's x509, or NULL. */
static struct trust *
trust_with(json_int_t seals, json_int_t version, const char *revoked)
{
	struct bytes pem = buf_bytes(&world.pem), list = buf_bytes(&world.list);
	struct trust_parts parts = {
	    .anchors = &pem, .nanchors = 1, .lists = &list, .nlists = 1};
	struct trust *trust = NULL;
	struct err e = ERR_INIT;
	json_t *json, *rows, *row, *type;
	char *text;

	json = json_loadb((const char *)world.json.p, world.json.n, 0, NULL);
	rows = json_object_get(
	    json_array_get(json_object_get(json, "issuers"), 0), "seals");
	row = seal_row(&police, "police-1", POLICE);
	json_object_set_new(row, "lent",
	    json_pack("[{s:s,s:s,s:i}]", "department", WORLD_DEPARTMENT, "type",
		WORLD_TYPE, "place", 1));
	if (revoked != NULL)
		json_object_set_new(
		    json_array_get(json_object_get(row, "x509s"), 0),
		    "revoked_since", json_string(revoked));
	json_array_append_new(rows, row);
	json_array_append_new(rows, seal_row(&fire, "fire-1", FIRE));
	row = seal_row(&branch, "market-2", WORLD_DEPARTMENT);
	json_array_append_new(
	    json_object_get(row, "types"), json_string(WORLD_TYPE));
	json_array_append_new(rows, row);
	type = json_array_get(json_object_get(json, "types"), 0);
	json_object_set_new(type, "template_version", json_integer(version));
	json_object_set_new(type, "seals", json_integer(seals));
	text = json_dumps(json, 0);
	parts.json = bytes_str(text);
	world_must(trust_parse(&parts, &trust, &e), &e);
	free(text);
	json_decref(json);
	return trust;
}

/* Sign the prepared *out. */
static void
sign(struct buf *out, const struct pdf_ranges *ranges, const struct sealer *who,
    const uint8_t *face_digest)
{
	struct buf cms = BUF_INIT;
	struct err e = ERR_INIT;
	uint8_t digest[32];
	struct cms_request req = {.alg = SIGN_ES256,
	    .document_digest = digest,
	    .face_digest = face_digest,
	    .x509s = {buf_bytes(&who->x509), buf_bytes(&world.ca)},
	    .nx509s = 2,
	    .sign = p256_sign,
	    .sign_ctx = who->key};

	world_must(pdf_ranges_digest(buf_bytes(out), ranges, digest, &e), &e);
	world_must(cms_build(&req, &cms, &e), &e);
	world_must(pdf_sign_finish(out, ranges, buf_bytes(&cms), &e), &e);
	buf_release(&cms);
}

/* Append seal `number` of two fields (or one) to *pdf. */
static void
seal(struct buf *pdf, size_t number, size_t fields, const struct sealer *who,
    const uint8_t *face_digest)
{
	static const char picture[] = "1 0 0 RG 2 w 10 10 80 80 re S";
	static const struct pdf_place places[] = {
	    {0, 20, 220, 42, 42}, {0, 130, 220, 42, 42}};
	struct pdf_seal seal = {.name = "印章",
	    .time = WORLD_NOW - WORLD_DAY,
	    .place = places[number],
	    .picture = {.content = {(const uint8_t *)picture,
			    sizeof(picture) - 1},
		.bbox = {0, 0, 100, 100}},
	    .cms_size = 1600,
	    .number = number,
	    .more = places + 1,
	    .nmore = number == 0 ? fields - 1 : 0};
	struct buf out = BUF_INIT;
	struct pdf_ranges ranges;
	struct err e = ERR_INIT;

	world_must(
	    pdf_sign_prepare(buf_bytes(pdf), &seal, &out, &ranges, &e), &e);
	sign(&out, &ranges, who, face_digest);
	buf_release(pdf);
	*pdf = out;
}

static void
make(const struct sealer *first, const struct sealer *second,
    const uint8_t *second_digest, struct buf *pdf)
{
	world_unsigned_pdf(&world.xml, pdf);
	seal(pdf, 0, 2, first, world.face_digest);
	if (second != NULL)
		seal(pdf, 1, 2, second, second_digest);
}

static void
sealer_make(struct sealer *who, const char *name)
{
	who->key = p256_new();
	world_x509(
	    X509_SIGNER, name, who->key, world.ca_key, &world.ca, &who->x509);
}

static int
setup(void **state)
{
	struct world_plan plan = WORLD_PLAN;

	(void)state;
	world_make(&world, &plain);
	plan.holder = "青禾市另一家有限公司";
	world_make(&other, &plan);
	market.key = world.seal_key;
	market.x509 = world.seal;
	sealer_make(&police, "公安局");
	sealer_make(&fire, "消防救援局");
	sealer_make(&branch, "市场监督管理局分局");
	trust_free(world.trust);
	world.trust = trust_with(2, 1, NULL);
	make(&market, &police, world.face_digest, &joint);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_release(&joint);
	buf_release(&police.x509);
	buf_release(&fire.x509);
	buf_release(&branch.x509);
	EVP_PKEY_free(police.key);
	EVP_PKEY_free(fire.key);
	EVP_PKEY_free(branch.key);
	world_release(&world);
	world_release(&other);
	return 0;
}

static int
valid(struct bytes pdf)
{
	struct verdict v;
	int ok = world_verify(&world, pdf, &v) == VERDICT_VALID;

	verdict_release(&v);
	return ok;
}

/* It is invalid, and says so; takes the file. */
static void
invalid(struct buf *pdf, const char *reason)
{
	struct verdict v;

	assert_int_equal(
	    world_verify(&world, buf_bytes(pdf), &v), VERDICT_INVALID);
	if (!world_says(&v, reason))
		fail_msg("%s, not %s", v.reasons[0], reason);
	verdict_release(&v);
	buf_release(pdf);
}

static void
two_seals_are_valid_together(void **state)
{
	struct verdict v;
	size_t i;

	(void)state;
	assert_int_equal(
	    world_verify(&world, buf_bytes(&joint), &v), VERDICT_VALID);
	assert_int_equal(v.nreasons, 0);
	assert_int_equal(v.nsignatures, 2);
	for (i = 0; i < 2; i++) {
		assert_int_equal(v.signatures[i].integrity, INTEGRITY_INTACT);
		assert_int_equal(v.signatures[i].trust, TRUST_TRUSTED);
	}
	assert_int_equal(v.signatures[0].coverage, COVERAGE_REVISION);
	assert_int_equal(v.signatures[0].changes, CHANGES_PERMITTED);
	assert_string_equal(v.signatures[0].seal, "专用章");
	assert_int_equal(v.signatures[1].coverage, COVERAGE_WHOLE_FILE);
	assert_int_equal(v.signatures[1].changes, CHANGES_NONE);
	assert_string_equal(v.signatures[1].seal, "police-1");
	assert_memory_equal(v.certificate.face_digest, world.face_digest, 32);
	verdict_release(&v);
}

static void
no_changed_byte_is_valid(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < joint.n; i++) {
		/* Of the padding of /Contents every 64th. */
		if (joint.p[i] == '0' && joint.p[i - 1] == '0' && i % 64 != 0)
			continue;
		joint.p[i] ^= 0x01;
		if (valid(buf_bytes(&joint)))
			fail_msg("byte %zu", i);
		joint.p[i] ^= 0x01;
	}
	assert_true(valid(buf_bytes(&joint)));
}

static void
no_cut_file_is_valid(void **state)
{
	struct buf pdf = BUF_INIT;
	size_t n;

	(void)state;
	for (n = 0; n < joint.n; n += 97)
		assert_false(valid((struct bytes){joint.p, n}));
	/* Cut exactly before the second seal: it is missing, not modified. */
	make(&market, NULL, NULL, &pdf);
	assert_false(valid((struct bytes){joint.p, pdf.n}));
	invalid(&pdf, "seal_missing");
}

static void
a_type_of_two_seals_has_two(void **state)
{
	struct trust *two = world.trust;
	struct buf pdf = BUF_INIT;

	(void)state;
	/* One field, one seal: whole in itself, but not what the type wants. */
	world_unsigned_pdf(&world.xml, &pdf);
	seal(&pdf, 0, 1, &market, world.face_digest);
	world.trust = trust_with(2, 2, NULL);
	assert_true(valid(buf_bytes(&pdf))); /* another template version */
	trust_free(world.trust);
	world.trust = two;
	invalid(&pdf, "seal_missing");
}

static void
seals_cannot_be_swapped_doubled_or_lent_by_whoever_likes(void **state)
{
	struct buf pdf = BUF_INIT;

	(void)state;
	make(&police, &market, world.face_digest, &pdf);
	invalid(&pdf, "not_authorised_for_type");
	make(&market, &market, world.face_digest, &pdf);
	invalid(&pdf, "not_authorised_for_type");
	make(&market, &fire, world.face_digest, &pdf);
	invalid(&pdf, "not_authorised_for_type");
	make(&police, &police, world.face_digest, &pdf);
	invalid(&pdf, "not_authorised_for_type");
	/* Two seals of one department are not two departments. */
	make(&market, &branch, world.face_digest, &pdf);
	invalid(&pdf, "not_authorised_for_type");
}

static void
each_seal_speaks_of_this_face(void **state)
{
	struct buf pdf = BUF_INIT;

	(void)state;
	make(&market, &police, other.face_digest, &pdf);
	invalid(&pdf, "contents_differ");
	make(&market, &police, NULL, &pdf);
	invalid(&pdf, "modified");
}

/* Offset of the n-th (0, 1) signature's '<'. */
static size_t
gap(const struct buf *pdf, size_t n)
{
	const uint8_t *p = pdf->p;

	do {
		p = memmem(p + 1, pdf->n - (size_t)(p + 1 - pdf->p),
		    "/Contents <30", 13);
		assert_non_null(p);
	} while (n-- > 0);
	return (size_t)(p - pdf->p) + 10;
}

static void
a_seal_from_another_certificate_does_not_fit(void **state)
{
	struct buf pdf = BUF_INIT, good = BUF_INIT;
	size_t n = 2 * (1600 + PDF_SEAL_RESERVE), i;

	(void)state;
	/* The same departments, another holder; all offsets are the same, so
	 * that the CMS can be pasted over. */
	world_unsigned_pdf(&other.xml, &pdf);
	seal(&pdf, 0, 2, &market, other.face_digest);
	seal(&pdf, 1, 2, &police, other.face_digest);
	for (i = 0; i < 2; i++) {
		buf_reset(&good);
		buf_add_buf(&good, &joint);
		memcpy(good.p + gap(&good, i), pdf.p + gap(&pdf, i), n);
		assert_false(valid(buf_bytes(&good)));
	}
	/* Both at once are the other's, over this one's face. */
	memcpy(good.p + gap(&good, 0), pdf.p + gap(&pdf, 0), n);
	invalid(&good, "modified");
	buf_release(&pdf);
}

static void
a_field_is_filled_once(void **state)
{
	struct buf pdf = BUF_INIT, out = BUF_INIT;
	struct pdf_seal again = {
	    .name = "印章", .time = WORLD_NOW, .cms_size = 1600, .number = 1};
	struct pdf_ranges ranges;
	struct err e = ERR_INIT;
	size_t at;

	(void)state;
	/* Our own writer refuses ... */
	assert_int_equal(
	    pdf_sign_prepare(buf_bytes(&joint), &again, &out, &ranges, &e),
	    ERR_INPUT);
	buf_reset(&out);
	/* ... so make it believe that the field is empty still, and sign the
	 * file with what really stands there. */
	buf_add_buf(&pdf, &joint);
	at = (size_t)((uint8_t *)memmem(pdf.p + gap(&pdf, 1),
			  pdf.n - gap(&pdf, 1), "/V ", 3) -
		      pdf.p);
	pdf.p[at + 1] = 'W';
	world_must(
	    pdf_sign_prepare(buf_bytes(&pdf), &again, &out, &ranges, &e), &e);
	out.p[at + 1] = 'V';
	sign(&out, &ranges, &fire, world.face_digest);
	invalid(&out, "profile");
	buf_release(&pdf);
}

static void
nothing_follows_the_last_seal(void **state)
{
	struct buf pdf = BUF_INIT;

	(void)state;
	buf_add_buf(&pdf, &joint);
	buf_printf(&pdf,
	    "90 0 obj\nnull\nendobj\nxref\n90 1\n%010zu 00000 n \ntrailer\n"
	    "<< /Size 91 /Root 1 0 R /Prev %zu >>\nstartxref\n%zu\n%%%%EOF\n",
	    joint.n, joint.n, joint.n + 22);
	assert_false(valid(buf_bytes(&pdf)));
	buf_reset(&pdf);
	buf_add_buf(&pdf, &joint);
	buf_add_byte(&pdf, '\n');
	assert_false(valid(buf_bytes(&pdf)));
	buf_release(&pdf);
}

static void
one_revoked_seal_is_enough(void **state)
{
	struct trust *good = world.trust;
	struct buf pdf = BUF_INIT;

	(void)state;
	buf_add_buf(&pdf, &joint);
	world.trust = trust_with(2, 1, "2026-09-01T00:00:00Z");
	invalid(&pdf, "issuer_key_revoked");
	trust_free(world.trust);
	/* Revoked after the day of issue: it stays good. */
	world.trust = trust_with(2, 1, "2026-09-21T00:00:00Z");
	assert_true(valid(buf_bytes(&joint)));
	trust_free(world.trust);
	world.trust = good;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_seals_are_valid_together),
	    cmocka_unit_test(no_changed_byte_is_valid),
	    cmocka_unit_test(no_cut_file_is_valid),
	    cmocka_unit_test(a_type_of_two_seals_has_two),
	    cmocka_unit_test(
		seals_cannot_be_swapped_doubled_or_lent_by_whoever_likes),
	    cmocka_unit_test(each_seal_speaks_of_this_face),
	    cmocka_unit_test(a_seal_from_another_certificate_does_not_fit),
	    cmocka_unit_test(a_field_is_filled_once),
	    cmocka_unit_test(nothing_follows_the_last_seal),
	    cmocka_unit_test(one_revoked_seal_is_enough),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
