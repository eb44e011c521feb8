/*
 * dump.h - our objects as text on standard output, one printer a kind.  Each
 * parses strictly and fails with the parser's own error.
 */
#ifndef API_DUMP_H
#define API_DUMP_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* Revisions, signatures with their CMS, and the attached record. */
int dump_pdf(struct bytes file, struct err *e);
/* Entries, signatures with their seals, and the attached record. */
int dump_ofd(struct bytes file, struct err *e);
/* The certificate's XML: face fields and the code. */
int dump_xml(struct bytes file, struct err *e);
/* The text of a printed code. */
int dump_code(struct bytes text, struct err *e);
/* A signed status list: its places that are not valid. */
int dump_status_list(struct bytes cwt, struct err *e);

/* Subject and validity of an x509, indented. */
void dump_x509(struct bytes der);

/* "name: hex digits" */
void dump_hex(const char *name, struct bytes v);

#endif
