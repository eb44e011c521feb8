/*
 * ofd_meta.c - the files that hold an OFD together: OFD.xml with the metadata,
 * Document.xml, PublicRes.xml (GB/T 33190-2016, 7.4, 7.5, 7.9).
 */
#include <string.h>

#include "certsvc/format/ofd_private.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/face.h"

static void
write_element(struct buf *out, const char *name, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	buf_printf(out, "<ofd:%s>", name);
	text_xml_escape(out, text);
	buf_printf(out, "</ofd:%s>", name);
}

/*
 * Fields whose names are GB/T 36903's own (ZZMC, CZZT ...), for readers that
 * look only here.  Not the type's own (KZ_...), and not the holder's number:
 * this is what other people's software indexes.
 */
static int
is_metadata(const struct face_field *field)
{
	return field->value != NULL && strncmp(field->name, "KZ_", 3) != 0 &&
	       strncmp(field->name, "CZZTDM", 6) != 0;
}

static int
write_custom_datas(const struct ofd *o, struct buf *out)
{
	struct face *face;
	size_t i;
	int rc = face_parse(o->req->face, &face, o->e);

	if (rc != 0)
		return rc;
	buf_add_str(out, "<ofd:CustomDatas>");
	for (i = 0; i < face->nfields; i++) {
		if (!is_metadata(&face->fields[i]))
			continue;
		buf_printf(
		    out, "<ofd:CustomData Name=\"%s\">", face->fields[i].name);
		text_xml_escape(out, face->fields[i].value);
		buf_add_str(out, "</ofd:CustomData>");
	}
	buf_add_str(out, "</ofd:CustomDatas>");
	face_free(face);
	return 0;
}

int
ofd_root_write(const struct ofd *o, struct buf *out)
{
	const struct pdf_info *info = o->req->info;
	char date[CLOCK_DATE_SIZE];
	int rc = 0;

	clock_date_cst(date, info->created);
	buf_add_str(out,
	    OFD_HEAD "<ofd:OFD " OFD_XMLNS " Version=\"1.0\" DocType=\"OFD\">"
		     "<ofd:DocBody><ofd:DocInfo><ofd:DocID>");
	text_hex(out, (struct bytes){info->id, sizeof(info->id)});
	buf_add_str(out, "</ofd:DocID>");
	write_element(out, "Title", info->title);
	write_element(out, "Author", info->author);
	write_element(out, "Subject", info->identifier);
	write_element(out, "CreationDate", date);
	write_element(out, "Creator", "certsvc");
	if (o->req->face.n > 0)
		rc = write_custom_datas(o, out);
	buf_add_str(out, "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml"
			 "</ofd:DocRoot>");
	if (o->req->nseals > 0)
		buf_add_str(out, "<ofd:Signatures>Doc_0/Signs/Signatures.xml"
				 "</ofd:Signatures>");
	buf_add_str(out, "</ofd:DocBody></ofd:OFD>\n");
	return rc == 0 && buf_failed(out) ? err_nomem(o->e) : rc;
}

void
ofd_document_write(const struct ofd *o, struct buf *out)
{
	const struct step_page *first = o->req->steps->pages;
	size_t i;

	buf_printf(out,
	    OFD_HEAD "<ofd:Document " OFD_XMLNS "><ofd:CommonData>"
		     "<ofd:MaxUnitID>%u</ofd:MaxUnitID><ofd:PageArea>"
		     "<ofd:PhysicalBox>0 0 ",
	    o->id);
	ofd_write_um(out, ofd_um((double)first->width));
	buf_add_byte(out, ' ');
	ofd_write_um(out, ofd_um((double)first->height));
	buf_add_str(out,
	    "</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml"
	    "</ofd:PublicRes>");
	for (i = 0; i < o->ndrawings; i++)
		buf_printf(out,
		    "<ofd:TemplatePage ID=\"%zu\" "
		    "BaseLoc=\"Res/template_%zu.xml\"/>",
		    o->template_id + i, i);
	buf_add_str(out, "</ofd:CommonData><ofd:Pages>");
	for (i = 0; i < o->req->steps->npages; i++)
		buf_printf(out,
		    "<ofd:Page ID=\"%u\" "
		    "BaseLoc=\"Pages/Page_%zu/Content.xml\"/>",
		    o->page_ids[i], i);
	buf_add_str(out, "</ofd:Pages><ofd:Attachments>"
			 "Attachs/Attachments.xml</ofd:Attachments>"
			 "</ofd:Document>\n");
}

void
ofd_resources_write(const struct ofd *o, struct buf *out)
{
	char name[OFD_NAME_SIZE];
	size_t i;

	buf_add_str(out, OFD_HEAD "<ofd:Res " OFD_XMLNS " BaseLoc=\"Res\">");
	if (o->nfonts > 0)
		buf_add_str(out, "<ofd:Fonts>");
	for (i = 0; i < o->nfonts; i++) {
		ofd_font_name(i, name);
		buf_printf(out,
		    "<ofd:Font ID=\"%u\" FontName=\"%s\" FamilyName=\"%s\">"
		    "<ofd:FontFile>%s</ofd:FontFile></ofd:Font>",
		    o->fonts[i].id, o->fonts[i].font->name,
		    o->fonts[i].font->name, name);
	}
	if (o->nfonts > 0)
		buf_add_str(out, "</ofd:Fonts>");
	if (o->npictures > 0)
		buf_add_str(out, "<ofd:MultiMedias>");
	for (i = 0; i < o->npictures; i++) {
		ofd_picture_name(i, name);
		buf_printf(out,
		    "<ofd:MultiMedia ID=\"%u\" Type=\"Image\" Format=\"PNG\">"
		    "<ofd:MediaFile>%s</ofd:MediaFile></ofd:MultiMedia>",
		    o->pictures[i].id, name);
	}
	if (o->npictures > 0)
		buf_add_str(out, "</ofd:MultiMedias>");
	buf_add_str(out, "</ofd:Res>\n");
}
