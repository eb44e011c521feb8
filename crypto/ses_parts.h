/*
 * ses_parts.h - the small pieces that seals and signatures of GB/T 38540 are
 * made of: written and read in one place, for ses_seal and ses_signature only.
 * Readers return 0, or -1 for anything but strict DER.
 */
#ifndef CRYPTO_SES_PARTS_H
#define CRYPTO_SES_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/algorithm.h"
#include "crypto/base/buf.h"
#include "crypto/der.h"
#include "crypto/der_value.h"

/* Contents of the object identifiers below CMS_FACE_DIGEST_OID. */
extern const struct bytes ses_oid_face_sm3;	  /* .1 */
extern const struct bytes ses_oid_package_digest; /* .2 */

/* 1 when every byte is printable ASCII. */
int ses_is_ascii(struct bytes text);

/* 1 when UTF-8 without controls and the like (text_cp_forbidden). */
int ses_is_text(struct bytes text);

void ses_put_number(struct buf *out, unsigned int v);

/* The signature's OID and the BIT STRING with its r and s. */
void ses_put_signature(struct buf *out, const struct algorithm *a,
    const uint8_t raw[SIGN_RAW_SIZE]);

/* INTEGER from 0 to max. */
int ses_get_number(struct der *d, unsigned int max, unsigned int *v);

/* IA5String or PrintableString (by tag) of at most SES_TEXT_MAX bytes. */
int ses_get_ascii(struct der *d, unsigned int tag, struct bytes *text);

/* A signature's algorithm and value, as seals and signatures hold them. */
struct ses_value {
	struct bytes oid;	    /* content */
	enum sign_alg alg;	    /* 0: not one of ours */
	struct bytes value;	    /* content of the BIT STRING */
	uint8_t raw[SIGN_RAW_SIZE]; /* r and s when alg is known */
};

/* The algorithm's OID. */
int ses_get_algorithm(struct der *d, struct ses_value *v);

/* The BIT STRING, once the algorithm was read. */
int ses_get_value(struct der *d, struct ses_value *v);

/* One ExtData. */
struct ses_extension {
	struct bytes oid; /* content */
	int critical;
	struct bytes value; /* content of extnValue */
};

/* ExtensionDatas, untagged or [0]: *list is its content, every element looked
 * at.  No OID may come twice. */
int ses_get_extensions(struct der *d, struct bytes *list);

/* The next of a list; BOOLEAN FALSE may be written out. */
int ses_get_extension(struct der *list, struct ses_extension *x);

#endif
