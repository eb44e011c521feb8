/*
 * store_parts.h - what the nouns of the SQLite store share: struct store, the
 * row structs, the readers.  Private to certsvc/store.
 */
#ifndef CERTSVC_STORE_STORE_PARTS_H
#define CERTSVC_STORE_STORE_PARTS_H

#include <pthread.h>
#include <stddef.h>

#include "certsvc/store/store.h"
#include "certsvc/store/store_row.h"
#include "certsvc/store/store_segment.h"
#include "certsvc/store/store_writer.h"

enum {
	STORE_READERS = 8,
	STORE_LISTS_MAX = 4096,
	LEAF_VERSION = 1,
	LEAF_SIZE = 1 + 16 + 32 /* version, salt, commitment */
};

/* Statuses of all lists, brought up to date from the events on demand. */
struct status_cache {
	pthread_mutex_t lock;
	uint64_t seq; /* events up to here are in */
	uint8_t *bits[STORE_LISTS_MAX];
	uint64_t last[STORE_LISTS_MAX]; /* newest event of each list */
};

struct store {
	char path[4096]; /* of db.sqlite */
	int lock;	 /* descriptor that holds the directory */
	unsigned int schema;
	struct db db; /* the writer's */
	struct segments segments;
	struct writer writer;
	pthread_mutex_t readers_lock;
	pthread_cond_t readers_free;
	struct db readers[STORE_READERS];
	struct db *idle[STORE_READERS];
	size_t nidle, nreaders;
	/* The list that is being filled; the writer's. */
	uint64_t list, list_used;
	struct status_cache statuses;
};

/* Borrow a read connection inside a read transaction, NULL with e set; give
 * it back (NULL is nothing). */
struct db *reader_begin(struct store *s, struct err *e);
void reader_end(struct store *s, struct db *db);

struct intent_row {
	int64_t row;
	struct store_intent intent;
	uint8_t hash[32];
};
extern const struct row_table intent_table;

struct certificate_row {
	int64_t row;
	struct store_certificate c;
	uint64_t face_length, record_length, qr_length;
	struct segment_place body; /* face, record, qr, one after the other */
	uint8_t body_digest[32];
	uint8_t documents_digest[32]; /* of version 1 of all */
	uint8_t hash[32];
};
extern const struct row_table certificate_table;

struct document_row {
	int64_t row, certificate;
	char format[8], variant[24];
	unsigned int version;
	uint8_t digest[32];
	struct segment_place place;
	uint8_t hash[32];
};
extern const struct row_table document_table;

struct event_row {
	struct store_event event;
	int64_t certificate;
	uint64_t list, place;
	uint64_t previous; /* seq of the certificate's event before, or 0 */
	uint8_t previous_hash[32];
	uint64_t leaf;
	uint8_t hash[32];
};
extern const struct row_table event_table;

struct current_row {
	int64_t certificate;
	uint64_t event;
	uint8_t event_hash[32];
	uint8_t hash[32];
};
extern const struct row_table current_table;

struct leaf_row {
	uint64_t place;
	uint8_t body[LEAF_SIZE];
	struct row_var nodes; /* the tree nodes this leaf completes */
	uint8_t hash[32];
};
extern const struct row_table leaf_table;

struct copy_row {
	int64_t row;
	int64_t certificate, original; /* their rows */
	uint8_t hash[32];
};
extern const struct row_table copy_table;

/* One version of a record. */
struct record_row {
	int64_t row;
	int64_t record; /* its head */
	unsigned int version;
	char kind[16], id[STORE_RECORD_ID_SIZE];
	char office[32], subject[72], state[16];
	int64_t at;
	char *body;
	uint8_t blob_digest[32];
	struct segment_place blob; /* length 0 = none */
	int64_t previous;	   /* row of the version before, or 0 */
	uint8_t previous_hash[32];
	uint8_t hash[32];
};
extern const struct row_table record_table;

/* The newest version of a record, and what lists look for. */
struct record_head_row {
	int64_t record;
	char kind[16], id[STORE_RECORD_ID_SIZE];
	char office[32], subject[72], state[16];
	int64_t made;
	int64_t newest; /* row of the newest version */
	uint8_t newest_hash[32];
	uint8_t hash[32];
};
extern const struct row_table record_head_table;

#define RECORD_COLUMNS                                                         \
	"row, record, version, kind, id, office, subject, state, at, body,"    \
	" blob_digest, segment, offset, length, previous, previous_hash, hash"

#define RECORD_HEAD_COLUMNS                                                    \
	"record, kind, id, office, subject, state, made, newest, newest_hash," \
	" hash"

/* Find rows: 1, 0, or a class.  The caller releases what was found. */
int intent_row_by_id(
    struct db *db, const uint8_t id[16], struct intent_row *row, struct err *e);
int certificate_row_find(
    struct db *db, const char *id, struct certificate_row *row, struct err *e);
/* The newest event of a certificate (by its row); never 0: damage instead. */
int event_row_newest(
    struct db *db, int64_t certificate, struct event_row *row, struct err *e);

/* The event `seq`, which must be there, of this certificate, with this hash;
 * damage otherwise. */
int event_row_exact(struct db *db, uint64_t seq, int64_t certificate,
    const uint8_t hash[32], struct event_row *row, struct err *e);

/* The newest event that says something about the status. */
int event_row_status(
    struct db *db, int64_t certificate, struct event_row *row, struct err *e);

/* The head of a record; and the newest version it names, never 0: damage
 * instead. */
int record_head_find(struct db *db, const char *kind, const char *id,
    struct record_head_row *head, struct err *e);
int record_head_newest(struct db *db, const struct record_head_row *head,
    struct record_row *row, struct err *e);
/* Read and check the blob of a version; nothing when it has none. */
int record_row_blob(struct store *s, struct db *db,
    const struct record_row *row, struct buf *out, struct err *e);

/* The copy that a certificate (by its row) is. */
int copy_row_find(
    struct db *db, int64_t certificate, struct copy_row *row, struct err *e);

/* Inside the writer's transaction (store_copy.c).  Say that the certificate is
 * a copy of the one with this id, which must be valid and no copy itself; at:
 * now.  "original_not_valid", "is_copy", "too_many_copies". */
int copy_insert(struct store *s, int64_t certificate, const char *original,
    int64_t at, struct err *e);
/* The copies of a certificate follow its event. */
int copies_follow(struct store *s, int64_t original,
    const struct store_event *event, struct err *e);
/* "original_not_valid" when the certificate is a copy of one that is not. */
int copy_check_original(struct store *s, int64_t certificate, struct err *e);

/* Inside the writer's transaction.  Append an event that keeps the status of
 * a certificate, which must be pending or valid: "wrong_status". */
int event_append_keeping(
    struct store *s, struct store_event *event, struct err *e);

/* Inside the writer's transaction.  Append the event of the certificate with
 * this row, its leaf and the pointer to it; `old` is the newest event so far
 * or NULL; seq, leaf and hash are filled in. */
int event_row_append(struct store *s, struct event_row *row,
    const struct event_row *old, const uint8_t certificate_hash[32],
    struct err *e);
int leaf_append(struct store *s, const uint8_t event_hash[32],
    const uint8_t certificate_hash[32], uint64_t *place, struct err *e);
/* Number of leaves: the place of the next. */
int leaf_count(struct db *db, uint64_t *size, struct err *e);
/* SHA-256(domain || salt || event hash || certificate hash). */
int leaf_commitment(struct db *db, const uint8_t salt[16],
    const uint8_t event_hash[32], const uint8_t certificate_hash[32],
    uint8_t commitment[32], struct err *e);
int leaf_check(struct db *db, const struct leaf_row *row, struct err *e);

/* The operations of store_ops, one file per noun. */
int intents_open(struct store *s, struct err *e);
int store_intent_put(
    struct store *s, struct store_intent *intent, int *existed, struct err *e);
int store_intent_find(struct store *s, const char *department,
    const char *matter, const char *serial, struct store_intent *intent,
    struct err *e);
int store_intent_get(struct store *s, const uint8_t id[16],
    struct store_intent *intent, struct err *e);
int store_certificate_put(struct store *s, struct store_certificate *c,
    const struct store_event *event, struct store_document *docs, size_t ndocs,
    struct err *e);
int store_certificate_get(struct store *s, const char *id,
    struct store_certificate *c, struct err *e);
int store_certificate_by_number(struct store *s, const char *type,
    const char *number, struct store_certificate *c, struct err *e);
int store_certificate_list(struct store *s, const struct store_query *q,
    struct store_page *page, struct err *e);
int store_document_get(struct store *s, const char *certificate,
    const char *format, const char *variant, unsigned int version,
    struct store_document *doc, struct err *e);
int store_document_list(struct store *s, const char *certificate,
    struct store_document *docs, size_t max, size_t *n, struct err *e);
int store_document_find(struct store *s, const uint8_t digest[32],
    char certificate[STORE_ID_SIZE], char format[8], struct err *e);
int store_event_put(struct store *s, struct store_event *event,
    unsigned int from, struct err *e);
int store_events(struct store *s, const char *certificate,
    struct store_event **events, size_t *n, struct err *e);
int store_status_list(struct store *s, uint64_t list, struct buf *bits,
    uint64_t *last, struct err *e);
int store_ledger_root(
    struct store *s, uint64_t *size, uint8_t root[32], struct err *e);
int store_ledger_leaf(
    struct store *s, uint64_t index, struct buf *leaf, struct err *e);
int store_ledger_proof(struct store *s, uint64_t index, uint64_t size,
    struct buf *hashes, struct err *e);
int store_records_put(struct store *s, struct store_record *v, size_t n,
    struct store_event *event, struct err *e);
int store_record_get(struct store *s, const char *kind, const char *id,
    int with_blob, struct store_record *r, struct err *e);
int store_record_list(struct store *s, const struct store_record_query *q,
    struct store_record_page *page, struct err *e);
int store_record_count(struct store *s, const struct store_record_query *q,
    uint64_t *n, struct err *e);
int store_audit(struct store *s, struct err *e);

/* ERR_NOT_FOUND "no_such_certificate". */
int certificate_missing(struct err *e);

#endif
