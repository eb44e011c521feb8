/* clock.c - see clock.h. */
#include "crypto/base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static _Atomic int64_t fixed = -1;

int64_t
clock_now(void)
{
	int64_t t = atomic_load(&fixed);

	return t >= 0 ? t : (int64_t)time(NULL);
}

void
clock_fix(int64_t t)
{
	atomic_store(&fixed, t);
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Days to civil date, after Howard Hinnant's public algorithm. */
static void
civil(int64_t days, int *year, int *month, int *day)
{
	int64_t era, doe, yoe, doy, mp;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

int64_t
clock_days(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era, yoe, doy, doe;

	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static int
month_days(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

int
clock_is_date(int year, int month, int day)
{
	return year >= 1000 && year <= 9999 && month >= 1 && month <= 12 &&
	       day >= 1 && day <= month_days(year, month);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/* The last n decimal digits of v; every answer has a time in it, and printf
 * takes thirty times as long. */
static void
put_digits(char *p, int n, unsigned int v)
{
	for (; n > 0; v /= 10)
		p[--n] = (char)('0' + v % 10);
}

void
clock_rfc3339(char out[CLOCK_RFC3339_SIZE], int64_t t)
{
	int64_t days = floor_div(t, 86400);
	unsigned int s = (unsigned int)(t - days * 86400);
	int y, m, d;

	civil(days, &y, &m, &d);
	memcpy(out, "0000-00-00T00:00:00Z", CLOCK_RFC3339_SIZE);
	put_digits(out, 4, (unsigned int)y);
	put_digits(out + 5, 2, (unsigned int)m);
	put_digits(out + 8, 2, (unsigned int)d);
	put_digits(out + 11, 2, s / 3600);
	put_digits(out + 14, 2, s / 60 % 60);
	put_digits(out + 17, 2, s % 60);
}

void
clock_date_cst(char out[CLOCK_DATE_SIZE], int64_t t)
{
	char text[CLOCK_RFC3339_SIZE];

	clock_rfc3339(text, t + CLOCK_CST_OFFSET);
	memcpy(out, text, CLOCK_DATE_SIZE - 1);
	out[CLOCK_DATE_SIZE - 1] = '\0';
}

/* n digits at s as a number, or -1. */
static int
digits(const char *s, int n)
{
	int v = 0, i;

	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

static int
parse_days(const char *s, int64_t *days)
{
	int y, m, d;

	if (strlen(s) < 10 || s[4] != '-' || s[7] != '-')
		return -1;
	y = digits(s, 4);
	m = digits(s + 5, 2);
	d = digits(s + 8, 2);
	if (!clock_is_date(y, m, d))
		return -1;
	*days = clock_days(y, m, d);
	return 0;
}

int
clock_parse_date(const char *s, int64_t *t)
{
	int64_t days;

	if (strlen(s) != 10 || parse_days(s, &days) != 0)
		return -1;
	*t = days * 86400 - CLOCK_CST_OFFSET;
	return 0;
}

/* "Z" or "+hh:mm" into seconds east of UTC; 0, or -1. */
static int
parse_offset(const char *s, int64_t *offset)
{
	int h, m;

	*offset = 0;
	if (strcmp(s, "Z") == 0)
		return 0;
	if (strlen(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':')
		return -1;
	h = digits(s + 1, 2);
	m = digits(s + 4, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return -1;
	*offset = (h * 3600 + m * 60) * (s[0] == '-' ? -1 : 1);
	return 0;
}

int
clock_parse(const char *s, int64_t *t)
{
	int64_t days, offset;
	int h, m, sec;

	if (strlen(s) == 10)
		return clock_parse_date(s, t);
	if (strlen(s) < 20 || parse_days(s, &days) != 0 || s[10] != 'T' ||
	    s[13] != ':' || s[16] != ':')
		return -1;
	h = digits(s + 11, 2);
	m = digits(s + 14, 2);
	sec = digits(s + 17, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 ||
	    parse_offset(s + 19, &offset) != 0)
		return -1;
	*t = days * 86400 + h * 3600 + m * 60 + sec - offset;
	return 0;
}

int
clock_date_add(char out[CLOCK_DATE_SIZE], const char *date, int years,
    int months, int days)
{
	int64_t at;
	int y, m, d, last;
	char text[64];

	if (strlen(date) != 10 || parse_days(date, &at) != 0)
		return -1;
	civil(at, &y, &m, &d);
	m += months;
	y += years + (int)floor_div(m - 1, 12);
	m = m - (int)floor_div(m - 1, 12) * 12;
	if (y < 1000 || y > 9999)
		return -1;
	last = month_days(y, m);
	at = clock_days(y, m, d < last ? d : last) + days;
	civil(at, &y, &m, &d);
	if (y < 1000 || y > 9999)
		return -1;
	snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
	memcpy(out, text, CLOCK_DATE_SIZE);
	return 0;
}
