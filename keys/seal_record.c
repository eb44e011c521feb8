/* seal_record.c - see seal_record.h. */
#include "keys/seal_record.h"

#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/cbor.h"
#include "crypto/x509.h"

static void
put_x509s(const struct seal_record *record, struct buf *out)
{
	const struct seal_record_x509 *x;
	size_t i;

	cbor_put_array(out, record->nx509s);
	for (i = 0; i < record->nx509s; i++) {
		x = &record->x509s[i];
		cbor_put_array(out, 5);
		cbor_put_uint(out, (uint64_t)x->alg);
		cbor_put_bstr(out, x->der);
		cbor_put_bstr(out, x->issuers);
		cbor_put_int(out, x->not_before);
		cbor_put_int(out, x->not_after);
	}
}

static void
get_x509(struct cbor *r, struct seal_record_x509 *x)
{
	uint64_t alg;

	cbor_get_tuple(r, 5);
	alg = cbor_get_uint(r);
	x->der = cbor_get_bstr(r);
	x->issuers = cbor_get_bstr(r);
	x->not_before = cbor_get_int(r);
	x->not_after = cbor_get_int(r);
	cbor_end(r);
	x->alg = alg == SIGN_ES256 ? SIGN_ES256 : SIGN_SM2;
	if ((alg != SIGN_ES256 && alg != SIGN_SM2) || x->der.n == 0 ||
	    x->der.n > X509_DER_MAX || x->issuers.n > SEAL_ISSUERS_MAX)
		cbor_refuse(r);
}

/* Each algorithm at most once, in the order of their numbers. */
static void
get_x509s(struct cbor *r, struct seal_record *record)
{
	size_t i, n = cbor_get_array(r);

	if (n > SEAL_ALGS) {
		cbor_refuse(r);
		return;
	}
	for (i = 0; i < n; i++) {
		get_x509(r, &record->x509s[i]);
		if (i > 0 && record->x509s[i].alg <= record->x509s[i - 1].alg)
			cbor_refuse(r);
	}
	record->nx509s = n;
	cbor_end(r);
}

static void
get_object(struct cbor *r, struct seal_record *record)
{
	record->object = cbor_get_bstr(r);
	if (record->object.n > SEAL_OBJECT_MAX)
		cbor_refuse(r);
}

static void
put_made(const struct seal_record *record, struct buf *out)
{
	cbor_put_tstr(out, record->meta);
	put_x509s(record, out);
	cbor_put_bstr(out, record->object);
	cbor_put_bstr(out, (struct bytes){record->secret_digest, 32});
}

static void
get_made(struct cbor *r, struct seal_record *record)
{
	record->meta = cbor_get_tstr(r);
	get_x509s(r, record);
	get_object(r, record);
	cbor_get_fixed(r, record->secret_digest, 32);
	if (record->meta.n == 0 || record->meta.n > SEAL_META_MAX)
		cbor_refuse(r);
}

static void
put_state(const struct seal_record *record, struct buf *out)
{
	cbor_put_uint(out, (uint64_t)record->state);
	cbor_put_str(out, record->reason);
}

static void
get_state(struct cbor *r, struct seal_record *record)
{
	uint64_t state = cbor_get_uint(r);

	cbor_get_str(r, record->reason, sizeof(record->reason));
	if (state < SEAL_ACTIVE || state > SEAL_DESTROYED)
		cbor_refuse(r);
	else
		record->state = (enum seal_state)state;
}

static void
put_changed(const struct seal_record *record, struct buf *out)
{
	put_x509s(record, out);
	cbor_put_bstr(out, record->object);
}

static void
get_changed(struct cbor *r, struct seal_record *record)
{
	get_x509s(r, record);
	get_object(r, record);
	if (record->nx509s == 0 && record->object.n == 0)
		cbor_refuse(r);
}

/* By kind: members after the time, and how to write and read them. */
static const struct {
	size_t members;
	void (*put)(const struct seal_record *record, struct buf *out);
	void (*get)(struct cbor *r, struct seal_record *record);
} kinds[] = {
    [SEAL_RECORD_MADE] = {4, put_made, get_made},
    [SEAL_RECORD_STATE] = {2, put_state, get_state},
    [SEAL_RECORD_CHANGED] = {2, put_changed, get_changed},
};

void
seal_record_write(const struct seal_record *record, struct buf *out)
{
	cbor_put_array(out, 4 + kinds[record->kind].members);
	cbor_put_uint(out, (uint64_t)record->kind);
	cbor_put_str(out, record->id);
	cbor_put_uint(out, record->generation);
	cbor_put_int(out, record->time);
	kinds[record->kind].put(record, out);
}

int
seal_record_read(struct bytes in, struct seal_record *record)
{
	struct cbor r;
	uint64_t kind;
	size_t n;

	memset(record, 0, sizeof(*record));
	if (in.n > SEAL_BODY_MAX)
		return -1;
	cbor_init(&r, in);
	n = cbor_get_array(&r);
	kind = cbor_get_uint(&r);
	if (kind < SEAL_RECORD_MADE || kind > SEAL_RECORD_CHANGED ||
	    n != 4 + kinds[kind].members)
		return -1;
	record->kind = (enum seal_record_kind)kind;
	cbor_get_str(&r, record->id, sizeof(record->id));
	record->generation = cbor_get_uint(&r);
	record->time = cbor_get_int(&r);
	kinds[kind].get(&r, record);
	cbor_end(&r);
	return record->id[0] != '\0' && record->generation > 0 ? cbor_done(&r)
							       : -1;
}

const char *
seal_state_name(enum seal_state state)
{
	static const char *const names[] = {
	    [SEAL_ACTIVE] = "active",
	    [SEAL_SUSPENDED] = "suspended",
	    [SEAL_LOST] = "lost",
	    [SEAL_DESTROYED] = "destroyed",
	};

	return state >= SEAL_ACTIVE && state <= SEAL_DESTROYED ? names[state]
							       : NULL;
}
