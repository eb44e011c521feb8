/* Any body as a browser's form; the first line is its Content-Type. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);
	size_t n = end == NULL ? 0 : (size_t)(end - data);
	struct bytes body, content = {NULL, 0};
	struct err e = ERR_INIT;
	char type[256];

	if (end == NULL || n >= sizeof(type))
		return 0;
	memcpy(type, data, n);
	type[n] = '\0';
	body = (struct bytes){end + 1, size - n - 1};
	if (multipart_find(type, body, "file", &content, &e) == 0 &&
	    (content.p < body.p || content.p + content.n > body.p + body.n))
		abort();
	err_clear(&e);
	return 0;
}
