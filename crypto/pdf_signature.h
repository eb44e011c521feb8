/*
 * pdf_signature.h - every signature of a PDF, and what each covers.
 */
#ifndef CRYPTO_PDF_SIGNATURE_H
#define CRYPTO_PDF_SIGNATURE_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/pdf_file.h"
#include "crypto/pdf_ranges.h"

enum {
	PDF_SIGNATURES_MAX = 16
};

enum pdf_coverage {
	PDF_COVERS_UNCLEAR,  /* the byte range cannot be relied on */
	PDF_COVERS_PART,     /* ends where no revision ends */
	PDF_COVERS_REVISION, /* a whole revision, but bytes follow */
	PDF_COVERS_FILE
};

struct pdf_signature {
	const struct pdf_object *object; /* holds the dictionary */
	const struct pdf_value *dict;
	int listed; /* value of exactly one signature field */
	enum pdf_coverage coverage;
	struct pdf_ranges ranges; /* when coverage is not unclear */
	struct bytes hex;	  /* the gap without < and > */
	struct bytes contents;	  /* the same decoded, with padding */
	struct bytes subfilter;	  /* name, or empty */
	int64_t claimed_time;	  /* /M, UTC seconds; 0 = none */
};

/*
 * All dictionaries that look like signatures, wherever they are and in
 * whichever revision, oldest coverage first; *fields counts signature fields
 * with a value in the newest revision.  ERR_LIMIT over PDF_SIGNATURES_MAX.
 */
int pdf_signatures_find(const struct pdf_file *f,
    struct pdf_signature list[PDF_SIGNATURES_MAX], size_t *n, size_t *fields,
    struct err *e);

/*
 * The profile of our own licences: the unsigned file and one update for each
 * seal, oldest first.  The first adds form, fields (one a seal) and its own
 * signature and picture, and certifies (DocMDP, P=1, or P=2 when others
 * follow); each later one fills the next field and changes nothing else.  Each
 * seal's range ends with its update.  Classic tables; every byte belongs to an
 * object that is used; no scripts, actions, optional content, other fields or
 * annotations.  ERR_INPUT "profile" says which rule is broken, "seal_missing"
 * that a field is still empty.
 */
int pdf_licence_check(const struct pdf_file *f,
    const struct pdf_signature *seals, size_t n, struct err *e);

#endif
