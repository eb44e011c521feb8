/*
 * ipp_write.h - requests of the Internet Printing Protocol as bytes (RFC 8010,
 * 3.1).  Each call appends; names and values are ours and short.
 */
#ifndef CERTSVC_PRINT_IPP_WRITE_H
#define CERTSVC_PRINT_IPP_WRITE_H

#include "certsvc/print/ipp.h"

/* A request of IPP 1.1, and the operation attributes that every one begins
 * with: charset, language, printer-uri, requesting-user-name (RFC 8011, 4.1.4;
 * user may be NULL). */
struct ipp_head {
	enum ipp_operation operation;
	uint32_t request;
	const char *uri;  /* of the printer, as a person wrote it */
	int32_t job;	  /* 0: about the printer */
	const char *user; /* requesting-user-name, or NULL */
};
void ipp_put_head(struct buf *out, const struct ipp_head *head);

void ipp_put_group(struct buf *out, enum ipp_group group);

/* An attribute's first value, and with name NULL one more of the same. */
void ipp_put_string(
    struct buf *out, enum ipp_tag tag, const char *name, const char *value);
void ipp_put_integer(
    struct buf *out, enum ipp_tag tag, const char *name, int32_t value);
void ipp_put_boolean(struct buf *out, const char *name, int value);

/* After the last attribute; a document follows it as it is. */
void ipp_put_end(struct buf *out);

#endif
