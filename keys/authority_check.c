/* authority_check.c - see authority_check.h. */
#include "keys/authority_check.h"

#include <string.h>

#include "keys/authority.h"
#include "keys/cidr.h"
#include "keys/outside.h"
#include "keys/ticket.h"

enum {
	GRANTS_MAX = 256,   /* of one department */
	LIST_MAX = 64,	    /* types or ranges of one key */
	STOPPED_MAX = 16384 /* offices */
};

int
authority_id_ok(const char *id, size_t max)
{
	size_t n = strlen(id);

	return n > 0 && n <= max &&
	       strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			  "0123456789-") == n;
}

static int
issuer_ok(const json_t *issuer)
{
	const char *zh, *en;
	json_int_t number;
	int demo;

	return json_unpack((json_t *)(uintptr_t)issuer, "{s:I,s:s,s:s,s:b !}",
		   "number", &number, "zh", &zh, "en", &en, "demo",
		   &demo) == 0 &&
	       number > 0 && number <= 999999999;
}

static int
grant_ok(json_t *grant)
{
	const char *type, *seal;
	json_int_t quota, place;

	return json_unpack(grant, "{s:s,s:s,s:I,s:I !}", "type", &type, "seal",
		   &seal, "place", &place, "quota_day", &quota) == 0 &&
	       authority_type_ok(type) &&
	       authority_id_ok(seal, KEEPER_ID_SIZE - 1) && place >= 0 &&
	       place <= KEEPER_PLACE_MAX && quota >= 0 &&
	       quota <= AUTHORITY_QUOTA_MAX;
}

static int
department_ok(const char *code, json_t *department)
{
	const char *zh, *en;
	json_t *grants;
	size_t i;

	if (!authority_id_ok(code, KEEPER_ID_SIZE - 1) ||
	    json_unpack(department, "{s:s,s:s,s:o !}", "zh", &zh, "en", &en,
		"grants", &grants) != 0 ||
	    !json_is_array(grants) || json_array_size(grants) > GRANTS_MAX)
		return 0;
	for (i = 0; i < json_array_size(grants); i++)
		if (!grant_ok(json_array_get(grants, i)))
			return 0;
	return 1;
}

static int
strings_ok(const json_t *list, int (*ok)(const char *))
{
	const char *s;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > LIST_MAX)
		return 0;
	for (i = 0; i < json_array_size(list); i++) {
		s = json_string_value(json_array_get(list, i));
		if (s == NULL || !ok(s))
			return 0;
	}
	return 1;
}

int
authority_type_ok(const char *type)
{
	return strlen(type) == AUTHORITY_TYPE_LEN &&
	       authority_id_ok(type, AUTHORITY_TYPE_LEN);
}

static int
key_ok(const char *id, json_t *key, const json_t *departments)
{
	const char *department, *hash;
	json_int_t from, to, revoked;
	json_t *types, *addresses;

	return authority_id_ok(id, KEEPER_ID_SIZE - 1) &&
	       json_unpack(key, "{s:s,s:s,s:I,s:I,s:I,s:o,s:o !}", "department",
		   &department, "hash", &hash, "not_before", &from, "not_after",
		   &to, "revoked", &revoked, "types", &types, "addresses",
		   &addresses) == 0 &&
	       json_object_get(departments, department) != NULL &&
	       strlen(hash) == 64 && strspn(hash, "0123456789abcdef") == 64 &&
	       from >= 0 && to >= 0 && revoked >= 0 &&
	       strings_ok(types, authority_type_ok) &&
	       strings_ok(addresses, cidr_valid);
}

/* Keys of the issuer itself: [{"id","not_before"}], newest last. */
static int
issuer_keys_ok(const json_t *list)
{
	const char *id;
	json_int_t from;
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (json_unpack(json_array_get(list, i), "{s:s,s:I !}", "id",
			&id, "not_before", &from) != 0)
			return 0;
	return json_array_size(list) > 0 && json_array_size(list) <= LIST_MAX;
}

/* When tickets of which office were stopped; absent: none ever. */
static int
stopped_ok(json_t *stopped)
{
	const char *office;
	json_t *v;

	if (stopped == NULL)
		return 1;
	json_object_foreach (stopped, office, v)
		if (!ticket_id_ok(office) || !json_is_integer(v) ||
		    json_integer_value(v) < 0)
			return 0;
	return json_is_object(stopped) &&
	       json_object_size(stopped) <= STOPPED_MAX;
}

const char *
authority_check(const json_t *root)
{
	json_t *issuer, *departments, *keys, *codes, *statuses, *v;
	json_t *outside = NULL, *stopped = NULL;
	json_int_t version;
	const char *name;

	if (json_unpack((json_t *)(uintptr_t)root,
		"{s:I,s:o,s:o,s:o,s:o,s:o,s?:o,s?:o !}", "version", &version,
		"issuer", &issuer, "departments", &departments, "keys", &keys,
		"code_keys", &codes, "status_keys", &statuses, "outside",
		&outside, "stopped", &stopped) != 0 ||
	    version < 1)
		return "its members";
	if (!issuer_ok(issuer))
		return "issuer";
	json_object_foreach (departments, name, v)
		if (!department_ok(name, v))
			return "departments";
	json_object_foreach (keys, name, v)
		if (!key_ok(name, v, departments))
			return "keys";
	if (!issuer_keys_ok(codes) || !issuer_keys_ok(statuses))
		return "code_keys or status_keys";
	if (!outside_ok(outside))
		return "outside";
	if (!stopped_ok(stopped))
		return "stopped";
	return NULL;
}
