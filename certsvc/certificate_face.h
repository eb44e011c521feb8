/*
 * certificate_face.h - the face of a certificate: header fields that every
 * type has (GB/T 36903 short names), then the template's own.
 */
#ifndef CERTSVC_CERTIFICATE_FACE_H
#define CERTSVC_CERTIFICATE_FACE_H

#include "certsvc/template.h"
#include "crypto/base/clock.h"
#include "crypto/base/err.h"
#include "crypto/face.h"

/* Values of the header fields; all views. */
struct certificate_header {
	const char *number;	/* ZZBH, the printed number */
	const char *identifier; /* ZZBS, GB/T 36904 */
	const char *department; /* ZZBFJG, name */
	const char *code;	/* ZZBFJGDM, its code */
	const char *issued;	/* ZZBFRQ, YYYY-MM-DD */
	const char *from, *to;	/* ZZYXQQSRQ, ZZYXQJZRQ; to "": 长期 */
};

/*
 * First and last day of validity as the template says; `to` is "" when it is
 * open.  fields: as order_check wrote them; issued: YYYY-MM-DD.  ERR_INPUT
 * "bad_date" when the end leaves the years 1000-9999.
 */
int certificate_validity(const struct template *t, const struct face *fields,
    const char *issued, char from[CLOCK_DATE_SIZE], char to[CLOCK_DATE_SIZE],
    struct err *e);

/* The value of a template's field by index, or NULL (also for index -1). */
const char *certificate_value(
    const struct template *t, const struct face *fields, int field);

/* Append the canonical bytes of the whole face. */
int certificate_face_write(const struct template *t,
    const struct certificate_header *header, const struct face *fields,
    struct buf *out, struct err *e);

#endif
