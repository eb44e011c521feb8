/*
 * assets.h - the files of api/pages and openapi.json, inside the program, and
 * how they name each other (docs/pages.md).
 */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "api/etag.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* The same bytes in one coding: as they are, or gzip. */
struct asset_form {
	struct bytes content;
	char etag[ETAG_SIZE];
};

struct asset {
	const char *name; /* "style.css" */
	const char *type; /* content type */
	struct asset_form plain, gzip;
};

/* Fill in, hash and compress everything, once; later calls do nothing. */
int assets_load(struct err *e);

/* After assets_load; NULL when there is no such file. */
const struct asset *asset_find(const char *name);

enum {
	ASSET_HASH_LEN = 16 /* hex digits of the plain tag in an address */
};

/*
 * Add a page, style sheet or module to out with its places filled in:
 * "@NAME@" becomes "/assets/<hash>/NAME" of that asset, which must have its tag
 * already; `data-word="KEY">` is followed by the text of that key of words.
 * Errors: ERR_INTERNAL "bad_page" for a name or a key that is not there.
 */
int asset_fill(struct bytes text, const struct asset *(*find)(const char *name),
    const json_t *words, struct buf *out, struct err *e);

#endif
