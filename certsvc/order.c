/* order.c - the body of an issue call; see order.h. */
#include "certsvc/order.h"

#include <openssl/evp.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/json_strict.h"
#include "certsvc/text_form.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"

enum {
	SAMPLE_MAX = 262144 /* bytes of a sample.json */
};

static const char key_characters[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._:/-";
static const char type_characters[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";

/* Where a wrong member is counted. */
struct reading {
	struct err *e;
	size_t wrong;
	int nomem;
};

static void
wrong(struct reading *r, const char *code, const char *member, const char *zh,
    const char *en)
{
	char pointer[ERR_POINTER_SIZE];

	snprintf(pointer, sizeof(pointer), "/%.100s", member);
	err_add(r->e, code, pointer, "%s%.0s", "%.0s%s", zh, en);
	r->wrong++;
}

/* A member as owned NFC text; NULL when it is not there or wrong. */
static char *
member_text(
    struct reading *r, const json_t *body, const char *name, int required)
{
	const json_t *value = json_object_get(body, name);
	char *text;

	if (value == NULL || json_is_null(value)) {
		if (required)
			wrong(r, "missing", name, "缺少该项", "it is missing");
		return NULL;
	}
	if (!json_is_string(value)) {
		wrong(r, "bad_type", name, "应为 JSON 字符串",
		    "it must be a JSON string");
		return NULL;
	}
	text = text_nfc(json_string_value(value), json_string_length(value));
	if (text == NULL)
		r->nomem = 1;
	return text;
}

/* A key: only some characters, so that it is safe in logs and file names. */
static char *
member_key(struct reading *r, const json_t *body, const char *name,
    const char *characters, size_t max)
{
	char *text = member_text(r, body, name, 1);

	if (text == NULL)
		return NULL;
	if (text[0] == '\0')
		wrong(r, "missing", name, "不能为空", "it is empty");
	else if (strlen(text) > max)
		wrong(r, "too_long", name, "过长", "it is too long");
	else if (text[strspn(text, characters)] != '\0')
		wrong(r, "bad_pattern", name, "只能使用字母、数字和规定的符号",
		    "only letters, digits and the listed signs are allowed");
	return text;
}

/* Free text for people: operator, purpose; empty counts as not given. */
static char *
member_note(struct reading *r, const json_t *body, const char *name)
{
	char *text = member_text(r, body, name, 0);
	size_t pos = 0, len = text ? strlen(text) : 0;
	int32_t cp;

	while (pos < len) {
		cp = text_utf8_next(text, len, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp)) {
			wrong(r, "forbidden_character", name,
			    "含有不允许的字符",
			    "it has a character that is not allowed");
			break;
		}
	}
	if (len > 0 && text_utf8_count(text, len) > ORDER_TEXT_MAX)
		wrong(r, "too_long", name, "超过 200 个字符",
		    "it has more than 200 characters");
	if (text != NULL && len == 0) {
		free(text);
		text = NULL;
	}
	return text;
}

static void
members_check(struct reading *r, json_t *body)
{
	static const char *const known[] = {
	    "type", "matter", "serial", "operator", "purpose", "fields"};
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach (body, key, value) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (strcmp(key, known[i]) == 0)
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			wrong(r, "unknown_field", key, "没有这一项",
			    "there is no such member");
	}
}

/* Bring every string to NFC in place; what is too deep or too much is wrong. */
static void
normalise(struct reading *r, json_t *value, int depth, size_t *left)
{
	const char *key;
	char *text;
	json_t *member;
	size_t i;

	if (depth > ORDER_FIELDS_DEPTH || *left == 0) {
		if (*left > 0)
			wrong(r, "bad_type", "fields", "嵌套过深或数据过多",
			    "it is nested too deeply, or holds too much");
		*left = 0;
		return;
	}
	--*left;
	json_object_foreach (value, key, member)
		normalise(r, member, depth + 1, left);
	json_array_foreach (value, i, member)
		normalise(r, member, depth + 1, left);
	if (!json_is_string(value))
		return;
	text = text_nfc(json_string_value(value), json_string_length(value));
	if (text == NULL || json_string_set(value, text) != 0)
		r->nomem = 1;
	free(text);
}

static json_t *
member_fields(struct reading *r, json_t *body)
{
	json_t *fields = json_object_get(body, "fields");
	size_t left = ORDER_MEMBERS_MAX;

	if (fields == NULL) {
		wrong(r, "missing", "fields", "缺少该项", "it is missing");
		return NULL;
	}
	if (!json_is_object(fields)) {
		wrong(r, "bad_type", "fields", "应为 JSON 对象",
		    "it must be a JSON object");
		return NULL;
	}
	normalise(r, fields, 1, &left);
	return json_incref(fields);
}

json_t *
order_body(const struct order *order)
{
	json_t *body = json_pack("{s:s,s:s,s:s,s:O}", "type", order->type,
	    "matter", order->matter, "serial", order->serial, "fields",
	    order->fields);

	if (body != NULL && order->op != NULL &&
	    json_object_set_new(body, "operator", json_string(order->op)) != 0)
		goto fail;
	if (body != NULL && order->purpose != NULL &&
	    json_object_set_new(body, "purpose", json_string(order->purpose)) !=
		0)
		goto fail;
	return body;
fail:
	json_decref(body);
	return NULL;
}

/* Canonical JSON: members sorted, no blanks. */
static int
digest_set(struct order *order, struct err *e)
{
	json_t *body = order_body(order);
	char *text =
	    body ? json_dumps(body, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
	int rc = 0;

	json_decref(body);
	if (text == NULL)
		return err_nomem(e);
	if (EVP_Digest(text, strlen(text), order->digest, NULL, EVP_sha256(),
		NULL) != 1)
		rc = err_internal(e, "SHA-256");
	free(text);
	return rc;
}

static void
members_read(struct reading *r, json_t *body, struct order *order)
{
	members_check(r, body);
	order->type = member_key(r, body, "type", type_characters, 64);
	order->matter =
	    member_key(r, body, "matter", key_characters, ORDER_KEY_MAX);
	order->serial =
	    member_key(r, body, "serial", key_characters, ORDER_KEY_MAX);
	order->op = member_note(r, body, "operator");
	order->purpose = member_note(r, body, "purpose");
	order->fields = member_fields(r, body);
}

int
order_parse(const json_t *body, struct order *order, struct err *e)
{
	struct reading r = {e, 0, 0};
	json_t *copy;
	int rc = 0;

	memset(order, 0, sizeof(*order));
	if (!json_is_object(body))
		return err_set(e, ERR_INPUT, "bad_type", "请求应为 JSON 对象",
		    "the body must be a JSON object");
	if ((copy = json_deep_copy(body)) == NULL)
		return err_nomem(e);
	members_read(&r, copy, order);
	json_decref(copy);
	if (r.nomem)
		rc = err_nomem(e);
	else if (r.wrong > 0)
		rc = err_set(e, ERR_INPUT, "order_invalid", "请求有 %zu 处错误",
		    "the order has %zu mistakes", r.wrong);
	else
		rc = digest_set(order, e);
	if (rc != 0)
		order_release(order);
	return rc;
}

void
order_release(struct order *order)
{
	free(order->type);
	free(order->matter);
	free(order->serial);
	free(order->op);
	free(order->purpose);
	json_decref(order->fields);
	memset(order, 0, sizeof(*order));
}

int
order_sample(const char *folder, json_t **body, struct err *e)
{
	char path[PATH_MAX];
	struct buf text = BUF_INIT;
	int rc;

	*body = NULL;
	if (snprintf(path, sizeof(path), "%s/sample.json", folder) >=
	    (int)sizeof(path))
		return err_set(e, ERR_INPUT, "bad_folder", "路径过长",
		    "the path is too long");
	if ((rc = file_read(path, SAMPLE_MAX, &text, e)) == 0)
		rc = json_strict_read(buf_bytes(&text), SAMPLE_MAX, body, e);
	buf_release(&text);
	return rc;
}
