/*
 * pdf.c - steps -> unsigned PDF; see pdf.h.  Debian 12's libharu 2.3.0: its
 * exported low-level objects are used, its fonts, compression and PDF/A are
 * not.  Streams are deflated here, because libharu knows only zlib.
 */
#include "certsvc/format/pdf.h"

#include <string.h>

#include "certsvc/format/pdf_private.h"

/* Deflate level of libdeflate: the next one makes a document 0.5 % smaller and
 * takes a fifth more time. */
static const int level = 4;

static HPDF_STATUS
write_filter(HPDF_Dict dict, HPDF_Stream stream)
{
	(void)dict;
	return HPDF_Stream_WriteStr(stream, "/Filter /FlateDecode\012");
}

/* libharu drops a Filter entry that its own compression did not make, so the
 * entry is written by the dictionary's hook. */
static void
pdf_mark_deflated(HPDF_Dict dict)
{
	dict->write_fn = write_filter;
}

HPDF_Dict
pdf_stream(struct pdf *pdf, struct bytes data, int deflated)
{
	HPDF_Dict d = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);

	if (d == NULL ||
	    HPDF_Stream_Write(d->stream, data.p, (HPDF_UINT)data.n) != HPDF_OK)
		return NULL;
	if (deflated)
		pdf_mark_deflated(d);
	return d;
}

HPDF_Dict
pdf_stream_deflate(struct pdf *pdf, struct bytes plain)
{
	struct buf deflated = BUF_INIT;
	HPDF_Dict d = NULL;

	if (pdf_deflate(pdf->z, plain, &deflated, pdf->e) == 0)
		d = pdf_stream(pdf, buf_bytes(&deflated), 1);
	buf_release(&deflated);
	return d;
}

static int
write_page(struct pdf *pdf, const struct step_page *page)
{
	HPDF_Page p = HPDF_AddPage(pdf->doc);
	struct buf plain = BUF_INIT, deflated = BUF_INIT;
	HPDF_PageAttr attr;
	HPDF_Dict resources;
	int rc;

	if (p == NULL)
		return err_internal(pdf->e, "page");
	HPDF_Page_SetWidth(p, (HPDF_REAL)(page->width * PDF_POINTS_PER_MM));
	HPDF_Page_SetHeight(p, (HPDF_REAL)(page->height * PDF_POINTS_PER_MM));
	attr = p->attr;
	resources =
	    HPDF_Page_GetInheritableItem(p, "Resources", HPDF_OCLASS_DICT);
	rc = resources == NULL ? err_internal(pdf->e, "resources")
			       : pdf_page_write(pdf, page, resources, &plain);
	if (rc == 0)
		rc = pdf_deflate(pdf->z, buf_bytes(&plain), &deflated, pdf->e);
	if (rc == 0 && HPDF_Stream_Write(attr->stream, deflated.p,
			   (HPDF_UINT)deflated.n) != HPDF_OK)
		rc = err_internal(pdf->e, "page stream");
	pdf_mark_deflated(attr->contents);
	buf_release(&plain);
	buf_release(&deflated);
	return rc;
}

/* Save into memory and append it. */
static int
save(struct pdf *pdf, struct buf *out)
{
	HPDF_UINT32 size;
	uint8_t *p;

	if (HPDF_GetError(pdf->doc) != HPDF_OK ||
	    HPDF_SaveToStream(pdf->doc) != HPDF_OK)
		return err_internal(pdf->e, "libharu");
	size = HPDF_GetStreamSize(pdf->doc);
	p = buf_extend(out, size);
	if (p == NULL)
		return err_nomem(pdf->e);
	HPDF_ResetStream(pdf->doc);
	if (HPDF_ReadFromStream(pdf->doc, p, &size) != HPDF_OK)
		return err_internal(pdf->e, "libharu");
	return 0;
}

static int
write_document(struct pdf *pdf, const struct step_list *steps, struct buf *out)
{
	size_t i;
	int rc = 0;

	pdf->doc->pdf_version = HPDF_VER_17;
	for (i = 0; rc == 0 && i < steps->npages; i++)
		rc = write_page(pdf, &steps->pages[i]);
	for (i = 0; rc == 0 && i < pdf->nfonts; i++)
		rc = pdf_font_finish(pdf, &pdf->fonts[i]);
	if (rc == 0)
		rc = pdf_meta_write(pdf);
	return rc == 0 ? save(pdf, out) : rc;
}

int
pdf_render(const struct step_list *steps, const struct format_seal *seals,
    size_t nseals, const struct pdf_info *info, struct buf *out, struct err *e)
{
	struct pdf pdf = {
	    .info = info, .seals = seals, .nseals = nseals, .e = e};
	size_t start = out->n, i;
	int rc;

	pdf.z = pdf_deflater_new(level);
	pdf.doc = HPDF_New(NULL, NULL);
	if (pdf.z == NULL || pdf.doc == NULL)
		rc = err_nomem(e);
	else
		rc = write_document(&pdf, steps, out);
	for (i = 0; i < pdf.nfonts; i++)
		pdf_font_release(&pdf.fonts[i]);
	if (pdf.doc != NULL)
		HPDF_Free(pdf.doc);
	pdf_deflater_free(pdf.z);
	if (rc != 0)
		out->n = start;
	return rc;
}
