/*
 * seal_order.h - what a seal shall be, as an administrator writes it, checked
 * and drawn before anything is made of it:
 *   {"id", "department", "zh", "en"?, "types"?: [...], "years"?,
 *    members of seal_picture.h: "kind", "arc" ...}
 * The command line, init and pages use the same functions.
 */
#ifndef CERTSVC_SEAL_ORDER_H
#define CERTSVC_SEAL_ORDER_H

#include <jansson.h>

#include "certsvc/font.h"
#include "certsvc/seal_picture.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	SEAL_ORDER_NAME_MAX = 64 /* characters: a common name (RFC 5280) */
};

/* The picture that a seal object carries. */
struct seal_order_picture {
	const char *type;	    /* "ofd" */
	struct buf data;	    /* owned */
	unsigned int width, height; /* mm */
};

/* Check the members that are not about the drawing.  ERR_INPUT "bad_seal" says
 * which is wrong; "unknown_member". */
int seal_order_check(const json_t *order, struct err *e);

/* The drawing's definition alone, as a preview needs it (other members of an
 * order are passed over), drawn.  Errors of seal_definition_read and
 * seal_picture_make.  Release with seal_picture_release. */
int seal_order_draw(const struct font_set *fonts, const json_t *order,
    struct seal_picture *out, struct err *e);

/* The same as the picture of a seal object; release picture->data. */
int seal_order_picture(const struct font_set *fonts, const json_t *order,
    struct seal_order_picture *picture, struct err *e);

/* Check and draw; *item is the order as the keeper's seal_make takes it, with
 * its picture (docs/keeper.md).  A new reference. */
int seal_order_make(const struct font_set *fonts, const json_t *order,
    json_t **item, struct err *e);

/* A picture as the keeper's actions take it; NULL when out of memory. */
json_t *seal_order_picture_json(const struct seal_order_picture *picture);

#endif
