/*
 * directory.h - what the keeper publishes (docs/keeper.md), as structs: issuer,
 * departments, their seals, which seal goes on which type at which place.
 * Immutable but for what is kept beside the seals: a seal's picture is drawn,
 * and its seal object fetched, when it is first needed.
 */
#ifndef CERTSVC_DIRECTORY_H
#define CERTSVC_DIRECTORY_H

#include <jansson.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "certsvc/seal_once.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "keys/keeper.h"

struct directory_department;

struct directory_seal {
	const char *id, *zh, *en;
	const char *state; /* active, suspended, lost, destroyed */
	const struct directory_department *department; /* whose it is */
	json_int_t generation;
	json_t *types;			/* that its department may put it on */
	json_t *json;			/* all that the keeper says of it */
	struct seal_definition picture; /* views into the directory */
	struct seal_once *drawn;	/* owned: its picture */
	size_t number;			/* of the seal, in the directory */
};

struct directory_grant {
	const char *type, *seal;
	unsigned int place; /* in the template; 0: the department's own seal */
};

struct directory_department {
	const char *code, *zh, *en;
	json_t *types; /* that it issues */
	struct directory_seal *seals;
	size_t nseals;
	struct directory_grant *grants;
	size_t ngrants;
};

struct directory {
	json_t *json; /* owned; all strings are views into it */
	uint64_t issuer_number;
	const char *issuer_zh, *issuer_en;
	int demo;
	json_t *roots, *x509s; /* lists of PEM: anchors, CAs below them */
	uint64_t authority_version;
	json_int_t seals_version;
	uint64_t journal_seq;
	uint8_t journal_intent[16]; /* of the last line that has one */
	int journal_has_intent;
	struct directory_department *departments;
	size_t ndepartments;
	/* Views, sorted for searching. */
	const struct directory_department **by_code;
	struct directory_seal **by_id;
	size_t nseals;
	pthread_mutex_t objects_lock;
	struct buf *objects; /* seal objects by number, empty: not fetched */
};

int directory_parse(struct bytes json, struct directory **out, struct err *e);
void directory_free(struct directory *d);

/* Take over from an older directory, which nobody uses, the pictures and seal
 * objects of the seals that are the same. */
void directory_adopt(struct directory *d, struct directory *old);

/* NULL when there is none. */
const struct directory_department *directory_department_find(
    const struct directory *d, const char *code);
const struct directory_seal *directory_seal_find(
    const struct directory *d, const char *id);
/* Seals by id from the first after `id` ("" or NULL: from the first); its place
 * in by_id, or nseals. */
size_t directory_seal_after(const struct directory *d, const char *id);

/*
 * The seal a department puts on a type at a place of the template: what a grant
 * names, else, at place 0, its own first seal for that type; an active one
 * before others.  NULL when there is none.
 */
const struct directory_seal *directory_seal_for(const struct directory *d,
    const struct directory_department *department, const char *type,
    unsigned int place);

/* Append the seal object (GB/T 38540) of the seal, fetched from the keeper at
 * most once.  Errors as keeper_seal_object. */
int directory_seal_object(struct directory *d,
    const struct directory_seal *seal, struct keeper *keeper, struct buf *out,
    struct err *e);

/* The seal object that was fetched is no longer the seal's. */
void directory_seal_forget(
    struct directory *d, const struct directory_seal *seal);

/* 1 when a list of types names the code. */
int directory_types_have(const json_t *types, const char *code);

#endif
