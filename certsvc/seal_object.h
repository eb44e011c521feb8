/*
 * seal_object.h - the picture of a seal as it rides in its SES object
 * (GB/T 38540-2020, picture type "ofd"): an OFD of one page as large as the
 * seal, with nothing but paths, in the canonical archive form.
 */
#ifndef CERTSVC_SEAL_OBJECT_H
#define CERTSVC_SEAL_OBJECT_H

#include "certsvc/seal_picture.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* Append the picture; the same picture gives the same bytes.  ERR_INTERNAL when
 * out of memory. */
int seal_picture_ofd(
    const struct seal_picture *picture, struct buf *out, struct err *e);

#endif
