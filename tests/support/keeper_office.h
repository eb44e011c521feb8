/*
 * keeper_office.h - offices of a test and what they ask of its keeper.  For
 * one file of a test; header only.
 */
#ifndef TESTS_SUPPORT_KEEPER_OFFICE_H
#define TESTS_SUPPORT_KEEPER_OFFICE_H

#include "crypto/base/text.h"
#include "crypto/copy_field.h"
#include "crypto/cose.h"
#include "crypto/qr_claims.h"
#include "tests/support/keeper_admin.h"

struct office {
	char key[OFFICE_KEY_SIZE];
	struct buf ticket;
};

/* Give an office a ticket for the first type (and others as JSON rows). */
static inline void
office_make(struct office *o, const char *id, const char *zh,
    const char *region, json_int_t not_after, const char *types)
{
	json_t *action, *answer = NULL, *rows = json_loads(types, 0, NULL);
	struct buf hex = BUF_INIT;
	struct err e = ERR_INIT;
	uint8_t hash[32];
	const char *text;

	memset(o, 0, sizeof(*o));
	assert_int_equal(administrator_office_key(adm, id, 1, o->key, &e), 0);
	assert_int_equal(office_key_hash(o->key, hash), 0);
	text_hex(&hex, (struct bytes){hash, 32});
	action = json_pack("{s:s,s:[{s:s,s:s,s:s,s:s,s:I,s:o}]}", "action",
	    "office_ticket", "offices", "id", id, "zh", zh, "region", region,
	    "hash", buf_cstr(&hex), "not_after", not_after, "types", rows);
	assert_non_null(action);
	assert_int_equal(
	    administrator_call(adm, f.keeper, action, &answer, &e), 0);
	text = json_string_value(
	    json_array_get(json_object_get(answer, "tickets"), 0));
	assert_non_null(text);
	assert_int_equal(text_unbase64(&o->ticket, text, strlen(text)), 0);
	json_decref(action);
	json_decref(answer);
	buf_release(&hex);
}

/* One request of an office, or of a department (key NULL). */
struct attempt {
	const char *key;
	struct bytes ticket;
	size_t as; /* department */
	struct bytes face, proof;
	uint64_t sheet, copy;
	int64_t expires;
	uint64_t template_version;
	uint8_t intent;
	enum sign_alg alg;
	const char *seal;
	unsigned int place;
};

static inline void
attempt_matter(const struct attempt *a, struct keeper_office *office,
    struct keeper_matter *m)
{
	office->key = a->key;
	office->ticket = a->ticket;
	m->cred = a->key == NULL ? &f.creds[a->as] : NULL;
	m->office = a->key == NULL ? NULL : office;
	m->address = "local";
	m->face = a->face;
	m->proof = a->proof;
	memset(m->intent, a->intent, sizeof(m->intent));
}

static inline int
attempt_code(const struct attempt *a, struct buf *cose, struct err *e)
{
	struct keeper_office office;
	struct keeper_code_request req = {
	    .template_version = a->template_version,
	    .list = 9,
	    .index = 99,
	    .issued = clock_now(),
	    .expires = a->expires,
	    .alg = a->alg,
	    .copy = a->copy,
	    .sheet = a->sheet};
	uint8_t digest[32];

	attempt_matter(a, &office, &req.matter);
	memset(req.cti, 6, sizeof(req.cti));
	err_clear(e);
	return keeper_code(f.keeper, &req, cose, digest, e);
}

static inline int
attempt_seal(const struct attempt *a, struct buf *cms, struct err *e)
{
	struct keeper_office office;
	struct keeper_seal_request req = {.seal = a->seal, .place = a->place};

	attempt_matter(a, &office, &req.matter);
	memset(req.document_digest, 9, sizeof(req.document_digest));
	err_clear(e);
	return keeper_seal(f.keeper, &req, cms, e);
}

static inline int
attempt_ses(const struct attempt *a, struct buf *ses, struct err *e)
{
	struct keeper_office office;
	struct keeper_ses_request req = {
	    .seal = a->seal, .place = a->place, .property = FIXTURE_PROPERTY};

	attempt_matter(a, &office, &req.matter);
	memset(req.document_digest, 9, sizeof(req.document_digest));
	memset(req.package_digest, 8, sizeof(req.package_digest));
	err_clear(e);
	return keeper_seal_ses(f.keeper, &req, ses, e);
}

/* The claims of a code, which verifies with a key of the keeper's (by the
 * directory nobody asks here: the caller compares). */
static inline void
claims_of(const struct buf *code, struct qr_claims *claims)
{
	struct err e = ERR_INIT;
	struct cose cose;

	assert_int_equal(cose_parse(buf_bytes(code), &cose, &e), 0);
	assert_int_equal(qr_claims_read(cose.payload, claims, &e), 0);
}

/* A face with what a purpose-bound copy has more. */
static inline void
copied_face(struct bytes original, const char *maker, struct buf *out)
{
	struct face *face = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(face_parse(original, &face, &e), 0);
	assert_int_equal(
	    face_add(face, COPY_MADE, "2026-11-26 08:00:00", &e), 0);
	assert_int_equal(face_add(face, COPY_MAKER, maker, &e), 0);
	assert_int_equal(face_add(face, COPY_PURPOSE, "开户", &e), 0);
	assert_int_equal(
	    face_add(face, COPY_UNTIL, "2026-12-26 23:59:59", &e), 0);
	assert_int_equal(face_write(face, out, &e), 0);
	face_free(face);
}

/* Face and code of a certificate that a department issued. */
struct original {
	struct buf face, code;
};

static inline void
original_issue(
    struct original *o, size_t department, size_t type, const char *number)
{
	struct err e = ERR_INIT;
	uint8_t digest[32];

	memset(o, 0, sizeof(*o));
	fixture_face(&o->face, fixture_departments[department],
	    fixture_types[type], number);
	assert_int_equal(fixture_code(&f, department, buf_bytes(&o->face),
			     &o->code, digest, &e),
	    0);
}

static inline void
original_release(struct original *o)
{
	buf_release(&o->face);
	buf_release(&o->code);
}

#endif
