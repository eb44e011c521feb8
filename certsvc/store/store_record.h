/*
 * store_record.h - records: what the print desk keeps beside certificates
 * (offices, operators, sessions, look-ups, print jobs, sheets, blanks).
 *
 * A record is (kind, id) with versions from 1 on, JSON and perhaps a blob.  A
 * version is never changed; the store knows the newest.  Who writes version
 * n + 1 says that he read n, so nobody overwrites what he has not seen.
 */
#ifndef CERTSVC_STORE_STORE_RECORD_H
#define CERTSVC_STORE_STORE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"

enum {
	STORE_RECORDS_MAX = 64,		    /* records of one transaction */
	STORE_RECORD_BODY_MAX = 256 * 1024, /* bytes of the JSON */
	STORE_RECORD_PAGE_MAX = 100,	    /* records of one page */
	STORE_RECORD_ID_SIZE = 96	    /* with NUL */
};

struct store_record {
	char kind[16];
	char id[STORE_RECORD_ID_SIZE];
	unsigned int version;			 /* 1.. */
	char office[32], subject[72], state[16]; /* "" = none */
	int64_t at;	 /* of this version, UTC seconds */
	int64_t made;	 /* `at` of version 1; filled by the store */
	struct buf body; /* JSON text */
	struct buf blob; /* in a put: empty = that of the version before;
			  * in a read: only when asked for */
	uint8_t blob_digest[32]; /* SHA-256, filled by the store; zeros when */
	uint64_t blob_size;	 /* there is none */
};

/* Free what it owns; it is empty then. */
void store_record_release(struct store_record *r);

/*
 * Current versions of one kind, newest (`made`) first.  kind is needed; NULL
 * in office, subject, state = any.  made is in [from, to) when to is not 0.
 * before: cursor of the page before, 0 = from the newest.
 */
struct store_record_query {
	const char *kind, *office, *subject, *state;
	int64_t from, to;
	uint64_t before;
	size_t limit; /* 0 = STORE_RECORD_PAGE_MAX */
};

/* A page may be short, even empty, and still have a next one: one call looks
 * at a limited number of rows. */
struct store_record_page {
	struct store_record *v; /* owned; without blobs */
	size_t n;
	uint64_t next; /* cursor, 0 = no more */
};
void store_record_page_release(struct store_record_page *page);

#endif
