/*
 * ofd_pki.h - the SM2 side of a small world (world.h): a root, an issuing CA, a
 * seal maker, two seals, a code key, and what a verifier would trust.  Header
 * only.
 */
#ifndef TESTS_SUPPORT_OFD_PKI_H
#define TESTS_SUPPORT_OFD_PKI_H

#include "crypto/digest.h"
#include "crypto/ses_signature.h"
#include "tests/support/sm2.h"
#include "tests/support/world.h"

/* A seal maker's product with the key that uses it. */
struct ofd_stamp_kit {
	EVP_PKEY *key;
	struct buf x509, object;
};

struct ofd_world {
	struct world w; /* P-256: record, code, status */
	EVP_PKEY *root_key, *ca_key, *maker_key, *code_key;
	struct buf root, ca, maker, code; /* x509s, DER */
	/* Of the department itself, and of another that lends it. */
	struct ofd_stamp_kit seal, second;
	struct trust *trust;
	struct buf json;
	struct buf ofd; /* a licence with one seal */
};

/* A seal object that names this x509 as its signer. */
static inline void
ofd_make_object(const struct buf *x509, const struct buf *maker,
    EVP_PKEY *maker_key, int64_t from, int64_t until, struct buf *out)
{
	static const char picture[] = "PK, in truth a mini OFD";
	struct bytes signer = buf_bytes(x509);
	struct err e = ERR_INIT;
	struct ses_seal_request req = {.id = "11990100000000001",
	    .vendor = "certsvc",
	    .name = "专用章",
	    .type = 1,
	    .signers = &signer,
	    .nsigners = 1,
	    .created = from,
	    .from = from,
	    .until = until,
	    .picture_type = "ofd",
	    .picture = {(const uint8_t *)picture, sizeof(picture)},
	    .width = 42,
	    .height = 42,
	    .maker = buf_bytes(maker),
	    .alg = SIGN_SM2,
	    .sign = sm2_sign,
	    .sign_ctx = maker_key};

	world_must(ses_seal_build(&req, out, &e), &e);
}

static inline void
ofd_make_kit(
    const struct ofd_world *o, const char *name, struct ofd_stamp_kit *kit)
{
	kit->key = sm2_new();
	world_x509(X509_SIGNER, name, kit->key, o->ca_key, &o->ca, &kit->x509);
	ofd_make_object(&kit->x509, &o->maker, o->maker_key,
	    WORLD_NOW - 300 * WORLD_DAY, WORLD_NOW + 300 * WORLD_DAY,
	    &kit->object);
}

static inline void
ofd_hex(const struct buf *der, struct buf *hex)
{
	uint8_t digest[32];

	if (digest_sha256(buf_bytes(der), digest) != 0)
		abort();
	text_hex(hex, (struct bytes){digest, 32});
	buf_cstr(hex);
}

/* Trust of the small world, and of the SM2 side beside it. */
static inline void
ofd_trust_json(struct ofd_world *o)
{
	json_t *root =
	    json_loadb((const char *)o->w.json.p, o->w.json.n, 0, NULL);
	json_t *issuer = json_array_get(json_object_get(root, "issuers"), 0);
	json_t *seals = json_object_get(issuer, "seals");
	struct buf own = BUF_INIT, other = BUF_INIT, maker = BUF_INIT;
	char *text;

	ofd_hex(&o->seal.x509, &own);
	ofd_hex(&o->second.x509, &other);
	ofd_hex(&o->maker, &maker);
	json_array_append_new(
	    json_object_get(json_array_get(seals, 0), "x509s"),
	    json_pack("{s:s,s:s}", "sha256", buf_cstr(&own), "alg", "SM2"));
	json_array_append_new(seals,
	    json_pack("{s:s,s:s,s:s,s:s,s:[s],s:[{s:s,s:s}],"
		      "s:[{s:s,s:s,s:i}]}",
		"id", "tax-1", "zh", "税务章", "en", "Tax", "department",
		"11990100MB9A00022G", "types", "11990000MB9A010097999", "x509s",
		"sha256", buf_cstr(&other), "alg", "SM2", "lent", "department",
		WORLD_DEPARTMENT, "type", WORLD_TYPE, "place", 1));
	json_array_append_new(
	    json_object_get(issuer, "makers"), json_string(buf_cstr(&maker)));
	json_array_append_new(json_object_get(issuer, "code_keys"),
	    world_key_json(&o->code, NULL, NULL));
	text = json_dumps(root, 0);
	buf_add_str(&o->json, text);
	free(text);
	json_decref(root);
	buf_release(&own);
	buf_release(&other);
	buf_release(&maker);
}

/* A trust of this world with what the parts have (JSON, packed seals, CRLs)
 * beside its anchors, CAs and status list; the caller frees it. */
static inline struct trust *
ofd_trust_of(const struct ofd_world *o, struct trust_parts parts)
{
	struct buf pem = BUF_INIT, helper = BUF_INIT;
	struct bytes anchors[2] = {buf_bytes(&o->w.pem)}, helpers[1];
	struct bytes list = buf_bytes(&o->w.list);
	struct trust *trust;
	struct err e = ERR_INIT;

	world_must(x509_to_pem(buf_bytes(&o->root), &pem, &e), &e);
	world_must(x509_to_pem(buf_bytes(&o->ca), &helper, &e), &e);
	anchors[1] = buf_bytes(&pem);
	helpers[0] = buf_bytes(&helper);
	parts.anchors = anchors;
	parts.x509s = helpers;
	parts.lists = &list;
	parts.nanchors = 2;
	parts.nx509s = parts.nlists = 1;
	world_must(trust_parse(&parts, &trust, &e), &e);
	buf_release(&pem);
	buf_release(&helper);
	return trust;
}

/* A trust with these CRLs; the caller frees it. */
static inline struct trust *
ofd_trust(const struct ofd_world *o, struct bytes json,
    const struct bytes *crls, size_t ncrls)
{
	return ofd_trust_of(o,
	    (struct trust_parts){.json = json, .crls = crls, .ncrls = ncrls});
}

static inline void
ofd_kit_release(struct ofd_stamp_kit *kit)
{
	EVP_PKEY_free(kit->key);
	buf_release(&kit->x509);
	buf_release(&kit->object);
}

#endif
