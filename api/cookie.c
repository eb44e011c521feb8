/* cookie.c - see cookie.h. */
#include "api/cookie.h"

#include <string.h>

int
cookie_value(const char *header, const char *name, char *out, size_t size)
{
	size_t len = strlen(name), n;
	int found = 0;

	out[0] = '\0';
	for (const char *p = header; p != NULL && *p != '\0';) {
		p += strspn(p, " ;");
		n = strcspn(p, ";");
		if (n > len && memcmp(p, name, len) == 0 && p[len] == '=') {
			if (found || n - len - 1 >= size)
				return -1;
			memcpy(out, p + len + 1, n - len - 1);
			out[n - len - 1] = '\0';
			found = 1;
		}
		p += n;
	}
	return found;
}
