/* authority.c - questions to the table; its shape is checked in
 * authority_check.c and changed in authority_change.c. */
#include "keys/authority.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"
#include "keys/authority_check.h"
#include "keys/cidr.h"

int
authority_take(json_t *root, struct authority *authority, struct err *e)
{
	const char *wrong = authority_check(root);

	authority->root = NULL;
	if (wrong != NULL) {
		json_decref(root);
		return err_set(e, ERR_STORAGE, "authority_damaged",
		    "权限表不合规定：%s",
		    "the authority table is not well "
		    "formed: %s",
		    wrong);
	}
	authority->root = root;
	authority->version =
	    (uint64_t)json_integer_value(json_object_get(root, "version"));
	return 0;
}

int
authority_parse(struct bytes json, struct authority *authority, struct err *e)
{
	json_t *root = NULL;

	if (json.n <= AUTHORITY_JSON_MAX)
		root = json_loadb(
		    (const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	return authority_take(root, authority, e);
}

const char *
authority_key_list(const char *id)
{
	if (strncmp(id, "code/", 5) == 0)
		return "code_keys";
	return strncmp(id, "status/", 7) == 0 ? "status_keys" : NULL;
}

int
authority_write(
    const struct authority *authority, struct buf *out, struct err *e)
{
	char *text = json_dumps(authority->root, JSON_COMPACT | JSON_SORT_KEYS);

	if (text == NULL)
		return err_nomem(e);
	buf_add_str(out, text);
	free(text);
	return buf_failed(out) ? err_nomem(e) : 0;
}

void
authority_release(struct authority *authority)
{
	json_decref(authority->root);
	authority->root = NULL;
}

static const char *
string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static int64_t
integer(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* Compare the secret's hash with the key's row, or with nothing for a key
 * that does not exist, in the same steps. */
static int
secret_matches(const json_t *entry, const char *secret)
{
	uint8_t want[32] = {0}, got[32];
	const char *hex = entry ? string(entry, "hash") : NULL;

	if (hex != NULL)
		text_unhex(want, sizeof(want), hex, strlen(hex));
	if (EVP_Digest(secret, strlen(secret), got, NULL, EVP_sha256(), NULL) !=
	    1)
		return 0;
	return (CRYPTO_memcmp(want, got, sizeof(want)) == 0) & (hex != NULL);
}

static int
address_matches(const json_t *entry, const char *address)
{
	const json_t *ranges = json_object_get(entry, "addresses");
	size_t i;

	if (json_array_size(ranges) == 0 || strcmp(address, "local") == 0)
		return 1;
	for (i = 0; i < json_array_size(ranges); i++)
		if (cidr_contains(
			json_string_value(json_array_get(ranges, i)), address))
			return 1;
	return 0;
}

static int
in_force(const json_t *entry, int64_t now)
{
	int64_t until = integer(entry, "not_after");

	return integer(entry, "not_before") <= now &&
	       (until == 0 || now < until) && integer(entry, "revoked") == 0;
}

int
authority_identify(const struct authority *authority,
    const struct keeper_credential *cred, const char *address, int64_t now,
    struct authority_caller *caller, struct err *e)
{
	json_t *keys = json_object_get(authority->root, "keys");
	const json_t *departments =
	    json_object_get(authority->root, "departments");
	json_t *entry = json_object_get(keys, cred->id);
	int ok = secret_matches(entry, cred->secret);

	if (!ok || !in_force(entry, now) || !address_matches(entry, address))
		return err_set(e, ERR_UNKNOWN, "bad_credential",
		    "接口密钥无效：不存在、密钥错误、已停用、已过期或不在允许的"
		    "地址范围",
		    "the API key is not accepted: unknown, wrong secret, "
		    "revoked, expired or not from an allowed address");
	caller->key = json_object_iter_key(json_object_iter_at(keys, cred->id));
	caller->entry = entry;
	caller->department = string(entry, "department");
	caller->grants = json_object_get(
	    json_object_get(departments, caller->department), "grants");
	return 0;
}

int
authority_department(const struct authority *authority, const char *code,
    struct authority_caller *caller)
{
	json_t *departments = json_object_get(authority->root, "departments");
	json_t *department = json_object_get(departments, code);

	if (department == NULL)
		return -1;
	memset(caller, 0, sizeof(*caller));
	caller->department =
	    json_object_iter_key(json_object_iter_at(departments, code));
	caller->grants = json_object_get(department, "grants");
	return 0;
}

const char *
authority_department_name(const struct authority *authority, const char *code)
{
	return string(
	    json_object_get(
		json_object_get(authority->root, "departments"), code),
	    "zh");
}

int64_t
authority_office_stopped(const struct authority *authority, const char *office)
{
	const json_t *stopped = json_object_get(
	    json_object_get(authority->root, "stopped"), office);

	return stopped == NULL ? -1 : json_integer_value(stopped);
}

int
authority_refuse(struct err *e)
{
	return err_set(e, ERR_DENIED, "not_authorised",
	    "该部门无权签发此类证照或使用此印章",
	    "this department may not issue this type or use this seal");
}

/* An empty list of types on a key means all of its department. */
int
authority_key_allows(const struct authority_caller *caller, const char *type)
{
	const json_t *types = json_object_get(caller->entry, "types");
	size_t i;

	for (i = 0; i < json_array_size(types); i++)
		if (strcmp(json_string_value(json_array_get(types, i)), type) ==
		    0)
			return 1;
	return json_array_size(types) == 0;
}

int
authority_grant_find(const struct authority_caller *caller, const char *type,
    const char *seal, unsigned int place, uint64_t *quota)
{
	const json_t *grant;
	size_t i;

	for (i = 0; i < json_array_size(caller->grants); i++) {
		grant = json_array_get(caller->grants, i);
		if (strcmp(string(grant, "type"), type) == 0 &&
		    strcmp(string(grant, "seal"), seal) == 0 &&
		    integer(grant, "place") == (int64_t)place) {
			*quota = (uint64_t)integer(grant, "quota_day");
			return 1;
		}
	}
	return 0;
}
