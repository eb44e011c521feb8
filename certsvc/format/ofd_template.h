/*
 * ofd_template.h - a drawing as a template page of an OFD (GB/T 33190-2016,
 * 7.6): made, packed and hashed once for each number it may have, because it is
 * the same in every certificate of its type and most of its bytes.
 */
#ifndef CERTSVC_FORMAT_OFD_TEMPLATE_H
#define CERTSVC_FORMAT_OFD_TEMPLATE_H

#include "certsvc/drawing.h"
#include "crypto/digest.h"
#include "crypto/zip_write.h"

enum {
	OFD_TEMPLATE_IDS = 10000 /* ids that each template may use */
};

struct ofd_template {
	struct zip_packed packed;
	uint8_t sm3[DIGEST_SIZE]; /* of the content */
};

/* The template of the drawing with this number (< DRAWING_TEMPLATES), whose ids
 * start after number * OFD_TEMPLATE_IDS; NULL when it does not suit: too many
 * objects, or out of memory.  Lives as long as the drawing.  Safe from several
 * threads. */
const struct ofd_template *ofd_template_get(
    const struct drawing *drawing, unsigned int number);

void ofd_template_free(struct ofd_template *t);

#endif
