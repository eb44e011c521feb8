/* seal_definition.c - a seal's definition from JSON; see seal_picture.h. */
#include <string.h>

#include "certsvc/seal_picture.h"

enum {
	ROUND = 1,
	OVAL = 2,
	RECTANGULAR = 4,
	PERSONAL = 8,
	ALL = 15
};

static const struct kind {
	const char *name;
	unsigned int bit;
} kinds[] = {
    {"round", ROUND},
    {"oval", OVAL},
    {"rectangular", RECTANGULAR},
    {"personal", PERSONAL},
};

/* A member, the kinds that have it, and where its value goes. */
static const struct member {
	const char *name;
	unsigned int kinds;
	enum {
		TEXT,
		SIZE,
		FLAG_OFF /* false sets the int */
	} type;
	size_t offset;
} members[] = {
    {"kind", ALL, TEXT, offsetof(struct seal_definition, kind)},
    {"colour", ALL, TEXT, offsetof(struct seal_definition, colour)},
    {"arc", ROUND | OVAL, TEXT, offsetof(struct seal_definition, arc)},
    {"below", ROUND | OVAL, TEXT, offsetof(struct seal_definition, below)},
    {"code", ROUND | OVAL, TEXT, offsetof(struct seal_definition, code)},
    {"diameter", ROUND, SIZE, offsetof(struct seal_definition, diameter)},
    {"star", ROUND, FLAG_OFF, offsetof(struct seal_definition, starless)},
    {"width", ALL & ~ROUND, SIZE, offsetof(struct seal_definition, width)},
    {"height", ALL & ~ROUND, SIZE, offsetof(struct seal_definition, height)},
    {"text", RECTANGULAR | PERSONAL, TEXT,
	offsetof(struct seal_definition, text)},
    {"frame", RECTANGULAR | PERSONAL, FLAG_OFF,
	offsetof(struct seal_definition, frameless)},
};

static const struct member *
member_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}

static int
listed(const char *const *names, const char *name)
{
	for (; names != NULL && *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return 1;
	return 0;
}

static int
wrong_type(const char *name, struct err *e)
{
	return err_set(e, ERR_INPUT, "seal_member", "印章参数 %.20s 的值无效",
	    "the seal's member %.20s has a value of the wrong kind", name);
}

static int
read_member(const struct member *m, const json_t *value,
    struct seal_definition *def, struct err *e)
{
	char *at = (char *)def + m->offset;
	const char *text = json_string_value(value);

	switch (m->type) {
	case TEXT:
		if (text == NULL)
			return wrong_type(m->name, e);
		memcpy(at, &text, sizeof(text));
		return 0;
	case SIZE:
		if (!json_is_number(value))
			return wrong_type(m->name, e);
		memcpy(at, &(double){json_number_value(value)}, sizeof(double));
		return 0;
	case FLAG_OFF:
	default:
		if (!json_is_boolean(value))
			return wrong_type(m->name, e);
		memcpy(at, &(int){json_is_false(value)}, sizeof(int));
		return 0;
	}
}

static unsigned int
kind_bit(const json_t *json)
{
	const char *name = json_string_value(json_object_get(json, "kind"));
	size_t i;

	for (i = 0; name != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].bit;
	return 0;
}

int
seal_definition_read(const json_t *json, const char *const *others,
    struct seal_definition *def, struct err *e)
{
	unsigned int kind = kind_bit(json);
	const struct member *m;
	const char *name;
	json_t *value;
	int rc;

	memset(def, 0, sizeof(*def));
	if (kind == 0)
		return err_set(e, ERR_INPUT, "seal_kind",
		    "印章形状（kind）应为 round、oval、rectangular 或 personal",
		    "a seal's kind is round, oval, rectangular or personal");
	json_object_foreach ((json_t *)(uintptr_t)json, name, value) {
		if (listed(others, name))
			continue;
		m = member_find(name);
		if (m == NULL || (m->kinds & kind) == 0)
			return err_set(e, ERR_INPUT, "unknown_member",
			    "印章不应有参数 %.40s",
			    "a seal of this kind has no member %.40s", name);
		if ((rc = read_member(m, value, def, e)) != 0)
			return rc;
	}
	return 0;
}
