/*
 * setup_x509.h - the keys and x509s of a new installation, put into a vault;
 * private to setup*.c.
 */
#ifndef KEYS_SETUP_X509_H
#define KEYS_SETUP_X509_H

#include <stdint.h>

#include <openssl/types.h>

#include "crypto/base/err.h"
#include "keys/vault.h"

struct setup_x509s {
	struct vault *vault;
	const char *organisation; /* of the issuer, Chinese */
	const char *unit;	  /* OU of every subject, or NULL */
	int64_t now;		  /* UTC seconds */
	EVP_PKEY *root_key, *ca_key;
	struct buf root, ca; /* DER */
};

/* Root and issuing CA. */
int setup_x509s_start(struct setup_x509s *s, struct err *e);

/* A key with an x509 of the issuing CA, in the vault under id. */
int setup_x509s_signer(struct setup_x509s *s, const char *id,
    const char *organisation, const char *name, struct err *e);

void setup_x509s_release(struct setup_x509s *s);

#endif
