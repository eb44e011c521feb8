/*
 * assets.h - the files of api/pages and openapi.json, inside the program.
 *
 * In a page, "@NAME@" becomes "/assets/<hash>/NAME", so that a file can be
 * cached for ever and a new release is seen at once.
 */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "api/etag.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

struct asset {
	const char *name; /* "style.css" */
	const char *type; /* content type */
	struct bytes content;
	char etag[ETAG_SIZE];
};

/* Hash everything and fill in the pages, once; later calls do nothing. */
int assets_load(struct err *e);

/* After assets_load; NULL when there is no such file. */
const struct asset *asset_find(const char *name);

enum {
	ASSET_HASH_LEN = 16 /* hex digits of the hash in an address */
};

#endif
