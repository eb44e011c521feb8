/*
 * print_rule.h - what may be printed of a certificate now: by its type, its
 * status, and the sheets that there are of it already.  Whether an office may
 * print the type at all is desk_office_finds.
 */
#ifndef CERTSVC_PRINT_RULE_H
#define CERTSVC_PRINT_RULE_H

#include <jansson.h>
#include <stdint.h>

#include "certsvc/print_job.h"
#include "certsvc/service.h"

enum print_kind {
	PRINT_ORIGINAL, /* of a licence: a sheet with a number */
	PRINT_COPY,	/* a purpose-bound copy, made for this */
	PRINT_PROOF	/* of a proof: a sheet with a number */
};

enum {
	PRINT_KINDS = 3
};

const char *print_kind_word(enum print_kind kind);
/* -1 for another word. */
int print_kind_find(const char *word);

struct print_right {
	int exists;		 /* the type has this kind at all */
	int allowed;		 /* now */
	struct print_detail why; /* not; static words */
	uint64_t made; /* sheets that count: those that are not void; copies
			  that were made */
	uint64_t all;  /* sheets, void ones too: the last number */
	uint64_t left; /* sheets that may still be made */
	int no_limit;
};

/* ERR_STORAGE and the like only: what is not allowed is no error. */
int print_rule(struct service *s, const struct store_certificate *c,
    enum print_kind kind, struct print_right *right, struct err *e);

/* What is wrong with its status or dates; NULL: nothing.  Static words. */
const struct print_detail *print_rule_status(
    const struct store_certificate *c, enum print_kind kind);

/* May the document of a job that waits still go out?  why->code is NULL then;
 * else the certificate, its copy or the office is no longer what it was when
 * the document was made.  ERR_STORAGE and the like only. */
int print_rule_still(const struct print_store *in, const struct print_job *job,
    struct print_detail *why, struct err *e);

/* {"original"?, "copy"?, "proof"?: {"allowed", "why": {code, zh, en} | null,
 * "made", "left": n | null}}: the kinds that the type has. */
int print_rule_json(struct service *s, const struct store_certificate *c,
    json_t **out, struct err *e);

#endif
