/*
 * crl.h - lists of revoked x509s (RFC 5280, 5): made for our CAs, and read and
 * verified by ourselves, because OpenSSL 3.0 cannot verify those signed with
 * SM2.  Parsed once, kept by the SHA-256 of their DER, shared between threads.
 */
#ifndef CRYPTO_CRL_H
#define CRYPTO_CRL_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"
#include "crypto/x509.h"

enum {
	CRL_DER_MAX = 4 * 1024 * 1024, /* bytes of one that we read */
	CRL_ENTRIES_MAX = 65536
};

/* RFC 5280, 5.3.1; the ones we write. */
enum crl_reason {
	CRL_UNSPECIFIED = 0, /* written as no reason */
	CRL_KEY_COMPROMISE = 1,
	CRL_CA_COMPROMISE = 2,
	CRL_AFFILIATION_CHANGED = 3,
	CRL_SUPERSEDED = 4,
	CRL_CESSATION = 5,
	CRL_PRIVILEGE_WITHDRAWN = 9
};

struct crl_entry {
	struct bytes serial; /* whole DER INTEGER, as in struct x509 */
	int64_t revoked;     /* UTC seconds */
	enum crl_reason reason;
};

struct crl_request {
	struct bytes issuer; /* DER of the CA's x509; its key says how */
	sign_fn sign;	     /* with the CA's key */
	void *sign_ctx;
	uint64_t number;     /* grows with every list of the CA */
	int64_t this_update; /* UTC seconds */
	int64_t next_update;
	const struct crl_entry *entries; /* any order; of one serial once */
	size_t nentries;
};

/*
 * Make a list (version 2; authority key id and number, nothing critical) and
 * append its DER.  ERR_INPUT "malformed_x509"; "bad_key" when the issuer may
 * not sign lists, its key is of another kind, or what sign returned does not
 * verify with it.
 */
int crl_make(const struct crl_request *req, struct buf *out, struct err *e);

struct crl; /* a list that was read */

/*
 * Parse, or take from the cache; the caller gives it back with crl_free.
 * ERR_INPUT "malformed_crl"; "unsupported_crl" when it has a critical
 * extension (a part of a list, a list for others) or no next update.
 * Says nothing about its signature.
 */
int crl_get(struct bytes der, const struct crl **crl, struct err *e);
void crl_free(const struct crl *crl);
/* One more holder, who gives it back as well. */
void crl_share(const struct crl *crl);

/* Views into the list, while it is not given back. */
struct crl_info {
	struct bytes issuer; /* DER Name */
	uint64_t number;     /* 0: none */
	int64_t this_update; /* UTC seconds */
	int64_t next_update;
	size_t nentries;
};
void crl_about(const struct crl *crl, struct crl_info *info);
/* 1 when the first, of the same issuer, is later: made later, or at the same
 * time with a higher number. */
int crl_is_newer(const struct crl_info *info, const struct crl_info *other);

/* The i-th entry, ordered by serial; 0, or -1.  Its serial is a view. */
int crl_entry(const struct crl *crl, size_t i, struct crl_entry *entry);

/*
 * Check that the CA of this x509 signed the list: same name, key usage cRLSign,
 * signature over the bytes received.  Good answers are remembered.  0, or
 * ERR_INPUT "bad_signature".
 */
int crl_verify(const struct crl *crl, const struct x509 *issuer, struct err *e);

/* 1 when the list has this serial (whole DER INTEGER), with when and why. */
int crl_find(const struct crl *crl, struct bytes serial, int64_t *revoked,
    enum crl_reason *reason);

#endif
