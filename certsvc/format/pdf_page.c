/*
 * pdf_page.c - the operators of a page.  Text is written glyph by glyph where
 * the layout put it; the reader's own idea of advance only saves bytes.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "certsvc/drawing.h"
#include "certsvc/format/pdf_private.h"
#include "certsvc/qr_symbol.h"

struct page_writer {
	struct pdf *pdf;
	const struct step_page *page;
	HPDF_Dict fonts, forms; /* of the page's resources */
	struct buf *out;
};

static double
points(float mm)
{
	return (double)mm * PDF_POINTS_PER_MM;
}

/* Hundredths of a millimetre, y down, origin at (x, y) of the page. */
static void
write_mm_matrix(struct page_writer *w, float x, float y)
{
	pdf_write_real(w->out, PDF_POINTS_PER_MM / 100, 6);
	buf_add_str(w->out, " 0 0 ");
	pdf_write_real(w->out, -PDF_POINTS_PER_MM / 100, 6);
	buf_add_byte(w->out, ' ');
	pdf_write_real(w->out, points(x), 3);
	buf_add_byte(w->out, ' ');
	pdf_write_real(w->out, points(w->page->height - y), 3);
	buf_add_str(w->out, " cm\n");
}

static void
write_path(struct page_writer *w, const struct step_path *path)
{
	buf_add_str(w->out, "q ");
	write_mm_matrix(w, 0, 0);
	pdf_path_write(w->out, path);
	buf_add_str(w->out, "Q\n");
}

/* A resource dictionary's entry, made when new. */
static HPDF_Dict
sub_dict(struct pdf *pdf, HPDF_Dict parent, const char *name)
{
	HPDF_Dict d = HPDF_Dict_New(pdf->doc->mmgr);

	if (d != NULL && HPDF_Dict_Add(parent, name, d) != HPDF_OK)
		return NULL;
	return d;
}

/* A Form XObject of the drawing, shared by the document's pages. */
static HPDF_Dict
form(struct pdf *pdf, const struct drawing *drawing, size_t *number)
{
	static const int box[] = {-200000, -200000, 200000, 200000};
	HPDF_Array bbox;
	HPDF_Dict d;
	size_t i;

	for (i = 0; i < pdf->ndrawings; i++)
		if (pdf->drawings[i] == drawing) {
			*number = i;
			return pdf->forms[i];
		}
	if (pdf->ndrawings == sizeof(pdf->drawings) / sizeof(pdf->drawings[0]))
		return NULL;
	d = pdf_stream(pdf, buf_bytes(&drawing->deflated), 1);
	bbox = HPDF_Array_New(pdf->doc->mmgr);
	if (d == NULL || bbox == NULL)
		return NULL;
	for (i = 0; i < 4; i++)
		HPDF_Array_AddNumber(bbox, box[i]);
	HPDF_Dict_AddName(d, "Type", "XObject");
	HPDF_Dict_AddName(d, "Subtype", "Form");
	HPDF_Dict_Add(d, "BBox", bbox);
	sub_dict(pdf, d, "Resources");
	*number = pdf->ndrawings++;
	pdf->drawings[*number] = drawing;
	pdf->forms[*number] = d;
	return d;
}

static int
write_drawing(struct page_writer *w, const struct step_drawing *step)
{
	char name[16];
	size_t number;
	HPDF_Dict d = form(w->pdf, step->drawing, &number);

	if (d == NULL)
		return err_internal(w->pdf->e, "form");
	snprintf(name, sizeof(name), "D%zu", number + 1);
	if (HPDF_Dict_GetItem(w->forms, name, HPDF_OCLASS_DICT) == NULL) {
		HPDF_ResetError(w->pdf->doc);
		HPDF_Dict_Add(w->forms, name, d);
	}
	buf_add_str(w->out, "q ");
	write_mm_matrix(w, step->x, step->y);
	buf_printf(w->out, "/%s Do Q\n", name);
	return 0;
}

/* Digits of a number below 1000. */
static char *
small_number(char *p, unsigned int v)
{
	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return p;
}

/*
 * Dark modules of one row as rectangles in a frame whose unit is a module; the
 * frame then moves down.  That deflates to half of absolute coordinates.  Each
 * row reaches a little into the next, or a viewer's smoothing shows a seam.
 */
static void
write_qr_row(struct buf *out, const uint8_t *row, unsigned int side)
{
	char line[(QR_SIDE_MAX / 2 + 1) * 20], *p = line;
	unsigned int x, n;

	for (x = 0; x < side; x += n) {
		for (n = 1; x + n < side && row[x + n] == row[x]; n++)
			;
		if (row[x] == 0)
			continue;
		p = small_number(p, x);
		p = (char *)memcpy(p, " 0 ", 3) + 3;
		p = small_number(p, n);
		p = (char *)memcpy(p, " 1.03 re\n", 9) + 9;
	}
	buf_add(out, line, (size_t)(p - line));
	buf_add_str(out, "f 1 0 0 1 0 1 cm\n");
}

static void
write_qr(struct page_writer *w, const struct step_qr *step)
{
	const struct qr_symbol *qr = step->symbol;
	unsigned int all = qr->side + 2 * QR_QUIET_ZONE, y;
	double unit = points(step->size) / all;

	buf_add_str(w->out, "q 0 g ");
	pdf_write_real(w->out, unit, 6);
	buf_add_str(w->out, " 0 0 ");
	pdf_write_real(w->out, -unit, 6);
	buf_add_byte(w->out, ' ');
	pdf_write_real(w->out, points(step->x) + QR_QUIET_ZONE * unit, 4);
	buf_add_byte(w->out, ' ');
	pdf_write_real(w->out,
	    points(w->page->height - step->y) - QR_QUIET_ZONE * unit, 4);
	buf_add_str(w->out, " cm\n");
	for (y = 0; y < qr->side; y++)
		write_qr_row(w->out, qr->dark + y * qr->side, qr->side);
	buf_add_str(w->out, "Q\n");
}

/* Is each glyph one character, from left to right?  Then the text can be read
 * from the glyphs; else the run says it in ActualText. */
static int
is_plain(const struct step_text *t)
{
	size_t i;

	for (i = 1; i < t->nglyphs; i++)
		if (t->glyphs[i].text <= t->glyphs[i - 1].text)
			return 0;
	return 1;
}

/* The same from right to left: readers turn such a row about themselves, and
 * would turn an ActualText about too. */
static int
is_plain_rtl(const struct step_text *t)
{
	size_t i;

	for (i = 1; i < t->nglyphs; i++)
		if (t->glyphs[i].text >= t->glyphs[i - 1].text)
			return 0;
	return 1;
}

static void
write_actual_text(struct page_writer *w, const struct step_text *t)
{
	struct buf utf16 = BUF_INIT;
	size_t i;

	pdf_utf16(&utf16, t->text, strlen(t->text), 1);
	buf_add_str(w->out, "/Span <</ActualText <");
	for (i = 0; i < utf16.n; i++)
		buf_printf(w->out, "%02X", utf16.p[i]);
	buf_add_str(w->out, ">>> BDC\n");
	buf_release(&utf16);
}

/* The characters of glyph i: from its cluster to the next one's in logical
 * order; none for the later glyphs of a cluster. */
static void
glyph_text(
    const struct step_text *t, size_t i, const char **text, uint32_t *len)
{
	uint32_t start = t->glyphs[i].text, end;
	size_t k;

	end = (uint32_t)strlen(t->text);
	*text = t->text + start;
	*len = 0;
	for (k = 0; k < i; k++)
		if (t->glyphs[k].text == start)
			return;
	for (k = 0; k < t->nglyphs; k++)
		if (t->glyphs[k].text > start && t->glyphs[k].text < end)
			end = t->glyphs[k].text;
	*len = end - start;
}

/* The same without a search, for runs of one glyph a character. */
static void
plain_glyph_text(
    const struct step_text *t, size_t i, const char **text, uint32_t *len)
{
	const char *p = t->text + t->glyphs[i].text;

	*text = p;
	*len = i + 1 < t->nglyphs ? t->glyphs[i + 1].text - t->glyphs[i].text
				  : (uint32_t)strlen(p);
}

/* Text matrix: the run's turn, its origin moved by (dx, dy) mm in its frame. */
static void
write_text_matrix(
    struct page_writer *w, const struct step_text *t, float dx, float dy)
{
	double turn = (double)t->turn * acos(-1) / 180, c = cos(turn),
	       s = sin(turn);
	double x = (double)t->x + dx * c - dy * s;
	double y = (double)t->y + dx * s + dy * c;

	if (t->turn == 0) {
		buf_add_str(w->out, "1 0 0 1 ");
	} else {
		pdf_write_real(w->out, c, 5);
		buf_add_byte(w->out, ' ');
		pdf_write_real(w->out, -s, 5);
		buf_add_byte(w->out, ' ');
		pdf_write_real(w->out, s, 5);
		buf_add_byte(w->out, ' ');
		pdf_write_real(w->out, c, 5);
		buf_add_byte(w->out, ' ');
	}
	pdf_write_real(w->out, x * PDF_POINTS_PER_MM, 2);
	buf_add_byte(w->out, ' ');
	pdf_write_real(w->out, (w->page->height - y) * PDF_POINTS_PER_MM, 2);
	buf_add_str(w->out, " Tm\n");
}

/* Glyphs on the baseline, as one TJ array; corrections in 1/1000 em. */
static int
write_row(struct page_writer *w, const struct step_text *t, struct pdf_font *f,
    int plain)
{
	unsigned int cid, width;
	long pen = 0, want;
	const char *text;
	uint32_t len;
	size_t i;

	write_text_matrix(w, t, 0, 0);
	buf_add_str(w->out, "[<");
	for (i = 0; i < t->nglyphs; i++) {
		if (plain)
			plain_glyph_text(t, i, &text, &len);
		else
			glyph_text(t, i, &text, &len);
		cid = pdf_font_cid(
		    f, t->glyphs[i].id, t->size, text, len, &width);
		if (cid == 0)
			return err_nomem(w->pdf->e);
		want = lroundf(t->glyphs[i].x / t->size * 1000);
		if (want != pen) {
			buf_add_byte(w->out, '>');
			pdf_write_int(w->out, pen - want);
			buf_add_byte(w->out, '<');
			pen = want;
		}
		pdf_write_hex16(w->out, cid);
		pen += (long)width;
	}
	buf_add_str(w->out, ">] TJ\n");
	return 0;
}

/* Glyphs anywhere: each with its own matrix. */
static int
write_scattered(struct page_writer *w, const struct step_text *t,
    struct pdf_font *f, int plain)
{
	unsigned int cid, width;
	const char *text;
	uint32_t len;
	size_t i;

	for (i = 0; i < t->nglyphs; i++) {
		if (plain)
			plain_glyph_text(t, i, &text, &len);
		else
			glyph_text(t, i, &text, &len);
		cid = pdf_font_cid(
		    f, t->glyphs[i].id, t->size, text, len, &width);
		if (cid == 0)
			return err_nomem(w->pdf->e);
		write_text_matrix(w, t, t->glyphs[i].x, t->glyphs[i].y);
		buf_add_byte(w->out, '<');
		pdf_write_hex16(w->out, cid);
		buf_add_str(w->out, "> Tj\n");
	}
	return 0;
}

static int
is_row(const struct step_text *t)
{
	size_t i;

	for (i = 0; i < t->nglyphs; i++)
		if (t->glyphs[i].y != 0)
			return 0;
	return 1;
}

static int
write_text(struct page_writer *w, const struct step_text *t)
{
	struct pdf_font *f = pdf_font_use(w->pdf, t->font);
	int plain = is_plain(t), rc;
	int readable = plain || is_plain_rtl(t);
	char name[16];

	if (f == NULL)
		return err_internal(w->pdf->e, "font");
	snprintf(name, sizeof(name), "F%zu", (size_t)(f - w->pdf->fonts) + 1);
	if (HPDF_Dict_GetItem(w->fonts, name, HPDF_OCLASS_DICT) == NULL) {
		HPDF_ResetError(w->pdf->doc);
		HPDF_Dict_Add(w->fonts, name, f->dict);
	}
	if (!readable)
		write_actual_text(w, t);
	buf_printf(w->out, "BT /%s ", name);
	pdf_write_real(w->out, points(t->size), 2);
	buf_add_str(w->out, " Tf ");
	pdf_write_colour(w->out, t->colour, "rg\n");
	if (t->stroke > 0) {
		pdf_write_colour(w->out, t->colour, "RG ");
		pdf_write_real(w->out, points(t->stroke), 2);
		buf_add_str(w->out, " w 2 Tr\n");
	}
	rc = is_row(t) ? write_row(w, t, f, plain)
		       : write_scattered(w, t, f, plain);
	if (t->stroke > 0)
		buf_add_str(w->out, "0 Tr ");
	buf_add_str(w->out, "ET\n");
	if (!readable)
		buf_add_str(w->out, "EMC\n");
	return rc;
}

/* An RGB picture as an image XObject of its own. */
static int
write_picture(struct page_writer *w, const struct step_picture *step)
{
	struct bytes rgb = {step->rgb, (size_t)step->columns * step->rows * 3};
	HPDF_Dict d = pdf_stream_deflate(w->pdf, rgb);
	char name[24];

	if (d == NULL)
		return err_internal(w->pdf->e, "picture");
	HPDF_Dict_AddName(d, "Type", "XObject");
	HPDF_Dict_AddName(d, "Subtype", "Image");
	HPDF_Dict_AddNumber(d, "Width", (HPDF_INT32)step->columns);
	HPDF_Dict_AddNumber(d, "Height", (HPDF_INT32)step->rows);
	HPDF_Dict_AddName(d, "ColorSpace", "DeviceRGB");
	HPDF_Dict_AddNumber(d, "BitsPerComponent", 8);
	snprintf(name, sizeof(name), "I%zu", ++w->pdf->npictures);
	HPDF_Dict_Add(w->forms, name, d);
	buf_add_str(w->out, "q ");
	pdf_write_real(w->out, points(step->w), 3);
	buf_add_str(w->out, " 0 0 ");
	pdf_write_real(w->out, points(step->h), 3);
	buf_add_byte(w->out, ' ');
	pdf_write_real(w->out, points(step->x), 3);
	buf_add_byte(w->out, ' ');
	pdf_write_real(w->out, points(w->page->height - step->y - step->h), 3);
	buf_printf(w->out, " cm /%s Do Q\n", name);
	return 0;
}

static int
write_step(struct page_writer *w, const struct step *step)
{
	switch (step->kind) {
	case STEP_TEXT:
		return write_text(w, &step->u.text);
	case STEP_PATH:
		write_path(w, &step->u.path);
		return 0;
	case STEP_DRAWING:
		return write_drawing(w, &step->u.drawing);
	case STEP_QR:
		write_qr(w, &step->u.qr);
		return 0;
	case STEP_SEAL:
		return step->u.seal.slices == 0
			   ? 0
			   : pdf_slice_write(w->pdf, w->page, &step->u.seal,
				 w->forms, w->out);
	case STEP_PICTURE:
		return write_picture(w, &step->u.picture);
	}
	return err_internal(w->pdf->e, "step");
}

int
pdf_page_write(struct pdf *pdf, const struct step_page *page,
    HPDF_Dict resources, struct buf *out)
{
	struct page_writer w = {.pdf = pdf,
	    .page = page,
	    .fonts = sub_dict(pdf, resources, "Font"),
	    .forms = sub_dict(pdf, resources, "XObject"),
	    .out = out};
	size_t i;
	int rc = 0;

	if (w.fonts == NULL || w.forms == NULL)
		return err_internal(pdf->e, "resources");
	for (i = 0; rc == 0 && i < page->nsteps; i++)
		rc = write_step(&w, &page->steps[i]);
	if (rc == 0 && buf_failed(out))
		rc = err_nomem(pdf->e);
	return rc;
}
