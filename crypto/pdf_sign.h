/*
 * pdf_sign.h - append a sealed signature to a PDF made by us, as an incremental
 * update (ISO 32000-1, 7.5.6 and 12.8; PAdES baseline, ETSI EN 319 142-1).
 *
 * The first seal adds the form, DocMDP (P=1; P=2 when further seals follow,
 * each with an empty field) and its own field; a later seal fills its empty
 * field.  The catalog and the page are parsed and written again, so that
 * nothing depends on how the writer of the file spells them.
 */
#ifndef CRYPTO_PDF_SIGN_H
#define CRYPTO_PDF_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/pdf_ranges.h"

enum {
	PDF_SEAL_RESERVE = 8192, /* bytes kept for a timestamp and a proof */
	PDF_SEALS_MAX = 4	 /* seals of one document */
};

/* Where a seal goes: page 0 is the first; mm from its top-left corner. */
struct pdf_place {
	size_t page;
	double x, y, w, h;
};

/* The picture of a seal: content of a form XObject that needs no resources. */
struct pdf_picture {
	struct bytes content;
	int deflated;	/* content is zlib data (FlateDecode) */
	double bbox[4]; /* left, bottom, right, top in its own units */
};

struct pdf_seal {
	const char *name, *reason, *location; /* UTF-8, or NULL */
	int64_t time;			      /* claimed, UTC seconds */
	struct pdf_place place;
	struct pdf_picture picture;
	size_t cms_size; /* bytes of the CMS, at most; the reserve is added */
	size_t number;	 /* 0 for the first seal, n fills field n */
	const struct pdf_place *more; /* first seal: places of further ones */
	size_t nmore;
};

/*
 * Write pdf and the update with an empty /Contents to *out (appended to an
 * empty buf).  ERR_INPUT "pdf_not_ours" when the file cannot take the seal:
 * signed already, a form, no such page or field, cross-reference streams.
 */
int pdf_sign_prepare(struct bytes pdf, const struct pdf_seal *seal,
    struct buf *out, struct pdf_ranges *ranges, struct err *e);

/* Put the CMS into the gap: upper-case hex, zero padding.  ERR_LIMIT
 * "cms_too_large" when it does not fit. */
int pdf_sign_finish(struct buf *pdf, const struct pdf_ranges *ranges,
    struct bytes cms, struct err *e);

#endif
