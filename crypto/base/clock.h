/*
 * clock.h - the one place that asks for the time, and dates as text.
 * All times are seconds since 1970-01-01T00:00:00Z (UTC) in an int64_t.
 * Licences are dated in China Standard Time (UTC+8, no summer time).
 */
#ifndef CRYPTO_BASE_CLOCK_H
#define CRYPTO_BASE_CLOCK_H

#include <stdint.h>

#include "crypto/base/buf.h"

enum {
	CLOCK_RFC3339_SIZE = 21, /* "2026-11-22T23:55:47Z" and NUL */
	CLOCK_DATE_SIZE = 11,	 /* "2026-11-22" and NUL */
	CLOCK_CST_OFFSET = 28800 /* seconds east of UTC */
};

/* Now, UTC seconds; or the value given to clock_fix. */
int64_t clock_now(void);

/* Stop the clock at t for tests and golden files; t < 0 starts it again. */
void clock_fix(int64_t t);

/* Milliseconds of a clock that never jumps, for deadlines and latencies. */
int64_t clock_monotonic_ms(void);

/* t as RFC 3339 in UTC. */
void clock_rfc3339(char out[CLOCK_RFC3339_SIZE], int64_t t);

/* Parse RFC 3339 (any offset, no fraction) or a bare date (00:00 in China);
 * 0, or -1 when it is not a real date and time. */
int clock_parse(const char *s, int64_t *t);

/* Calendar date in China of time t. */
void clock_date_cst(char out[CLOCK_DATE_SIZE], int64_t t);

/* Start (00:00 in China) of "YYYY-MM-DD"; 0, or -1 when no such day. */
int clock_parse_date(const char *s, int64_t *t);

/* Days since 1970-01-01 of a civil date (proleptic Gregorian). */
int64_t clock_days(int year, int month, int day);

/* 1 when year-month-day is a real day of the years 1000 to 9999. */
int clock_is_date(int year, int month, int day);

/* "YYYY-MM-DD" plus years, months and days (end of month is kept inside the
 * month); 0, or -1 when the result leaves the years 1000-9999. */
int clock_date_add(char out[CLOCK_DATE_SIZE], const char *date, int years,
    int months, int days);

#endif
