/*
 * xml.h - the XML document of a certificate: the canonical face and, as
 * evidence, the text of its code (docs/architecture.md).  One form only; what
 * xml_document_write did not write is refused.
 *
 *   <?xml version="1.0" encoding="UTF-8"?>\n
 *   <Certificate xmlns="urn:certsvc:certificate:1"><Face ...>...</Face>
 *   <Evidence><QR>https://.../#digits</QR></Evidence></Certificate>\n
 *
 * (on two lines: the declaration, and the rest).
 */
#ifndef CERTSVC_FORMAT_XML_H
#define CERTSVC_FORMAT_XML_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	XML_DOCUMENT_QR_MAX = 2048 /* bytes of the code's text */
};

/*
 * Append the document.  face: canonical bytes (crypto/face.h); qr: printable
 * ASCII, none of & < > " '.  ERR_INPUT "malformed" when either is not so.
 */
int xml_document_write(
    struct bytes face, const char *qr, struct buf *out, struct err *e);

/*
 * Split a document; *face and *qr are views into it.  The face is checked to
 * be canonical.  ERR_INPUT "malformed" or "face_not_canonical" otherwise.
 */
int xml_document_parse(
    struct bytes document, struct bytes *face, struct bytes *qr, struct err *e);

/* As xml_document_parse for a caller who parses the face himself: it is not
 * looked at. */
int xml_document_split(
    struct bytes document, struct bytes *face, struct bytes *qr, struct err *e);

#endif
