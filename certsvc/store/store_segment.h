/*
 * store_segment.h - append-only files DIR/store/segments/NNNNNN that hold the
 * bytes of documents and records; rows say where (segment, offset, length).
 * One writer; any number of readers.
 */
#ifndef CERTSVC_STORE_STORE_SEGMENT_H
#define CERTSVC_STORE_STORE_SEGMENT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	SEGMENT_MAX = 256 * 1024 * 1024, /* bytes; then the next file */
	SEGMENT_BLOB_MAX = 64 * 1024 * 1024,
	SEGMENT_OPEN = 64 /* files kept open for readers */
};

struct segment_place {
	uint64_t segment, offset, length;
};

struct segment_open {
	uint64_t number; /* 0 = free slot */
	int fd;
};

struct segments {
	int dir; /* owned descriptor of the directory */
	uint64_t max;
	uint64_t number, end;	     /* where the next byte goes */
	atomic_uint_least64_t total; /* bytes in all files that rows may name */
	int fd;			     /* of `number`, -1 = open at next append */
	int dirty;		     /* appended since the last sync */
	pthread_rwlock_t lock;	     /* guards open[] */
	struct segment_open open[SEGMENT_OPEN];
};

/* Open the directory `path` (made when missing); the committed content ends at
 * `last`: bytes after it are garbage of a dead process and are cut.  A file
 * shorter than that is damage: it is left, and writing goes on in the next. */
int segments_open(struct segments *s, const char *path, uint64_t max,
    struct segment_place last, struct err *e);
void segments_close(struct segments *s);

/* Append; on failure nothing of it remains.  Not yet on disk. */
int segments_append(struct segments *s, struct bytes data,
    struct segment_place *place, struct err *e);

/* Everything appended is on disk.  After a failure the file is given up, for
 * the kernel may have dropped its dirty pages. */
int segments_sync(struct segments *s, struct err *e);

/* Read a place; a short file is ERR_STORAGE "record_damaged". */
int segments_read(struct segments *s, const struct segment_place *place,
    struct buf *out, struct err *e);

#endif
