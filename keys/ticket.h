/*
 * ticket.h - what an administrator lets an office do (docs/desk.md): which
 * types it may print sheets and copies of, and how many a day.  The office
 * carries its ticket itself, under a MAC of the keeper's, so that the
 * keeper's own table stays small with thousands of offices.
 *
 *   ticket = body || mac(32)      mac: HMAC-SHA-256 over the body
 *   body   = [ 1, office id tstr, name tstr, region tstr, hash bstr(32),
 *              issued uint, not_after uint, [ [ type tstr, quota uint ], ... ]
 * ]
 *
 * in deterministic CBOR (RFC 8949, 4.2.1), one form only.
 */
#ifndef KEYS_TICKET_H
#define KEYS_TICKET_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	TICKET_ID_SIZE = 32,   /* with NUL: [a-z0-9-]{1,31} */
	TICKET_NAME_SIZE = 64, /* with NUL, UTF-8, as in a code's copy block */
	TICKET_REGION_SIZE = 13, /* with NUL: 6 to 12 digits */
	TICKET_TYPE_SIZE = 22,	 /* with NUL: 21 characters */
	TICKET_TYPES_MAX = 256,
	TICKET_QUOTA_MAX = 1000000, /* sheets a day */
	TICKET_HASH_SIZE = 32,
	TICKET_MAC_SIZE = 32,
	TICKET_MAX = 8192 /* bytes of a ticket */
};

/* Purpose for vault_subkey: the key of the MAC. */
#define TICKET_PURPOSE "office ticket"

struct ticket_type {
	char type[TICKET_TYPE_SIZE];
	uint64_t quota; /* sheets and copies a day in China, 0 = no limit */
};

struct ticket {
	char id[TICKET_ID_SIZE];
	char zh[TICKET_NAME_SIZE];
	char region[TICKET_REGION_SIZE];
	uint8_t hash[TICKET_HASH_SIZE]; /* of the office key: office_key.h */
	int64_t issued;			/* UTC seconds */
	int64_t not_after;		/* UTC seconds, 0 = open */
	struct ticket_type types[TICKET_TYPES_MAX];
	size_t ntypes;
};

/* Append the ticket.  ERR_INPUT "bad_ticket" for what ticket_parse would
 * refuse. */
int ticket_write(const struct ticket *t, const uint8_t key[32], struct buf *out,
    struct err *e);

/*
 * Check the MAC in constant time and read the ticket; every cause has one
 * answer, ERR_DENIED "bad_ticket".  Whether it is in its days and the office
 * has the key, the caller checks.
 */
int ticket_open(
    struct bytes in, const uint8_t key[32], struct ticket *t, struct err *e);

/* Read a ticket whose MAC cannot be checked here, to show what is in it;
 * 0, or -1 for anything that ticket_write would not have written. */
int ticket_parse(struct bytes in, struct ticket *t);

/* The row of a type, or NULL. */
const struct ticket_type *ticket_type_find(
    const struct ticket *t, const char *type);

/* 1 when the office lies in the area of the department whose unified social
 * credit code this is: characters 3 to 8, pairs of 00 at the end left out, are
 * the start of the region. */
int ticket_covered_by(const struct ticket *t, const char *department);

/* 1 for an office's id: [a-z0-9-]{1,31}. */
int ticket_id_ok(const char *id);

/* ERR_DENIED "bad_ticket". */
int ticket_refuse(struct err *e);

#endif
