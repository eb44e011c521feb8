/*
 * journal.h - the keeper's append-only account of what it signed, written and
 * synced before each signature.  One line an entry, fields parted by one space,
 * "-" for none, no personal data:
 *
 *   seq time op intent type department seal face authority chain
 *   seq time op intent type department seal face authority office number chain
 *
 * seq counts from 1; time is UTC seconds; op is code | sheet | seal | ses |
 * status | crl | authority | ticket | seal.<change>, a change of the seal
 * register, whose face is the register's head (keys/seal_register.h); intent
 * and face are hex; authority is the version of the table that allowed it.  The
 * second form is for what an office had signed or was given, and for what has
 * to do with a printed sheet: which office (for a department's own sheet none),
 * and the number of the sheet or copy (0 for none).  chain =
 * HMAC-SHA-256(key, previous chain || line up to the chain), in hex, the first
 * previous chain being 32 zero bytes.  So a line cannot be changed, dropped,
 * moved or added without the vault's passphrase. What a chain cannot show, a
 * tail cut off, shows against a journal_mark kept elsewhere
 * (keys/authority_file.h) and in the store's own rows.
 */
#ifndef KEYS_JOURNAL_H
#define KEYS_JOURNAL_H

#include <stdint.h>

#include <openssl/types.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	JOURNAL_LINE_MAX = 512, /* bytes of one line with its line break */
	JOURNAL_CHAIN_SIZE = 32,
	JOURNAL_LOOK_MAX = 4194304 /* bytes read for one question: some 10 ms */
};

/* Fields as text; "" = none. */
struct journal_line {
	uint64_t seq;
	int64_t time;
	char op[16];
	char intent[33];
	char type[22];
	char department[32];
	char seal[32];
	char face[65];
	uint64_t authority;
	char office[32];
	uint64_t number;
};

/* How far a journal had come. */
struct journal_mark {
	uint64_t seq; /* 0 = nothing yet */
	uint8_t chain[JOURNAL_CHAIN_SIZE];
};

struct journal {
	int fd;
	EVP_MAC_CTX *mac;	  /* owned */
	int64_t size;		  /* bytes that are synced */
	struct journal_mark mark; /* last synced line */
	struct journal_line last; /* that line */
	struct journal_mark next; /* last line of the batch */
	struct journal_line next_last;
	char intent[33];      /* of the last synced line that issues: not of a
				 sheet, whose intent is its original's */
	char next_intent[33]; /* the same with the batch */
	char seals[65];	      /* head of the seal register, in hex; or "" */
	char next_seals[65];
	struct buf batch; /* owned: lines not yet written */
	int broken;	  /* the file's state is not known any more */
};

/* Called for each line as the journal is read. */
typedef void (*journal_each)(void *ctx, const struct journal_line *line);

/*
 * Read and check the whole file, cut a torn last line (its signature was never
 * given), and stand ready to add.  fd is open for reading and appending and
 * stays the caller's.  known: a mark that the journal must contain.
 * ERR_STORAGE "journal_damaged" | "journal_rolled_back".
 */
int journal_open(struct journal *j, int fd, const uint8_t key[32],
    const struct journal_mark *known, struct err *e);

/* Show each line of an opened journal, oldest first. */
int journal_walk(
    const struct journal *j, journal_each each, void *ctx, struct err *e);

/* As journal_each; not 0 to stop behind this line. */
typedef int (*journal_while)(void *ctx, const struct journal_line *line);

/*
 * Show lines of an opened journal from *cursor on (0: the first), at most
 * JOURNAL_LOOK_MAX bytes of them, oldest first.  *cursor gets where to go on,
 * or 0 at the end.  A cursor that is not between two lines shows the next whole
 * one first.
 */
int journal_look(const struct journal *j, uint64_t *cursor, journal_while each,
    void *ctx, struct err *e);

/* Put a line into the batch; its seq is set. */
int journal_add(struct journal *j, struct journal_line *line, struct err *e);

/*
 * Write the batch and sync it.  On failure none of it counts: the file is cut
 * back, and a later batch may succeed (ERR_STORAGE "journal_unwritable").
 */
int journal_sync(struct journal *j, struct err *e);

void journal_close(struct journal *j);

/* 1 for a line about a change of the seal register. */
int journal_is_seals(const struct journal_line *line);

/* Parse one line without its line break; any byte that journal_add would not
 * have written is a failure.  0, or -1. */
int journal_parse(struct bytes text, struct journal_line *line,
    uint8_t chain[JOURNAL_CHAIN_SIZE]);

#endif
