/*
 * verify.h - bytes somebody hands in -> verdict.  Pure: no files, no network,
 * no keys; runs in the parse process.  Status comes from the trust data
 * (signed status lists) or, in a server, is added by the caller.
 */
#ifndef CERTSVC_VERIFY_H
#define CERTSVC_VERIFY_H

#include <stdint.h>

#include "certsvc/trust.h"
#include "certsvc/verdict.h"
#include "crypto/base/buf.h"

enum verify_profile {
	PROFILE_DEFAULT,
	PROFILE_LICENCE,
	PROFILE_DOCUMENT
};

enum {
	VERIFY_FILE_MAX = 33554432,   /* 32 MiB */
	VERIFY_PICTURE_MAX = 40000000 /* pixels of a QR picture */
};

struct verify_options {
	const struct trust *trust; /* NULL: no trust at all */
	enum verify_profile profile;
	int64_t at;	  /* UTC seconds the verdict is for */
	int status_later; /* caller knows the live status and adds it */
};

/* Looks at the bytes, decides the format (pdf, ofd, xml, qr text, png picture
 * of a code, seal object), checks everything.  Never fails: problems are
 * reasons. */
void verify_bytes(
    struct bytes file, const struct verify_options *opt, struct verdict *v);

/* A code as it was handed in as text: one line end after it is forgiven,
 * nothing else is. */
struct bytes verify_code_text(struct bytes file);

/* --same: do all verdicts speak of one certificate (one face digest)?  Adds
 * different_certificates to each when not. */
void verify_same(struct verdict *v, size_t n);

#endif
