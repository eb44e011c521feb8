/* keeper_identify.c - the two requests that only ask: who is this, and are all
 * keys well. */
#include "keys/keeper_state.h"

#include "crypto/base/clock.h"
#include "crypto/cbor.h"
#include "keys/keeper_start.h"

/* 1 when an earlier grant names the same type. */
static int
repeated(const json_t *grants, size_t place)
{
	const json_t *type =
	    json_object_get(json_array_get(grants, place), "type");
	size_t i;

	for (i = 0; i < place; i++)
		if (json_equal(
			json_object_get(json_array_get(grants, i), "type"),
			type))
			return 1;
	return 0;
}

int
keeper_identify_job(struct keeper_state *s, struct keeper_job *job)
{
	struct authority_caller caller;
	struct buf types = BUF_INIT;
	const char *type;
	size_t i, n = 0;
	int rc;

	rc = authority_identify(&s->authority, &job->frame.cred,
	    job->frame.address, clock_now(), &caller, &job->e);
	if (rc != 0)
		return rc;
	for (i = 0; i < json_array_size(caller.grants); i++) {
		type = json_string_value(
		    json_object_get(json_array_get(caller.grants, i), "type"));
		if (repeated(caller.grants, i) ||
		    !authority_may_use(&caller, type))
			continue;
		cbor_put_str(&types, type);
		n++;
	}
	cbor_put_array(&job->payload, 4);
	cbor_put_str(&job->payload, caller.key);
	cbor_put_str(&job->payload, caller.department);
	cbor_put_uint(&job->payload, s->authority.version);
	cbor_put_array(&job->payload, n);
	buf_add_buf(&job->payload, &types);
	buf_release(&types);
	return 0;
}

int
keeper_self_test_job(struct keeper_state *s, struct keeper_job *job)
{
	return keeper_test_keys(s, &job->e);
}
