/*
 * layout_parts.c - the text of a <text> element: literals, {NAME:format}, and
 * line breaks.
 */
#include <stdlib.h>
#include <string.h>

#include "certsvc/layout_read.h"

struct layout_part *
layout_add_part(struct layout_item *item)
{
	struct layout_part *grown;

	grown = realloc(item->parts, (item->nparts + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	item->parts = grown;
	grown += item->nparts++;
	memset(grown, 0, sizeof(*grown));
	return grown;
}

static int
add_literal(struct layout_item *item, const char *s, size_t n)
{
	struct layout_part *part;

	if (n == 0)
		return 0;
	if ((part = layout_add_part(item)) == NULL)
		return -1;
	part->literal = strndup(s, n);
	return part->literal == NULL ? -1 : 0;
}

static int
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * The element's text with <br/> as \n.  White space with a line break in it
 * only lays out the file: it is dropped, or one blank between Latin words.
 */
static void
flatten(xmlNodePtr node, struct buf *out)
{
	const char *s;
	size_t i, n;
	xmlNodePtr child;

	for (child = node->children; child != NULL; child = child->next) {
		if (layout_is(child, "br"))
			buf_add_byte(out, '\n');
		if (child->type != XML_TEXT_NODE &&
		    child->type != XML_CDATA_SECTION_NODE)
			continue;
		s = (const char *)child->content;
		for (i = 0; s[i] != '\0'; i += n) {
			n = strspn(s + i, " \t\r\n");
			if (n == 0) {
				buf_add_byte(out, (uint8_t)s[i]);
				n = 1;
			} else if (memchr(s + i, '\n', n) == NULL) {
				buf_add(out, s + i, n);
			} else if (out->n > 0 && out->p[out->n - 1] > ' ' &&
				   out->p[out->n - 1] < 0x80 &&
				   s[i + n] > ' ') {
				buf_add_byte(out, ' ');
			}
		}
	}
}

/* "NAME" or "NAME:format" between braces. */
static int
read_token(struct layout_reader *r, xmlNodePtr node, struct layout_item *item,
    const char *s, size_t n)
{
	struct layout_part *part = layout_add_part(item);
	char name[64];
	char *colon;

	if (part == NULL)
		return -1;
	if (n >= sizeof(name)) {
		layout_complain(
		    r, node, "花括号内容过长", "too much between braces", "");
		return 0;
	}
	memcpy(name, s, n);
	name[n] = '\0';
	if (strcmp(name, "page") == 0 || strcmp(name, "pages") == 0) {
		part->format = n == 4 ? FORMAT_PAGE : FORMAT_PAGES;
		return 0;
	}
	colon = strchr(name, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (layout_format_find(colon + 1, &part->format) != 0)
			layout_complain(r, node, "没有这种格式",
			    "no such format", colon + 1);
	}
	if (name[0] < 'A' || name[0] > 'Z' || strlen(name) >= FACE_NAME_SIZE)
		layout_complain(
		    r, node, "不是字段名", "not a field name", name);
	else
		memcpy(part->field, name, strlen(name) + 1);
	return 0;
}

int
layout_read_parts(
    struct layout_reader *r, xmlNodePtr node, struct layout_item *item)
{
	struct buf text = BUF_INIT;
	const char *s, *open, *close;
	int rc = 0;

	flatten(node, &text);
	while (text.n > 0 && is_space((char)text.p[text.n - 1]))
		text.n--;
	s = buf_cstr(&text);
	while (s != NULL && is_space(*s))
		s++;
	while (rc == 0 && s != NULL && *s != '\0') {
		open = strchr(s, '{');
		rc = add_literal(
		    item, s, open == NULL ? strlen(s) : (size_t)(open - s));
		if (open == NULL || rc != 0)
			break;
		close = strchr(open, '}');
		if (close == NULL) {
			layout_complain(
			    r, node, "缺少右花括号", "missing }", "");
			break;
		}
		rc = read_token(
		    r, node, item, open + 1, (size_t)(close - open - 1));
		s = close + 1;
	}
	if (text.failed)
		rc = -1;
	buf_release(&text);
	return rc;
}
