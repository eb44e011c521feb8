/*
 * pdf_licence.h - private to pdf_licence*.c: one licence being checked.
 */
#ifndef CRYPTO_PDF_LICENCE_H
#define CRYPTO_PDF_LICENCE_H

#include "crypto/pdf_sign.h"
#include "crypto/pdf_signature.h"

struct pdf_licence {
	const struct pdf_file *f;
	const struct pdf_signature *seals; /* oldest first */
	size_t n;
	const struct pdf_object *catalog; /* as the first seal left it */
	/* Fields in the order of the form, as the first seal wrote them. */
	const struct pdf_object *fields[PDF_SEALS_MAX];
	const struct pdf_object *pages[PDF_SEALS_MAX]; /* that have fields */
	size_t npages;
};

/* ERR_INPUT "profile" with what is wrong. */
int pdf_licence_broken(struct err *e, const char *what);

/* The section (index in pdf_file.sections) that seal i added. */
static inline size_t
pdf_licence_section(const struct pdf_licence *l, size_t i)
{
	return l->n - 1 - i;
}

/* pdf_licence_seal.c: each update adds a seal to its field and nothing else;
 * fills catalog, fields and pages. */
int pdf_licence_seals(struct pdf_licence *l, struct err *e);

#endif
