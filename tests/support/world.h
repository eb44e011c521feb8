/*
 * world.h - a small world made at run time for tests of verification: a root,
 * an issuing CA, a seal, a code key, a status key, what a verifier would trust,
 * and the documents of one certificate.  Header only: tests link the library
 * alone.
 */
#ifndef TESTS_SUPPORT_WORLD_H
#define TESTS_SUPPORT_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "certsvc/format/xml.h"
#include "certsvc/trust.h"
#include "certsvc/verify.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/cms.h"
#include "crypto/copy_field.h"
#include "crypto/cose.h"
#include "crypto/face.h"
#include "crypto/pdf_sign.h"
#include "crypto/qr_claims.h"
#include "crypto/status_list.h"
#include "crypto/x509.h"
#include "tests/support/p256.h"

#define WORLD_NOW 1790000000 /* 2026-09-21T14:13:20Z */
#define WORLD_TYPE "11990000MB9A010097001"
#define WORLD_DEPARTMENT "11990100MB9A00014N"
#define WORLD_URL "http://127.0.0.1:8080"

enum {
	WORLD_ISSUER = 999001,
	WORLD_DAY = 86400
};

/* What a test may want otherwise than usual. */
struct world_plan {
	uint64_t issuer;
	int trust_demo;
	const char *seal_type; /* type the seal is allowed for */
	unsigned int status;   /* of the certificate at index 7 */
	int64_t list_age;      /* seconds */
	int no_list;
	const char *url;
	const char *valid_to;
	const char *holder;
	const char *seal_revoked; /* RFC 3339, or NULL */
	const char *code_revoked;
	const char *code_since;	 /* the code key's not_before, or NULL */
	enum sign_alg code_alg;	 /* of the code's key; 0: ES256 */
	enum sign_alg code_says; /* what the code claims; 0: the same */
	int copy_face;		 /* the face is a purpose-bound copy's */
	uint64_t copy_number;	 /* that the code says */
	enum qr_copy_kind copy_kind;
	uint64_t copy_day; /* since 1970-01-01; 0: 2026-09-20 */
};

#define WORLD_PLAN                                                                \
	{                                                                         \
		.issuer = WORLD_ISSUER, .trust_demo = 1,                          \
		.seal_type = WORLD_TYPE, .url = WORLD_URL,                        \
		.valid_to = "2027-01-01", .holder = "青禾市示例有限公司" \
	}

struct world {
	EVP_PKEY *root_key, *ca_key, *seal_key, *code_key, *status_key;
	struct buf root, ca, seal, code, status; /* x509s, DER */
	struct buf json, pem, list;
	struct trust *trust;
	uint8_t face_digest[32];
	struct buf face, qr, xml, pdf;
};

static inline void
world_must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "world: %s: %s\n", e->code, e->en);
	abort();
}

static inline void
world_x509(enum x509_role role, const char *name, EVP_PKEY *key,
    EVP_PKEY *issuer_key, const struct buf *issuer, struct buf *out)
{
	struct err e = ERR_INIT;
	struct x509_request req = {.role = role,
	    .country = "CN",
	    .organisation = "青禾市",
	    .unit = "演示",
	    .common_name = name,
	    .not_before = WORLD_NOW - 400 * WORLD_DAY,
	    .not_after = WORLD_NOW + 1000 * WORLD_DAY,
	    .key = key,
	    .issuer_key = issuer_key};

	if (issuer != NULL)
		req.issuer = buf_bytes(issuer);
	world_must(x509_make(&req, out, &e), &e);
}

/* A sign_fn for the key's own algorithm. */
static inline int
world_sign(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	return signature_sign(signature_alg(ctx), ctx, message, raw, e);
}

static inline void
world_keys(struct world *w, const struct world_plan *plan)
{
	struct err e = ERR_INIT;

	w->root_key = p256_new();
	w->ca_key = p256_new();
	w->seal_key = p256_new();
	world_must(x509_key_new(plan->code_alg ? plan->code_alg : SIGN_ES256,
		       &w->code_key, &e),
	    &e);
	w->status_key = p256_new();
	world_x509(X509_ROOT, "根", w->root_key, w->root_key, NULL, &w->root);
	world_x509(
	    X509_ISSUING, "CA", w->ca_key, w->root_key, &w->root, &w->ca);
	world_x509(X509_SIGNER, "市场监督管理局", w->seal_key, w->ca_key,
	    &w->ca, &w->seal);
	world_x509(
	    X509_SIGNER, "code", w->code_key, w->ca_key, &w->ca, &w->code);
	world_x509(X509_SIGNER, "status", w->status_key, w->ca_key, &w->ca,
	    &w->status);
}

static inline void
world_kid(const struct buf *x509, uint8_t kid[8])
{
	const struct x509 *x;
	struct err e = ERR_INIT;

	world_must(x509_get(buf_bytes(x509), &x, &e), &e);
	memcpy(kid, x->kid, 8);
	x509_free(x);
}

static inline json_t *
world_key_json(const struct buf *x509, const char *revoked, const char *since)
{
	struct buf hex = BUF_INIT, base64 = BUF_INIT;
	uint8_t kid[8];
	json_t *out;

	world_kid(x509, kid);
	text_hex(&hex, (struct bytes){kid, 8});
	text_base64(&base64, buf_bytes(x509));
	out = json_pack("{s:s,s:s,s:s*,s:s*}", "kid", buf_cstr(&hex), "x509",
	    buf_cstr(&base64), "revoked_since", revoked, "not_before", since);
	buf_release(&hex);
	buf_release(&base64);
	return out;
}

static inline void
world_trust_json(struct world *w, const struct world_plan *plan)
{
	struct buf hex = BUF_INIT;
	uint8_t digest[32];
	json_t *json;
	char *text;

	EVP_Digest(w->seal.p, w->seal.n, digest, NULL, EVP_sha256(), NULL);
	text_hex(&hex, (struct bytes){digest, 32});
	json = json_pack(
	    "{s:i,s:s,s:b,s:[{s:I,s:s,s:s,s:[s],s:[{s:s,s:s,s:s,s:[s]}],"
	    "s:[o],s:[o],s:[{s:s,s:s,s:s,s:s,s:[s],s:[{s:s,s:s,s:s*}]}],"
	    "s:[]}],"
	    "s:[{s:s,s:s,s:s,s:s,s:i,s:[{s:s,s:s,s:s},{s:s,s:s,s:s}]}]}",
	    "version", TRUST_VERSION, "made", "2026-09-01T00:00:00Z", "demo",
	    plan->trust_demo, "issuers", "number", (json_int_t)plan->issuer,
	    "zh", "青禾市", "en", "Qinghe", "hosts", "http://127.0.0.1:8080",
	    "departments", "code", WORLD_DEPARTMENT, "zh", "市场监督管理局",
	    "en", "Market", "types", WORLD_TYPE, "code_keys",
	    world_key_json(&w->code, plan->code_revoked, plan->code_since),
	    "status_keys", world_key_json(&w->status, NULL, NULL), "seals",
	    "id", "market-1", "zh", "专用章", "en", "Seal", "department",
	    WORLD_DEPARTMENT, "types", plan->seal_type, "x509s", "sha256",
	    buf_cstr(&hex), "alg", "ES256", "revoked_since", plan->seal_revoked,
	    "makers", "types", "code", WORLD_TYPE, "zh", "营业执照", "en",
	    "Business licence", "qr", "full", "status_max_age", 7 * WORLD_DAY,
	    "public_fields", "name", "ZZBH", "zh", "证照编号", "en", "Number",
	    "name", "CZZT", "zh", "名称", "en", "Name");
	text = json_dumps(json, 0);
	buf_add_str(&w->json, text);
	free(text);
	json_decref(json);
	buf_release(&hex);
}

static inline void
world_list(struct world *w, const struct world_plan *plan)
{
	struct cose_request signer = {
	    .alg = SIGN_ES256, .sign = p256_sign, .sign_ctx = w->status_key};
	struct status_list list;
	struct err e = ERR_INIT;

	world_must(status_list_init(&list, 4096, &e), &e);
	snprintf(list.uri, sizeof(list.uri), "%s/status/3", WORLD_URL);
	list.issued = WORLD_NOW - plan->list_age;
	list.expires = list.issued + WORLD_DAY;
	list.ttl = 900;
	status_list_set(&list, 7, (enum status_value)plan->status);
	world_kid(&w->status, signer.kid);
	world_must(status_list_sign(&list, &signer, &w->list, &e), &e);
	status_list_release(&list);
}

static inline void
world_face(struct world *w, const struct world_plan *plan)
{
	const char *const values[][2] = {{"ZZMC", "营业执照"},
	    {"ZZLXDM", WORLD_TYPE}, {"ZZBH", "QH-2026-0001"},
	    {"ZZBS", "1.2.156.3005.2.999"}, {"ZZBFJG", "市场监督管理局"},
	    {"ZZBFJGDM", WORLD_DEPARTMENT}, {"ZZBFRQ", "2026-09-20"},
	    {"ZZYXQQSRQ", "2026-09-20"}, {"ZZYXQJZRQ", plan->valid_to},
	    {"CZZT", plan->holder}, {COPY_MADE, "2026-09-20 08:00:00"},
	    {COPY_MAKER, "市场监督管理局"}, {COPY_PURPOSE, "银行开户"},
	    {COPY_UNTIL, "2026-10-20 23:59:59"}};
	const size_t n =
	    sizeof(values) / sizeof(values[0]) - (plan->copy_face ? 0 : 4);
	struct face *face = face_new();
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		world_must(face_add(face, values[i][0], values[i][1], &e), &e);
	world_must(face_write(face, &w->face, &e), &e);
	world_must(face_digest(buf_bytes(&w->face), w->face_digest, &e), &e);
	face_free(face);
}

static inline void
world_code(struct world *w, const struct world_plan *plan)
{
	char number[] = "QH-2026-0001", holder[128];
	char *values[] = {number, holder};
	struct qr_claims claims = {.issuer = plan->issuer,
	    .issued = WORLD_NOW - WORLD_DAY,
	    .type = WORLD_TYPE,
	    .template_version = 1,
	    .list = 3,
	    .index = 7,
	    .values = values,
	    .nvalues = 2,
	    .copy = {plan->copy_number, "市场监督管理局",
		plan->copy_day ? plan->copy_day : 20716, plan->copy_kind}};
	struct buf payload = BUF_INIT, cose = BUF_INIT;
	struct cose_request req = {.alg = plan->code_says
					      ? plan->code_says
					      : signature_alg(w->code_key),
	    .sign = world_sign,
	    .sign_ctx = w->code_key};
	struct err e = ERR_INIT;

	snprintf(holder, sizeof(holder), "%s", plan->holder);
	memset(claims.cti, 0x5a, sizeof(claims.cti));
	memcpy(claims.face_digest, w->face_digest, 32);
	world_must(qr_claims_write(&claims, &payload, &e), &e);
	world_kid(&w->code, req.kid);
	req.payload = buf_bytes(&payload);
	world_must(cose_sign(&req, &cose, &e), &e);
	qr_text_write(&w->qr, plan->url, buf_bytes(&cose));
	buf_cstr(&w->qr);
	buf_release(&payload);
	buf_release(&cose);
	world_must(xml_document_write(
		       buf_bytes(&w->face), buf_cstr(&w->qr), &w->xml, &e),
	    &e);
}

/* A one-page PDF with the record attached, one revision, classic table. */
static inline void
world_unsigned_pdf(const struct buf *xml, struct buf *out)
{
	static const char *const objects[] = {
	    "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << "
	    "/EmbeddedFiles << /Names [(certificate.xml) 4 0 R] >> >> >>",
	    "<< /Type /Pages /Kids [3 0 R] /Count 1 "
	    "/MediaBox [0 0 595.276 841.89] >>",
	    "<< /Type /Page /Parent 2 0 R /Resources << >> >>",
	    "<< /Type /Filespec /F (certificate.xml) /UF "
	    "<FEFF00630065007200740069006600690063006100740065002E0078006D006C> "
	    "/AFRelationship /Source /EF << /F 5 0 R >> >>"};
	size_t at[6], i, xref;

	buf_add_str(out, "%PDF-1.7\n%\xb7\xbe\xad\xaa\n");
	for (i = 0; i < 4; i++) {
		at[i] = out->n;
		buf_printf(out, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
	}
	at[4] = out->n;
	buf_printf(out,
	    "5 0 obj\n<< /Type /EmbeddedFile /Subtype /text#2Fxml "
	    "/Length %zu >>\nstream\n",
	    xml->n);
	buf_add_buf(out, xml);
	buf_add_str(out, "\nendstream\nendobj\n");
	xref = out->n;
	buf_add_str(out, "xref\n0 6\n0000000000 65535 f \n");
	for (i = 0; i < 5; i++)
		buf_printf(out, "%010zu 00000 n \n", at[i]);
	buf_printf(out,
	    "trailer\n<< /Size 6 /Root 1 0 R /ID [<00112233445566778899aabb"
	    "ccddeeff> <00112233445566778899aabbccddeeff>] >>\n"
	    "startxref\n%zu\n%%%%EOF\n",
	    xref);
}

/* Seal any PDF with the world's seal; face_digest may be NULL. */
static inline void
world_seal(const struct world *w, struct bytes pdf, const uint8_t *face_digest,
    struct buf *out)
{
	static const char picture[] = "1 0 0 RG 2 w 10 10 80 80 re S";
	struct pdf_seal seal = {.name = "市场监督管理局",
	    .reason = "issued (seal)",
	    .time = WORLD_NOW - WORLD_DAY,
	    .place = {0, 130, 220, 42, 42},
	    .picture = {.content = {(const uint8_t *)picture,
			    sizeof(picture) - 1},
		.bbox = {0, 0, 100, 100}},
	    .cms_size = 1600};
	struct pdf_ranges ranges;
	struct buf cms = BUF_INIT;
	struct err e = ERR_INIT;
	uint8_t digest[32];
	struct cms_request req = {.alg = SIGN_ES256,
	    .document_digest = digest,
	    .face_digest = face_digest,
	    .x509s = {{w->seal.p, w->seal.n}, {w->ca.p, w->ca.n}},
	    .nx509s = 2,
	    .sign = p256_sign,
	    .sign_ctx = w->seal_key};

	world_must(pdf_sign_prepare(pdf, &seal, out, &ranges, &e), &e);
	world_must(pdf_ranges_digest(buf_bytes(out), &ranges, digest, &e), &e);
	world_must(cms_build(&req, &cms, &e), &e);
	world_must(pdf_sign_finish(out, &ranges, buf_bytes(&cms), &e), &e);
	buf_release(&cms);
}

static inline void
world_make(struct world *w, const struct world_plan *plan)
{
	struct buf pdf = BUF_INIT;
	struct bytes pem, list;
	struct trust_parts parts = {.anchors = &pem,
	    .nanchors = 1,
	    .lists = &list,
	    .nlists = !plan->no_list};
	struct err e = ERR_INIT;

	memset(w, 0, sizeof(*w));
	world_keys(w, plan);
	world_trust_json(w, plan);
	world_list(w, plan);
	world_must(x509_to_pem(buf_bytes(&w->root), &w->pem, &e), &e);
	pem = buf_bytes(&w->pem);
	list = buf_bytes(&w->list);
	parts.json = buf_bytes(&w->json);
	world_must(trust_parse(&parts, &w->trust, &e), &e);
	world_face(w, plan);
	world_code(w, plan);
	world_unsigned_pdf(&w->xml, &pdf);
	world_seal(w, buf_bytes(&pdf), w->face_digest, &w->pdf);
	buf_release(&pdf);
}

static inline void
world_release(struct world *w)
{
	struct buf *const bufs[] = {&w->root, &w->ca, &w->seal, &w->code,
	    &w->status, &w->json, &w->pem, &w->list, &w->face, &w->qr, &w->xml,
	    &w->pdf};
	size_t i;

	for (i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
		buf_release(bufs[i]);
	EVP_PKEY_free(w->root_key);
	EVP_PKEY_free(w->ca_key);
	EVP_PKEY_free(w->seal_key);
	EVP_PKEY_free(w->code_key);
	EVP_PKEY_free(w->status_key);
	trust_free(w->trust);
}

/* Verify bytes in this world. */
static inline enum verdict_kind
world_verify(const struct world *w, struct bytes file, struct verdict *v)
{
	struct verify_options opt = {.trust = w->trust, .at = WORLD_NOW};

	verify_bytes(file, &opt, v);
	return v->kind;
}

static inline int
world_says(const struct verdict *v, const char *code)
{
	size_t i;

	for (i = 0; i < v->nreasons; i++)
		if (strcmp(v->reasons[i], code) == 0)
			return 1;
	return 0;
}

#endif
