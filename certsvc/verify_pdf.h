/*
 * verify_pdf.h - private to verify_pdf*.c: one PDF on its way through the
 * checks.
 */
#ifndef CERTSVC_VERIFY_PDF_H
#define CERTSVC_VERIFY_PDF_H

#include "certsvc/verify_parts.h"
#include "crypto/cms.h"
#include "crypto/pdf_signature.h"

struct pdf_job {
	const struct verify_options *opt;
	struct verdict *v;
	struct pdf_file *file;
	struct pdf_signature list[PDF_SIGNATURES_MAX]; /* oldest first */
	size_t n, fields;
	struct buf xml; /* the attachment, empty when there is none */
	int has_xml;
};

/* The CMS of a seal of ours, in our one form (it says whose face it seals); 0
 * or -1.  Views into the file. */
int verify_pdf_cms(const struct pdf_signature *sig, struct cms *cms);

/* verify_pdf_licence.c: judge it as one of our licences. */
void verify_pdf_licence(struct pdf_job *job);

#endif
