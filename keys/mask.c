/* mask.c - see mask.h. */
#include "keys/mask.h"

#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	CITIZEN_LEN = 18
};

static int
digits(const char *s, size_t n)
{
	int v = 0;

	while (n-- > 0)
		v = v * 10 + (*s++ - '0');
	return v;
}

int
mask_needed(const char *value)
{
	static const char check[] = "10X98765432";
	static const uint8_t weights[17] = {
	    7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	unsigned int sum = 0, i;
	char last = value[0] != '\0' ? value[strlen(value) - 1] : '\0';

	if (strlen(value) != CITIZEN_LEN ||
	    strspn(value, "0123456789") < CITIZEN_LEN - 1 ||
	    !clock_is_date(digits(value + 6, 4), digits(value + 10, 2),
		digits(value + 12, 2)))
		return 0;
	for (i = 0; i < CITIZEN_LEN - 1; i++)
		sum += weights[i] * (unsigned int)(value[i] - '0');
	return check[sum % 11] == (last == 'x' ? 'X' : last);
}

void
mask_write(struct buf *out, const char *value)
{
	size_t n = strlen(value), pos = 0, start, i = 0;
	long count = text_utf8_count(value, n);
	size_t total = count > 0 ? (size_t)count : 0;
	size_t head = total == CITIZEN_LEN ? 6 : total / 3;
	size_t tail = total == CITIZEN_LEN ? 4 : total / 5;

	for (i = 0; i < total; i++) {
		start = pos;
		if (text_utf8_next(value, n, &pos) < 0)
			return;
		if (i < head || i >= total - tail)
			buf_add(out, value + start, pos - start);
		else
			buf_add_byte(out, '*');
	}
}
