/* trust_parts.h - inside of a trust, for the files that make it up. */
#ifndef CERTSVC_TRUST_PARTS_H
#define CERTSVC_TRUST_PARTS_H

#include "certsvc/trust.h"
#include "crypto/status_list.h"

struct trust_list {
	const struct trust_issuer *issuer;
	uint64_t number;
	struct status_list status; /* owned */
};

/* Files of x509s or CRLs as DER. */
struct trust_ders {
	struct buf *owned;
	struct bytes *views; /* of the same */
	size_t n;
};

/* Whose x509 has this digest; sorted by it. */
struct trust_index_entry {
	const uint8_t *sha256;
	const struct trust_seal *seal;
	const struct trust_issuer *issuer;
};

/* Seals that are read when they are asked for (trust_pack.c). */
struct trust_rows {
	struct bytes packed; /* not ours */
	struct trust_row *first;
};

struct trust {
	json_t *root; /* owned; strings of everything below */
	int demo;
	int64_t made;
	struct trust_issuer *issuers;
	size_t nissuers;
	struct trust_type *types;
	size_t ntypes;
	struct trust_index_entry *index;
	size_t nindex;
	uint8_t (*crl_issuers)[32]; /* of all issuers */
	size_t ncrl_issuers;
	struct trust_ders anchors, x509s, crls;
	struct trust_list *lists;
	size_t nlists;
	struct trust_rows *rows; /* owned */
};

/* ERR_INPUT "bad_trust"; what: a short English noun phrase. */
int trust_bad(struct err *e, const char *what);

/* Fill issuers and types from trust->root (trust_json.c). */
int trust_json_read(struct trust *trust, struct err *e);
/* An optional time member, 0 when it is missing; 0, or -1. */
int trust_time_get(const json_t *obj, const char *key, int64_t *t);
/* 1 for a list of at most max strings. */
int trust_strings_ok(const json_t *list, size_t max);

/* Read a struct trust_seal (trust_json_seal.c). */
int trust_json_seal_read(void *out, json_t *json, struct err *e);
/* Sort the x509s of all seals for trust_seal_find. */
int trust_index_make(struct trust *trust, struct err *e);

/* As trust_seal_find, in what trust_pack made. */
const struct trust_seal *trust_packed_find(const struct trust *trust,
    const uint8_t sha256[32], const struct trust_issuer **issuer);
void trust_rows_free(struct trust_rows *rows);

/* Check and add a status list; one that no issuer here signed is ignored. */
int trust_list_add(struct trust *trust, struct bytes cwt, struct err *e);

#endif
