/*
 * x509.h - a key certificate (RFC 5280): parsed once, kept by the SHA-256 of
 * its DER, shared between threads; and making the few that init needs.
 */
#ifndef CRYPTO_X509_H
#define CRYPTO_X509_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "crypto/algorithm.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	X509_DER_MAX = 8192, /* bytes of one that we read */
	X509_KID_SIZE = 8,
	X509_SERIAL_MAX = 20,	   /* bytes (RFC 5280, 4.1.2.2) */
	X509_NAME_CHARACTERS = 64, /* of a part of a name (RFC 5280, ub-) */
	X509_NAME_SIZE = X509_NAME_CHARACTERS * 4 + 1 /* with NUL */
};

struct x509 {
	struct bytes der;     /* the whole, owned by this x509 */
	struct bytes subject; /* DER Name, view into der */
	struct bytes issuer;  /* DER Name, view into der */
	struct bytes serial;  /* DER INTEGER, view into der */
	struct bytes point;   /* 65 bytes when the key is of alg, else empty */
	uint8_t digest[32];   /* SHA-256 of der */
	uint8_t kid[X509_KID_SIZE]; /* start of SHA-256 of the SPKI */
	enum sign_alg alg;	    /* that the key signs with; 0: another */
	int64_t not_before;	    /* UTC seconds */
	int64_t not_after;
	int ca;	      /* basic constraints say CA */
	int may_sign; /* key usage: digitalSignature or nonRepudiation */
	int may_crl;  /* a CA whose key usage has cRLSign */
	int promises; /* its issuer says in it where revocation is told: CRL
			 distribution points or an OCSP address (RFC 5280,
			 4.2.1.13 and 4.2.2.1) */
	char *text;   /* subject in UTF-8, RFC 4514: "CN=...,O=...,C=CN" */
	X509 *handle; /* for crypto/chain.c; never changed.  Signed with SM2, it
			 carries the identifier that OpenSSL needs */
	unsigned int refs; /* guarded by the cache's lock */
};

/*
 * Parse, or take from the cache.  The caller gives it back with x509_free.
 * ERR_INPUT "malformed_x509".  Says nothing about trust.
 */
int x509_get(struct bytes der, const struct x509 **x, struct err *e);
void x509_free(const struct x509 *x);
/* One more holder, who gives it back as well. */
void x509_share(const struct x509 *x);

/* Views of the issuer (DER Name) and serial (DER INTEGER) without decoding
 * anything else; 0, or -1. */
int x509_identity(struct bytes der, struct bytes *issuer, struct bytes *serial);

/*
 * Hand the DER of each CERTIFICATE block of a PEM text to `each` (which returns
 * 0 to go on).  Text between blocks is skipped.  ERR_INPUT "malformed_x509"
 * when there is no block or one is damaged, else what `each` returned.
 */
int x509_from_pem(struct bytes pem,
    int (*each)(void *ctx, struct bytes der, struct err *e), void *ctx,
    struct err *e);

/* Append one PEM block. */
int x509_to_pem(struct bytes der, struct buf *out, struct err *e);

/* As x509_from_pem and x509_to_pem, for blocks with another label (RFC 7468):
 * "CERTIFICATE REQUEST", "X509 CRL". */
int x509_pem_read(struct bytes pem, const char *label,
    int (*each)(void *ctx, struct bytes der, struct err *e), void *ctx,
    struct err *e);
int x509_pem_write(
    struct bytes der, const char *label, struct buf *out, struct err *e);

enum x509_role {
	X509_ROOT,    /* self-signed CA */
	X509_ISSUING, /* CA below it, path length 0 */
	X509_SIGNER,  /* seals and codes: digitalSignature, nonRepudiation */
	X509_MAKER    /* maker of seals (制章者): digitalSignature */
};

struct x509_request {
	enum x509_role role;
	const char *country; /* "CN"; each of these may be NULL: left out */
	const char *organisation;
	const char *unit;
	const char *common_name; /* UTF-8, at most 64 characters */
	int64_t not_before;	 /* UTC seconds */
	int64_t not_after;
	EVP_PKEY *key;	      /* the subject's; its public half is enough */
	EVP_PKEY *issuer_key; /* signs; for a root the same as key */
	sign_fn sign;	      /* instead of issuer_key: signs with that key */
	void *sign_ctx;
	struct bytes issuer; /* DER of the issuer's x509; empty for a root */
};

/* A new key of the algorithm; the caller frees it with EVP_PKEY_free. */
int x509_key_new(enum sign_alg alg, EVP_PKEY **key, struct err *e);

/* The first X509_NAME_CHARACTERS of a UTF-8 text: more does not fit into a part
 * of a name. */
void x509_name_cut(char out[X509_NAME_SIZE], const char *text);

/*
 * Make an x509 and append its DER: version 3, random serial of 16 bytes, UTF-8
 * names, critical basic constraints and key usage, key identifiers, and no
 * address for revocation (nothing is fetched when it is checked).  The issuer's
 * key decides the algorithm of the signature, which is checked before it is
 * used.  ERR_INPUT "bad_subject", "malformed_x509"; "bad_key" when a key is of
 * another kind or the issuer's is not the one in its x509; what sign returned.
 */
int x509_make(const struct x509_request *req, struct buf *out, struct err *e);

#endif
