/* ipp_http_memory.c - libcurl's memory: pieces of documents pass through it, so
 * all of it is wiped when libcurl lets go of it. */
#include "certsvc/print/ipp_http_private.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

static void
wipe_and_free(void *p)
{
	if (p != NULL)
		OPENSSL_cleanse(p, malloc_usable_size(p));
	free(p);
}

/* realloc would leave the old bytes behind. */
static void *
move_and_wipe(void *p, size_t n)
{
	size_t old = p == NULL ? 0 : malloc_usable_size(p);
	void *moved = malloc(n);

	if (moved == NULL || p == NULL)
		return moved;
	memcpy(moved, p, old < n ? old : n);
	wipe_and_free(p);
	return moved;
}

void
ipp_http_start_library(void)
{
	curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_and_free,
	    move_and_wipe, strdup, calloc);
}
