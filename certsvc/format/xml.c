/* xml.c - the XML document of a certificate; see xml.h. */
#include "certsvc/format/xml.h"

#include <string.h>

#include "certsvc/format/format.h"
#include "certsvc/template.h"
#include "crypto/face.h"

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<Certificate xmlns=\"urn:certsvc:certificate:1\">";
static const char face_end[] = "</Face>";
static const char middle[] = "<Evidence><QR>";
static const char tail[] = "</QR></Evidence></Certificate>\n";

static int
malformed(struct err *e)
{
	return err_set(e, ERR_INPUT, "malformed", "不是本系统的证照 XML 文件",
	    "not a certificate XML document of this system");
}

/* Text of a code that stands in XML as it is, so that it has one form. */
static int
qr_ok(struct bytes qr)
{
	size_t i;

	if (qr.n == 0 || qr.n > XML_DOCUMENT_QR_MAX)
		return 0;
	for (i = 0; i < qr.n; i++)
		if (qr.p[i] <= ' ' || qr.p[i] > '~' ||
		    strchr("&<>\"'", qr.p[i]) != NULL)
			return 0;
	return 1;
}

static int
check_face(struct bytes canonical, struct err *e)
{
	struct face *face;
	int rc;

	if ((rc = face_parse(canonical, &face, e)) != 0)
		return rc;
	face_free(face);
	return 0;
}

int
xml_document_write(
    struct bytes face, const char *qr, struct buf *out, struct err *e)
{
	int rc;

	if (!qr_ok(bytes_str(qr)))
		return malformed(e);
	if ((rc = check_face(face, e)) != 0)
		return rc;
	buf_add_str(out, head);
	buf_add(out, face.p, face.n);
	buf_add_str(out, middle);
	buf_add_str(out, qr);
	buf_add_str(out, tail);
	return buf_failed(out) ? err_nomem(e) : 0;
}

/* Take s off the front of *v, or off its end. */
static int
eat(struct bytes *v, const char *s)
{
	size_t n = strlen(s);

	if (v->n < n || memcmp(v->p, s, n) != 0)
		return 0;
	v->p += n;
	v->n -= n;
	return 1;
}

static int
eat_end(struct bytes *v, const char *s)
{
	size_t n = strlen(s);

	if (v->n < n || memcmp(v->p + v->n - n, s, n) != 0)
		return 0;
	v->n -= n;
	return 1;
}

int
xml_document_split(
    struct bytes document, struct bytes *face, struct bytes *qr, struct err *e)
{
	struct bytes rest = document;
	const uint8_t *end;

	if (!eat(&rest, head) || !eat_end(&rest, tail))
		return malformed(e);
	/* The face escapes '<', so its end tag cannot stand in a value. */
	end = memmem(rest.p, rest.n, face_end, strlen(face_end));
	if (end == NULL)
		return malformed(e);
	face->p = rest.p;
	face->n = (size_t)(end - rest.p) + strlen(face_end);
	rest.p += face->n;
	rest.n -= face->n;
	if (!eat(&rest, middle) || !qr_ok(rest))
		return malformed(e);
	*qr = rest;
	return 0;
}

int
xml_document_parse(
    struct bytes document, struct bytes *face, struct bytes *qr, struct err *e)
{
	int rc = xml_document_split(document, face, qr, e);

	return rc != 0 ? rc : check_face(*face, e);
}

/* It was written already, for the formats that attach it. */
static int
write_format(const struct format_request *req, struct buf *out, struct err *e)
{
	buf_add(out, req->info->attachment.p, req->info->attachment.n);
	return buf_failed(out) ? err_nomem(e) : 0;
}

const struct format format_xml = {
    .name = "xml",
    .media = "application/xml",
    .template = TEMPLATE_XML,
    .write = write_format,
};
