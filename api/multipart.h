/*
 * multipart.h - the one file of a browser's form (RFC 7578).
 */
#ifndef API_MULTIPART_H
#define API_MULTIPART_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	MULTIPART_PARTS_MAX = 8,
	MULTIPART_HEADERS_MAX = 4096 /* bytes of one part's headers */
};

/*
 * Find the part named `name` in a body of this Content-Type.  *content is a
 * view into body.  ERR_INPUT "bad_upload" when the form is malformed, has the
 * part twice or not at all.
 */
int multipart_find(const char *content_type, struct bytes body,
    const char *name, struct bytes *content, struct err *e);

#endif
