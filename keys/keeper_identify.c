/* keeper_identify.c - the requests that only ask: are you there, who is this,
 * and are all keys well. */
#include "keys/keeper_state.h"

#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/cbor.h"
#include "keys/keeper_start.h"

/* Put a type that the caller may use; 1 when that was done.  A type comes
 * once: first from grants, then from own seals. */
static int
put_type(const struct keeper_state *s, const struct authority_caller *caller,
    const char *type, struct buf *types)
{
	if (!keeper_may_use(s, caller, type))
		return 0;
	cbor_put_str(types, type);
	return 1;
}

static const char *
grant_type(const struct authority_caller *caller, size_t i)
{
	return json_string_value(
	    json_object_get(json_array_get(caller->grants, i), "type"));
}

/* 1 when one of the first n grants names the type. */
static int
granted(const struct authority_caller *caller, size_t n, const char *type)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(grant_type(caller, i), type) == 0)
			return 1;
	return 0;
}

static size_t
put_types(const struct keeper_state *s, const struct authority_caller *caller,
    struct buf *types)
{
	const struct seal_department *d =
	    seal_register_department(&s->seals, caller->department);
	size_t i, n = 0, ngrants = json_array_size(caller->grants);

	for (i = 0; i < ngrants; i++)
		if (!granted(caller, i, grant_type(caller, i)))
			n += (size_t)put_type(
			    s, caller, grant_type(caller, i), types);
	for (i = 0; d != NULL && i < d->ntypes; i++)
		if (!granted(caller, ngrants, d->types[i]))
			n += (size_t)put_type(s, caller, d->types[i], types);
	return n;
}

int
keeper_ping_job(struct keeper_state *s, struct keeper_job *job)
{
	(void)s;
	(void)job;
	return 0;
}

int
keeper_identify_job(struct keeper_state *s, struct keeper_job *job)
{
	struct authority_caller caller;
	struct buf types = BUF_INIT;
	size_t n;
	int rc;

	rc = authority_identify(&s->authority, &job->frame.cred,
	    job->frame.address, clock_now(), &caller, &job->e);
	if (rc != 0)
		return rc;
	n = put_types(s, &caller, &types);
	cbor_put_array(&job->payload, 4);
	cbor_put_str(&job->payload, caller.key);
	cbor_put_str(&job->payload, caller.department);
	cbor_put_uint(&job->payload, s->authority.version);
	cbor_put_array(&job->payload, n);
	buf_add_buf(&job->payload, &types);
	buf_release(&types);
	return 0;
}

/* Both keys of a seal that has them. */
static int
test_seal(struct keeper_state *s, struct seal_row *row, struct err *e)
{
	static const enum sign_alg algs[SEAL_ALGS] = {SIGN_ES256, SIGN_SM2};
	EVP_PKEY *key;
	size_t i;
	int rc = 0;

	row->tested = 0;
	for (i = 0; rc == 0 && row->secret.n > 0 && i < SEAL_ALGS; i++)
		rc = seal_register_key(&s->seals, row, algs[i], &key, e);
	return rc;
}

/* All of the issuer's own keys, and the seals in turns: the next call goes on
 * with the next ones, for thousands would hold up everybody. */
int
keeper_self_test_job(struct keeper_state *s, struct keeper_job *job)
{
	int rc = keeper_test_keys(s, &job->e);
	size_t n;

	for (n = 0; rc == 0 && n < KEEPER_TEST_SEALS && n < s->seals.nrows;
	     n++) {
		s->tested = (s->tested + 1) % s->seals.nrows;
		rc = test_seal(s, &s->seals.rows[s->tested], &job->e);
	}
	return rc;
}
