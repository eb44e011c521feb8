/* issue_document.c - all documents of a new certificate; see issue.h. */
#include "certsvc/issue.h"

#include <string.h>

#include "crypto/qr_claims.h"

void
issue_matter(const struct issue *issue, struct keeper_matter *m)
{
	const struct service_caller *caller = issue->call->caller;

	m->cred = caller->cred;
	m->office = issue->office.key != NULL ? &issue->office : NULL;
	m->proof = buf_bytes(&issue->proof);
	m->address = caller->address;
	memcpy(m->intent, issue->intent.id, sizeof(m->intent));
	m->face = buf_bytes(&issue->cert.face);
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
make_format(struct issue *issue, const struct rendition *r,
    const struct format *format, struct err *e)
{
	const struct template *t = issue->template;
	struct store_document *doc;
	size_t i;
	int rc = 0;

	if ((t->formats & format->template) == 0)
		return 0;
	if (!format->has_variants)
		return rendition_write(r, format, 0,
		    &issue_document_add(issue, format->name, "")->bytes, e);
	for (i = 0; i < t->nvariants && rc == 0; i++) {
		doc =
		    issue_document_add(issue, format->name, t->variants[i].id);
		rc = rendition_write(r, format, i, &doc->bytes, e);
	}
	return rc;
}

/* To seal its copy an office shows that copy's code. */
static int
prove(const struct issue *issue, struct keeper_matter *m, struct buf *code,
    struct err *e)
{
	struct bytes url;
	int rc;

	if (issue->office.key == NULL)
		return 0;
	rc = qr_text_read(buf_bytes(&issue->cert.qr), &url, code, e);
	m->proof = buf_bytes(code);
	return rc;
}

int
issue_documents(struct issue *issue, struct err *e)
{
	struct keeper_matter matter = {.cred = NULL};
	struct rendition r = {.service = issue->service,
	    .template = issue->template,
	    .department = issue->department,
	    .seals = &issue->seals,
	    .certificate = &issue->cert,
	    .qr_text = buf_cstr(&issue->cert.qr),
	    .matter = &matter,
	    .created = issue->cert.issued,
	    .formats = issue->template->formats};
	struct buf code = BUF_INIT;
	size_t i;
	int rc;

	issue_matter(issue, &matter);
	rc = prove(issue, &matter, &code, e);
	if (rc == 0)
		rc = rendition_open(&r, e);
	for (i = 0; i < issue->template->nvariants && rc == 0; i++)
		rc = rendition_lay_out(&r, i, e);
	for (i = 0; i < format_count && rc == 0; i++)
		rc = make_format(issue, &r, format_table[i], e);
	rendition_release(&r);
	buf_release(&code);
	return rc;
}
