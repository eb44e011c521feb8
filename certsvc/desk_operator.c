/* desk_operator.c - see desk_operator.h. */
#include "certsvc/desk_operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "certsvc/desk_record.h"
#include "certsvc/service_state.h"
#include "certsvc/wrapped.h"
#include "crypto/base/text.h"

int
desk_operator_name_ok(const char *name)
{
	size_t n = strlen(name);

	return n > 1 && n < OPERATOR_NAME_SIZE && name[0] >= 'a' &&
	       name[0] <= 'z' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

void
desk_operator_wipe(struct desk_operator *op)
{
	OPENSSL_cleanse(op, sizeof(*op));
}

static int
damaged(struct err *e)
{
	return err_set(e, ERR_STORAGE, "record_damaged",
	    "操作员记录已损坏，请从备份恢复",
	    "an operator's record is damaged: restore from a backup");
}

static int
copy_text(const json_t *json, const char *member, char *out, size_t size)
{
	const char *s = json_string_value(json_object_get(json, member));

	if (s != NULL && strlen(s) >= size)
		return -1;
	text_copy(out, size, s);
	return 0;
}

static int
copy_hex(const json_t *json, const char *member, uint8_t *out, size_t size)
{
	const char *s = json_string_value(json_object_get(json, member));

	return s == NULL ? -1 : text_unhex(out, size, s, strlen(s));
}

static int64_t
number(const json_t *json, const char *member)
{
	return json_integer_value(json_object_get(json, member));
}

static int
read_json(const json_t *json, struct desk_operator *op)
{
	const char *role = json_string_value(json_object_get(json, "role"));
	int found = role == NULL ? -1 : operator_role_find(role);

	if (found < 0 ||
	    copy_text(json, "name", op->name, sizeof(op->name)) != 0 ||
	    copy_text(json, "zh", op->zh, sizeof(op->zh)) != 0 ||
	    copy_text(json, "office", op->office, sizeof(op->office)) != 0 ||
	    copy_text(json, "region", op->region, sizeof(op->region)) != 0 ||
	    copy_text(json, "department", op->department,
		sizeof(op->department)) != 0 ||
	    copy_text(json, "by", op->by, sizeof(op->by)) != 0 ||
	    copy_text(json, "key", op->key, sizeof(op->key)) != 0 ||
	    copy_text(json, "totp", op->totp, sizeof(op->totp)) != 0 ||
	    copy_text(json, "totp_new", op->totp_new, sizeof(op->totp_new)) !=
		0 ||
	    copy_text(json, "last_address", op->last_address,
		sizeof(op->last_address)) != 0 ||
	    copy_hex(json, "salt", op->salt, sizeof(op->salt)) != 0 ||
	    copy_hex(json, "verifier", op->verifier, sizeof(op->verifier)) != 0)
		return -1;
	op->role = (enum operator_role)found;
	op->generation = (uint64_t)number(json, "generation");
	op->totp_used = number(json, "totp_used");
	op->must_change = json_is_true(json_object_get(json, "must_change"));
	op->demo = json_is_true(json_object_get(json, "demo"));
	op->epoch = (uint64_t)number(json, "epoch");
	op->locked_until = number(json, "locked_until");
	op->lock_level = (unsigned int)number(json, "lock_level");
	op->locked_at_own =
	    json_is_true(json_object_get(json, "locked_at_own"));
	op->last_at = number(json, "last_at");
	op->failed_seen = (uint64_t)number(json, "failed_seen");
	return 0;
}

int
desk_operator_read(
    const struct store_record *r, struct desk_operator *op, struct err *e)
{
	json_t *json;
	int rc;

	memset(op, 0, sizeof(*op));
	if ((rc = desk_record_json(r, &json, e)) != 0)
		return rc;
	if (read_json(json, op) != 0)
		rc = damaged(e);
	op->version = r->version;
	op->active = strcmp(r->state, "active") == 0;
	json_decref(json);
	return rc;
}

int
desk_operator_get(struct service *s, const char *name, struct desk_operator *op,
    struct err *e)
{
	struct store_record r;
	int rc = ERR_NOT_FOUND;

	memset(op, 0, sizeof(*op));
	if (desk_operator_name_ok(name))
		rc = s->ops->record_get(s->store, "operator", name, 0, &r, e);
	if (rc == ERR_NOT_FOUND)
		return err_set(e, ERR_NOT_FOUND, "no_such_operator",
		    "没有这个操作员", "there is no such operator");
	if (rc != 0)
		return rc;
	rc = desk_operator_read(&r, op, e);
	store_record_release(&r);
	return rc;
}

static void
set_hex(json_t *json, const char *member, const uint8_t *p, size_t n)
{
	json_object_set_new(json, member, answer_hex(p, n));
}

int
desk_operator_fill(
    const struct desk_operator *op, struct store_record *r, struct err *e)
{
	struct desk_record_name name = {.kind = "operator",
	    .id = op->name,
	    .office = op->office,
	    .subject = operator_role_word(op->role),
	    .state = op->active ? "active" : "disabled",
	    .version = op->version + 1};
	json_t *json = json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:I, s:b, s:I,"
	    " s:I, s:I, s:b, s:I, s:s, s:s, s:b, s:I}",
	    "name", op->name, "zh", op->zh, "role",
	    operator_role_word(op->role), "office", op->office, "region",
	    op->region, "department", op->department, "key", op->key,
	    "generation", (json_int_t)op->generation, "totp", op->totp,
	    "totp_new", op->totp_new, "totp_used", (json_int_t)op->totp_used,
	    "must_change", op->must_change, "epoch", (json_int_t)op->epoch,
	    "locked_until", (json_int_t)op->locked_until, "lock_level",
	    (json_int_t)op->lock_level, "locked_at_own", op->locked_at_own,
	    "last_at", (json_int_t)op->last_at, "last_address",
	    op->last_address, "by", op->by, "demo", op->demo, "failed_seen",
	    (json_int_t)op->failed_seen);

	if (json != NULL) {
		set_hex(json, "salt", op->salt, sizeof(op->salt));
		set_hex(json, "verifier", op->verifier, sizeof(op->verifier));
	}
	return desk_record_fill(r, &name, json, e);
}

int
desk_operator_put(
    struct service *s, const struct desk_operator *op, struct err *e)
{
	struct store_record r;
	int rc = desk_operator_fill(op, &r, e);

	if (rc == 0)
		rc = s->ops->records_put(s->store, &r, 1, NULL, e);
	store_record_release(&r);
	return rc;
}

/* One secret from the old key to the new one; "" stays "". */
static int
rewrap(const struct desk_operator *op, const char *purpose, const uint8_t *from,
    const uint8_t *to, struct buf *text, struct err *e)
{
	struct buf plain = BUF_INIT, wrapped = BUF_INIT;
	int rc;

	if (text->n == 0)
		return 0;
	rc = wrapped_open(from, purpose, op->name, buf_cstr(text), &plain, e);
	if (rc == 0)
		rc = wrapped_seal(
		    to, purpose, op->name, buf_bytes(&plain), &wrapped, e);
	buf_swap(text, &wrapped);
	buf_release(&wrapped);
	buf_wipe(&plain);
	return rc;
}

static int
rewrap_text(const struct desk_operator *op, const char *purpose,
    const struct password_keys *keys[2], char *text, size_t size, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	buf_add_str(&b, text);
	rc = rewrap(op, purpose, keys[0]->wrap, keys[1]->wrap, &b, e);
	if (rc == 0 && (buf_cstr(&b) == NULL || b.n >= size))
		rc = err_internal(e, "rewrap");
	if (rc == 0)
		text_copy(text, size, buf_cstr(&b));
	buf_release(&b);
	return rc;
}

int
desk_operator_rekey(struct desk_operator *op, const struct password_keys *old,
    const char *password, struct err *e)
{
	struct password_keys fresh;
	const struct password_keys *keys[2] = {old, &fresh};
	int rc;

	if (RAND_bytes(op->salt, sizeof(op->salt)) != 1)
		return err_internal(e, "RAND_bytes");
	rc = password_derive(password, op->salt, &fresh, e);
	memcpy(op->verifier, fresh.verifier, sizeof(op->verifier));
	if (rc == 0 && old != NULL) {
		rc = rewrap_text(
		    op, DESK_OFFICE_KEY, keys, op->key, sizeof(op->key), e);
		if (rc == 0)
			rc = rewrap_text(
			    op, DESK_TOTP, keys, op->totp, sizeof(op->totp), e);
		op->totp_new[0] = '\0';
	}
	OPENSSL_cleanse(&fresh, sizeof(fresh));
	return rc;
}
