/* ipp_write.c - see ipp_write.h. */
#include "certsvc/print/ipp_write.h"

#include <string.h>

static void
put_number(struct buf *out, uint32_t v, size_t n)
{
	while (n-- > 0)
		buf_add_byte(out, (uint8_t)(v >> (8 * n)));
}

static void
put_value(struct buf *out, enum ipp_tag tag, const char *name, const void *p,
    size_t n)
{
	size_t length = name == NULL ? 0 : strlen(name);

	buf_add_byte(out, (uint8_t)tag);
	put_number(out, (uint32_t)length, 2);
	buf_add(out, name, length);
	put_number(out, (uint32_t)n, 2);
	buf_add(out, p, n);
}

void
ipp_put_group(struct buf *out, enum ipp_group group)
{
	buf_add_byte(out, (uint8_t)group);
}

void
ipp_put_string(
    struct buf *out, enum ipp_tag tag, const char *name, const char *value)
{
	put_value(out, tag, name, value, strlen(value));
}

void
ipp_put_integer(
    struct buf *out, enum ipp_tag tag, const char *name, int32_t value)
{
	uint32_t v = (uint32_t)value;
	const uint8_t bytes[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v};

	put_value(out, tag, name, bytes, sizeof(bytes));
}

void
ipp_put_boolean(struct buf *out, const char *name, int value)
{
	const uint8_t byte = value != 0;

	put_value(out, IPP_BOOLEAN, name, &byte, 1);
}

void
ipp_put_end(struct buf *out)
{
	ipp_put_group(out, IPP_END);
}

void
ipp_put_head(struct buf *out, const struct ipp_head *head)
{
	put_number(out, 0x0101, 2);
	put_number(out, (uint32_t)head->operation, 2);
	put_number(out, head->request, 4);
	ipp_put_group(out, IPP_OPERATION_ATTRIBUTES);
	ipp_put_string(out, IPP_CHARSET, "attributes-charset", "utf-8");
	ipp_put_string(out, IPP_LANGUAGE, "attributes-natural-language", "en");
	ipp_put_string(out, IPP_URI, "printer-uri", head->uri);
	if (head->job != 0)
		ipp_put_integer(out, IPP_INTEGER, "job-id", head->job);
	if (head->user != NULL)
		ipp_put_string(
		    out, IPP_NAME, "requesting-user-name", head->user);
}
