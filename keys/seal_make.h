/*
 * seal_make.h - a generation of a seal: two new keys, their x509s, the seal
 * object (GB/T 38540) signed by the seal maker, one record in the register.
 * For init and for administrators.
 */
#ifndef KEYS_SEAL_MAKE_H
#define KEYS_SEAL_MAKE_H

#include <jansson.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"
#include "keys/seal_register.h"

enum {
	SEAL_YEARS_MAX = 10,
	SEAL_YEARS = 5, /* when nobody says otherwise */
	SEAL_MM_MAX = 200
};

/* Who vouches: the issuing CAs and the seal maker. */
struct seal_maker {
	struct seal_register *seals;
	struct {
		EVP_PKEY *key;
		struct bytes x509;
	} ca[SEAL_ALGS];    /* ES256, SM2 */
	struct bytes maker; /* its x509 */
	sign_fn sign;	    /* SM2, with the maker's key */
	void *sign_ctx;
	uint64_t issuer;  /* its number */
	const char *unit; /* OU of every subject, or NULL */
	int64_t now;	  /* UTC seconds */
};

struct seal_picture_data {
	const char *type; /* "ofd", "png" */
	struct bytes data;
	unsigned int width, height; /* mm */
};

/* What to make. */
struct seal_order {
	const char *id;
	const char *zh;		  /* of the seal */
	const char *organisation; /* of its department */
	const json_t *meta;	  /* as seal_meta gives it */
	struct seal_picture_data picture;
	int years;
	size_t waiting; /* new seals in the batch before it */
};

/*
 * The part of a seal's description that its record keeps: department, zh, en,
 * types, years and drawing (all members that are none of the others); a new
 * reference.  seal: {"id","zh","en"?,"types"?,"years"?, ...}.  NULL with
 * ERR_INPUT "bad_seal" when it is not well formed.
 */
json_t *seal_meta(const json_t *seal, const char *department, struct err *e);

/* The member "years": 1 to SEAL_YEARS_MAX, or SEAL_YEARS when it is absent or
 * 0.  0, or -1 when it is anything else. */
int seal_years(const json_t *object, json_int_t *years);

/*
 * Put the first or next generation of a seal into the register's batch; head as
 * seal_register_add.  ERR_INPUT "bad_seal", "bad_subject", ERR_LIMIT
 * "too_many_seals".
 */
int seal_make(const struct seal_maker *maker, const struct seal_order *order,
    char head[65], struct err *e);

#endif
