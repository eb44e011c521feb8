/*
 * seal_once.h - a seal drawn when it is first needed and kept: drawing it costs
 * a seventh of a certificate.
 */
#ifndef CERTSVC_SEAL_ONCE_H
#define CERTSVC_SEAL_ONCE_H

#include "certsvc/seal_picture.h"

struct seal_once;

/* Owned by the caller; NULL when out of memory. */
struct seal_once *seal_once_new(void);
void seal_once_free(struct seal_once *once);

/*
 * The picture of def, which must be the same at every call, without its paths
 * (for documents, not for previews); *out is a view that lives as long as
 * `once`.  Safe from several threads.  Errors as
 * seal_picture_make; the next call then tries again.
 */
int seal_once_get(struct seal_once *once, const struct font_set *fonts,
    const struct seal_definition *def, const struct seal_picture **out,
    struct err *e);

#endif
