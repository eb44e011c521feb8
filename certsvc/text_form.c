/* text_form.c - see text_form.h. */
#include "certsvc/text_form.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

char *
text_nfc(const char *s, size_t len)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n;

	n = utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len,
	    &out, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n >= 0)
		return (char *)out;
	free(out);
	return NULL;
}

int
text_is_nfc(const char *s)
{
	char *form = text_nfc(s, strlen(s));
	int same = form != NULL && strcmp(form, s) == 0;

	free(form);
	return same;
}
