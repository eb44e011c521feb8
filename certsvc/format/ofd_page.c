/* ofd_page.c - the content of a page (GB/T 33190-2016, 7.7): one body layer of
 * objects in the order of the steps.  Seals are not drawn here. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "certsvc/drawing.h"
#include "certsvc/format/ofd_private.h"

/* The number of the step's template + 1, or 0: it is drawn on the page. */
static size_t
ofd_template_of(const struct ofd *o, const struct step *step)
{
	size_t i;

	if (step->kind != STEP_DRAWING || step->u.drawing.x != 0 ||
	    step->u.drawing.y != 0)
		return 0;
	for (i = 0; i < o->ndrawings; i++)
		if (o->drawings[i] == step->u.drawing.drawing)
			return i + 1;
	return 0;
}

void
ofd_templates_find(struct ofd *o)
{
	const struct step_list *steps = o->req->steps;
	const struct step *step;
	size_t i, k;

	for (i = 0; i < steps->npages; i++)
		for (k = 0; k < steps->pages[i].nsteps; k++) {
			step = &steps->pages[i].steps[k];
			if (step->kind != STEP_DRAWING ||
			    step->u.drawing.x != 0 || step->u.drawing.y != 0 ||
			    o->ndrawings == DRAWING_TEMPLATES ||
			    ofd_template_of(o, step) != 0 ||
			    ofd_template_get(step->u.drawing.drawing,
				(unsigned int)o->ndrawings) == NULL)
				continue;
			o->drawings[o->ndrawings++] = step->u.drawing.drawing;
		}
	o->id = (unsigned int)o->ndrawings * OFD_TEMPLATE_IDS;
	o->template_id = o->id + 1;
	o->id += (unsigned int)o->ndrawings;
}

static void
write_drawing(struct ofd *o, const struct step_drawing *step, struct buf *out)
{
	const struct drawing *drawing = step->drawing;
	size_t i;

	for (i = 0; i < drawing->npaths; i++)
		ofd_path_write(
		    out, &drawing->paths[i], step->x, step->y, &o->id);
}

void
ofd_picture_name(size_t i, char out[OFD_NAME_SIZE])
{
	snprintf(out, OFD_NAME_SIZE, "picture_%zu.png", i);
}

static struct ofd_picture *
picture_use(struct ofd *o, const struct step_picture *step)
{
	struct ofd_picture *p;
	size_t i;

	for (i = 0; i < o->npictures; i++)
		if (o->pictures[i].rgb == step->rgb)
			return &o->pictures[i];
	if (o->npictures == OFD_PICTURES_MAX)
		return NULL;
	p = &o->pictures[o->npictures];
	if (ofd_png(step, &p->png, o->e) != 0)
		return NULL;
	p->rgb = step->rgb;
	p->id = ++o->id;
	o->npictures++;
	return p;
}

/* The unit square, stretched to the box. */
static int
write_picture(struct ofd *o, const struct step_picture *step, struct buf *out)
{
	const struct ofd_picture *p = picture_use(o, step);
	const long box[4] = {ofd_um((double)step->x), ofd_um((double)step->y),
	    ofd_um((double)step->w), ofd_um((double)step->h)};

	if (p == NULL)
		return err_internal(o->e, "picture");
	buf_printf(out, "<ofd:ImageObject ID=\"%u\"", ++o->id);
	ofd_write_box(out, "Boundary", box);
	buf_add_str(out, " CTM=\"");
	ofd_write_um(out, box[2]);
	buf_add_str(out, " 0 0 ");
	ofd_write_um(out, box[3]);
	buf_printf(out, " 0 0\" ResourceID=\"%u\"/>\n", p->id);
	return 0;
}

static int
write_step(struct ofd *o, const struct step *step, struct buf *out)
{
	switch (step->kind) {
	case STEP_TEXT:
		return ofd_text_write(o, &step->u.text, out);
	case STEP_PATH:
		ofd_path_write(out, &step->u.path, 0, 0, &o->id);
		return 0;
	case STEP_DRAWING:
		if (ofd_template_of(o, step) == 0)
			write_drawing(o, &step->u.drawing, out);
		return 0;
	case STEP_QR:
		ofd_qr_write(o, &step->u.qr, out);
		return 0;
	case STEP_PICTURE:
		return write_picture(o, &step->u.picture, out);
	case STEP_SEAL:
		return 0;
	}
	return err_internal(o->e, "step");
}

/* The document's page area is that of the first page. */
static void
write_area(const struct step_page *page, const struct step_page *first,
    struct buf *out)
{
	const long box[4] = {
	    0, 0, ofd_um((double)page->width), ofd_um((double)page->height)};
	int i;

	if (page->width == first->width && page->height == first->height)
		return;
	buf_add_str(out, "<ofd:Area><ofd:PhysicalBox>");
	for (i = 0; i < 4; i++) {
		ofd_write_um(out, box[i]);
		if (i < 3)
			buf_add_byte(out, ' ');
	}
	buf_add_str(out, "</ofd:PhysicalBox></ofd:Area>");
}

/* A drawing lies under the page's own objects. */
static void
write_templates(
    const struct ofd *o, const struct step_page *page, struct buf *out)
{
	size_t i, number;

	for (i = 0; i < page->nsteps; i++) {
		number = ofd_template_of(o, &page->steps[i]);
		if (number != 0)
			buf_printf(out,
			    "<ofd:Template TemplateID=\"%zu\" "
			    "ZOrder=\"Background\"/>",
			    o->template_id + number - 1);
	}
}

int
ofd_page_write(struct ofd *o, const struct step_page *page, struct buf *out)
{
	size_t i;
	int rc = 0;

	buf_add_str(out, OFD_HEAD "<ofd:Page " OFD_XMLNS ">");
	write_templates(o, page, out);
	write_area(page, o->req->steps->pages, out);
	buf_printf(
	    out, "<ofd:Content><ofd:Layer ID=\"%u\" Type=\"Body\">\n", ++o->id);
	for (i = 0; i < page->nsteps && rc == 0; i++)
		rc = write_step(o, &page->steps[i], out);
	buf_add_str(out, "</ofd:Layer></ofd:Content></ofd:Page>\n");
	return rc == 0 && buf_failed(out) ? err_nomem(o->e) : rc;
}
