/* keeper_directory.c - everything public the keeper knows, as JSON, given out
 * in pieces that fit a frame. */
#include "keys/keeper_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/base/text.h"
#include "crypto/cbor.h"
#include "crypto/digest.h"
#include "crypto/x509.h"
#include "keys/outside.h"
#include "keys/seal_json.h"

static json_t *
text_of(struct buf *text)
{
	json_t *v = buf_failed(text) ? NULL : json_string(buf_cstr(text));

	buf_release(text);
	return v;
}

static json_t *
base64_of(struct bytes v)
{
	struct buf text = BUF_INIT;

	text_base64(&text, v);
	return text_of(&text);
}

static json_t *
hex_of(const uint8_t *p, size_t n)
{
	struct buf text = BUF_INIT;

	text_hex(&text, (struct bytes){p, n});
	return text_of(&text);
}

static int
listed(const json_t *types, const json_t *type)
{
	size_t i;

	for (i = 0; i < json_array_size(types); i++)
		if (json_equal(json_array_get(types, i), type))
			return 1;
	return 0;
}

/* Types of a department: what its grants and its seals' own rows give. */
static json_t *
types_json(const json_t *grants, const struct seal_department *d)
{
	json_t *types = json_array(), *type;
	size_t i;

	for (i = 0; i < json_array_size(grants); i++) {
		type = json_object_get(json_array_get(grants, i), "type");
		if (!listed(types, type))
			json_array_append(types, type);
	}
	for (i = 0; d != NULL && i < d->ntypes; i++) {
		type = json_string(d->types[i]);
		if (!listed(types, type))
			json_array_append(types, type);
		json_decref(type);
	}
	return types;
}

/* Which seals a type may carry: [{"type","seal","place"}]. */
static json_t *
grants_json(const json_t *grants)
{
	json_t *out = json_array(), *grant;
	size_t i;

	for (i = 0; i < json_array_size(grants); i++) {
		grant = json_copy(json_array_get(grants, i));
		json_object_del(grant, "quota_day");
		json_array_append_new(out, grant);
	}
	return out;
}

/* Append an object's text without its closing brace. */
static int
open_object(const json_t *object, struct buf *out)
{
	char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);

	if (text == NULL)
		return -1;
	buf_add(out, text, strlen(text) - 1);
	free(text);
	return 0;
}

/* The seals' text is not built anew each time. */
static int
put_seals(
    struct keeper_state *s, const struct seal_department *d, struct buf *out)
{
	size_t i;
	int rc = 0;

	buf_add_str(out, ",\"seals\":[");
	for (i = 0; rc == 0 && d != NULL && i < d->nrows; i++) {
		if (i > 0)
			buf_add_byte(out, ',');
		rc = seal_json_write(&s->seals.rows[d->rows[i]], out);
	}
	buf_add_str(out, "]}");
	return rc;
}

static int
put_department(struct keeper_state *s, const char *code,
    const json_t *department, struct buf *out)
{
	const struct seal_department *d =
	    seal_register_department(&s->seals, code);
	const json_t *grants = json_object_get(department, "grants");
	json_t *own = json_object();
	int rc;

	json_object_set_new(own, "code", json_string(code));
	json_object_set(own, "zh", json_object_get(department, "zh"));
	json_object_set(own, "en", json_object_get(department, "en"));
	json_object_set_new(own, "types", types_json(grants, d));
	json_object_set_new(own, "grants", grants_json(grants));
	rc = open_object(own, out);
	json_decref(own);
	return rc == 0 ? put_seals(s, d, out) : rc;
}

static int
put_departments(struct keeper_state *s, struct buf *out)
{
	json_t *departments = json_object_get(s->authority.root, "departments"),
	       *v;
	const char *code;
	size_t start = out->n;
	int rc = 0;

	json_object_foreach (departments, code, v) {
		if (out->n > start)
			buf_add_byte(out, ',');
		rc = rc == 0 ? put_department(s, code, v, out) : rc;
	}
	return rc;
}

static json_t *
issuer_keys_json(const struct keeper_state *s, const char *name)
{
	const json_t *keys = json_object_get(s->authority.root, name), *key;
	json_t *out = json_array(), *row;
	struct err e = ERR_INIT;
	const struct x509 *x;
	struct bytes der;
	size_t i;
	long place;

	for (i = 0; i < json_array_size(keys); i++) {
		key = json_array_get(keys, i);
		place = s->store.ops->find(s->store.ctx,
		    json_string_value(json_object_get(key, "id")));
		der = s->store.ops->x509(s->store.ctx, place);
		if (place < 0 || x509_get(der, &x, &e) != 0)
			continue;
		row = json_object();
		json_object_set_new(row, "kid", hex_of(x->kid, 8));
		json_object_set_new(row, "x509", base64_of(der));
		json_object_set_new(row, "alg",
		    json_string(
			algorithm_find(s->store.ops->alg(s->store.ctx, place))
			    ->name));
		json_object_set(
		    row, "not_before", json_object_get(key, "not_before"));
		json_array_append_new(out, row);
		x509_free(x);
	}
	return out;
}

static json_t *
journal_json(const struct keeper_state *s)
{
	json_t *out = json_object();

	json_object_set_new(
	    out, "seq", json_integer((json_int_t)s->journal.mark.seq));
	json_object_set_new(out, "intent", json_string(s->journal.intent));
	return out;
}

static json_t *
pem_of(const struct buf *der)
{
	struct buf pem = BUF_INIT;
	struct err e = ERR_INIT;

	if (x509_to_pem(buf_bytes(der), &pem, &e) != 0)
		pem.failed = 1;
	return text_of(&pem);
}

/* Name an x509 by its digest. */
static void
put_digest(json_t *list, struct bytes x509)
{
	uint8_t sha256[DIGEST_SIZE];

	if (digest_sha256(x509, sha256) == 0)
		json_array_append_new(list, hex_of(sha256, sizeof(sha256)));
}

static json_t *
makers_json(const struct keeper_state *s)
{
	long place = s->store.ops->find(s->store.ctx, "maker-sm2");
	json_t *makers = json_array();
	struct err ignored = ERR_INIT;
	struct outside outside;
	size_t i;

	if (place >= 0)
		put_digest(makers, s->store.ops->x509(s->store.ctx, place));
	for (i = 0; i < s->nolder_makers; i++)
		put_digest(makers, s->older_makers[i]);
	if (outside_load(s->authority.root, &outside, &ignored) == 0)
		for (i = 0; i < outside.n[OUTSIDE_MAKERS]; i++)
			put_digest(makers, outside.list[OUTSIDE_MAKERS][i]);
	outside_release(&outside);
	return makers;
}

/* Anchors and the CAs below them; ours, then those from elsewhere. */
static void
put_issuers(const struct keeper_state *s, json_t *out)
{
	const json_t *outside = json_object_get(s->authority.root, "outside");
	json_t *roots = json_array(), *x509s = json_array();
	json_t *crl_issuers = json_array();
	size_t i, k;

	for (i = 0; i < SEAL_ALGS; i++) {
		json_array_append_new(roots, pem_of(&s->issuers[i].root));
		json_array_append_new(x509s, pem_of(&s->issuers[i].x509));
		put_digest(crl_issuers, buf_bytes(&s->issuers[i].root));
		put_digest(crl_issuers, buf_bytes(&s->issuers[i].x509));
	}
	for (i = 0; i < SEAL_ALGS; i++)
		for (k = 0; k < s->nolder[i]; k++) {
			json_array_append_new(
			    x509s, pem_of(&s->older[i][k].x509));
			put_digest(
			    crl_issuers, buf_bytes(&s->older[i][k].x509));
		}
	json_array_extend(roots, json_object_get(outside, "roots"));
	json_array_extend(x509s, json_object_get(outside, "x509s"));
	json_object_set_new(out, "roots", roots);
	json_object_set_new(out, "x509s", x509s);
	json_object_set_new(out, "crl_issuers", crl_issuers);
	json_object_set_new(out, "makers", makers_json(s));
}

/* All but the departments. */
static json_t *
directory_json(const struct keeper_state *s)
{
	json_t *out = json_object();

	json_object_set(
	    out, "issuer", json_object_get(s->authority.root, "issuer"));
	json_object_set_new(out, "code_keys", issuer_keys_json(s, "code_keys"));
	json_object_set_new(
	    out, "status_keys", issuer_keys_json(s, "status_keys"));
	put_issuers(s, out);
	json_object_set_new(out, "expires", keeper_expires_json(s));
	json_object_set_new(out, "authority_version",
	    json_integer((json_int_t)s->authority.version));
	json_object_set_new(
	    out, "seals_version", json_integer((json_int_t)s->seals.version));
	json_object_set_new(out, "journal", journal_json(s));
	return out;
}

static int
render(struct keeper_state *s, struct err *e)
{
	json_t *json = directory_json(s);
	struct buf *out = &s->directory;
	int rc;

	buf_reset(out);
	rc = open_object(json, out);
	json_decref(json);
	buf_add_str(out, ",\"departments\":[");
	if (rc == 0)
		rc = put_departments(s, out);
	buf_add_str(out, "]}");
	s->snapshot++;
	return rc != 0 || buf_failed(out) ? err_nomem(e) : 0;
}

int
keeper_directory_piece(struct keeper_state *s, struct keeper_job *job)
{
	const struct keeper_frame *f = &job->frame;
	uint64_t left;
	int rc;

	if (f->offset == 0 && (rc = render(s, &job->e)) != 0)
		return rc;
	if ((f->offset != 0 && f->snapshot != s->snapshot) ||
	    f->offset > s->directory.n)
		return err_set(&job->e, ERR_CONFLICT, "directory_changed",
		    "目录已更新，请从头读取",
		    "the directory was made anew, read it from its start");
	left = s->directory.n - f->offset;
	if (left > KEEPER_CHUNK_MAX)
		left = KEEPER_CHUNK_MAX;
	cbor_put_array(&job->payload, 3);
	cbor_put_uint(&job->payload, s->snapshot);
	cbor_put_uint(&job->payload, s->directory.n);
	cbor_put_bstr(&job->payload,
	    (struct bytes){s->directory.p + f->offset, (size_t)left});
	return 0;
}
