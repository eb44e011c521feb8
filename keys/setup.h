/*
 * setup.h - make all keys of a new installation from a description of the
 * issuer, its departments and seals (docs/keeper.md; the same JSON that
 * `certsvc init` reads).
 */
#ifndef KEYS_SETUP_H
#define KEYS_SETUP_H

#include <jansson.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	SETUP_ROOT_YEARS = 20,
	SETUP_CA_YEARS = 15,
	SETUP_SIGNER_YEARS = 5,
	SETUP_DEMO_FIRST = 999000, /* issuer numbers of demonstrations */
	SETUP_DEMO_LAST = 999999
};

/* The picture that goes into a seal object. */
struct setup_picture {
	char type[8];		    /* "ofd", "png" */
	struct buf data;	    /* released by keys_setup */
	unsigned int width, height; /* mm */
};

/* Draw one seal of the description; drawing is the caller's art. */
typedef int (*setup_picture_fn)(
    void *ctx, const json_t *seal, struct setup_picture *out, struct err *e);

/*
 * Makes DIR/keys (vault, authority, seals, a journal that says so),
 * DIR/offline/roots (a vault with the keys of the roots, which the service
 * never opens) and, for each department, DIR/credentials/<code>
 * ("id:secret\n", mode 0600).  Refuses to touch keys that exist: ERR_CONFLICT
 * "keys_exist".  ERR_INPUT "bad_description" names the part, "bad_seal".
 * Everything a verifier needs comes from the keeper itself (keeper_directory).
 */
int keys_setup(const char *dir, struct bytes passphrase,
    const json_t *description, setup_picture_fn picture, void *ctx,
    struct err *e);

#endif
