/* keeper_status.c - status lists: signed with a key of their own, for a
 * bounded time. */
#include "keys/keeper_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libdeflate.h>

#include "crypto/base/clock.h"
#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "crypto/x509.h"

enum {
	STATUS_BITS_MAX = 262144, /* bytes: 2^20 entries of 2 bits */
	STATUS_TTL = 900	  /* seconds a client may keep it unasked */
};

/* Only now and for a bounded time: whoever holds the front must not be able to
 * store up lists for later. */
static int
check_times(const struct keeper_frame *f, struct err *e)
{
	int64_t now = clock_now();

	if (f->issued >= now - KEEPER_EARLY_SECONDS &&
	    f->issued <= now + KEEPER_EARLY_SECONDS && f->expires > f->issued &&
	    f->expires - f->issued <= (int64_t)KEEPER_STATUS_DAYS * 86400)
		return 0;
	return err_set(e, ERR_INPUT, "issued_out_of_range",
	    "状态列表的时间与密钥进程的时钟不符，或有效期超过 %d 天",
	    "the status list's times do not fit the keeper's clock, or it "
	    "lives longer than %d days",
	    KEEPER_STATUS_DAYS);
}

static int
deflate_list(struct bytes bits, struct buf *out, struct err *e)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
	size_t room = libdeflate_zlib_compress_bound(c, bits.n), n = 0;
	uint8_t *p = c ? buf_extend(out, room) : NULL;

	if (p != NULL)
		n = libdeflate_zlib_compress(c, bits.p, bits.n, p, room);
	libdeflate_free_compressor(c);
	if (n == 0)
		return err_nomem(e);
	out->n = n;
	return 0;
}

/* The claims of a Token Status List in CWT form, 2 bits an entry. */
static int
write_claims(const struct keeper_state *s, const struct keeper_frame *f,
    struct buf *out, struct err *e)
{
	uint64_t issuer = (uint64_t)json_integer_value(json_object_get(
	    json_object_get(s->authority.root, "issuer"), "number"));
	struct buf list = BUF_INIT;
	char sub[80];

	if (deflate_list(f->body, &list, e) != 0)
		return e->class;
	snprintf(sub, sizeof(sub),
	    "urn:certsvc:status-list:%" PRIu64 ":%" PRIu64, issuer, f->list);
	cbor_put_map(out, 5);
	cbor_put_uint(out, 2);
	cbor_put_str(out, sub);
	cbor_put_uint(out, 4);
	cbor_put_int(out, f->expires);
	cbor_put_uint(out, 6);
	cbor_put_int(out, f->issued);
	cbor_put_uint(out, 65533);
	cbor_put_map(out, 2);
	cbor_put_str(out, "lst");
	cbor_put_bstr(out, buf_bytes(&list));
	cbor_put_str(out, "bits");
	cbor_put_uint(out, 2);
	cbor_put_uint(out, 65534);
	cbor_put_uint(out, STATUS_TTL);
	buf_release(&list);
	return buf_failed(out) ? err_nomem(e) : 0;
}

int
keeper_status_prepare(struct keeper_state *s, struct keeper_job *job)
{
	struct journal_line line = {.op = "status",
	    .time = clock_now(),
	    .authority = s->authority.version};
	const struct keeper_frame *f = &job->frame;
	int rc;

	rc = check_times(f, &job->e);
	if (rc == 0 && (f->body.n == 0 || f->body.n > STATUS_BITS_MAX))
		rc = err_set(&job->e, ERR_INPUT, "bad_status_list",
		    "状态列表长度不合规定",
		    "the status list's length is wrong");
	job->key = keeper_issuer_key(s, "status_keys");
	if (rc == 0 && job->key < 0)
		rc = err_internal(&job->e, "status_keys");
	if (rc == 0)
		rc = write_claims(s, f, &job->claims, &job->e);
	snprintf(line.seal, sizeof(line.seal), "list-%" PRIu64, f->list);
	if (rc == 0)
		rc = journal_add(&s->journal, &line, &job->e);
	job->signs = rc == 0;
	return rc;
}

int
keeper_status_finish(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_signer signer = {s, job->key};
	struct cose_request req = {.alg = SIGN_ES256,
	    .typ = "application/statuslist+cwt",
	    .payload = buf_bytes(&job->claims),
	    .sign = keeper_sign,
	    .sign_ctx = &signer};
	const struct x509 *x;
	int rc;

	rc = x509_get(s->store.ops->x509(s->store.ctx, job->key), &x, &job->e);
	if (rc != 0)
		return rc;
	memcpy(req.kid, x->kid, sizeof(req.kid));
	x509_free(x);
	return cose_sign(&req, &job->payload, &job->e);
}
