/*
 * ofd_maker.h - OFD licences made at run time for tests, honest ones and every
 * kind of forgery: a draft of named parts, seals put on it one by one, and the
 * canonical archive of it all.  Keys and x509s of the SM2 side of a small world
 * (world.h).  Header only.
 */
#ifndef TESTS_SUPPORT_OFD_MAKER_H
#define TESTS_SUPPORT_OFD_MAKER_H

#include "crypto/digest.h"
#include "crypto/ses_signature.h"
#include "tests/support/sm2.h"
#include "tests/support/world.h"
#include "tests/support/zip_maker.h"

#define OFD_XMLNS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define OFD_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

enum {
	OFD_SEALS_MAX = 3
};

/* A seal maker's product with the key that uses it. */
struct ofd_stamp_kit {
	EVP_PKEY *key;
	struct buf x509, object;
};

struct ofd_world {
	struct world w; /* P-256: record, code, status */
	EVP_PKEY *root_key, *ca_key, *maker_key;
	struct buf root, ca, maker; /* x509s, DER */
	/* Of the department itself, and of another that lends it. */
	struct ofd_stamp_kit seal, second;
	struct trust *trust;
	struct buf json;
	struct buf ofd; /* a licence with one seal */
};

struct ofd_part {
	char name[64];
	struct buf content;
	int stored;
};

/* A document on its way; parts in the order of the archive. */
struct ofd_draft {
	struct ofd_part parts[ZIP_MAKER_MAX];
	size_t n, nseals;
};

/* How a seal is put on; ofd_seal_plan gives an honest one. */
struct ofd_seal_plan {
	EVP_PKEY *key;
	struct bytes x509, object;
	int64_t time;
	uint8_t face_digest[32], face_sm3[32];
	int no_package, no_face;     /* leave the extension out */
	const char *property;	     /* NULL: the right one */
	const char *check_method;    /* NULL: SM3 */
	const char *method;	     /* NULL: SM2 with SM3 */
	const char *unprotected;     /* a part to leave out */
	const struct buf *other_esl; /* Seal.esl, NULL: the object */
	int no_stamp, wrong_document, wrong_package;
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
	text = json_dumps(root, 0);
	buf_add_str(&o->json, text);
	free(text);
	json_decref(root);
	buf_release(&own);
	buf_release(&other);
	buf_release(&maker);
}

/* A trust with these CRLs; the caller frees it. */
static inline struct trust *
ofd_trust(const struct ofd_world *o, struct bytes json,
    const struct bytes *crls, size_t ncrls)
{
	struct buf pem = BUF_INIT, helper = BUF_INIT;
	struct bytes anchors[2] = {buf_bytes(&o->w.pem)}, helpers[1];
	struct bytes list = buf_bytes(&o->w.list);
	struct trust_parts parts = {.json = json,
	    .anchors = anchors,
	    .x509s = helpers,
	    .crls = crls,
	    .lists = &list,
	    .nanchors = 2,
	    .nx509s = 1,
	    .ncrls = ncrls,
	    .nlists = 1};
	struct trust *trust;
	struct err e = ERR_INIT;

	world_must(x509_to_pem(buf_bytes(&o->root), &pem, &e), &e);
	world_must(x509_to_pem(buf_bytes(&o->ca), &helper, &e), &e);
	anchors[1] = buf_bytes(&pem);
	helpers[0] = buf_bytes(&helper);
	world_must(trust_parse(&parts, &trust, &e), &e);
	buf_release(&pem);
	buf_release(&helper);
	return trust;
}

/* Append a part; its content is to be filled. */
static inline struct buf *
ofd_part_new(struct ofd_draft *d, const char *name)
{
	struct ofd_part *part = &d->parts[d->n++];

	if (d->n > ZIP_MAKER_MAX)
		abort();
	memset(part, 0, sizeof(*part));
	snprintf(part->name, sizeof(part->name), "%s", name);
	return &part->content;
}

static inline void
ofd_part_add(struct ofd_draft *d, const char *name, const char *text)
{
	buf_add_str(ofd_part_new(d, name), text);
}

static inline struct ofd_part *
ofd_part_find(struct ofd_draft *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (strcmp(d->parts[i].name, name) == 0)
			return &d->parts[i];
	abort();
}

static inline void
ofd_draft_release(struct ofd_draft *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		buf_release(&d->parts[i].content);
	memset(d, 0, sizeof(*d));
}

/* All parts before the seals; nseals of them will follow. */
static inline void
ofd_draft_make(const struct ofd_world *o, struct ofd_draft *d, size_t nseals)
{
	struct buf *signs;
	size_t i;

	memset(d, 0, sizeof(*d));
	ofd_part_add(d, "OFD.xml",
	    OFD_HEAD "<ofd:OFD " OFD_XMLNS
		     " Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody>"
		     "<ofd:DocInfo><ofd:DocID>"
		     "00112233445566778899aabbccddeeff</ofd:DocID>"
		     "<ofd:CustomDatas><ofd:CustomData Name=\"ZZBH\">"
		     "QH-2026-0001</ofd:CustomData></ofd:CustomDatas>"
		     "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml"
		     "</ofd:DocRoot><ofd:Signatures>"
		     "Doc_0/Signs/Signatures.xml</ofd:Signatures>"
		     "</ofd:DocBody></ofd:OFD>\n");
	ofd_part_add(d, "Doc_0/Document.xml",
	    OFD_HEAD "<ofd:Document " OFD_XMLNS "><ofd:CommonData>"
		     "<ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea>"
		     "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
		     "</ofd:PageArea><ofd:PublicRes>PublicRes.xml"
		     "</ofd:PublicRes></ofd:CommonData><ofd:Pages>"
		     "<ofd:Page ID=\"1\" "
		     "BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages>"
		     "<ofd:Attachments>Attachs/Attachments.xml"
		     "</ofd:Attachments></ofd:Document>\n");
	ofd_part_add(d, "Doc_0/PublicRes.xml",
	    OFD_HEAD "<ofd:Res " OFD_XMLNS " BaseLoc=\"Res\"/>\n");
	ofd_part_add(d, "Doc_0/Res/font_2.ttf", "\1\2\3 a font, in truth not");
	ofd_part_add(d, "Doc_0/Pages/Page_0/Content.xml",
	    OFD_HEAD "<ofd:Page " OFD_XMLNS "><ofd:Content/></ofd:Page>\n");
	ofd_part_add(d, "Doc_0/Attachs/Attachments.xml",
	    OFD_HEAD
	    "<ofd:Attachments " OFD_XMLNS "><ofd:Attachment ID=\"a001\" "
	    "Name=\"certificate.xml\" Format=\"xml\" Visible=\"false\">"
	    "<ofd:FileLoc>certificate.xml</ofd:FileLoc></ofd:Attachment>"
	    "</ofd:Attachments>\n");
	buf_add_buf(
	    ofd_part_new(d, "Doc_0/Attachs/certificate.xml"), &o->w.xml);
	signs = ofd_part_new(d, "Doc_0/Signs/Signatures.xml");
	buf_printf(signs,
	    OFD_HEAD "<ofd:Signatures " OFD_XMLNS "><ofd:MaxSignId>"
		     "s%03zu</ofd:MaxSignId>",
	    nseals);
	for (i = 0; i < nseals; i++)
		buf_printf(signs,
		    "<ofd:Signature ID=\"s%03zu\" Type=\"Seal\" "
		    "BaseLoc=\"Sign_%zu/Signature.xml\"/>",
		    i + 1, i);
	buf_add_str(signs, "</ofd:Signatures>\n");
}

/* The archive of the first n parts; *at gets the end of each. */
static inline void
ofd_write_parts(
    const struct ofd_draft *d, size_t n, size_t *at, struct buf *out)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct zip_maker_entry entry = {bytes_str(d->parts[i].name),
		    buf_bytes(&d->parts[i].content), d->parts[i].stored};

		at[i] = out->n;
		zip_put_local(out, &entry);
	}
}

static inline void
ofd_write(const struct ofd_draft *d, struct buf *out)
{
	size_t at[ZIP_MAKER_MAX];

	ofd_write_parts(d, d->n, at, out);
	zip_put_directory(out, at, d->n);
}

static inline struct ofd_seal_plan
ofd_seal_plan(const struct ofd_world *o, const struct ofd_stamp_kit *kit)
{
	struct ofd_seal_plan plan = {.key = kit->key,
	    .x509 = buf_bytes(&kit->x509),
	    .object = buf_bytes(&kit->object),
	    .time = WORLD_NOW - WORLD_DAY};

	memcpy(plan.face_digest, o->w.face_digest, 32);
	if (digest_sm3(buf_bytes(&o->w.face), plan.face_sm3) != 0)
		abort();
	return plan;
}

static inline void
ofd_put_references(
    struct ofd_draft *d, const struct ofd_seal_plan *plan, struct buf *out)
{
	uint8_t digest[32];
	size_t i;

	for (i = 0; i < d->n; i++) {
		if (strcmp(d->parts[i].name, "Doc_0/Signs/Signatures.xml") ==
			0 ||
		    (plan->unprotected != NULL &&
			strcmp(d->parts[i].name, plan->unprotected) == 0))
			continue;
		if (digest_sm3(buf_bytes(&d->parts[i].content), digest) != 0)
			abort();
		buf_printf(out,
		    "<ofd:Reference FileRef=\"/%s\"><ofd:CheckValue>",
		    d->parts[i].name);
		text_base64(out, (struct bytes){digest, 32});
		buf_add_str(out, "</ofd:CheckValue></ofd:Reference>");
	}
}

/* Signature.xml over all parts so far. */
static inline void
ofd_put_signature_xml(
    struct ofd_draft *d, const struct ofd_seal_plan *plan, struct buf *out)
{
	buf_printf(out,
	    OFD_HEAD
	    "<ofd:Signature " OFD_XMLNS "><ofd:SignedInfo><ofd:Provider "
	    "ProviderName=\"certsvc\"/><ofd:SignatureMethod>%s"
	    "</ofd:SignatureMethod><ofd:References CheckMethod=\"%s\">",
	    plan->method ? plan->method : "1.2.156.10197.1.501",
	    plan->check_method ? plan->check_method : "1.2.156.10197.1.401");
	ofd_put_references(d, plan, out);
	buf_add_str(out, "</ofd:References>");
	if (!plan->no_stamp)
		buf_add_str(out, "<ofd:StampAnnot ID=\"s001\" PageRef=\"1\" "
				 "Boundary=\"130 220 42 42\"/>");
	buf_add_str(out,
	    "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>"
	    "</ofd:SignedInfo><ofd:SignedValue>SignedValue.dat"
	    "</ofd:SignedValue></ofd:Signature>\n");
}

static inline void
ofd_package_digest(const struct ofd_draft *d, uint8_t digest[32])
{
	size_t at[ZIP_MAKER_MAX];
	struct buf package = BUF_INIT;

	ofd_write_parts(d, d->n, at, &package);
	if (digest_sha256(buf_bytes(&package), digest) != 0)
		abort();
	buf_release(&package);
}

/* Put the next seal on: Seal.esl, Signature.xml, SignedValue.dat. */
static inline void
ofd_draft_seal(struct ofd_draft *d, const struct ofd_seal_plan *plan)
{
	char name[64], property[64];
	uint8_t document[32], package[32];
	struct ses_signature_request req = {.seal = plan->object,
	    .time = plan->time,
	    .document_digest = document,
	    .property = plan->property,
	    .x509 = plan->x509,
	    .alg = SIGN_SM2,
	    .sign = sm2_sign,
	    .sign_ctx = plan->key};
	struct err e = ERR_INIT;
	struct buf *part;

	snprintf(
	    name, sizeof(name), "Doc_0/Signs/Sign_%zu/Seal.esl", d->nseals);
	part = ofd_part_new(d, name);
	if (plan->other_esl != NULL)
		buf_add_buf(part, plan->other_esl);
	else
		buf_add(part, plan->object.p, plan->object.n);
	snprintf(property, sizeof(property),
	    "/Doc_0/Signs/Sign_%zu/Signature.xml", d->nseals);
	part = &d->parts[d->n].content;
	memset(&d->parts[d->n], 0, sizeof(d->parts[d->n]));
	ofd_put_signature_xml(d, plan, part);
	snprintf(d->parts[d->n].name, sizeof(name), "%s", property + 1);
	d->n++;
	if (digest_sm3(buf_bytes(part), document) != 0)
		abort();
	document[0] ^= (uint8_t)plan->wrong_document;
	ofd_package_digest(d, package);
	package[0] ^= (uint8_t)plan->wrong_package;
	if (req.property == NULL)
		req.property = property;
	req.face_digest = plan->no_face ? NULL : plan->face_digest;
	req.face_sm3 = plan->no_face ? NULL : plan->face_sm3;
	req.package_digest = plan->no_package ? NULL : package;
	snprintf(name, sizeof(name), "Doc_0/Signs/Sign_%zu/SignedValue.dat",
	    d->nseals);
	part = ofd_part_new(d, name);
	d->parts[d->n - 1].stored = 1;
	world_must(ses_signature_build(&req, part, &e), &e);
	d->nseals++;
}

/* A licence with these seals, honest but for the plans. */
static inline void
ofd_make(const struct ofd_world *o, const struct ofd_seal_plan *plans, size_t n,
    struct buf *out)
{
	struct ofd_draft d;
	size_t i;

	ofd_draft_make(o, &d, n);
	for (i = 0; i < n; i++)
		ofd_draft_seal(&d, &plans[i]);
	ofd_write(&d, out);
	ofd_draft_release(&d);
}

static inline void
ofd_world_make(struct ofd_world *o)
{
	static const struct world_plan plain = WORLD_PLAN;
	struct ofd_seal_plan plan;

	memset(o, 0, sizeof(*o));
	world_make(&o->w, &plain);
	o->root_key = sm2_new();
	o->ca_key = sm2_new();
	o->maker_key = sm2_new();
	world_x509(
	    X509_ROOT, "根 SM2", o->root_key, o->root_key, NULL, &o->root);
	world_x509(
	    X509_ISSUING, "CA SM2", o->ca_key, o->root_key, &o->root, &o->ca);
	world_x509(
	    X509_MAKER, "制章者", o->maker_key, o->ca_key, &o->ca, &o->maker);
	ofd_make_kit(o, "市场监督管理局", &o->seal);
	ofd_make_kit(o, "税务局", &o->second);
	ofd_trust_json(o);
	o->trust = ofd_trust(o, buf_bytes(&o->json), NULL, 0);
	plan = ofd_seal_plan(o, &o->seal);
	ofd_make(o, &plan, 1, &o->ofd);
}

static inline void
ofd_kit_release(struct ofd_stamp_kit *kit)
{
	EVP_PKEY_free(kit->key);
	buf_release(&kit->x509);
	buf_release(&kit->object);
}

static inline void
ofd_world_release(struct ofd_world *o)
{
	world_release(&o->w);
	EVP_PKEY_free(o->root_key);
	EVP_PKEY_free(o->ca_key);
	EVP_PKEY_free(o->maker_key);
	ofd_kit_release(&o->seal);
	ofd_kit_release(&o->second);
	buf_release(&o->root);
	buf_release(&o->ca);
	buf_release(&o->maker);
	buf_release(&o->json);
	buf_release(&o->ofd);
	trust_free(o->trust);
}

/* Verify bytes in this world. */
static inline enum verdict_kind
ofd_verify(const struct ofd_world *o, struct bytes file, struct verdict *v)
{
	struct verify_options opt = {.trust = o->trust, .at = WORLD_NOW};

	verify_bytes(file, &opt, v);
	return v->kind;
}

#endif
