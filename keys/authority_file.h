/*
 * authority_file.h - where the authority table lives (DIR/keys/authority): an
 * append-only file of lines, so that a change is one synced write through a
 * descriptor opened before lock-down, and the history of changes stays.
 *
 *   A <table as JSON> <mac>       a version of the table
 *   J <seq> <chain> <mac>         how far the journal had come
 *
 * mac = HMAC-SHA-256(key, previous mac || line up to the mac), in hex; the
 * first previous mac is 32 zero bytes.  The last A line is in force.  The
 * journal must reach the last J line, and the table must be as new as the
 * journal says: setting back either file alone shows.
 */
#ifndef KEYS_AUTHORITY_FILE_H
#define KEYS_AUTHORITY_FILE_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "keys/journal.h"

enum {
	AUTHORITY_FILE_MAX = 67108864 /* bytes; the demo adds 150 a start */
};

struct authority_file {
	int fd; /* the caller's, open for reading and appending */
	uint8_t key[32];
	uint8_t mac[32]; /* of the last line */
	int64_t size;
};

/*
 * Read and check; a torn last line is cut.  json gets the table in force, mark
 * the last J line (seq 0: none).  ERR_STORAGE "authority_damaged".
 */
int authority_file_open(struct authority_file *f, int fd, const uint8_t key[32],
    struct buf *json, struct journal_mark *mark, struct err *e);

/* Append a version of the table (one line of JSON) and sync.  sealed, if not
 * NULL, gets a copy of the line.  ERR_STORAGE "authority_unwritable". */
int authority_file_add(struct authority_file *f, struct bytes json,
    struct buf *sealed, struct err *e);

/* Append a mark of the journal and sync. */
int authority_file_mark(
    struct authority_file *f, const struct journal_mark *mark, struct err *e);

#endif
