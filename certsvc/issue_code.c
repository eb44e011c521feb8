/* issue_code.c - the codes of a new certificate; see issue.h. */
#include "certsvc/issue.h"

#include <string.h>

#include "certsvc/code_variant.h"
#include "certsvc/public_field.h"
#include "crypto/base/text.h"
#include "crypto/qr_claims.h"

/* The code in one algorithm, as text. */
static int
sign_code(
    struct issue *issue, enum sign_alg alg, struct buf *text, struct err *e)
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
	    .form = issue->template->qr,
	    .alg = alg,
	    .copy = issue->maker != NULL ? issue->intent.number_sequence : 0};
	struct buf cose = BUF_INIT;
	size_t i;
	int rc;

	issue_matter(issue, &req.matter);
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
		qr_text_write(
		    text, issue->service->config.public_url, buf_bytes(&cose));
	buf_release(&cose);
	return rc != 0 ? rc : buf_cstr(text) == NULL ? err_nomem(e) : 0;
}

int
issue_code(struct issue *issue, struct err *e)
{
	return sign_code(issue, issue->template->codes[0], &issue->cert.qr, e);
}

int
issue_more_codes(struct issue *issue, struct err *e)
{
	const struct template *t = issue->template;
	struct store_document *doc;
	size_t i;
	int rc = 0;

	for (i = 1; i < t->ncodes && rc == 0; i++) {
		doc =
		    issue_document_add(issue, "qr", code_variant(t->codes[i]));
		rc = sign_code(issue, t->codes[i], &doc->bytes, e);
	}
	return rc;
}
