/*
 * rendition.h - a certificate as documents: its face and one code, laid out,
 * written in a format and sealed.  Issuing makes all of a type's; a sheet that
 * an office prints is one more.
 */
#ifndef CERTSVC_RENDITION_H
#define CERTSVC_RENDITION_H

#include "certsvc/directory.h"
#include "certsvc/format/format.h"
#include "certsvc/layout.h"
#include "certsvc/qr_symbol.h"
#include "certsvc/service.h"
#include "certsvc/template.h"
#include "crypto/pdf_sign.h"

enum {
	RENDITION_SEALS_MAX = PDF_SEALS_MAX
};

/* Seals by place; 0 is the department's own. */
struct rendition_seals {
	const struct directory_seal *v[RENDITION_SEALS_MAX];
	size_t n;
};

/*
 * The seal of every place of the template: the department's own, then those of
 * the departments that it issues with (联合发证).  ERR_DENIED
 * "not_authorised", "no_joint_seal".
 */
int rendition_seals(const struct directory *directory,
    const struct directory_department *department, const struct template *t,
    struct rendition_seals *seals, struct err *e);

/* The first members are views that the caller sets, and outlive it; the others
 * are zero at first.  The directory's lock is held. */
struct rendition {
	struct service *service;
	const struct template *template;
	const struct directory_department *department;
	const struct rendition_seals *seals;
	const struct store_certificate *certificate;
	const char *qr_text;		    /* the code that goes on it */
	const struct keeper_matter *matter; /* of each request for a seal */
	int64_t created;		    /* of the document, UTC seconds */
	unsigned int formats;		    /* TEMPLATE_PDF ... */

	const struct layout_sheet *sheet; /* NULL: as issued; set before
					     rendition_lay_out, from what
					     rendition_open made */

	struct face *face;
	struct qr_symbol qr;
	struct buf xml;
	struct format_seal drawn[RENDITION_SEALS_MAX];
	struct buf objects[RENDITION_SEALS_MAX];       /* for FORMAT_SES */
	struct step_list steps[TEMPLATE_VARIANTS_MAX]; /* of what was laid out
							*/
};

/* Gather what every document needs.  End with rendition_release, also after a
 * failure. */
int rendition_open(struct rendition *r, struct err *e);
void rendition_release(struct rendition *r);

/* Lay out the variant of that number, once, for all formats that have
 * variants. */
int rendition_lay_out(struct rendition *r, size_t variant, struct err *e);

/* Write one document to *out, which is empty; variant: as above, of a format
 * that has any.  Errors are the writer's and the keeper's. */
int rendition_write(const struct rendition *r, const struct format *format,
    size_t variant, struct buf *out, struct err *e);

#endif
