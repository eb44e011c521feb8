/*
 * preview.h - a page with a type's sample data, marked 样张 and never sealed.
 */
#ifndef CERTSVC_PREVIEW_H
#define CERTSVC_PREVIEW_H

#include "certsvc/template.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum preview_kind {
	PREVIEW_DOCUMENT, /* as it is issued */
	PREVIEW_SHEET,	  /* as an office prints it */
	PREVIEW_BLANK	  /* as it is printed on pre-printed stock: data only */
};

/*
 * Append the PDF of one variant with the data of folder/sample.json.  fonts:
 * directory of the fonts.  Its code says that it is none.
 */
int preview_make(const struct template *t, const char *folder,
    const char *variant, enum preview_kind kind, const char *fonts,
    struct buf *pdf, struct err *e);

#endif
