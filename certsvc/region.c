/* region.c - see region.h. */
#include "certsvc/region.h"

#include <string.h>

int
region_ok(const char *region)
{
	size_t n = strlen(region);

	return (n == 6 || n == 9 || n == 12) &&
	       region[strspn(region, "0123456789")] == '\0' &&
	       strspn(region, "0") < 2;
}

/* Digits of the levels that are reached. */
static size_t
significant(const char *region)
{
	static const size_t ends[] = {0, 2, 4, 6, 9, 12};
	size_t n = strlen(region), i = 5;

	for (; i > 0; i--)
		if (ends[i] <= n &&
		    strspn(region + ends[i - 1], "0") < ends[i] - ends[i - 1])
			break;
	return ends[i];
}

int
region_covers(const char *outer, const char *inner)
{
	size_t n = significant(outer);

	return n > 0 && strncmp(outer, inner, n) == 0;
}
