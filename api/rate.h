/*
 * rate.h - token buckets by name, in a table of fixed size.
 */
#ifndef API_RATE_H
#define API_RATE_H

#include <stdint.h>

struct rate;

/* per_second tokens flow in, at most burst are kept; per_second 0 = no limit.
 * NULL when out of memory. */
struct rate *rate_new(double per_second, double burst);
void rate_free(struct rate *rate);

/* Take one token of `name` at monotonic time now_ms: 0, or the seconds (>= 1)
 * after which a token will be there. */
unsigned int rate_take(struct rate *rate, const char *name, int64_t now_ms);

/* As rate_take, but takes nothing. */
unsigned int rate_peek(struct rate *rate, const char *name, int64_t now_ms);

#endif
