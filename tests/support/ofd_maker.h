/*
 * ofd_maker.h - OFD licences made at run time for tests, honest ones and every
 * kind of forgery: a draft of named parts, seals put on it one by one, and the
 * canonical archive of it all.  Header only.
 */
#ifndef TESTS_SUPPORT_OFD_MAKER_H
#define TESTS_SUPPORT_OFD_MAKER_H

#include "tests/support/ofd_pki.h"
#include "tests/support/zip_maker.h"

#define OFD_XMLNS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define OFD_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

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
	const char *repeated;	     /* a part to name twice */
	const struct buf *other_esl; /* Seal.esl, NULL: the object */
	int no_stamp, wrong_document, wrong_package;
};

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

/* The list of nseals signatures, each of this type. */
static inline void
ofd_put_list(struct buf *out, size_t nseals, const char *type)
{
	size_t i;

	buf_printf(out,
	    OFD_HEAD "<ofd:Signatures " OFD_XMLNS "><ofd:MaxSignId>"
		     "s%03zu</ofd:MaxSignId>",
	    nseals);
	for (i = 0; i < nseals; i++)
		buf_printf(out,
		    "<ofd:Signature ID=\"s%03zu\" Type=\"%s\" "
		    "BaseLoc=\"Sign_%zu/Signature.xml\"/>",
		    i + 1, type, i);
	buf_add_str(out, "</ofd:Signatures>\n");
}

/* All parts before the seals; nseals of them will follow. */
static inline void
ofd_draft_make(const struct ofd_world *o, struct ofd_draft *d, size_t nseals)
{
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
	ofd_put_list(
	    ofd_part_new(d, "Doc_0/Signs/Signatures.xml"), nseals, "Seal");
}

/* Somebody else's, an invoice, say: no record of ours; n signatures of the type
 * will follow. */
static inline void
ofd_draft_foreign(struct ofd_draft *d, size_t n, const char *type)
{
	memset(d, 0, sizeof(*d));
	ofd_part_add(d, "OFD.xml",
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OFD xmlns=\"http://"
	    "www.ofdspec.org/2016\" Version=\"1.1\" DocType=\"OFD\"><DocBody>"
	    "<DocInfo><DocID>1</DocID></DocInfo><DocRoot>/Doc_0/Document.xml"
	    "</DocRoot><Signatures>/Doc_0/Signs/Signatures.xml</Signatures>"
	    "</DocBody></OFD>");
	ofd_part_add(d, "Doc_0/Document.xml",
	    "<ofd:Document " OFD_XMLNS "><ofd:CommonData/><ofd:Pages>"
	    "<ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/>"
	    "</ofd:Pages></ofd:Document>");
	ofd_part_add(
	    d, "Doc_0/Pages/Page_0/Content.xml", "<ofd:Page " OFD_XMLNS "/>");
	ofd_put_list(ofd_part_new(d, "Doc_0/Signs/Signatures.xml"), n, type);
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
ofd_put_reference(struct buf *out, const char *name, const uint8_t digest[32])
{
	buf_printf(
	    out, "<ofd:Reference FileRef=\"/%s\"><ofd:CheckValue>", name);
	text_base64(out, (struct bytes){digest, 32});
	buf_add_str(out, "</ofd:CheckValue></ofd:Reference>");
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
		ofd_put_reference(out, d->parts[i].name, digest);
		if (plan->repeated != NULL &&
		    strcmp(d->parts[i].name, plan->repeated) == 0)
			ofd_put_reference(out, d->parts[i].name, digest);
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
	o->code_key = sm2_new();
	world_x509(
	    X509_ROOT, "根 SM2", o->root_key, o->root_key, NULL, &o->root);
	world_x509(
	    X509_ISSUING, "CA SM2", o->ca_key, o->root_key, &o->root, &o->ca);
	world_x509(
	    X509_MAKER, "制章者", o->maker_key, o->ca_key, &o->ca, &o->maker);
	world_x509(
	    X509_SIGNER, "code", o->code_key, o->ca_key, &o->ca, &o->code);
	ofd_make_kit(o, "市场监督管理局", &o->seal);
	ofd_make_kit(o, "税务局", &o->second);
	ofd_trust_json(o);
	o->trust = ofd_trust(o, buf_bytes(&o->json), NULL, 0);
	plan = ofd_seal_plan(o, &o->seal);
	ofd_make(o, &plan, 1, &o->ofd);
}

static inline void
ofd_world_release(struct ofd_world *o)
{
	world_release(&o->w);
	EVP_PKEY_free(o->root_key);
	EVP_PKEY_free(o->ca_key);
	EVP_PKEY_free(o->maker_key);
	EVP_PKEY_free(o->code_key);
	ofd_kit_release(&o->seal);
	ofd_kit_release(&o->second);
	buf_release(&o->root);
	buf_release(&o->ca);
	buf_release(&o->maker);
	buf_release(&o->code);
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
