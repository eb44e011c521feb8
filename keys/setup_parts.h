/*
 * setup_parts.h - what the files of the setup share; private to setup*.c.
 */
#ifndef KEYS_SETUP_PARTS_H
#define KEYS_SETUP_PARTS_H

#include "keys/setup.h"
#include "keys/setup_x509.h"
#include "keys/vault.h"

struct setup {
	const char *dir;
	const json_t *description;
	setup_picture_fn picture;
	void *picture_ctx;
	json_t *root; /* the authority table */
	struct vault vault, roots;
	struct setup_x509s x509s;
	uint64_t issuer; /* its number */
	struct err *e;
};

/* ERR_INPUT "bad_description". */
int setup_bad(struct err *e, const char *what);

/* The seal register with all seals of the description, and the journal that
 * says so: DIR/keys/seals and DIR/keys/journal.  mark gets where it ends. */
struct journal_mark;
int setup_seals(struct setup *s, const uint8_t *kek, struct journal_mark *mark);

#endif
