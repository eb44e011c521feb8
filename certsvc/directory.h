/*
 * directory.h - what the keeper publishes (docs/keeper.md), as structs: issuer,
 * departments, their seals, which seal goes on which type.
 */
#ifndef CERTSVC_DIRECTORY_H
#define CERTSVC_DIRECTORY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "certsvc/seal_once.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

struct directory_seal {
	const char *id, *zh, *en, *state;
	json_t *types; /* its own row: its department may put it on these */
	struct seal_definition picture; /* views into the directory */
	struct seal_once *drawn;	/* owned: its picture */
};

struct directory_grant {
	const char *type, *seal;
};

struct directory_department {
	const char *code, *zh, *en;
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
	uint64_t journal_seq;
	uint8_t journal_intent[16]; /* of the last line that has one */
	int journal_has_intent;
	struct directory_department *departments;
	size_t ndepartments;
};

int directory_parse(struct bytes json, struct directory **out, struct err *e);
void directory_free(struct directory *d);

/* NULL when there is none. */
const struct directory_department *directory_department_find(
    const struct directory *d, const char *code);
const struct directory_seal *directory_seal_find(
    const struct directory_department *department, const char *id);
/* The seal a department puts on a type, or NULL. */
const struct directory_seal *directory_seal_for(
    const struct directory_department *department, const char *type);

#endif
