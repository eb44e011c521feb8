/* cookie_fuzz.c - any text as a Cookie header. */
#include "api/cookie.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *header = malloc(size + 1), out[8];
	int found;

	if (header == NULL)
		return 0;
	memcpy(header, data, size);
	header[size] = '\0';
	found = cookie_value(header, COOKIE_SESSION, out, sizeof(out));
	if (strlen(out) >= sizeof(out) || strchr(out, ';') != NULL ||
	    (found == 1 && strstr(header, COOKIE_SESSION "=") == NULL))
		__builtin_trap();
	free(header);
	return 0;
}
