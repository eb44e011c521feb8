/* outside.c - see outside.h. */
#include "keys/outside.h"

#include <string.h>

#include "crypto/base/text.h"
#include "crypto/der.h"
#include "crypto/x509.h"

static const char *const names[OUTSIDE_KINDS] = {"roots", "x509s", "makers"};

static int
bad_x509(enum outside_kind kind, struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_x509",
	    "%s 中须恰有一个 PEM 数字证书，且是相应的种类（机构证书或制章者证书）",
	    "an entry of %s is not exactly one x509 in PEM, or not of that "
	    "kind (authority or seal maker)",
	    names[kind]);
}

/* Counts the blocks of a text and keeps the bytes of all. */
struct taken {
	struct buf *out;
	size_t n;
};

static int
take(void *ctx, struct bytes der, struct err *e)
{
	struct taken *taken = ctx;

	(void)e;
	buf_add(taken->out, der.p, der.n);
	taken->n++;
	return 0;
}

/* The one x509 of a PEM text, of the right kind; 0, or -1. */
static int
read_one(enum outside_kind kind, const char *pem, struct buf *der)
{
	struct taken taken = {.out = der};
	struct err ignored = ERR_INIT;
	const struct x509 *x = NULL;
	int good;

	good = pem != NULL &&
	       x509_from_pem(bytes_str(pem), take, &taken, &ignored) == 0 &&
	       taken.n == 1 && x509_get(buf_bytes(der), &x, &ignored) == 0 &&
	       (kind == OUTSIDE_MAKERS ? x->may_sign && !x->ca : x->ca);
	x509_free(x);
	err_clear(&ignored);
	return good ? 0 : -1;
}

static int
list_ok(enum outside_kind kind, const json_t *list)
{
	struct buf der = BUF_INIT;
	size_t i;
	int good = json_is_array(list) && json_array_size(list) <= OUTSIDE_MAX;

	for (i = 0; good && i < json_array_size(list); i++) {
		buf_reset(&der);
		good =
		    read_one(kind, json_string_value(json_array_get(list, i)),
			&der) == 0;
	}
	buf_release(&der);
	return good;
}

int
outside_ok(const json_t *outside)
{
	size_t kind;

	if (outside == NULL)
		return 1;
	for (kind = 0; kind < OUTSIDE_KINDS; kind++)
		if (!list_ok((enum outside_kind)kind,
			json_object_get(outside, names[kind])))
			return 0;
	return json_object_size(outside) == OUTSIDE_KINDS;
}

/* The table's member, made when it is not there. */
static json_t *
member(json_t *table)
{
	json_t *outside = json_object_get(table, "outside");

	if (outside == NULL) {
		outside =
		    json_pack("{s:[],s:[],s:[]}", names[0], names[1], names[2]);
		json_object_set_new(table, "outside", outside);
	}
	return outside;
}

static int
has(const json_t *list, const json_t *text)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), text))
			return 1;
	return 0;
}

/* In our own PEM form, so that the same x509 is the same text. */
static int
add_one(enum outside_kind kind, json_t *list, const char *pem, struct err *e)
{
	struct buf der = BUF_INIT, text = BUF_INIT;
	json_t *v = NULL;
	int rc = 0;

	if (read_one(kind, pem, &der) != 0)
		rc = bad_x509(kind, e);
	if (rc == 0)
		rc = x509_to_pem(buf_bytes(&der), &text, e);
	if (rc == 0 && (v = json_string(buf_cstr(&text))) == NULL)
		rc = err_nomem(e);
	if (rc == 0 && !has(list, v)) {
		if (json_array_size(list) == OUTSIDE_MAX)
			rc = err_set(e, ERR_LIMIT, "too_many_x509s",
			    "外部机构数目超出限制：%d",
			    "more than %d x509s from elsewhere", OUTSIDE_MAX);
		else
			json_array_append(list, v);
	}
	json_decref(v);
	buf_release(&der);
	buf_release(&text);
	return rc;
}

int
outside_add(json_t *table, const json_t *action, struct err *e)
{
	json_t *outside = member(table), *given;
	size_t kind, i;
	int rc = 0;

	for (kind = 0; kind < OUTSIDE_KINDS; kind++) {
		given = json_object_get(action, names[kind]);
		for (i = 0; rc == 0 && i < json_array_size(given); i++)
			rc = add_one((enum outside_kind)kind,
			    json_object_get(outside, names[kind]),
			    json_string_value(json_array_get(given, i)), e);
	}
	return rc;
}

/* What an entry says of itself; NULL when it cannot be read. */
static json_t *
about(enum outside_kind kind, const json_t *entry)
{
	struct buf der = BUF_INIT, hex = BUF_INIT;
	struct err ignored = ERR_INIT;
	const struct x509 *x = NULL;
	json_t *out = NULL;

	if (read_one(kind, json_string_value(entry), &der) == 0 &&
	    x509_get(buf_bytes(&der), &x, &ignored) == 0) {
		text_hex(&hex, (struct bytes){x->digest, sizeof(x->digest)});
		out = json_pack("{s:s,s:s,s:I}", "sha256", buf_cstr(&hex),
		    "subject", x->text, "not_after", (json_int_t)x->not_after);
	}
	x509_free(x);
	buf_release(&der);
	buf_release(&hex);
	return out;
}

int
outside_remove(json_t *table, const json_t *action, struct err *e)
{
	json_t *outside = json_object_get(table, "outside"), *list, *entry;
	const json_t *sha256 = json_object_get(action, "sha256");
	size_t kind, i;
	int removed = 0;

	for (kind = 0; kind < OUTSIDE_KINDS; kind++) {
		list = json_object_get(outside, names[kind]);
		for (i = json_array_size(list); i-- > 0;) {
			entry = about(
			    (enum outside_kind)kind, json_array_get(list, i));
			if (sha256 != NULL &&
			    json_equal(
				json_object_get(entry, "sha256"), sha256)) {
				json_array_remove(list, i);
				removed = 1;
			}
			json_decref(entry);
		}
	}
	if (removed)
		return 0;
	return err_set(e, ERR_NOT_FOUND, "not_in_authority",
	    "权限表里没有这个外部数字证书",
	    "no such x509 from elsewhere in the authority table");
}

json_t *
outside_list(const json_t *table)
{
	const json_t *outside = json_object_get(table, "outside"), *list;
	json_t *out = json_object(), *shown;
	size_t kind, i;

	for (kind = 0; kind < OUTSIDE_KINDS; kind++) {
		list = json_object_get(outside, names[kind]);
		shown = json_array();
		for (i = 0; i < json_array_size(list); i++)
			json_array_append_new(
			    shown, about((enum outside_kind)kind,
				       json_array_get(list, i)));
		json_object_set_new(out, names[kind], shown);
	}
	return out;
}

int
outside_load(const json_t *table, struct outside *out, struct err *e)
{
	const json_t *outside = json_object_get(table, "outside"), *list;
	struct buf one = BUF_INIT;
	struct der d;
	size_t kind, i;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	for (kind = 0; kind < OUTSIDE_KINDS; kind++) {
		list = json_object_get(outside, names[kind]);
		out->n[kind] = json_array_size(list);
		for (i = 0; rc == 0 && i < out->n[kind]; i++) {
			buf_reset(&one);
			if (read_one((enum outside_kind)kind,
				json_string_value(json_array_get(list, i)),
				&one) != 0)
				rc = bad_x509((enum outside_kind)kind, e);
			buf_add_buf(&out->bytes, &one);
		}
	}
	buf_release(&one);
	if (rc != 0 || buf_failed(&out->bytes))
		return rc != 0 ? rc : err_nomem(e);
	der_init(&d, buf_bytes(&out->bytes));
	for (kind = 0; kind < OUTSIDE_KINDS; kind++)
		for (i = 0; i < out->n[kind]; i++)
			if (der_get_whole(
				&d, DER_SEQUENCE, &out->list[kind][i]) != 0)
				return err_internal(e, "outside x509s");
	return 0;
}

void
outside_release(struct outside *out)
{
	buf_release(&out->bytes);
	memset(out, 0, sizeof(*out));
}
