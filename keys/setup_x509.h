/*
 * setup_x509.h - the issuer's own keys and x509s of a new installation, put
 * into two vaults; private to setup*.c.
 */
#ifndef KEYS_SETUP_X509_H
#define KEYS_SETUP_X509_H

#include <stdint.h>

#include <openssl/types.h>

#include "crypto/base/err.h"
#include "crypto/sign.h"
#include "keys/vault.h"

enum {
	SETUP_HIERARCHIES = 2 /* P-256, SM2 */
};

struct setup_x509s {
	struct vault *vault; /* what the keeper opens */
	struct vault *roots; /* the keys of the roots: to be carried away */
	const char *organisation; /* of the issuer, Chinese */
	const char *unit;	  /* OU of every subject, or NULL */
	int64_t now;		  /* UTC seconds */
	struct {
		EVP_PKEY *root_key, *ca_key;
		struct buf root, ca; /* DER */
	} of[SETUP_HIERARCHIES];
};

/* Roots and issuing CAs of both algorithms.  The roots' x509s go into both
 * vaults, their keys only into roots. */
int setup_x509s_start(struct setup_x509s *s, struct err *e);

/* A key with an x509 of the issuing CA, in the vault under id; role is
 * X509_SIGNER or X509_MAKER (crypto/x509.h). */
struct setup_signer {
	const char *id;
	enum sign_alg alg;
	int role;
	const char *name; /* common name */
};
int setup_x509s_signer(
    struct setup_x509s *s, const struct setup_signer *signer, struct err *e);

void setup_x509s_release(struct setup_x509s *s);

#endif
