/* authority_change.c - see authority_change.h. */
#include "keys/authority_change.h"

#include <string.h>

#include "keys/outside.h"
#include "keys/ticket.h"

/* One change under way: the copy, and what to answer. */
struct change {
	json_t *root; /* copy of the table */
	const json_t *action;
	int64_t now;
	json_t *answer;
	int asks; /* nothing was changed */
	struct err *e;
};

static int
bad_action(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_action",
	    "管理操作的内容不完整或不合规定",
	    "the administrator's action is incomplete or not well formed");
}

static int
not_found(struct err *e, const char *what)
{
	return err_set(e, ERR_NOT_FOUND, "not_in_authority", "权限表里没有：%s",
	    "not in the authority table: %s", what);
}

static int
exists(struct err *e, const char *what)
{
	return err_set(e, ERR_CONFLICT, "already_in_authority",
	    "权限表里已有：%s", "already in the authority table: %s", what);
}

static const char *
string(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

static json_t *
section(const struct change *c, const char *name)
{
	return json_object_get(c->root, name);
}

/* A list of the action, or an empty one: no restriction. */
static json_t *
list_of(const struct change *c, const char *name)
{
	json_t *list = json_object_get(c->action, name);

	return list ? json_incref(list) : json_array();
}

static int
key_add(struct change *c)
{
	const char *id = string(c->action, "id");
	json_int_t until =
	    json_integer_value(json_object_get(c->action, "not_after"));
	json_t *key;

	if (json_object_get(section(c, "keys"), id) != NULL)
		return exists(c->e, id);
	if (until == 0)
		until = c->now + (int64_t)AUTHORITY_KEY_DAYS * 86400;
	key = json_pack("{s:s,s:s,s:I,s:I,s:i,s:o,s:o}", "department",
	    string(c->action, "department"), "hash", string(c->action, "hash"),
	    "not_before", (json_int_t)c->now, "not_after", until, "revoked", 0,
	    "types", list_of(c, "types"), "addresses", list_of(c, "addresses"));
	if (key == NULL)
		return err_nomem(c->e);
	json_object_set_new(section(c, "keys"), id, key);
	return 0;
}

/* A new key with the old one's rights; the old one ends after the overlap. */
static int
key_rotate(struct change *c)
{
	const char *id = string(c->action, "id"),
		   *old = string(c->action, "old");
	json_t *from = json_object_get(section(c, "keys"), old), *key;
	json_int_t overlap =
	    json_integer_value(json_object_get(c->action, "overlap"));
	json_int_t until =
	    json_integer_value(json_object_get(from, "not_after"));

	if (from == NULL)
		return not_found(c->e, old);
	if (json_object_get(section(c, "keys"), id) != NULL)
		return exists(c->e, id);
	if (overlap < 0 || overlap > 366 * 86400)
		return bad_action(c->e);
	key = json_copy(from);
	json_object_set_new(
	    key, "hash", json_string(string(c->action, "hash")));
	json_object_set_new(key, "not_before", json_integer(c->now));
	json_object_set_new(key, "not_after",
	    json_integer(c->now + (int64_t)AUTHORITY_KEY_DAYS * 86400));
	json_object_set_new(key, "revoked", json_integer(0));
	json_object_set_new(section(c, "keys"), id, key);
	if (until == 0 || until > c->now + overlap)
		json_object_set_new(
		    from, "not_after", json_integer(c->now + overlap));
	return 0;
}

static int
key_revoke(struct change *c)
{
	const char *id = string(c->action, "id");
	json_t *key = json_object_get(section(c, "keys"), id);

	if (key == NULL)
		return not_found(c->e, id);
	if (json_integer_value(json_object_get(key, "revoked")) != 0)
		c->asks = 1; /* done already: the same answer */
	else
		json_object_set_new(key, "revoked", json_integer(c->now));
	return 0;
}

static int
key_list(struct change *c)
{
	json_t *list = json_array(), *key;
	const char *id;

	json_object_foreach (section(c, "keys"), id, key) {
		json_object_del(key, "hash");
		json_object_set_new(key, "id", json_string(id));
		json_array_append(list, key);
	}
	json_object_set_new(c->answer, "keys", list);
	c->asks = 1;
	return 0;
}

static json_int_t
integer(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* Which grant the action names, or the number of grants. */
static size_t
grant_at(const struct change *c, const json_t *grants)
{
	const json_t *grant;
	size_t i;

	for (i = 0; i < json_array_size(grants); i++) {
		grant = json_array_get(grants, i);
		if (strcmp(string(grant, "type"), string(c->action, "type")) ==
			0 &&
		    strcmp(string(grant, "seal"), string(c->action, "seal")) ==
			0 &&
		    integer(grant, "place") == integer(c->action, "place"))
			break;
	}
	return i;
}

static json_t *
grants_of(const struct change *c)
{
	return json_object_get(json_object_get(section(c, "departments"),
				   string(c->action, "department")),
	    "grants");
}

static int
grant_add(struct change *c)
{
	json_t *grants = grants_of(c), *grant;

	if (grants == NULL)
		return not_found(c->e, string(c->action, "department"));
	if (grant_at(c, grants) < json_array_size(grants))
		return exists(c->e, string(c->action, "type"));
	grant = json_pack("{s:s,s:s,s:I,s:I}", "type",
	    string(c->action, "type"), "seal", string(c->action, "seal"),
	    "place", integer(c->action, "place"), "quota_day",
	    integer(c->action, "quota_day"));
	return json_array_append_new(grants, grant) == 0 ? 0 : err_nomem(c->e);
}

static int
grant_remove(struct change *c)
{
	json_t *grants = grants_of(c);

	if (grants == NULL || grant_at(c, grants) == json_array_size(grants))
		return not_found(c->e, string(c->action, "type"));
	json_array_remove(grants, grant_at(c, grants));
	return 0;
}

/* Is the key in use, or going to be? */
static int
is_named(const json_t *list, const char *id)
{
	const json_t *row;
	size_t i;

	json_array_foreach (list, i, row)
		if (strcmp(string(row, "id"), id) == 0)
			return 1;
	return 0;
}

/* The keys that the vault has ("ids", by the keeper's own look) for codes and
 * status lists and that are not named yet come into use at a time. */
static int
issuer_keys_use(struct change *c)
{
	json_t *ids = json_object_get(c->action, "ids"), *list, *row, *used;
	json_int_t from = integer(c->action, "not_before");
	const char *id;
	size_t i;

	used = json_array();
	json_object_set_new(c->answer, "ids", used);
	if (from < c->now)
		from = c->now;
	json_array_foreach (ids, i, row) {
		id = json_string_value(row);
		list = section(c, authority_key_list(id));
		if (is_named(list, id))
			continue;
		json_array_append(used, row);
		row = json_pack("{s:s,s:I}", "id", id, "not_before", from);
		if (json_array_append_new(list, row) != 0)
			return err_nomem(c->e);
	}
	return json_array_size(used) > 0 ? 0 : not_found(c->e, "code, status");
}

static int
take_outside(struct change *c)
{
	return outside_add(c->root, c->action, c->e);
}

static int
drop_outside(struct change *c)
{
	return outside_remove(c->root, c->action, c->e);
}

static int
list_outside(struct change *c)
{
	c->asks = 1;
	json_object_set_new(c->answer, "outside", outside_list(c->root));
	return 0;
}

/* Every stop is later than the one before, so that it also ends a ticket that
 * was given in the same second. */
static int
office_stop(struct change *c)
{
	const char *id = string(c->action, "id");
	json_t *stopped = section(c, "stopped");
	json_int_t at = c->now, before;

	if (!ticket_id_ok(id))
		return bad_action(c->e);
	if (stopped == NULL) {
		stopped = json_object();
		json_object_set_new(c->root, "stopped", stopped);
	}
	before = json_integer_value(json_object_get(stopped, id));
	if (at <= before)
		at = before + 1;
	return json_object_set_new(stopped, id, json_integer(at)) == 0
		   ? 0
		   : err_nomem(c->e);
}

static const struct {
	const char *name;
	int (*apply)(struct change *c);
} actions[] = {
    {"key_add", key_add},
    {"key_rotate", key_rotate},
    {"key_revoke", key_revoke},
    {"key_list", key_list},
    {"grant_add", grant_add},
    {"grant_remove", grant_remove},
    {"issuer_keys_use", issuer_keys_use},
    {"outside_add", take_outside},
    {"outside_remove", drop_outside},
    {"outside_list", list_outside},
    {"office_stop", office_stop},
};

static int
apply(struct change *c)
{
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].name, string(c->action, "action")) == 0)
			return actions[i].apply(c);
	return bad_action(c->e);
}

/* The new table must have the shape of a table; else the action was wrong. */
static int
finish(struct change *c, uint64_t version, struct authority *changed)
{
	int rc;

	json_object_set_new(
	    c->root, "version", json_integer((json_int_t)version));
	rc = authority_take(c->root, changed, c->e);
	c->root = NULL;
	return rc == 0 ? 0 : bad_action(c->e);
}

int
authority_change(const struct authority *authority, const json_t *action,
    int64_t now, struct authority *changed, json_t **answer, struct err *e)
{
	struct change c = {.action = action, .now = now, .e = e};
	uint64_t version = authority->version;
	int rc;

	changed->root = NULL;
	c.root = json_deep_copy(authority->root);
	c.answer = json_object();
	rc = c.root && c.answer ? apply(&c) : err_nomem(e);
	if (rc == 0 && !c.asks)
		rc = finish(&c, ++version, changed);
	json_decref(c.root);
	if (rc != 0) {
		json_decref(c.answer);
		return rc;
	}
	json_object_set_new(
	    c.answer, "authority_version", json_integer((json_int_t)version));
	*answer = c.answer;
	return 0;
}
