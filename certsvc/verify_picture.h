/*
 * verify_picture.h - the text of the printed code in a picture.
 */
#ifndef CERTSVC_VERIFY_PICTURE_H
#define CERTSVC_VERIFY_PICTURE_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* 1 for the first bytes of a PNG or JPEG file. */
int verify_is_picture(struct bytes file);

/*
 * Append the text of the one code in a PNG or JPEG picture of at most
 * VERIFY_PICTURE_MAX pixels.  ERR_NOT_FOUND "no_code", ERR_INPUT
 * "several_codes" or "malformed", ERR_LIMIT "too_large".
 */
int verify_picture_code(struct bytes file, struct buf *text, struct err *e);

/* Touch what zbar loads lazily from files (character converters), for a process
 * about to lock itself down; they stay loaded for its life. */
void verify_picture_prepare(void);

#endif
