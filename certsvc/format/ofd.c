/*
 * ofd.c - steps -> sealed OFD (GB/T 33190-2016): the format's row, and the
 * package in its one order (docs/ofd.md).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/format/ofd_private.h"
#include "certsvc/template.h"

static const char attachments[] =
    OFD_HEAD "<ofd:Attachments " OFD_XMLNS "><ofd:Attachment ID=\"a001\" "
	     "Name=\"certificate.xml\" Format=\"xml\" Visible=\"false\">"
	     "<ofd:FileLoc>certificate.xml</ofd:FileLoc></ofd:Attachment>"
	     "</ofd:Attachments>\n";

/* Fonts first: pages name glyphs by their number in the subset. */
static int
write_pages(struct ofd *o)
{
	const struct step_list *steps = o->req->steps;
	size_t i;
	int rc;

	o->pages = calloc(steps->npages, sizeof(*o->pages));
	o->page_ids = calloc(steps->npages, sizeof(*o->page_ids));
	if (o->pages == NULL || o->page_ids == NULL)
		return err_nomem(o->e);
	ofd_templates_find(o);
	rc = ofd_fonts_make(o);
	for (i = 0; i < steps->npages && rc == 0; i++) {
		o->page_ids[i] = ++o->id;
		rc = ofd_page_write(o, &steps->pages[i], &o->pages[i]);
	}
	return rc;
}

static int
add_text(struct ofd_package *p, const char *name, struct buf *xml)
{
	int rc = buf_failed(xml) ? err_nomem(p->e)
				 : ofd_package_add(p, name, buf_bytes(xml));

	buf_reset(xml);
	return rc;
}

static int
add_structure(struct ofd *o, struct ofd_package *p)
{
	struct buf xml = BUF_INIT;
	int rc = ofd_root_write(o, &xml);

	if (rc == 0)
		rc = add_text(p, "OFD.xml", &xml);
	if (rc == 0) {
		ofd_document_write(o, &xml);
		rc = add_text(p, "Doc_0/Document.xml", &xml);
	}
	if (rc == 0) {
		ofd_resources_write(o, &xml);
		rc = add_text(p, "Doc_0/PublicRes.xml", &xml);
	}
	buf_release(&xml);
	return rc;
}

static int
add_resources(struct ofd *o, struct ofd_package *p)
{
	char file[OFD_NAME_SIZE], name[OFD_NAME_SIZE + 16];
	size_t i;
	int rc = 0;

	for (i = 0; i < o->ndrawings && rc == 0; i++) {
		snprintf(name, sizeof(name), "Doc_0/Res/template_%zu.xml", i);
		rc = ofd_package_template(
		    p, name, ofd_template_get(o->drawings[i], (unsigned int)i));
	}
	for (i = 0; i < o->nfonts && rc == 0; i++) {
		ofd_font_name(i, file);
		snprintf(name, sizeof(name), "Doc_0/Res/%s", file);
		rc = ofd_package_add(p, name, buf_bytes(&o->fonts[i].file));
	}
	for (i = 0; i < o->npictures && rc == 0; i++) {
		ofd_picture_name(i, file);
		snprintf(name, sizeof(name), "Doc_0/Res/%s", file);
		rc =
		    ofd_package_stored(p, name, buf_bytes(&o->pictures[i].png));
	}
	return rc;
}

static int
add_content(struct ofd *o, struct ofd_package *p)
{
	char name[OFD_NAME_SIZE];
	size_t i;
	int rc = add_structure(o, p);

	if (rc == 0)
		rc = add_resources(o, p);
	for (i = 0; i < o->req->steps->npages && rc == 0; i++) {
		snprintf(
		    name, sizeof(name), "Doc_0/Pages/Page_%zu/Content.xml", i);
		rc = ofd_package_add(p, name, buf_bytes(&o->pages[i]));
	}
	if (rc == 0)
		rc = ofd_package_add(
		    p, "Doc_0/Attachs/Attachments.xml", bytes_str(attachments));
	if (rc == 0)
		rc = ofd_package_add(p, "Doc_0/Attachs/certificate.xml",
		    o->req->info->attachment);
	return rc;
}

static int
write_package(struct ofd *o, struct buf *out)
{
	struct ofd_package p = {.out = out, .e = o->e};
	int rc;

	digest_begin(&p.digest, DIGEST_SHA256);
	rc = zip_write_begin(&p.zip, ZIP_WRITE_LEVEL, out, o->e);
	if (rc == 0)
		rc = add_content(o, &p);
	if (rc == 0)
		rc = ofd_seals_write(o, &p);
	if (rc == 0)
		rc = zip_write_end(&p.zip);
	zip_write_release(&p.zip);
	digest_release(&p.digest);
	buf_release(&p.references);
	return rc;
}

static void
release(struct ofd *o)
{
	size_t i;

	for (i = 0; i < o->nfonts; i++)
		ofd_font_release(&o->fonts[i]);
	for (i = 0; i < o->npictures; i++)
		buf_release(&o->pictures[i].png);
	for (i = 0; o->pages != NULL && i < o->req->steps->npages; i++)
		buf_release(&o->pages[i]);
	free(o->pages);
	free(o->page_ids);
	free(o->pieces);
	free(o);
}

static int
write_format(const struct format_request *req, struct buf *out, struct err *e)
{
	struct ofd *o = calloc(1, sizeof(*o));
	int rc;

	if (o == NULL)
		return err_nomem(e);
	o->req = req;
	o->e = e;
	rc = req->nseals == 0 ? err_internal(e, "number of seals") : 0;
	if (rc == 0)
		rc = write_pages(o);
	if (rc == 0)
		rc = write_package(o, out);
	release(o);
	return rc;
}

const struct format format_ofd = {
    .name = "ofd",
    .media = "application/ofd",
    .template = TEMPLATE_OFD,
    .has_variants = 1,
    .signature = FORMAT_SES,
    .write = write_format,
};
