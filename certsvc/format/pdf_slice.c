/*
 * pdf_slice.c - slices of a riding seam seal as page content.  A widget has one
 * page, so the slices stand in the revision that the first seal signs.
 */
#include <stdio.h>

#include "certsvc/format/pdf_private.h"

/* The seal's picture as a Form XObject, shared by the document's slices. */
static HPDF_Dict
form(struct pdf *pdf, unsigned int place)
{
	const struct seal_picture *picture = pdf->seals[place].picture;
	HPDF_Array bbox;
	HPDF_Dict d;
	size_t i;

	if (pdf->seal_forms[place] != NULL)
		return pdf->seal_forms[place];
	d = pdf_stream(pdf, picture->content, 1);
	bbox = HPDF_Array_New(pdf->doc->mmgr);
	if (d == NULL || bbox == NULL)
		return NULL;
	for (i = 0; i < 4; i++)
		HPDF_Array_AddReal(bbox, (HPDF_REAL)picture->bbox[i]);
	HPDF_Dict_AddName(d, "Type", "XObject");
	HPDF_Dict_AddName(d, "Subtype", "Form");
	HPDF_Dict_Add(d, "BBox", bbox);
	HPDF_Dict_Add(d, "Resources", HPDF_Dict_New(pdf->doc->mmgr));
	pdf->seal_forms[place] = d;
	return d;
}

static void
write_points(struct buf *out, double mm)
{
	pdf_write_real(out, mm * PDF_POINTS_PER_MM, 3);
	buf_add_byte(out, ' ');
}

int
pdf_slice_write(struct pdf *pdf, const struct step_page *page,
    const struct step_seal *slice, HPDF_Dict forms, struct buf *out)
{
	double height = (double)page->height;
	struct step_box box;
	char name[16];
	HPDF_Dict d;

	if (slice->place >= pdf->nseals || slice->place >= PDF_SEALS_MAX)
		return 0;
	d = form(pdf, slice->place);
	if (d == NULL)
		return err_internal(pdf->e, "seal form");
	snprintf(name, sizeof(name), "S%u", slice->place + 1);
	if (HPDF_Dict_GetItem(forms, name, HPDF_OCLASS_DICT) == NULL) {
		HPDF_ResetError(pdf->doc);
		HPDF_Dict_Add(forms, name, d);
	}
	box = seal_picture_window(pdf->seals[slice->place].picture, slice);
	buf_add_str(out, "q ");
	write_points(out, (double)box.x);
	write_points(out, height - (double)box.y - (double)box.h);
	write_points(out, (double)box.w);
	write_points(out, (double)box.h);
	buf_add_str(out, "re W n\n");
	box = seal_picture_box(pdf->seals[slice->place].picture, slice);
	/* The picture's own unit is 1/100 mm, y up. */
	pdf_write_real(out, PDF_POINTS_PER_MM / 100, 6);
	buf_add_str(out, " 0 0 ");
	pdf_write_real(out, PDF_POINTS_PER_MM / 100, 6);
	buf_add_byte(out, ' ');
	write_points(out, (double)box.x);
	write_points(out, height - (double)box.y - (double)box.h);
	buf_printf(out, "cm /%s Do Q\n", name);
	return 0;
}
