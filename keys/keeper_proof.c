/* keeper_proof.c - a printed code of our own as the proof of what was issued:
 * signed by a code key of the vault, of whatever generation, and saying what
 * the request is about (docs/desk.md). */
#include "keys/keeper_state.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "crypto/base/clock.h"
#include "crypto/copy_field.h"
#include "crypto/cose.h"
#include "crypto/x509.h"

enum {
	COPY_FIELDS = 4,
	DAY = 86400 /* seconds */
};

int
keeper_proof_keys(struct keeper_state *s, struct err *e)
{
	const struct key_store *store = &s->store;
	const struct x509 **grown, *x;
	const char *id;
	long place;
	int rc;

	for (place = 0; (id = store->ops->id(store->ctx, place)) != NULL;
	     place++) {
		if (strncmp(id, "code/", 5) != 0)
			continue;
		grown = realloc(
		    s->code_x509s, (s->ncode_x509s + 1) * sizeof(*grown));
		if (grown == NULL)
			return err_nomem(e);
		s->code_x509s = grown;
		rc = x509_get(store->ops->x509(store->ctx, place), &x, e);
		if (rc != 0)
			return rc;
		s->code_x509s[s->ncode_x509s++] = x;
	}
	return 0;
}

void
keeper_proof_release(struct keeper_state *s)
{
	size_t i;

	for (i = 0; i < s->ncode_x509s; i++)
		x509_free(s->code_x509s[i]);
	free(s->code_x509s);
	s->code_x509s = NULL;
	s->ncode_x509s = 0;
}

static int
bad_proof(struct err *e)
{
	return err_set(e, ERR_DENIED, "bad_proof",
	    "出示的二维码不是本机构签发的，或不是这份证照的：没有签发过的证照不能"
	    "打印",
	    "the code that was shown is not ours or not of this certificate: "
	    "what was not issued is not printed");
}

/* The code's key is one of ours, and it signed. */
static int
verify(const struct keeper_state *s, struct bytes proof, struct cose *cose,
    struct err *e)
{
	const struct x509 *x;
	size_t i;

	if (cose_parse(proof, cose, e) != 0 || cose->typ.n != 0)
		return -1;
	for (i = 0; i < s->ncode_x509s; i++) {
		x = s->code_x509s[i];
		if (memcmp(x->kid, cose->kid, sizeof(x->kid)) == 0 &&
		    x->alg == cose->alg)
			return cose_verify(cose, x->point, e);
	}
	return -1;
}

static int
same(const uint8_t a[FACE_DIGEST_SIZE], const uint8_t b[FACE_DIGEST_SIZE])
{
	return CRYPTO_memcmp(a, b, FACE_DIGEST_SIZE) == 0;
}

/* The digest of a copy's face without what makes it one; -1 when it does not
 * end with the four fields of a copy. */
static int
original_digest(struct face *face, uint8_t digest[FACE_DIGEST_SIZE])
{
	static const char *const names[COPY_FIELDS] = {
	    COPY_MADE, COPY_MAKER, COPY_PURPOSE, COPY_UNTIL};
	struct buf bytes = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i, n = face->nfields;
	int rc;

	if (n <= COPY_FIELDS)
		return -1;
	for (i = 0; i < COPY_FIELDS; i++)
		if (strcmp(face->fields[n - COPY_FIELDS + i].name, names[i]) !=
		    0)
			return -1;
	face->nfields = n - COPY_FIELDS;
	rc = face_write(face, &bytes, &e);
	face->nfields = n;
	if (rc == 0)
		rc = face_digest(buf_bytes(&bytes), digest, &e);
	buf_release(&bytes);
	err_clear(&e);
	return rc == 0 ? 0 : -1;
}

/* The proof is the original's code, of this face; a copy is not more than its
 * original: the same template, and no later end. */
static int
proves_original(
    const struct keeper_job *job, const struct keeper_matter_check *m)
{
	const struct keeper_frame *f = &job->frame;
	const struct qr_claims *proof = &m->proof;
	uint8_t digest[FACE_DIGEST_SIZE];

	if (proof->copy.number != 0)
		return 0;
	if (f->sheet != 0)
		return f->copy == 0 &&
		       same(proof->face_digest, job->face_digest);
	return f->copy != 0 && original_digest(m->face, digest) == 0 &&
	       same(proof->face_digest, digest) &&
	       f->template_version == proof->template_version &&
	       f->expires != 0 &&
	       (proof->expires == 0 || f->expires <= proof->expires);
}

/* The proof is the code of the copy or sheet that is sealed, made these days,
 * for an office by itself. */
static int
proves_copy(const struct keeper_job *job, const struct keeper_matter_check *m)
{
	const struct qr_copy *copy = &m->proof.copy;
	uint64_t today = (uint64_t)((clock_now() + CLOCK_CST_OFFSET) / DAY);

	return copy->number != 0 &&
	       same(m->proof.face_digest, job->face_digest) &&
	       copy->day + KEEPER_LATE_DAYS >= today &&
	       copy->day <= today + 1 &&
	       (!m->by_office || strcmp(copy->office, m->ticket.zh) == 0);
}

int
keeper_proof_check(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m)
{
	const struct keeper_frame *f = &job->frame;
	uint64_t issuer = (uint64_t)json_integer_value(json_object_get(
	    json_object_get(s->authority.root, "issuer"), "number"));
	struct err ignored = ERR_INIT;
	struct cose cose;
	int ok;

	/* Without one a department makes what it issues, and nothing else. */
	if (f->proof.n == 0 && !m->by_office && f->sheet == 0)
		return 0;
	ok = verify(s, f->proof, &cose, &ignored) == 0 &&
	     qr_claims_read(cose.payload, &m->proof, &ignored) == 0 &&
	     m->proof.issuer == issuer && strcmp(m->proof.type, m->type) == 0 &&
	     (f->op == KEEPER_CODE ? proves_original(job, m)
				   : proves_copy(job, m));
	err_clear(&ignored);
	if (!ok)
		return bad_proof(&job->e);
	m->number = f->op != KEEPER_CODE ? m->proof.copy.number
		    : f->sheet != 0	 ? f->sheet
					 : f->copy;
	return 0;
}
