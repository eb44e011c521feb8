/*
 * store.h - persistence as nouns: intents, certificates, documents, events,
 * ledger.  A plug point: one struct of functions, one table (store_table.c).
 *
 * Every function is thread-safe.  A put returns only after COMMIT of a
 * transaction that is on disk (synchronous=FULL), documents synced before it.
 * Every read re-checks content hashes and fails closed: ERR_STORAGE
 * "record_damaged".  A full disk is ERR_STORAGE "disk_full"; nothing is lost
 * and the next call after space returns succeeds.
 */
#ifndef CERTSVC_STORE_STORE_H
#define CERTSVC_STORE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "certsvc/store/store_record.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	STORE_ID_SIZE = 27,	 /* public id: 16 bytes in base32, with NUL */
	STORE_CODE_SIZE = 32,	 /* type code, department code, with NUL */
	STORE_KEY_SIZE = 129,	 /* matter, serial, with NUL */
	STORE_PAGE_MAX = 100,	 /* rows of one page of a list */
	STORE_COPIES_MAX = 1000, /* unexpired copies of one certificate */
	STORE_LIST_ENTRIES = 1048576 /* entries of one status list (2^20) */
};

struct store;

/* What is written before anything is signed; unique (department, matter,
 * serial) for ever. */
struct store_intent {
	uint8_t id[16];
	char department[STORE_CODE_SIZE];
	char matter[STORE_KEY_SIZE];
	char serial[STORE_KEY_SIZE];
	uint8_t order_digest[32];
	char type[STORE_CODE_SIZE];
	char
	    certificate[STORE_ID_SIZE]; /* public id of the certificate to be */
	char identifier_serial[24]; /* part 4 of the GB/T 36904 identifier */
	unsigned int
	    identifier_version;	  /* part 5: 1.., +1 by each correction */
	char number_scope[64];	  /* what the sequence counts; "" = none */
	uint64_t number_sequence; /* given by the store */
	uint64_t list, index;	  /* status place, given by the store */
	int64_t created;	  /* UTC seconds */
	char supersedes[STORE_ID_SIZE]; /* correction of, or "" */
};

enum store_status {
	STATUS_PENDING,
	STATUS_VALID,
	STATUS_SUSPENDED,
	STATUS_REVOKED,
	STATUS_SUPERSEDED
}; /* expired is derived from the clock, not stored */

/* An append-only life-cycle event. */
struct store_event {
	uint64_t seq; /* given by the store, grows */
	char certificate[STORE_ID_SIZE];
	enum store_status status; /* the status from here on */
	char action[16];	  /* issue, copy, revoke, suspend, resume,
				   * renew, correct, hand_over; original: a
				   * copy follows what befell its original;
				   * print: a sheet was made, the status stays
				   */
	char reason[32];	  /* reason code, or "" */
	char department[STORE_CODE_SIZE];
	char *op, *note;	       /* owned; operator and note, or NULL */
	char successor[STORE_ID_SIZE]; /* superseded by, or "" */
	int64_t at;
};
void store_event_release(struct store_event *event);

/* An event that says nothing about the status (print): what was in force
 * before it still is, since when it was. */
int store_event_keeps_status(const struct store_event *event);

struct store_certificate {
	char id[STORE_ID_SIZE];
	uint8_t intent[16];
	char type[STORE_CODE_SIZE];
	unsigned int template_version;
	char department[STORE_CODE_SIZE];
	char *number;		    /* owned, ZZBH */
	char *identifier;	    /* owned, ZZBS */
	char *holder, *holder_code; /* owned, CZZT, CZZTDM (may be NULL) */
	struct buf face;	    /* canonical bytes */
	struct buf record;	    /* the order as JSON, all levels */
	struct buf qr;		    /* text of the printed code */
	uint8_t face_digest[32];
	uint64_t list, index;
	int64_t issued, valid_from,
	    valid_to; /* UTC seconds; valid_to 0 = open */
	char supersedes[STORE_ID_SIZE];
	char copy_of[STORE_ID_SIZE]; /* a purpose-bound copy of, or "" */
	/* Filled by reads: */
	enum store_status status;
	int64_t status_since;
	char status_reason[32];
	char superseded_by[STORE_ID_SIZE];
	uint64_t leaf; /* index in the ledger */
};
void store_certificate_release(struct store_certificate *c);

/* One file of a certificate. */
struct store_document {
	char format[8];	      /* pdf, xml, (ofd) */
	char variant[24];     /* variant id, "" for xml */
	unsigned int version; /* 1 = as issued */
	uint8_t digest[32];   /* SHA-256, given by the store */
	uint64_t size;	      /* bytes, given by the store */
	struct buf bytes;
};

/* A page of a list, newest first. */
struct store_query {
	const char *department; /* only its certificates; NULL = all */
	const char *type, *number, *holder_code, *status; /* NULL = any */
	const char *copy_of; /* copies of this; NULL = no copies at all */
	uint64_t before;     /* cursor: rows below it; 0 = from the newest */
	size_t limit;
};
struct store_page {
	struct store_certificate *v; /* owned; without face, record, qr */
	size_t n;
	uint64_t next; /* cursor, 0 = no more */
};
void store_page_release(struct store_page *page);

/* Figures for /metrics and doctor. */
struct store_figures {
	uint64_t certificates, intents_open, ledger_size, documents, bytes;
	uint64_t commits, committed_items;
	uint64_t lists; /* status lists in use: 1..lists */
	int read_only;	/* disk full or directory read-only now */
	unsigned int schema;
};

struct store_ops {
	const char *name;
	int (*open)(const char *dir, struct store **store, struct err *e);
	void (*close)(struct store *s);

	/* Write the intent, or give back the one that has its key.  On a new
	 * one the store fills list, index and number_sequence; *existed tells.
	 */
	int (*intent_put)(struct store *s, struct store_intent *intent,
	    int *existed, struct err *e);
	int (*intent_find)(struct store *s, const char *department,
	    const char *matter, const char *serial, struct store_intent *intent,
	    struct err *e);
	int (*intent_get)(struct store *s, const uint8_t id[16],
	    struct store_intent *intent, struct err *e);

	/* Documents to their segment (synced), then ONE transaction with the
	 * certificate, its issue event, its documents' places, its ledger leaf
	 * and, for a correction, the superseded event of the old one.
	 * ERR_CONFLICT "not_current" when the old one is no longer current;
	 * of a copy "original_not_valid", ERR_LIMIT "too_many_copies".
	 * What reads fill is filled in *c (but for who supersedes it) and
	 * in docs. */
	int (*certificate_put)(struct store *s, struct store_certificate *c,
	    const struct store_event *event, struct store_document *docs,
	    size_t ndocs, struct err *e);
	int (*certificate_get)(struct store *s, const char *id,
	    struct store_certificate *c, struct err *e);
	int (*certificate_by_number)(struct store *s, const char *type,
	    const char *number, struct store_certificate *c, struct err *e);
	int (*certificate_list)(struct store *s, const struct store_query *q,
	    struct store_page *page, struct err *e);

	/* version 0 = newest.  document_list gives the documents as issued, in
	 * the order they were put, without reading their bytes.  document_find
	 * tells whose document has this
	 * SHA-256 (certificate id, format). */
	int (*document_get)(struct store *s, const char *certificate,
	    const char *format, const char *variant, unsigned int version,
	    struct store_document *doc, struct err *e);
	int (*document_list)(struct store *s, const char *certificate,
	    struct store_document *docs, size_t max, size_t *n, struct err *e);
	int (*document_find)(struct store *s, const uint8_t digest[32],
	    char certificate[STORE_ID_SIZE], char format[8], struct err *e);

	/* Append an event if the current status is one of `from` (bit mask of
	 * 1 << status); ERR_CONFLICT "wrong_status" otherwise.  Copies follow
	 * their original in the same transaction; none is valid while it is
	 * not ("original_not_valid"). */
	int (*event_put)(struct store *s, struct store_event *event,
	    unsigned int from, struct err *e);
	int (*events)(struct store *s, const char *certificate,
	    struct store_event **events, size_t *n, struct err *e);

	/*
	 * All of these records, and the event when it is not NULL, or nothing.
	 * v[i].version is the version read + 1, 1 for a new record:
	 * ERR_CONFLICT "version_conflict" when somebody else was first.  The
	 * event keeps the certificate's status, which is filled in and must be
	 * pending or valid (ERR_CONFLICT "wrong_status").  `made`, blob_digest
	 * and blob_size of each v[i] are filled in.
	 */
	int (*records_put)(struct store *s, struct store_record *v, size_t n,
	    struct store_event *event, struct err *e);
	/* Newest version; ERR_NOT_FOUND "no_such_record".  The caller
	 * releases it; after a failure there is nothing to release. */
	int (*record_get)(struct store *s, const char *kind, const char *id,
	    int with_blob, struct store_record *r, struct err *e);
	int (*record_list)(struct store *s, const struct store_record_query *q,
	    struct store_record_page *page, struct err *e);
	/* How many the query finds, its cursor and limit left aside. */
	int (*record_count)(struct store *s, const struct store_record_query *q,
	    uint64_t *n, struct err *e);

	/* Append 2-bit statuses (STORE_LIST_ENTRIES / 4 bytes, IETF Token
	 * Status List order) of a list; *last = seq of the newest event in it.
	 */
	int (*status_list)(struct store *s, uint64_t list, struct buf *bits,
	    uint64_t *last, struct err *e);

	/* Ledger: RFC 6962 over salted leaf hashes. */
	int (*ledger_root)(
	    struct store *s, uint64_t *size, uint8_t root[32], struct err *e);
	int (*ledger_leaf)(
	    struct store *s, uint64_t index, struct buf *leaf, struct err *e);
	int (*ledger_proof)(struct store *s, uint64_t index, uint64_t size,
	    struct buf *hashes, struct err *e);

	/* Re-read and re-check everything: every row, every document, the whole
	 * tree; each damage is an item of *e. */
	int (*audit)(struct store *s, struct err *e);
	int (*figures)(struct store *s, struct store_figures *f, struct err *e);
};

/* By name ("sqlite"), or NULL. */
const struct store_ops *store_find(const char *name);

#endif
