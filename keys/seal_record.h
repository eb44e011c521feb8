/*
 * seal_record.h - one record of the seal register as bytes; private to
 * seal_*.c (the file around it: keys/seal_register.h).  Deterministic CBOR:
 *
 *   made     [1, id, generation, time, meta, [x509 ...], object, digest]
 *   state    [2, id, generation, time, state, reason]
 *   changed  [3, id, generation, time, [x509 ...], object]
 *   x509     [alg, DER, DER of its issuers one after the other,
 *             not before, not after]
 *
 * digest is SHA-256 of the record's secret part.  changed: an outside CA's
 * x509 for a key that is there, or a seal object made elsewhere; what it does
 * not carry (no x509, an empty object) stays.
 */
#ifndef KEYS_SEAL_RECORD_H
#define KEYS_SEAL_RECORD_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/sign.h"

enum {
	SEAL_ID_SIZE = 32, /* with NUL: KEEPER_ID_SIZE */
	SEAL_REASON_SIZE = 128,
	SEAL_ALGS = 2,		  /* keys of a generation: ES256, SM2 */
	SEAL_META_MAX = 16384,	  /* bytes of a seal's JSON */
	SEAL_ISSUERS_MAX = 32768, /* bytes of the issuers of one x509 */
	SEAL_OBJECT_MAX = 196608, /* bytes: it rides in one frame, twice */
	SEAL_SECRET_MAX = 4096,	  /* bytes of the wrapped keys */
	SEAL_BODY_MAX = 294912	  /* bytes of one record's body */
};

enum seal_record_kind {
	SEAL_RECORD_MADE = 1,
	SEAL_RECORD_STATE = 2,
	SEAL_RECORD_CHANGED = 3
};

enum seal_state {
	SEAL_ACTIVE = 1,
	SEAL_SUSPENDED = 2,
	SEAL_LOST = 3,
	SEAL_DESTROYED = 4
};

/* Views into the bytes read, or the caller's. */
struct seal_record_x509 {
	enum sign_alg alg;
	struct bytes der, issuers;
	int64_t not_before, not_after; /* UTC seconds */
};

struct seal_record {
	enum seal_record_kind kind;
	char id[SEAL_ID_SIZE];
	uint64_t generation; /* from 1 */
	int64_t time;	     /* UTC seconds */
	struct bytes meta;   /* MADE: JSON text */
	struct seal_record_x509 x509s[SEAL_ALGS];
	size_t nx509s;
	struct bytes object; /* SESeal, or empty */
	uint8_t secret_digest[32];
	enum seal_state state;
	char reason[SEAL_REASON_SIZE]; /* for people; "" for none */
};

/* Append the record's bytes. */
void seal_record_write(const struct seal_record *record, struct buf *out);

/* Read one; anything but the one form is a failure.  0, or -1. */
int seal_record_read(struct bytes in, struct seal_record *record);

/* "active" ...; 0 when there is no such state. */
const char *seal_state_name(enum seal_state state);

#endif
