/* cidr.c - see cidr.h. */
#include "keys/cidr.h"

#include <arpa/inet.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct address {
	uint8_t p[16]; /* IPv4 as ::ffff:a.b.c.d */
};

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static int
address_read(const char *text, struct address *a)
{
	if (inet_pton(AF_INET, text, a->p + 12) == 1) {
		memcpy(a->p, mapped, sizeof(mapped));
		return 0;
	}
	return inet_pton(AF_INET6, text, a->p) == 1 ? 0 : -1;
}

/* The first `bits` bits of both are equal. */
static int
prefix_equal(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	return memcmp(a, b, whole) == 0 &&
	       (rest == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

/* Base address and prefix length (of 128 bits); 0, or -1. */
static int
range_read(const char *text, struct address *base, unsigned int *bits)
{
	char copy[64], *slash, *end;
	unsigned long n, most;

	if (strlen(text) >= sizeof(copy))
		return -1;
	memcpy(copy, text, strlen(text) + 1);
	slash = strchr(copy, '/');
	if (slash != NULL)
		*slash = '\0';
	if (address_read(copy, base) != 0)
		return -1;
	most = strchr(copy, ':') == NULL ? 32 : 128;
	n = most;
	if (slash != NULL) {
		if (slash[1] < '0' || slash[1] > '9')
			return -1;
		n = strtoul(slash + 1, &end, 10);
		if (*end != '\0' || n > most)
			return -1;
	}
	*bits = (unsigned int)(128 - most + n);
	return 0;
}

int
cidr_valid(const char *text)
{
	struct address base, zeroed;
	unsigned int bits, i;

	if (range_read(text, &base, &bits) != 0)
		return 0;
	zeroed = base;
	for (i = bits; i < 128; i++)
		zeroed.p[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	return memcmp(zeroed.p, base.p, 16) == 0;
}

int
cidr_contains(const char *text, const char *address)
{
	struct address base = {{0}}, a = {{0}};
	unsigned int bits;

	if (range_read(text, &base, &bits) != 0 ||
	    address_read(address, &a) != 0)
		return 0;
	return prefix_equal(base.p, a.p, bits);
}
