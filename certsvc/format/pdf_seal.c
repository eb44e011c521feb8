/*
 * pdf_seal.c - the PDF of a certificate with its seals: each an incremental
 * update of its own, the first of which makes room for the others
 * (crypto/pdf_sign.h).
 */
#include <string.h>

#include "certsvc/format/format.h"
#include "certsvc/template.h"
#include "crypto/pdf_sign.h"

enum {
	CMS_SIZE = 2048 /* bytes: signer and issuing x509, attributes */
};

/* Centred in its place. */
static int
find_place(const struct format_request *req, size_t n, struct pdf_place *place,
    struct err *e)
{
	const struct step_seal *seal;
	struct step_box box;

	seal = step_list_seal(req->steps, (unsigned int)n, &place->page);
	if (seal == NULL)
		return err_internal(e, "the layout has no seal place");
	box = seal_picture_box(req->seals[n].picture, seal);
	place->x = box.x;
	place->y = box.y;
	place->w = box.w;
	place->h = box.h;
	return 0;
}

/* Append seal n to the document so far: *out is all of it. */
static int
seal(const struct format_request *req, size_t n, const struct pdf_place *places,
    struct bytes pdf, struct buf *out, struct err *e)
{
	const struct seal_picture *picture = req->seals[n].picture;
	struct pdf_seal request = {.name = req->seals[n].name,
	    .time = req->info->created,
	    .place = places[n],
	    .picture = {.content = picture->content, .deflated = 1},
	    .cms_size = CMS_SIZE,
	    .number = n,
	    .more = places + 1,
	    .nmore = n == 0 ? req->nseals - 1 : 0};
	struct format_to_sign what = {.seal = n};
	struct pdf_ranges ranges;
	struct buf cms = BUF_INIT;
	int rc;

	memcpy(
	    request.picture.bbox, picture->bbox, sizeof(request.picture.bbox));
	if ((rc = pdf_sign_prepare(pdf, &request, out, &ranges, e)) == 0 &&
	    (rc = pdf_ranges_digest(
		 buf_bytes(out), &ranges, what.document_digest, e)) == 0 &&
	    (rc = req->sign(req->sign_ctx, &what, &cms, e)) == 0)
		rc = pdf_sign_finish(out, &ranges, buf_bytes(&cms), e);
	buf_release(&cms);
	return rc;
}

static int
write_format(const struct format_request *req, struct buf *out, struct err *e)
{
	struct pdf_place places[PDF_SEALS_MAX];
	struct buf versions[2] = {BUF_INIT, BUF_INIT}, *next;
	size_t n;
	int rc = 0;

	if (req->nseals == 0 || req->nseals > PDF_SEALS_MAX)
		return err_internal(e, "number of seals");
	for (n = 0; n < req->nseals && rc == 0; n++)
		rc = find_place(req, n, &places[n], e);
	if (rc == 0)
		rc = pdf_render(req->steps, req->seals, req->nseals, req->info,
		    &versions[0], e);
	for (n = 0; n < req->nseals && rc == 0; n++) {
		next = n + 1 == req->nseals ? out : &versions[(n + 1) % 2];
		if (next != out)
			buf_reset(next);
		rc = seal(req, n, places, buf_bytes(&versions[n % 2]), next, e);
	}
	buf_release(&versions[0]);
	buf_release(&versions[1]);
	return rc;
}

const struct format format_pdf = {
    .name = "pdf",
    .media = "application/pdf",
    .template = TEMPLATE_PDF,
    .has_variants = 1,
    .signature = FORMAT_CMS,
    .write = write_format,
};
