/*
 * issue_document.c - the code and the sealed documents of a new certificate;
 * see issue.h.
 */
#include "certsvc/issue.h"

#include <openssl/rand.h>
#include <string.h>

#include "certsvc/format/format.h"
#include "certsvc/format/xml.h"
#include "certsvc/layout.h"
#include "certsvc/public_field.h"
#include "certsvc/qr_symbol.h"
#include "certsvc/seal_once.h"
#include "crypto/base/text.h"
#include "crypto/pdf_sign.h"
#include "crypto/qr_claims.h"

enum {
	CMS_SIZE = 2048
}; /* bytes: signer and issuing x509, attributes */

static void
fill_matter(const struct issue *issue, struct keeper_matter *m)
{
	const struct service_caller *caller = issue->call->caller;

	m->cred = caller->cred;
	m->address = caller->address;
	memcpy(m->intent, issue->intent.id, sizeof(m->intent));
	m->face = buf_bytes(&issue->cert.face);
}

int
issue_code(struct issue *issue, struct err *e)
{
	struct store_certificate *c = &issue->cert;
	struct public_field fields[QR_VALUES_MAX];
	const char *names[QR_VALUES_MAX];
	uint8_t mask[QR_VALUES_MAX];
	struct keeper_code_request req = {
	    .template_version = c->template_version,
	    .list = c->list,
	    .index = c->index,
	    .issued = c->issued,
	    .expires = c->valid_to,
	    .form = issue->template->qr};
	struct buf cose = BUF_INIT;
	size_t i;
	int rc;

	fill_matter(issue, &req.matter);
	if (text_unbase32(req.cti, sizeof(req.cti), c->id, strlen(c->id)) != 0)
		return err_internal(e, "certificate id");
	req.npublic = public_field_list(issue->template, fields);
	for (i = 0; i < req.npublic; i++) {
		names[i] = fields[i].name;
		mask[i] = fields[i].mask != 0;
	}
	req.public_fields = names;
	req.mask = mask;
	rc =
	    keeper_code(issue->service->keeper, &req, &cose, c->face_digest, e);
	if (rc == 0)
		qr_text_write(&c->qr, issue->service->config.public_url,
		    buf_bytes(&cose));
	buf_release(&cose);
	return rc != 0 ? rc : buf_cstr(&c->qr) == NULL ? err_nomem(e) : 0;
}

/* What all documents of the certificate are made from. */
struct material {
	struct face *face;
	struct qr_symbol qr;
	struct buf xml;
	const struct seal_picture *picture; /* the seal's own */
};

/* Where the type's first seal goes: centred in its place. */
static int
find_seal_place(const struct step_list *steps,
    const struct seal_picture *picture, struct pdf_place *place, struct err *e)
{
	const struct step_seal *seal;
	struct step_box box;

	if ((seal = step_list_seal(steps, 0, &place->page)) == NULL)
		return err_internal(e, "the layout has no seal place");
	box = seal_picture_box(picture, seal);
	place->x = box.x;
	place->y = box.y;
	place->w = box.w;
	place->h = box.h;
	return 0;
}

/* The unsealed document; a laid-out one also says where its seal goes. */
static int
write_document(struct issue *issue, const struct material *m,
    const struct format *format, const char *variant, struct pdf_place *place,
    struct buf *out, struct err *e)
{
	const struct store_certificate *c = &issue->cert;
	struct step_list steps = {NULL, 0};
	struct pdf_info info = {.title = issue->template->zh,
	    .language = "zh-CN",
	    .created = c->issued,
	    .author = issue->department->zh,
	    .identifier = c->identifier,
	    .attachment = buf_bytes(&m->xml)};
	struct format_request req = {.steps = &steps,
	    .info = &info,
	    .face = buf_bytes(&c->face),
	    .qr_text = (const char *)c->qr.p};
	int rc = 0;

	if (RAND_bytes(info.id, sizeof(info.id)) != 1)
		return err_internal(e, "RAND_bytes");
	if (format->has_variants &&
	    ((rc = layout_make(issue->service->fonts, issue->template, variant,
		  m->face, &m->qr, &steps, e)) != 0 ||
		(rc = step_list_check(&steps, e)) != 0 ||
		(rc = find_seal_place(&steps, m->picture, place, e)) != 0))
		goto out;
	rc = format->write(&req, out, e);
out:
	step_list_release(&steps);
	return rc;
}

/* Append the signature, made by the keeper over the bytes around its gap. */
static int
seal(struct issue *issue, const struct material *m,
    const struct pdf_place *place, struct bytes pdf, struct buf *out,
    struct err *e)
{
	struct pdf_seal request = {.name = issue->department->zh,
	    .time = issue->cert.issued,
	    .place = *place,
	    .cms_size = CMS_SIZE};
	struct keeper_seal_request sign = {.seal = issue->seal->id};
	struct pdf_ranges ranges;
	struct buf cms = BUF_INIT;
	int rc;

	request.picture.content = m->picture->content;
	request.picture.deflated = 1;
	memcpy(request.picture.bbox, m->picture->bbox,
	    sizeof(request.picture.bbox));
	fill_matter(issue, &sign.matter);
	if ((rc = pdf_sign_prepare(pdf, &request, out, &ranges, e)) == 0 &&
	    (rc = pdf_ranges_digest(
		 buf_bytes(out), &ranges, sign.document_digest, e)) == 0 &&
	    (rc = keeper_seal(issue->service->keeper, &sign, &cms, e)) == 0)
		rc = pdf_sign_finish(out, &ranges, buf_bytes(&cms), e);
	buf_release(&cms);
	return rc;
}

static struct store_document *
add_document(struct issue *issue, const char *format, const char *variant)
{
	struct store_document *doc = &issue->docs[issue->ndocs++];

	memset(doc, 0, sizeof(*doc));
	memcpy(doc->format, format, strlen(format) + 1);
	memcpy(doc->variant, variant, strlen(variant) + 1);
	doc->version = 1;
	return doc;
}

static int
make_document(struct issue *issue, const struct material *m,
    const struct format *format, const char *variant, struct err *e)
{
	struct store_document *doc = add_document(issue, format->name, variant);
	struct pdf_place place;
	struct buf plain = BUF_INIT;
	int rc;

	if (!format->is_sealed)
		return write_document(
		    issue, m, format, variant, &place, &doc->bytes, e);
	rc = write_document(issue, m, format, variant, &place, &plain, e);
	if (rc == 0)
		rc = seal(issue, m, &place, buf_bytes(&plain), &doc->bytes, e);
	buf_release(&plain);
	return rc;
}

/* All documents of one format: one, or one a variant. */
static int
make_format(struct issue *issue, const struct material *m,
    const struct format *format, struct err *e)
{
	const struct template *t = issue->template;
	size_t i;
	int rc = 0;

	if ((t->formats & format->template) == 0)
		return 0;
	if (!format->has_variants)
		return make_document(issue, m, format, "", e);
	for (i = 0; i < t->nvariants && rc == 0; i++)
		rc = make_document(issue, m, format, t->variants[i].id, e);
	return rc;
}

static int
gather(struct issue *issue, struct material *m, struct err *e)
{
	struct store_certificate *c = &issue->cert;
	const char *qr = buf_cstr(&c->qr);
	int rc;

	memset(m, 0, sizeof(*m));
	if ((rc = face_parse(buf_bytes(&c->face), &m->face, e)) != 0 ||
	    (rc = qr_symbol_make(qr, &m->qr, e)) != 0 ||
	    (rc = xml_document_write(buf_bytes(&c->face), qr, &m->xml, e)) != 0)
		return rc;
	return seal_once_get(issue->seal->drawn, issue->service->fonts,
	    &issue->seal->picture, &m->picture, e);
}

int
issue_documents(struct issue *issue, struct err *e)
{
	struct material m;
	size_t i;
	int rc;

	rc = gather(issue, &m, e);
	for (i = 0; i < format_count && rc == 0; i++)
		rc = make_format(issue, &m, format_table[i], e);
	face_free(m.face);
	buf_release(&m.xml);
	return rc;
}
