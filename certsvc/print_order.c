/* print_order.c - what somebody wants printed, as a body; see print_make.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/desk_record.h"
#include "certsvc/print_make.h"
#include "crypto/base/text.h"
#include "crypto/digest.h"

static const struct {
	const char *name;
	size_t at;
} members[] = {
#define MEMBER(name, field)                                                    \
	{                                                                      \
		name, offsetof(struct print_order, field)                      \
	}
    MEMBER("certificate", certificate),
    MEMBER("kind", kind_word),
    MEMBER("channel", channel),
    MEMBER("printer", printer),
    MEMBER("office", office),
    MEMBER("lookup", lookup),
    MEMBER("purpose", purpose),
    MEMBER("reason", reason),
    MEMBER("expires", expires),
    MEMBER("matter", matter),
    MEMBER("blank", blank),
    MEMBER("variant", variant),
#undef MEMBER
};

enum {
	MEMBERS = sizeof(members) / sizeof(members[0])
};

static void
take_member(struct print_order *order, const char *name, const json_t *value,
    struct err *e)
{
	char pointer[ERR_POINTER_SIZE];
	const char *text = json_string_value(value);
	size_t i;

	text_copy(pointer + 1, sizeof(pointer) - 1, name);
	pointer[0] = '/';
	for (i = 0; i < MEMBERS; i++)
		if (strcmp(members[i].name, name) == 0)
			break;
	if (i == MEMBERS) {
		err_add(e, "unknown_field", pointer, "没有这一项",
		    "there is no such member");
		return;
	}
	if (json_is_null(value) || (text != NULL && text[0] == '\0'))
		return;
	if (text == NULL)
		err_add(e, "bad_type", pointer, "应为文字", "must be text");
	else
		service_check_text(text, pointer, e);
	memcpy((char *)order + members[i].at, &text, sizeof(text));
}

/* What must be there. */
static void
check_order(struct print_order *order, struct err *e)
{
	int kind =
	    print_kind_find(order->kind_word != NULL ? order->kind_word : "");

	if (order->certificate == NULL)
		err_add(e, "missing", "/certificate", "必须指明证照",
		    "say which certificate");
	if (kind < 0)
		err_add(e, "bad_enum", "/kind",
		    "kind 须为 original、copy 或 proof",
		    "kind is original, copy or proof");
	else
		order->kind = (enum print_kind)kind;
	order->browser =
	    order->channel != NULL && strcmp(order->channel, "browser") == 0;
	if (!order->browser &&
	    (order->channel == NULL || strcmp(order->channel, "printer") != 0))
		err_add(e, "bad_enum", "/channel",
		    "channel 须为 printer 或 browser",
		    "channel is printer or browser");
	if (!order->browser && order->printer == NULL)
		err_add(e, "missing", "/printer", "必须指明打印机",
		    "say which printer");
	if (order->blank != NULL && kind == PRINT_COPY)
		err_add(e, "not_for_copies", "/blank", "加注件用普通纸打印",
		    "copies are printed on plain paper");
	if (order->matter != NULL && strlen(order->matter) > ORDER_KEY_MAX)
		err_add(e, "too_long", "/matter", "超过 %d 个字符",
		    "over %d characters", ORDER_KEY_MAX);
}

int
print_order_read(struct print_make *make, struct err *e)
{
	json_t *body = (json_t *)(uintptr_t)make->call->body, *value;
	const char *name;

	if (!json_is_object(body))
		return err_set(e, ERR_INPUT, "bad_body",
		    "请求内容须为 JSON 对象", "the body must be an object");
	json_object_foreach (body, name, value)
		take_member(&make->order, name, value, e);
	check_order(&make->order, e);
	return print_desk_fields(e);
}

static int
hex_digest(struct bytes of, char out[65], struct err *e)
{
	uint8_t digest[DIGEST_SIZE];
	struct buf hex = BUF_INIT;

	if (digest_sha256(of, digest) != 0)
		return err_internal(e, "SHA-256");
	text_hex(&hex, (struct bytes){digest, sizeof(digest)});
	if (buf_cstr(&hex) != NULL)
		text_copy(out, 65, buf_cstr(&hex));
	buf_release(&hex);
	return out[0] != '\0' ? 0 : err_nomem(e);
}

static int
key_ok(const char *key)
{
	size_t n = key != NULL ? strlen(key) : 0, i;

	for (i = 0; i < n; i++)
		if (key[i] < '!' || key[i] > '~')
			return 0;
	return n > 0 && n <= PRINT_KEY_MAX;
}

/* Keys are the caller's own: two who choose the same do not meet. */
int
print_order_key(struct print_make *make, struct err *e)
{
	const struct service_caller *caller = make->call->caller;
	const struct service_operator *op = caller->operator;
	char *body =
	    json_dumps(make->call->body, JSON_COMPACT | JSON_SORT_KEYS);
	struct buf all = BUF_INIT;
	int rc;

	if (!key_ok(make->call->key))
		rc = err_set(e, ERR_INPUT, "idempotency_key_needed",
		    "请求须带 Idempotency-Key（1 至 %d 个可见字符），这样网络中断后重试不会重复打印",
		    "send an Idempotency-Key (1 to %d visible characters): a retry after a lost connection then prints nothing twice",
		    PRINT_KEY_MAX);
	else if (body == NULL)
		rc = err_nomem(e);
	else
		rc = hex_digest(bytes_str(body), make->digest, e);
	free(body);
	if (rc != 0)
		return rc;
	buf_printf(&all, "%s\n%s\n%s", op != NULL ? "operator" : "department",
	    op != NULL ? op->name : caller->who->department, make->call->key);
	rc = buf_failed(&all) ? err_nomem(e)
			      : hex_digest(buf_bytes(&all), make->key, e);
	buf_release(&all);
	return rc;
}

int
print_order_replay(struct print_make *make, struct err *e)
{
	const struct print_store in = print_desk_store(make->service);
	struct store_record r;
	json_t *json = NULL;
	const char *digest;
	int rc = in.ops->record_get(in.store, "print-key", make->key, 0, &r, e);

	if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		return 0;
	}
	if (rc == 0)
		rc = desk_record_json(&r, &json, e);
	digest = json_string_value(json_object_get(json, "digest"));
	if (rc == 0 && (digest == NULL || strcmp(digest, make->digest) != 0))
		rc = err_set(e, ERR_CONFLICT, "key_reused",
		    "同一 Idempotency-Key 已用于另一份内容不同的请求",
		    "this Idempotency-Key was used already by a request with other content");
	if (rc == 0)
		rc = print_job_read(&in, r.subject, &make->job, e);
	json_decref(json);
	store_record_release(&r);
	return rc == 0 ? 1 : rc;
}
