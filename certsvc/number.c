/* number.c - check digits of persons and organisations; see number.h. */
#include "certsvc/number.h"

#include <string.h>

#include "crypto/base/clock.h"

static int
digits(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return 0;
	return 1;
}

static int
value(const char *s, size_t n)
{
	int v = 0;
	size_t i;

	for (i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

/* Born on a real day, not after today (in China). */
static int
birth_ok(const char *s)
{
	int year = value(s, 4), month = value(s + 4, 2), day = value(s + 6, 2);
	int64_t today = (clock_now() + CLOCK_CST_OFFSET) / 86400;

	return year >= 1800 && clock_is_date(year, month, day) &&
	       clock_days(year, month, day) <= today;
}

int
number_citizen_ok(const char *s)
{
	static const int weights[17] = {
	    7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0, area, i;

	if (strlen(s) != NUMBER_CITIZEN_LEN || !digits(s, 17))
		return 0;
	area = value(s, 2);
	if (area < 11 || area > 82 || !birth_ok(s + 6))
		return 0;
	for (i = 0; i < 17; i++)
		sum += (s[i] - '0') * weights[i];
	return s[17] == "10X98765432"[sum % 11];
}

/* 0-9 A-Z as 0-35, or -1. */
static int
alnum_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

/* Check character of the organisation code, GB 11714. */
static int
organisation_ok(const char *s)
{
	static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0, i, v;

	for (i = 0; i < 8; i++) {
		if ((v = alnum_value(s[i])) < 0)
			return 0;
		sum += v * weights[i];
	}
	return s[8] == "0X987654321"[sum % 11];
}

int
number_uscc_ok(const char *s)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	const char *at;
	int sum = 0, weight = 1, i;

	if (strlen(s) != NUMBER_USCC_LEN || !digits(s + 2, 6))
		return 0;
	for (i = 0; i < 17; i++) {
		if ((at = strchr(alphabet, s[i])) == NULL)
			return 0;
		sum += (int)(at - alphabet) * weight;
		weight = weight * 3 % 31;
	}
	return s[17] == alphabet[(31 - sum % 31) % 31] &&
	       organisation_ok(s + 8);
}

int
number_type_ok(const char *s)
{
	char body[NUMBER_USCC_LEN + 1];

	if (strlen(s) != NUMBER_TYPE_LEN || !digits(s + 18, 3))
		return 0;
	memcpy(body, s, NUMBER_USCC_LEN);
	body[NUMBER_USCC_LEN] = '\0';
	return number_uscc_ok(body);
}
