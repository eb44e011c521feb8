/*
 * store_writer.h - the one thread that writes: it takes what waits, appends
 * and syncs the documents of all, runs all in one transaction, commits, and
 * only then wakes the callers.
 */
#ifndef CERTSVC_STORE_STORE_WRITER_H
#define CERTSVC_STORE_STORE_WRITER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "certsvc/store/store_db.h"
#include "certsvc/store/store_segment.h"

enum {
	WRITER_GROUP = 128, /* items of one transaction at most */
	WRITER_WAIT_MS = 5, /* the longest wait for a group to fill */
	WRITER_BLOBS = 65   /* documents and the record of one item */
};

struct store;

/* One caller's write; lives on the caller's stack until done. */
struct writer_item {
	/* Runs inside the transaction, perhaps twice (the first try may be
	 * rolled back because of another item); all its changes are undone
	 * when it returns a class. */
	int (*run)(struct store *s, void *arg, struct err *e);
	void *arg;
	const struct bytes *blobs;    /* to append before run */
	struct segment_place *places; /* where they went */
	size_t nblobs;
	/* Given by the writer: */
	struct err *e;
	int rc;
	sem_t done;
	struct writer_item *next;
};

struct writer {
	pthread_t thread;
	int running;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct writer_item *first, *last;
	size_t waiting, expected; /* items; how many wake the thread */
	int stop;
	atomic_uint_least64_t commits, items;
	atomic_int stuck; /* the last group could not be written */
};

int writer_start(struct store *s, struct err *e);
/* Writes what waits, then ends the thread. */
void writer_stop(struct store *s);

/* Hand in and block until committed (0) or failed (a class, e set). */
int writer_do(struct store *s, struct writer_item *item, struct err *e);

#endif
