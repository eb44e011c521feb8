/* ofd_xml.c - see ofd_xml.h. */
#include "crypto/ofd_xml.h"

#include <stdlib.h>
#include <string.h>

/* A cursor over the text. */
struct reader {
	const uint8_t *p, *end;
	struct ofd_xml *x;
	struct err *e;
	struct bytes prefixes[OFD_PREFIXES_MAX]; /* bound to OFD; "" too */
	size_t nprefixes, depth;
	uint32_t open[OFD_DEPTH_MAX];		/* indices of nodes */
	struct bytes open_names[OFD_DEPTH_MAX]; /* with prefix */
	int has_text[OFD_DEPTH_MAX];		/* a run of text was seen */
};

static int
malformed(struct reader *r)
{
	return err_set(r->e, ERR_INPUT, "ofd_malformed",
	    "OFD 中的 XML 不符合要求",
	    "an XML part of the OFD is not as it must be");
}

static int
too_large(struct reader *r)
{
	return err_set(r->e, ERR_LIMIT, "too_large",
	    "OFD 中的 XML 超出大小限制",
	    "an XML part of the OFD is over the limits");
}

static int
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int
eat(struct reader *r, const char *s)
{
	size_t n = strlen(s);

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, s, n) != 0)
		return 0;
	r->p += n;
	return 1;
}

static size_t
blanks(struct reader *r)
{
	const uint8_t *from = r->p;

	while (r->p < r->end && is_blank(*r->p))
		r->p++;
	return (size_t)(r->p - from);
}

static int
is_name_start(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static int
is_name(uint8_t c)
{
	return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' ||
	       c == '.';
}

/* NAME or PREFIX:NAME; prefix is empty when there is none. */
static int
read_name(struct reader *r, struct bytes *prefix, struct bytes *whole)
{
	const uint8_t *from = r->p, *colon = NULL;

	if (r->p == r->end || !is_name_start(*r->p))
		return malformed(r);
	while (r->p < r->end && (is_name(*r->p) || *r->p == ':')) {
		if (*r->p == ':') {
			if (colon != NULL || r->p + 1 == r->end ||
			    !is_name_start(r->p[1]))
				return malformed(r);
			colon = r->p;
		}
		r->p++;
	}
	*whole = (struct bytes){from, (size_t)(r->p - from)};
	*prefix =
	    (struct bytes){from, colon == NULL ? 0 : (size_t)(colon - from)};
	return 0;
}

static struct bytes
local_name(struct bytes prefix, struct bytes whole)
{
	size_t skip = prefix.n == 0 ? 0 : prefix.n + 1;

	return (struct bytes){whole.p + skip, whole.n - skip};
}

/* raw with references replaced, in x->decoded when that changes anything. */
static int
decode(struct reader *r, struct bytes raw, int attribute, struct bytes *out)
{
	struct ofd_xml *x = r->x;
	uint8_t *room = x->decoded + x->ndecoded;
	size_t i, n = 0;

	*out = raw;
	for (i = 0; i < raw.n; i++)
		if (raw.p[i] == '&' || raw.p[i] == '\r' ||
		    (attribute && (raw.p[i] == '\n' || raw.p[i] == '\t')))
			break;
	if (i == raw.n)
		return 0;
	if (ofd_xml_decode(raw, attribute, room, &n) != 0)
		return malformed(r);
	x->ndecoded += n;
	*out = (struct bytes){room, n};
	return 0;
}

/* Room for one more of `size` bytes; NULL when out of memory. */
static void *
grow(void *list, size_t n, size_t *capacity, size_t size)
{
	size_t want = *capacity == 0 ? 64 : *capacity * 2;
	void *grown;

	if (n < *capacity)
		return list;
	grown = realloc(list, want * size);
	if (grown != NULL)
		*capacity = want;
	return grown;
}

static int
is_ofd_prefix(const struct reader *r, struct bytes prefix)
{
	size_t i;

	for (i = 0; i < r->nprefixes; i++)
		if (bytes_equal(r->prefixes[i], prefix))
			return 1;
	return 0;
}

/* xmlns or xmlns:p: bound for the whole file by its root. */
static int
bind_prefix(struct reader *r, struct bytes prefix, struct bytes value)
{
	int is_ofd = bytes_equal(value, bytes_str(OFD_NAMESPACE));

	if (prefix.n >= 3 && memcmp(prefix.p, "xml", 3) == 0)
		return malformed(r);
	if (r->depth > 0 || !is_ofd)
		return is_ofd == is_ofd_prefix(r, prefix) ? 0 : malformed(r);
	if (r->nprefixes == OFD_PREFIXES_MAX)
		return malformed(r);
	r->prefixes[r->nprefixes++] = prefix;
	return 0;
}

static int
attribute_add(struct reader *r, struct ofd_node *node, struct bytes prefix,
    struct ofd_attribute a)
{
	static const struct bytes none = {NULL, 0};
	struct ofd_xml *x = r->x;
	struct ofd_attribute *list;
	size_t i;

	for (i = 0; i < node->nattributes; i++)
		if (bytes_equal(
			x->attributes[node->first_attribute + i].name, a.name))
			return malformed(r);
	if (node->nattributes == OFD_ATTRIBUTES_MAX)
		return too_large(r);
	list = grow(x->attributes, x->nattributes, &x->attributes_capacity,
	    sizeof(*list));
	if (list == NULL)
		return err_nomem(r->e);
	x->attributes = list;
	list[x->nattributes++] = a;
	node->nattributes++;
	if (bytes_equal(a.name, bytes_str("xmlns")))
		return bind_prefix(r, none, a.value);
	if (bytes_equal(prefix, bytes_str("xmlns")))
		return bind_prefix(r, local_name(prefix, a.name), a.value);
	return 0;
}

static int
read_attribute(struct reader *r, struct ofd_node *node)
{
	struct ofd_attribute a;
	struct bytes prefix, raw;
	const uint8_t *close;
	int rc;

	if ((rc = read_name(r, &prefix, &a.name)) != 0)
		return rc;
	blanks(r);
	if (!eat(r, "="))
		return malformed(r);
	blanks(r);
	if (r->p == r->end || (*r->p != '"' && *r->p != '\''))
		return malformed(r);
	close = memchr(r->p + 1, *r->p, (size_t)(r->end - r->p) - 1);
	if (close == NULL)
		return malformed(r);
	raw = (struct bytes){r->p + 1, (size_t)(close - r->p) - 1};
	r->p = close + 1;
	if (memchr(raw.p, '<', raw.n) != NULL)
		return malformed(r);
	if ((rc = decode(r, raw, 1, &a.value)) != 0)
		return rc;
	return attribute_add(r, node, prefix, a);
}

/* A new node below the innermost open one; *index gets its place. */
static int
node_add(struct reader *r, uint32_t *index)
{
	struct ofd_xml *x = r->x;
	struct ofd_node *list, *parent;

	if (x->n == OFD_NODES_MAX || r->depth == OFD_DEPTH_MAX)
		return too_large(r);
	list = grow(x->nodes, x->n, &x->capacity, sizeof(*list));
	if (list == NULL)
		return err_nomem(r->e);
	x->nodes = list;
	*index = (uint32_t)x->n++;
	list[*index] = (struct ofd_node){.first_attribute = x->nattributes};
	if (r->depth == 0)
		return 0;
	list[*index].parent = r->open[r->depth - 1];
	parent = &list[list[*index].parent];
	if (parent->child == 0)
		parent->child = *index;
	else
		list[parent->last].next = *index;
	parent->last = *index;
	return 0;
}

/* After '<': the start tag of an element. */
static int
read_start(struct reader *r)
{
	struct bytes prefix, whole;
	struct ofd_node *node;
	uint32_t index = 0;
	size_t space;
	int rc;

	if ((rc = read_name(r, &prefix, &whole)) != 0 ||
	    (rc = node_add(r, &index)) != 0)
		return rc;
	node = &r->x->nodes[index];
	for (;;) {
		space = blanks(r);
		if (r->p == r->end)
			return malformed(r);
		if (*r->p == '>' || *r->p == '/')
			break;
		if (space == 0)
			return malformed(r);
		if ((rc = read_attribute(r, node)) != 0)
			return rc;
	}
	if (is_ofd_prefix(r, prefix))
		node->name = local_name(prefix, whole);
	if (eat(r, "/>"))
		return 0;
	if (!eat(r, ">"))
		return malformed(r);
	r->open[r->depth] = index;
	r->open_names[r->depth] = whole;
	r->has_text[r->depth++] = 0;
	return 0;
}

static int
read_end(struct reader *r)
{
	struct bytes prefix, whole;
	int rc;

	if ((rc = read_name(r, &prefix, &whole)) != 0)
		return rc;
	blanks(r);
	if (r->depth == 0 || !eat(r, ">") ||
	    !bytes_equal(whole, r->open_names[r->depth - 1]))
		return malformed(r);
	r->depth--;
	return 0;
}

static struct bytes
trim(struct bytes b)
{
	while (b.n > 0 && is_blank(b.p[0])) {
		b.p++;
		b.n--;
	}
	while (b.n > 0 && is_blank(b.p[b.n - 1]))
		b.n--;
	return b;
}

/* Text has one place in its element: readers that take the first piece, and
 * those that join all, must see the same. */
static int
text_add(struct reader *r, struct bytes text)
{
	struct bytes kept = trim(text);

	if (kept.n == 0)
		return 0;
	if (r->depth == 0 || r->has_text[r->depth - 1])
		return malformed(r);
	r->has_text[r->depth - 1] = 1;
	r->x->nodes[r->open[r->depth - 1]].text = kept;
	return 0;
}

static int
read_text(struct reader *r)
{
	const uint8_t *lt = memchr(r->p, '<', (size_t)(r->end - r->p));
	struct bytes raw, text;
	int rc;

	if (lt == NULL)
		lt = r->end;
	raw = (struct bytes){r->p, (size_t)(lt - r->p)};
	r->p = lt;
	if (memmem(raw.p, raw.n, "]]>", 3) != NULL ||
	    (r->depth == 0 && trim(raw).n > 0))
		return malformed(r);
	if ((rc = decode(r, raw, 0, &text)) != 0)
		return rc;
	return text_add(r, text);
}

/* Behind what ends at `mark`, which must be there; *inside is before it. */
static int
skip_to(struct reader *r, const char *mark, struct bytes *inside)
{
	size_t left = (size_t)(r->end - r->p), n = strlen(mark);
	const uint8_t *at = memmem(r->p, left, mark, n);

	if (at == NULL)
		return malformed(r);
	*inside = (struct bytes){r->p, (size_t)(at - r->p)};
	r->p = at + n;
	return 0;
}

static int
read_comment(struct reader *r)
{
	struct bytes inside;

	/* "--" ends it, and only as part of "-->". */
	if (skip_to(r, "--", &inside) != 0)
		return ERR_INPUT;
	return eat(r, ">") ? 0 : malformed(r);
}

static int
read_cdata(struct reader *r)
{
	struct bytes inside;

	if (r->depth == 0 || skip_to(r, "]]>", &inside) != 0)
		return malformed(r);
	if (memchr(inside.p, '\r', inside.n) != NULL)
		return malformed(r);
	return text_add(r, inside);
}

/* <?xml version="1.0" encoding="UTF-8"?>, or nothing: UTF-8 either way. */
static int
read_declaration(struct reader *r)
{
	static const char *const forms[] = {
	    "version=\"1.0\" encoding=\"UTF-8\"",
	    "version=\"1.0\" encoding=\"utf-8\"",
	    "version='1.0' encoding='UTF-8'", "version='1.0' encoding='utf-8'",
	    "version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"",
	    "version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"",
	    "version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"",
	    "version=\"1.0\" encoding=\"utf-8\" standalone=\"no\"",
	    "version=\"1.0\""};
	struct bytes inside;
	size_t i;

	eat(r, "\xef\xbb\xbf");
	if (!eat(r, "<?xml "))
		return 0;
	if (skip_to(r, "?>", &inside) != 0)
		return ERR_INPUT;
	inside = trim(inside);
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (bytes_equal(inside, bytes_str(forms[i])))
			return 0;
	return malformed(r);
}

static int
read_item(struct reader *r)
{
	int rc;

	if (*r->p != '<')
		return read_text(r);
	r->p++;
	if (eat(r, "!--"))
		return read_comment(r);
	if (eat(r, "![CDATA["))
		return read_cdata(r);
	if (eat(r, "/"))
		return read_end(r);
	/* One root. */
	if (r->depth == 0 && r->x->n > 0)
		return malformed(r);
	if ((rc = read_start(r)) != 0)
		return rc;
	return 0;
}

int
ofd_xml_parse(struct bytes text, struct ofd_xml *x, struct err *e)
{
	struct reader r = {.p = text.p, .end = text.p + text.n, .x = x, .e = e};
	int rc;

	memset(x, 0, sizeof(*x));
	if (text.n > OFD_XML_MAX)
		return too_large(&r);
	if (text.n == 0 || !ofd_xml_characters_ok(text))
		return malformed(&r);
	if ((x->decoded = malloc(text.n)) == NULL)
		return err_nomem(e);
	rc = read_declaration(&r);
	while (rc == 0 && r.p < r.end)
		rc = read_item(&r);
	if (rc == 0 && (r.depth != 0 || x->n == 0))
		rc = malformed(&r);
	return rc;
}
