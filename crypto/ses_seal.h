/*
 * ses_seal.h - the electronic seal object of GB/T 38540-2020 (6.1): picture,
 * validity and permitted signers, signed by the seal maker (制章者).  Builds
 * the one form that we make; reads what other makers make, and recognises the
 * older GM/T 0031-2014 (V1) and the newer GM/T 0031-2025 (V5) forms.
 *
 * Everything is verified over the bytes received: a parsed seal is views into
 * them and nothing is ever encoded again for a check.
 */
#ifndef CRYPTO_SES_SEAL_H
#define CRYPTO_SES_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"

enum {
	SES_SEAL_MAX = 4 * 1024 * 1024, /* bytes of a seal that we read */
	SES_PICTURE_MAX = 3 * 1024 * 1024,
	SES_SIGNERS_MAX = 64, /* x509s or digests in one seal */
	SES_EXTENSIONS_MAX = 32,
	SES_TEXT_MAX = 512, /* bytes of a name or id */
	SES_SIZE_MAX = 1000 /* mm of a picture's side */
};

enum ses_version {
	SES_V1 = 1, /* GM/T 0031-2014 */
	SES_V4 = 4, /* GB/T 38540-2020 */
	SES_V5 = 5  /* GM/T 0031-2025: V4 and a timestamp of the seal */
};

enum ses_list {
	SES_LIST_X509S = 1,  /* whole x509s */
	SES_LIST_DIGESTS = 2 /* their SM3 */
};

/* What the maker of a seal asks for; everything is borrowed. */
struct ses_seal_request {
	const char *id;		     /* esID, ASCII, unique */
	const char *vendor;	     /* Vid, ASCII */
	const char *name;	     /* UTF-8 */
	unsigned int type;	     /* 1 unit, 2 personal */
	const struct bytes *signers; /* DER of x509s */
	size_t nsigners;
	int64_t created, from, until; /* UTC seconds */
	const char *picture_type;     /* "ofd", "png" ..., ASCII */
	struct bytes picture;
	unsigned int width, height; /* mm */
	struct bytes maker;	    /* DER of the maker's x509 */
	enum sign_alg alg;	    /* of the maker's key */
	sign_fn sign;		    /* with the maker's key */
	void *sign_ctx;
};

/* A seal as read; every view is into der. */
struct ses_seal {
	enum ses_version version;
	struct bytes der;  /* the whole SESeal */
	struct bytes info; /* eSealInfo, head included: what is signed */
	struct bytes vendor, id, name;
	unsigned int type;
	enum ses_list list;
	struct bytes signers; /* content of certList */
	size_t nsigners;
	int64_t created, from, until; /* UTC seconds */
	struct bytes picture_type, picture;
	unsigned int width, height; /* mm */
	struct bytes extensions;    /* content of ExtensionDatas, or empty */
	struct bytes maker;	    /* DER of the maker's x509 */
	struct bytes algorithm;	    /* content of the signature's OID */
	enum sign_alg alg;	    /* 0: an algorithm that we do not know */
	uint8_t raw[SIGN_RAW_SIZE]; /* the signature, when alg is known */
	struct bytes value;	    /* the signature as received (DER) */
	struct bytes timestamp;	    /* V5, content after the unused-bits octet;
				       or empty */
};

/*
 * Build a seal (V4, certListType 1, no extensions) and append its DER.
 * ERR_INPUT "bad_seal" for a value that the form cannot hold, and what sign
 * returns.
 */
int ses_seal_build(
    const struct ses_seal_request *req, struct buf *out, struct err *e);

/*
 * Read a seal that is the whole of der.  Strict DER, but for two habits of real
 * makers: extDatas untagged (0x30) or [0] (0xA0), and BOOLEAN FALSE written
 * out.  ERR_INPUT "seal_malformed", "unsupported_version".  Says nothing about
 * its signature.
 */
int ses_seal_parse(struct bytes der, struct ses_seal *seal, struct err *e);

/*
 * Check the maker's signature with the maker's x509 (mathematics only; good
 * answers are remembered by the SHA-256 of der, thread-safe).  ERR_INPUT
 * "seal_bad_signature", "unsupported_algorithm".
 */
int ses_seal_verify(const struct ses_seal *seal, struct err *e);

/* 0 when der is, byte for byte, what ses_seal_build writes for the values it
 * holds; ERR_INPUT "seal_not_canonical". */
int ses_seal_canonical(const struct ses_seal *seal, struct err *e);

/* 0 when the seal names this x509 (DER) as a signer: bytes compared for
 * SES_LIST_X509S, SM3 for SES_LIST_DIGESTS; ERR_INPUT "signer_not_in_seal". */
int ses_seal_names(
    const struct ses_seal *seal, struct bytes x509, struct err *e);

/* The i-th entry of certList: an x509's DER or an SM3 digest; 0, or -1. */
int ses_seal_signer(const struct ses_seal *seal, size_t i, struct bytes *entry);

#endif
