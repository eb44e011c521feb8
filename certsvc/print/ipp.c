/* ipp.c - see ipp.h. */
#include "certsvc/print/ipp.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"

enum {
	IPP_HEADER = 8,		  /* version, code, request-id */
	IPP_DELIMITER_LAST = 0x0f /* tags up to here begin a group */
};

/* Where the parser is. */
struct reader {
	struct bytes in;
	size_t pos;
	int failed;
};

/* A value as it lies in the message. */
struct raw {
	uint8_t tag;
	struct bytes name, value;
};

static int
bad(struct err *e, const char *zh, const char *en)
{
	return err_set(e, ERR_CONFLICT, "bad_ipp",
	    "打印机的应答不符合 IPP：%s%.0s",
	    "the printer's answer is not IPP: %.0s%s", zh, en);
}

static size_t
left(const struct reader *r)
{
	return r->in.n - r->pos;
}

static struct bytes
take(struct reader *r, size_t n)
{
	struct bytes v = {NULL, 0};

	if (r->failed || left(r) < n) {
		r->failed = 1;
		return v;
	}
	v.p = r->in.p + r->pos;
	v.n = n;
	r->pos += n;
	return v;
}

static unsigned int
take_number(struct reader *r, size_t n)
{
	struct bytes v = take(r, n);
	unsigned int out = 0;
	size_t i;

	for (i = 0; i < v.n; i++)
		out = out << 8 | v.p[i];
	return out;
}

static uint32_t
number(const uint8_t *p, size_t n)
{
	uint32_t out = 0;

	while (n-- > 0)
		out = out << 8 | *p++;
	return out;
}

/* Tag, name and value (RFC 8010, 3.1.4); the tag was looked at already. */
static int
take_value(struct reader *r, struct raw *v)
{
	v->tag = (uint8_t)take_number(r, 1);
	v->name = take(r, take_number(r, 2));
	v->value = take(r, take_number(r, 2));
	return r->failed || v->name.n > IPP_NAME_MAX ? -1 : 0;
}

/* The exact size that a syntax asks for; -1: none. */
static int
fixed_size(uint8_t tag)
{
	switch (tag) {
	case IPP_INTEGER:
	case IPP_ENUM:
		return 4;
	case IPP_BOOLEAN:
		return 1;
	case IPP_DATE_TIME:
		return 11;
	case IPP_RESOLUTION:
		return 9;
	case IPP_RANGE:
		return 8;
	case IPP_COLLECTION:
	case IPP_END_COLLECTION:
		return 0;
	default:
		return -1;
	}
}

/* Length and bytes of a language, then of a text: the value becomes the text
 * (RFC 8010, 3.9). */
static int
strip_language(struct bytes *value)
{
	struct reader r = {.in = *value};
	struct bytes text;

	take(&r, take_number(&r, 2));
	text = take(&r, take_number(&r, 2));
	if (r.failed || left(&r) != 0)
		return -1;
	*value = text;
	return 0;
}

static int
check_value(struct raw *v)
{
	int size = fixed_size(v->tag);

	if (size >= 0 && v->value.n != (size_t)size)
		return -1;
	if (v->tag == IPP_BOOLEAN && v->value.p[0] > 1)
		return -1;
	/* out-of-band values: unknown, no-value ... have no content */
	if (v->tag >= 0x10 && v->tag <= 0x1f && v->value.n != 0)
		return -1;
	if ((v->tag == IPP_TEXT_LANGUAGE || v->tag == IPP_NAME_LANGUAGE) &&
	    strip_language(&v->value) != 0)
		return -1;
	if (v->tag >= IPP_TEXT_LANGUAGE && v->tag <= IPP_MEMBER_NAME &&
	    v->value.n > IPP_STRING_MAX)
		return -1;
	return 0;
}

/*
 * The members of a collection (RFC 8010, 3.1.6), up to its end: a member's name
 * is the value of a nameless memberAttrName, and at least one value follows it.
 */
static int
skip_collection(struct reader *r, unsigned int depth)
{
	int named = 0, valued = 0;
	struct raw v;

	if (depth > IPP_DEPTH_MAX)
		return -1;
	while (take_value(r, &v) == 0) {
		if (v.name.n != 0 || v.tag <= IPP_DELIMITER_LAST ||
		    check_value(&v) != 0)
			return -1;
		if (v.tag == IPP_END_COLLECTION)
			return named && !valued ? -1 : 0;
		if (v.tag == IPP_MEMBER_NAME) {
			if ((named && !valued) || v.value.n == 0)
				return -1;
			named = 1;
			valued = 0;
			continue;
		}
		if (!named || (v.tag == IPP_COLLECTION &&
				  skip_collection(r, depth + 1) != 0))
			return -1;
		valued = 1;
	}
	return -1;
}

static int
append(struct ipp_message *m, const struct ipp_value *v)
{
	struct ipp_value *more;

	/* room is doubled at every power of two */
	if (m->n >= 64 ? (m->n & (m->n - 1)) == 0 : m->n == 0) {
		more = realloc(
		    m->values, (m->n == 0 ? 64 : 2 * m->n) * sizeof(*more));
		if (more == NULL)
			return -1;
		m->values = more;
	}
	m->values[m->n++] = *v;
	return 0;
}

/* One value of an attribute; without a name it is another one of the attribute
 * before it in this group. */
static int
parse_value(struct reader *r, struct ipp_message *m, uint8_t group,
    struct bytes *name, struct err *e)
{
	struct ipp_value out;
	struct raw v;

	if (take_value(r, &v) != 0 || check_value(&v) != 0)
		return bad(e, "长度有误", "a length is wrong");
	if (v.tag == IPP_END_COLLECTION || v.tag == IPP_MEMBER_NAME)
		return bad(e, "集合有误", "a collection is wrong");
	if (v.name.n > 0)
		*name = v.name;
	else if (name->n == 0)
		return bad(e, "属性没有名称", "an attribute has no name");
	if (v.tag == IPP_COLLECTION && skip_collection(r, 1) != 0)
		return bad(e, "集合有误", "a collection is wrong");
	if (m->n >= IPP_VALUES_MAX)
		return bad(e, "属性值过多", "too many values");
	out = (struct ipp_value){
	    group, v.tag, (uint16_t)(m->groups - 1), *name, v.value};
	return append(m, &out) != 0 ? err_nomem(e) : 0;
}

static int
parse_groups(struct reader *r, struct ipp_message *m, struct err *e)
{
	struct bytes name = {NULL, 0};
	uint8_t group = 0;
	int rc = 0;

	while (rc == 0 && left(r) > 0) {
		if (r->in.p[r->pos] <= IPP_DELIMITER_LAST) {
			group = (uint8_t)take_number(r, 1);
			name.n = 0;
			if (group == IPP_END)
				return 0;
			if (group == 0 || m->groups >= IPP_VALUES_MAX)
				return bad(e, "属性组有误", "a group is wrong");
			m->groups++;
		} else if (m->groups == 0) {
			return bad(e, "属性不在组内",
			    "an attribute is outside the groups");
		} else {
			rc = parse_value(r, m, group, &name, e);
		}
	}
	return rc != 0 ? rc : bad(e, "没有结尾", "it has no end");
}

int
ipp_parse(struct bytes in, struct ipp_message *m, struct err *e)
{
	struct reader r = {.in = in};
	unsigned int version;
	int rc;

	memset(m, 0, sizeof(*m));
	if (in.n < IPP_HEADER)
		return bad(e, "过短", "it is too short");
	version = take_number(&r, 2);
	m->code = take_number(&r, 2);
	m->request = take_number(&r, 4);
	if (version < 0x0100 || version > 0x02ff)
		return bad(e, "版本不明", "its version is not known");
	if ((rc = parse_groups(&r, m, e)) != 0) {
		ipp_release(m);
		return rc;
	}
	m->document = take(&r, left(&r));
	return 0;
}

void
ipp_release(struct ipp_message *m)
{
	free(m->values);
	memset(m, 0, sizeof(*m));
}

static const struct ipp_value *
find(const struct ipp_message *m, int group, size_t index, const char *name)
{
	struct bytes want = bytes_str(name);
	size_t i;

	for (i = 0; i < m->n; i++)
		if ((group != 0 ? m->values[i].group == group
				: m->values[i].index == index) &&
		    bytes_equal(m->values[i].name, want))
			return &m->values[i];
	return NULL;
}

const struct ipp_value *
ipp_find(const struct ipp_message *m, enum ipp_group group, const char *name)
{
	return find(m, (int)group, 0, name);
}

const struct ipp_value *
ipp_find_in(const struct ipp_message *m, size_t index, const char *name)
{
	return find(m, 0, index, name);
}

const struct ipp_value *
ipp_next(const struct ipp_message *m, const struct ipp_value *v)
{
	const struct ipp_value *next = v + 1;

	/* the name of a 1setOf is one view, that of a repeated attribute is
	 * not */
	return next < m->values + m->n && next->index == v->index &&
		       next->name.p == v->name.p
		   ? next
		   : NULL;
}

int
ipp_integer(const struct ipp_value *v, int32_t *out)
{
	if (v == NULL || (v->tag != IPP_INTEGER && v->tag != IPP_ENUM))
		return -1;
	*out = (int32_t)number(v->value.p, 4);
	return 0;
}

int
ipp_boolean(const struct ipp_value *v, int otherwise)
{
	return v == NULL || v->tag != IPP_BOOLEAN ? otherwise
						  : v->value.p[0] == 1;
}

int
ipp_upper(const struct ipp_value *v, int32_t *out)
{
	if (v == NULL || v->tag != IPP_RANGE)
		return ipp_integer(v, out);
	*out = (int32_t)number(v->value.p + 4, 4);
	return 0;
}

static int
is_string(uint8_t tag)
{
	return (tag >= IPP_TEXT && tag <= IPP_MIME_TYPE) ||
	       tag == IPP_TEXT_LANGUAGE || tag == IPP_NAME_LANGUAGE ||
	       tag == IPP_OCTETS;
}

struct bytes
ipp_string(const struct ipp_value *v)
{
	static const struct bytes none = {NULL, 0};
	size_t pos = 0;
	int32_t cp;

	if (v == NULL || !is_string(v->tag) || v->value.n > IPP_STRING_MAX)
		return none;
	while (pos < v->value.n) {
		cp = text_utf8_next((const char *)v->value.p, v->value.n, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			return none;
	}
	return v->value;
}

int
ipp_has(
    const struct ipp_message *m, const struct ipp_value *v, const char *string)
{
	struct bytes want = bytes_str(string);

	for (; v != NULL; v = ipp_next(m, v))
		if (is_string(v->tag) && bytes_equal(v->value, want))
			return 1;
	return 0;
}
