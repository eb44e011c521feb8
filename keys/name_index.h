/*
 * name_index.h - names to small numbers: open addressing, names only added.
 */
#ifndef KEYS_NAME_INDEX_H
#define KEYS_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct name_index {
	uint32_t *slots; /* owned; number + 1, 0 = free */
	size_t nslots;	 /* a power of two */
	size_t n;
	const char *(*name)(const void *ctx, uint32_t number);
	const void *ctx; /* for name: the table that holds the names */
};

/* The name's number, or -1. */
long name_index_find(const struct name_index *x, const char *name);

/* Add a number whose name is not in yet (x->name must know it); 0, or -1 when
 * out of memory. */
int name_index_add(struct name_index *x, uint32_t number);

void name_index_release(struct name_index *x);

#endif
