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

struct trust {
	json_t *root; /* owned; strings of everything below */
	int demo;
	int64_t made;
	struct trust_issuer *issuers;
	size_t nissuers;
	struct trust_type *types;
	size_t ntypes;
	struct buf owned[TRUST_ANCHORS_MAX];	 /* DER of the anchors */
	struct bytes anchors[TRUST_ANCHORS_MAX]; /* views of the same */
	size_t nanchors;
	struct trust_list *lists;
	size_t nlists;
};

/* ERR_INPUT "bad_trust"; what: a short English noun phrase. */
int trust_bad(struct err *e, const char *what);

/* Fill issuers and types from trust->root (trust_json.c). */
int trust_json_read(struct trust *trust, struct err *e);

/* Check and add a status list; one that no issuer here signed is ignored. */
int trust_list_add(struct trust *trust, struct bytes cwt, struct err *e);

#endif
