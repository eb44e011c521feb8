/*
 * pdf_meta.c - what makes a PDF a PDF/A-3U and one document of a certificate:
 * XMP, output intent, the attached XML record, /ID, document information
 * (ISO 19005-3, 6.2.3, 6.6, 6.8; ISO 32000-1, 14.3).
 */
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "certsvc/format/pdf_private.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

static const char producer[] = "certsvc";
static const char attachment_name[] = "certificate.xml";

void
pdf_utf16(struct buf *out, const char *text, size_t len, int bom)
{
	size_t pos = 0;
	int32_t cp;
	uint32_t units[2];
	int i, n;

	if (bom)
		buf_add(out, "\xFE\xFF", 2);
	while (pos < len && (cp = text_utf8_next(text, len, &pos)) >= 0) {
		n = 1;
		units[0] = (uint32_t)cp;
		if (cp >= 0x10000) {
			units[0] = 0xD800 + (((uint32_t)cp - 0x10000) >> 10);
			units[1] = 0xDC00 + (((uint32_t)cp - 0x10000) & 0x3FF);
			n = 2;
		}
		for (i = 0; i < n; i++) {
			buf_add_byte(out, (uint8_t)(units[i] >> 8));
			buf_add_byte(out, (uint8_t)units[i]);
		}
	}
}

HPDF_Binary
pdf_text(struct pdf *pdf, const char *text)
{
	struct buf utf16 = BUF_INIT;
	HPDF_Binary object = NULL;

	pdf_utf16(&utf16, text, strlen(text), 1);
	if (!buf_failed(&utf16))
		object = HPDF_Binary_New(
		    pdf->doc->mmgr, utf16.p, (HPDF_UINT)utf16.n);
	buf_release(&utf16);
	return object;
}

/* "D:20261122235547Z" */
static void
pdf_date(char out[24], int64_t t)
{
	char rfc[CLOCK_RFC3339_SIZE];

	clock_rfc3339(rfc, t);
	snprintf(out, 24, "D:%.4s%.2s%.2s%.2s%.2s%.2sZ", rfc, rfc + 5, rfc + 8,
	    rfc + 11, rfc + 14, rfc + 17);
}

/* XMP that says what the document information says. */
static void
pdf_xmp_write(const struct pdf_info *info, struct buf *out)
{
	char date[CLOCK_RFC3339_SIZE];

	clock_rfc3339(date, info->created);
	buf_add_str(out,
	    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
	    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF"
	    " xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
	    "<rdf:Description rdf:about=\"\""
	    " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\""
	    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
	    " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
	    " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n"
	    "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>\n"
	    "<dc:format>application/pdf</dc:format>\n"
	    "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
	text_xml_escape(out, info->title);
	buf_add_str(out, "</rdf:li></rdf:Alt></dc:title>\n");
	if (info->author != NULL) {
		buf_add_str(out, "<dc:creator><rdf:Seq><rdf:li>");
		text_xml_escape(out, info->author);
		buf_add_str(out, "</rdf:li></rdf:Seq></dc:creator>\n");
	}
	if (info->identifier != NULL) {
		buf_add_str(out, "<dc:identifier>");
		text_xml_escape(out, info->identifier);
		buf_add_str(out, "</dc:identifier>\n");
	}
	buf_printf(out,
	    "<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>\n"
	    "<pdf:Producer>%s</pdf:Producer>\n"
	    "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>",
	    date, date, producer);
}

/* The profile never changes: deflated once, kept for the process's life.  A
 * try that failed is made again by the next document. */
static struct buf icc_deflated = BUF_INIT;
static pthread_mutex_t icc_lock = PTHREAD_MUTEX_INITIALIZER;

static struct bytes
icc_get(void)
{
	struct libdeflate_compressor *z;
	struct buf plain = BUF_INIT, made = BUF_INIT;
	struct err e = ERR_INIT;
	struct bytes view;

	pthread_mutex_lock(&icc_lock);
	if (icc_deflated.n == 0) {
		z = pdf_deflater_new(9);
		pdf_icc_write(&plain);
		if (z != NULL && !buf_failed(&plain) &&
		    pdf_deflate(z, buf_bytes(&plain), &made, &e) == 0)
			icc_deflated = made;
		else
			buf_release(&made);
		pdf_deflater_free(z);
		buf_release(&plain);
	}
	view = buf_bytes(&icc_deflated);
	pthread_mutex_unlock(&icc_lock);
	return view;
}

static int
add_output_intent(struct pdf *pdf)
{
	HPDF_Array intents = HPDF_Array_New(pdf->doc->mmgr);
	HPDF_Dict d = HPDF_Dict_New(pdf->doc->mmgr), icc;
	struct bytes profile = icc_get();

	icc = profile.n == 0 ? NULL : pdf_stream(pdf, profile, 1);
	if (icc == NULL || d == NULL || intents == NULL)
		return err_internal(pdf->e, "output intent");
	HPDF_Dict_AddNumber(icc, "N", 3);
	HPDF_Dict_AddName(d, "Type", "OutputIntent");
	HPDF_Dict_AddName(d, "S", "GTS_PDFA1");
	HPDF_Dict_Add(d, "OutputConditionIdentifier",
	    HPDF_String_New(pdf->doc->mmgr, "sRGB", NULL));
	HPDF_Dict_Add(d, "Info", HPDF_String_New(pdf->doc->mmgr, "sRGB", NULL));
	HPDF_Dict_Add(d, "DestOutputProfile", icc);
	HPDF_Array_Add(intents, d);
	HPDF_Dict_Add(pdf->doc->catalog, "OutputIntents", intents);
	return 0;
}

static int
add_xmp(struct pdf *pdf)
{
	struct buf xmp = BUF_INIT;
	HPDF_Dict d;

	pdf_xmp_write(pdf->info, &xmp);
	d = buf_failed(&xmp) ? NULL : pdf_stream(pdf, buf_bytes(&xmp), 0);
	buf_release(&xmp);
	if (d == NULL)
		return err_internal(pdf->e, "xmp");
	HPDF_Dict_AddName(d, "Type", "Metadata");
	HPDF_Dict_AddName(d, "Subtype", "XML");
	HPDF_Dict_Add(pdf->doc->catalog, "Metadata", d);
	return 0;
}

static void
add_string(struct pdf *pdf, HPDF_Dict d, const char *key, const char *value)
{
	HPDF_Dict_Add(d, key, HPDF_String_New(pdf->doc->mmgr, value, NULL));
}

/* Document information; it must say what the XMP says. */
static int
add_info(struct pdf *pdf)
{
	HPDF_Dict info = pdf->doc->info;
	char date[24];

	if (info == NULL)
		return err_internal(pdf->e, "info");
	pdf_date(date, pdf->info->created);
	add_string(pdf, info, "Producer", producer);
	HPDF_Dict_Add(info, "Title", pdf_text(pdf, pdf->info->title));
	if (pdf->info->author != NULL)
		HPDF_Dict_Add(info, "Author", pdf_text(pdf, pdf->info->author));
	add_string(pdf, info, "CreationDate", date);
	add_string(pdf, info, "ModDate", date);
	return 0;
}

/* The file stream: type, size, date and the MD5 that Params asks for (it finds
 * transfer errors; it protects nothing). */
static HPDF_Dict
embedded_file(struct pdf *pdf)
{
	struct bytes data = pdf->info->attachment;
	HPDF_Dict d = pdf_stream_deflate(pdf, data), params;
	unsigned char md5[16];
	unsigned int n;
	char date[24];

	if (d == NULL ||
	    EVP_Digest(data.p, data.n, md5, &n, EVP_md5(), NULL) != 1)
		return NULL;
	params = HPDF_Dict_New(pdf->doc->mmgr);
	pdf_date(date, pdf->info->created);
	HPDF_Dict_AddName(d, "Type", "EmbeddedFile");
	HPDF_Dict_AddName(d, "Subtype", "text/xml");
	if (HPDF_Dict_Add(d, "Params", params) != HPDF_OK)
		return NULL;
	HPDF_Dict_AddNumber(params, "Size", (HPDF_INT32)data.n);
	add_string(pdf, params, "CreationDate", date);
	add_string(pdf, params, "ModDate", date);
	HPDF_Dict_Add(
	    params, "CheckSum", HPDF_Binary_New(pdf->doc->mmgr, md5, 16));
	return d;
}

static int
add_attachment(struct pdf *pdf)
{
	HPDF_MMgr mmgr = pdf->doc->mmgr;
	HPDF_Dict spec = HPDF_Dict_New(mmgr), ef = HPDF_Dict_New(mmgr);
	HPDF_Dict names = HPDF_Dict_New(mmgr), tree = HPDF_Dict_New(mmgr);
	HPDF_Array leaf = HPDF_Array_New(mmgr), af = HPDF_Array_New(mmgr);
	HPDF_Dict file = embedded_file(pdf);

	if (file == NULL || spec == NULL || ef == NULL || names == NULL ||
	    tree == NULL || leaf == NULL || af == NULL ||
	    HPDF_Xref_Add(pdf->doc->xref, spec) != HPDF_OK)
		return err_internal(pdf->e, "attachment");
	HPDF_Dict_AddName(spec, "Type", "Filespec");
	add_string(pdf, spec, "F", attachment_name);
	HPDF_Dict_Add(spec, "UF", pdf_text(pdf, attachment_name));
	HPDF_Dict_AddName(spec, "AFRelationship", "Source");
	HPDF_Dict_Add(spec, "EF", ef);
	HPDF_Dict_Add(ef, "F", file);
	HPDF_Dict_Add(ef, "UF", file);
	HPDF_Array_Add(leaf, HPDF_String_New(mmgr, attachment_name, NULL));
	HPDF_Array_Add(leaf, spec);
	HPDF_Dict_Add(tree, "Names", leaf);
	HPDF_Dict_Add(names, "EmbeddedFiles", tree);
	HPDF_Dict_Add(pdf->doc->catalog, "Names", names);
	HPDF_Array_Add(af, spec);
	HPDF_Dict_Add(pdf->doc->catalog, "AF", af);
	return 0;
}

static int
add_id(struct pdf *pdf)
{
	HPDF_Array ids = HPDF_Array_New(pdf->doc->mmgr);
	uint8_t id[PDF_ID_SIZE];
	int i;

	if (ids == NULL)
		return err_nomem(pdf->e);
	memcpy(id, pdf->info->id, sizeof(id));
	for (i = 0; i < 2; i++)
		HPDF_Array_Add(
		    ids, HPDF_Binary_New(pdf->doc->mmgr, id, sizeof(id)));
	HPDF_Dict_Add(pdf->doc->trailer, "ID", ids);
	return 0;
}

int
pdf_meta_write(struct pdf *pdf)
{
	int rc = add_info(pdf);

	if (rc == 0)
		rc = add_xmp(pdf);
	if (rc == 0)
		rc = add_output_intent(pdf);
	if (rc == 0 && pdf->info->attachment.n > 0)
		rc = add_attachment(pdf);
	if (rc == 0)
		rc = add_id(pdf);
	add_string(pdf, pdf->doc->catalog, "Lang", pdf->info->language);
	return rc;
}
