/*
 * issue_document.c - the sealed documents of a new certificate;
 * see issue.h.
 */
#include "certsvc/issue.h"

#include <openssl/rand.h>
#include <string.h>

#include "certsvc/format/format.h"
#include "certsvc/format/xml.h"
#include "certsvc/layout.h"
#include "certsvc/qr_symbol.h"
#include "certsvc/seal_once.h"

void
issue_matter(const struct issue *issue, struct keeper_matter *m)
{
	const struct service_caller *caller = issue->call->caller;

	m->cred = caller->cred;
	m->address = caller->address;
	memcpy(m->intent, issue->intent.id, sizeof(m->intent));
	m->face = buf_bytes(&issue->cert.face);
}

/* What all documents of the certificate are made from. */
struct material {
	struct face *face;
	struct qr_symbol qr;
	struct buf xml;
	struct format_seal seals[ISSUE_SEALS_MAX];
	struct buf objects[ISSUE_SEALS_MAX]; /* of the seals, for FORMAT_SES */
	struct step_list steps[TEMPLATE_VARIANTS_MAX]; /* for every format */
};

/* For sign: one format's documents on their way. */
struct signing {
	const struct issue *issue;
	const struct material *material;
	enum format_signature kind;
};

/*
 * The keeper seals with the seal as it is now; the document has its object from
 * a moment ago.  After a renewal between the two the document would carry
 * another seal than its signature: try again with the new one.
 */
static int
same_object(const struct signing *signing, size_t n, const struct buf *ses,
    struct err *e)
{
	const struct issue *issue = signing->issue;
	const struct buf *object = &signing->material->objects[n];
	int rc;

	if (memmem(ses->p, ses->n, object->p, object->n) != NULL)
		return 0;
	directory_seal_forget(issue->service->directory, issue->seals[n]);
	rc = err_set(e, ERR_BUSY, "seal_changed", "印章刚刚换发，请重试",
	    "the seal was just renewed: try again");
	e->retryable = 1;
	return rc;
}

/* The keeper signs; it builds the structure around the digests itself (a
 * format_sign_fn). */
static int
sign(void *ctx, const struct format_to_sign *what, struct buf *signature,
    struct err *e)
{
	const struct signing *signing = ctx;
	const struct issue *issue = signing->issue;
	struct keeper_seal_request cms = {.seal = issue->seals[what->seal]->id,
	    .place = (unsigned int)what->seal};
	struct keeper_ses_request ses = {
	    .seal = cms.seal, .place = cms.place, .property = what->property};
	int rc;

	if (signing->kind == FORMAT_CMS) {
		issue_matter(issue, &cms.matter);
		memcpy(cms.document_digest, what->document_digest,
		    sizeof(cms.document_digest));
		return keeper_seal(issue->service->keeper, &cms, signature, e);
	}
	issue_matter(issue, &ses.matter);
	memcpy(ses.document_digest, what->document_digest,
	    sizeof(ses.document_digest));
	memcpy(ses.package_digest, what->package_digest,
	    sizeof(ses.package_digest));
	rc = keeper_seal_ses(issue->service->keeper, &ses, signature, e);
	return rc == 0 ? same_object(signing, what->seal, signature, e) : rc;
}

/* The steps get the size of the seals that go there, so that what is checked
 * is what will be seen: a seal may be larger than its place. */
static void
fit_seals(const struct material *m, size_t nseals, struct step_list *steps)
{
	struct step_seal *seal;
	struct step_box box;
	size_t i, j;

	for (i = 0; i < steps->npages; i++)
		for (j = 0; j < steps->pages[i].nsteps; j++) {
			seal = &steps->pages[i].steps[j].u.seal;
			if (steps->pages[i].steps[j].kind != STEP_SEAL ||
			    seal->place >= nseals)
				continue;
			box = seal_picture_window(
			    m->seals[seal->place].picture, seal);
			seal->x = box.x;
			seal->y = box.y;
			seal->w = box.w;
			seal->h = box.h;
		}
}

static int
lay_out(struct issue *issue, struct material *m, size_t variant, struct err *e)
{
	const struct template *t = issue->template;
	struct step_list *steps = &m->steps[variant];
	int rc = layout_make(issue->service->fonts, t, t->variants[variant].id,
	    m->face, &m->qr, steps, e);

	if (rc != 0)
		return rc;
	fit_seals(m, issue->nseals, steps);
	return step_list_check(steps, e);
}

/* One document; steps: the variant's, of a format that is laid out. */
static int
write_document(struct issue *issue, const struct material *m,
    const struct format *format, const struct step_list *steps, struct buf *out,
    struct err *e)
{
	const struct store_certificate *c = &issue->cert;
	struct signing signing = {issue, m, format->signature};
	struct pdf_info info = {.title = issue->template->zh,
	    .language = "zh-CN",
	    .created = c->issued,
	    .author = issue->department->zh,
	    .identifier = c->identifier,
	    .attachment = buf_bytes(&m->xml)};
	struct format_request req = {.steps = steps,
	    .info = &info,
	    .face = buf_bytes(&c->face),
	    .qr_text = (const char *)c->qr.p,
	    .seals = m->seals,
	    .nseals = issue->nseals,
	    .sign = sign,
	    .sign_ctx = &signing};

	if (RAND_bytes(info.id, sizeof(info.id)) != 1)
		return err_internal(e, "RAND_bytes");
	return format->write(&req, out, e);
}

struct store_document *
issue_document_add(struct issue *issue, const char *format, const char *variant)
{
	struct store_document *doc = &issue->docs[issue->ndocs++];

	memset(doc, 0, sizeof(*doc));
	memcpy(doc->format, format, strlen(format) + 1);
	memcpy(doc->variant, variant, strlen(variant) + 1);
	doc->version = 1;
	return doc;
}

/* All documents of one format: one, or one a variant. */
static int
make_format(struct issue *issue, const struct material *m,
    const struct format *format, struct err *e)
{
	const struct template *t = issue->template;
	struct store_document *doc;
	size_t i;
	int rc = 0;

	if ((t->formats & format->template) == 0)
		return 0;
	if (!format->has_variants)
		return write_document(issue, m, format, NULL,
		    &issue_document_add(issue, format->name, "")->bytes, e);
	for (i = 0; i < t->nvariants && rc == 0; i++) {
		doc =
		    issue_document_add(issue, format->name, t->variants[i].id);
		rc = write_document(
		    issue, m, format, &m->steps[i], &doc->bytes, e);
	}
	return rc;
}

/* Does some format of the template want seals of this kind? */
static int
wants(const struct template *t, enum format_signature kind)
{
	size_t i;

	for (i = 0; i < format_count; i++)
		if ((t->formats & format_table[i]->template) != 0 &&
		    format_table[i]->signature == kind)
			return 1;
	return 0;
}

static int
gather_seal(struct issue *issue, struct material *m, size_t n, struct err *e)
{
	const struct directory_seal *seal = issue->seals[n];
	struct format_seal *out = &m->seals[n];
	int rc = 0;

	out->id = seal->id;
	out->name = seal->department->zh;
	if (wants(issue->template, FORMAT_SES))
		rc = directory_seal_object(issue->service->directory, seal,
		    issue->service->keeper, &m->objects[n], e);
	out->object = buf_bytes(&m->objects[n]);
	if (rc == 0)
		rc = seal_once_get(seal->drawn, issue->service->fonts,
		    &seal->picture, &out->picture, e);
	return rc;
}

static int
gather(struct issue *issue, struct material *m, struct err *e)
{
	struct store_certificate *c = &issue->cert;
	const char *qr = buf_cstr(&c->qr);
	size_t i;
	int rc;

	memset(m, 0, sizeof(*m));
	if ((rc = face_parse(buf_bytes(&c->face), &m->face, e)) != 0 ||
	    (rc = qr_symbol_make(qr, &m->qr, e)) != 0 ||
	    (rc = xml_document_write(buf_bytes(&c->face), qr, &m->xml, e)) != 0)
		return rc;
	for (i = 0; i < issue->nseals && rc == 0; i++)
		rc = gather_seal(issue, m, i, e);
	for (i = 0; i < issue->template->nvariants && rc == 0; i++)
		rc = lay_out(issue, m, i, e);
	return rc;
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
	for (i = 0; i < ISSUE_SEALS_MAX; i++)
		buf_release(&m.objects[i]);
	for (i = 0; i < TEMPLATE_VARIANTS_MAX; i++)
		step_list_release(&m.steps[i]);
	return rc;
}
