/* status_cache_test.c - no answer is older than an acknowledged change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "certsvc/status_cache.h"

static struct status_cache *
cache_new(void)
{
	struct status_cache *cache = calloc(1, sizeof(*cache));

	assert_non_null(cache);
	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

static void
cache_free(struct status_cache *cache)
{
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

static const struct status_known valid = {.id = "AAAAAAAAAAAAAAAAAAAAAAAAAA",
    .type = "11990000MB9A010097001",
    .status = STATUS_VALID,
    .since = 1795391747};

static void
what_was_looked_up_is_remembered(void **state)
{
	struct status_cache *cache = cache_new();
	struct status_known known;
	uint64_t mark;

	(void)state;
	assert_false(status_cache_get(cache, valid.id, &known, &mark));
	status_cache_put(cache, &valid, mark);
	assert_true(status_cache_get(cache, valid.id, &known, &mark));
	assert_int_equal(known.since, valid.since);
	assert_string_equal(known.type, valid.type);
	assert_false(status_cache_get(
	    cache, "AAAAAAAAAAAAAAAAAAAAAAAAAB", &known, &mark));
	assert_false(status_cache_get(cache, "AAAA", &known, &mark));
	cache_free(cache);
}

static void
a_change_is_seen_at_once(void **state)
{
	struct status_cache *cache = cache_new();
	struct status_known known;
	uint64_t mark;

	(void)state;
	assert_false(status_cache_get(cache, valid.id, &known, &mark));
	status_cache_put(cache, &valid, mark);
	status_cache_forget(cache, valid.id);
	assert_false(status_cache_get(cache, valid.id, &known, &mark));
	cache_free(cache);
}

static void
what_was_read_before_a_change_is_not_kept_after_it(void **state)
{
	struct status_cache *cache = cache_new();
	struct status_known known;
	uint64_t mark, late;

	(void)state;
	assert_false(status_cache_get(cache, valid.id, &known, &mark));
	status_cache_forget(cache, valid.id);
	status_cache_put(cache, &valid, mark);
	assert_false(status_cache_get(cache, valid.id, &known, &late));
	status_cache_put(cache, &valid, late);
	assert_true(status_cache_get(cache, valid.id, &known, &mark));
	cache_free(cache);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_looked_up_is_remembered),
	    cmocka_unit_test(a_change_is_seen_at_once),
	    cmocka_unit_test(
		what_was_read_before_a_change_is_not_kept_after_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
