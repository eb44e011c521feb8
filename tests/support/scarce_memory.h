/*
 * scarce_memory.h - whichever allocation fails, what is read is refused as
 * ERR_INTERNAL: never taken, and never called somebody's fault.  For one file
 * of a program, as it takes the allocator's names.  Sanitizers and valgrind
 * bring allocators of their own: there none fails.
 */
#ifndef TESTS_SUPPORT_SCARCE_MEMORY_H
#define TESTS_SUPPORT_SCARCE_MEMORY_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "crypto/base/err.h"

enum {
	ALLOCATIONS_MAX = 20000 /* of one call */
};

/* Allocations until one fails; 0: none does. */
static unsigned long scarce_memory;

#ifndef CERTSVC_ASAN
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);

static int
scarce(void)
{
	if (scarce_memory == 0 || --scarce_memory > 0)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t n)
{
	return scarce() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t count, size_t n)
{
	return scarce() ? NULL : __libc_calloc(count, n);
}

void *
realloc(void *p, size_t n)
{
	return scarce() ? NULL : __libc_realloc(p, n);
}
#endif

/* Run it with each allocation failing in turn until all are granted. */
static inline void
starve(int (*run)(void *ctx, struct err *e), void *ctx, int wanted)
{
	struct err e = ERR_INIT;
	unsigned long n;
	int rc;

	for (n = 1; n < ALLOCATIONS_MAX; n++) {
		scarce_memory = n;
		rc = run(ctx, &e);
		if (scarce_memory > 0)
			break;
		if (rc != wanted && (rc == 0 || e.class != ERR_INTERNAL))
			fail_msg("allocation %lu: %s", n,
			    rc == 0 ? "taken" : e.code);
		err_clear(&e);
	}
	scarce_memory = 0;
	assert_true(n < ALLOCATIONS_MAX);
	assert_int_equal(rc, wanted);
	err_clear(&e);
}

#endif
