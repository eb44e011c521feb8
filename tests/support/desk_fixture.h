/*
 * desk_fixture.h - offices and operators in a service of service_fixture.h.
 */
#ifndef TESTS_SUPPORT_DESK_FIXTURE_H
#define TESTS_SUPPORT_DESK_FIXTURE_H

#include "tests/support/service_fixture.h"

#include "certsvc/desk_admin.h"
#include "certsvc/desk_operator.h"
#include "certsvc/desk_session.h"
#include "certsvc/wrapped.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

#define DESK_PASSWORD "green tea at noon"
#define DESK_KEY "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST"

/* The table of /v1/types: codes of the shipped types. */
#define BUSINESS_CODE "11990000MB9A010097001"
#define SOCIAL_CODE "11990000MB9A010097002"
#define DOG_CODE "11990000MB9A010097003"

static inline json_t *
desk_office_body(const char *id, const char *region, const char *state)
{
	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:[{s:s}, {s:s, s:i}], s:s, s:s}", "id", id,
	    "zh", "河口镇便民服务中心", "region", region, "kind", "centre",
	    "types", "type", SOCIAL_CODE, "type", DOG_CODE, "quota_day", 5,
	    "ticket", "dGlja2V0", "state", state);
}

static inline void
desk_put_office(
    struct office *o, const char *id, const char *region, const char *state)
{
	struct err e = ERR_INIT;
	json_t *answer = NULL, *body = desk_office_body(id, region, state);
	int made;

	if (service_office_put(o->service, body, &answer, &made, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	json_decref(body);
	json_decref(answer);
}

/* As the command line makes it; place: "office", "region" or "department". */
static inline json_t *
desk_operator_body(const char *name, const char *role, const char *place,
    const char *value, const char *password)
{
	struct password_keys keys;
	uint8_t salt[PASSWORD_SALT_SIZE] = "salt of a test";
	struct buf hex = BUF_INIT, verifier = BUF_INIT, key = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *body;

	assert_int_equal(password_derive(password, salt, &keys, &e), 0);
	text_hex(&hex, (struct bytes){salt, sizeof(salt)});
	text_hex(
	    &verifier, (struct bytes){keys.verifier, sizeof(keys.verifier)});
	body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", name, "role",
	    role, place, value, "salt", buf_cstr(&hex), "verifier",
	    buf_cstr(&verifier));
	if (strcmp(place, "office") == 0) {
		assert_int_equal(wrapped_seal(keys.wrap, DESK_OFFICE_KEY, name,
				     bytes_str(DESK_KEY), &key, &e),
		    0);
		json_object_set_new(body, "key", json_string(buf_cstr(&key)));
		json_object_set_new(body, "generation", json_integer(1));
	}
	buf_release(&hex);
	buf_release(&verifier);
	buf_release(&key);
	return body;
}

/* As desk_operator_body; it must change nothing first. */
static inline void
desk_put_operator(struct office *o, const char *name, const char *role,
    const char *place, const char *value)
{
	struct err e = ERR_INIT;
	json_t *answer = NULL, *body = desk_operator_body(
				   name, role, place, value, DESK_PASSWORD);

	json_object_set_new(body, "demo", json_true());
	if (service_operator_put(o->service, body, &answer, &e) != 0)
		fail_msg("%s: %s (%s)", e.code, e.en,
		    e.nitems > 0 ? e.items[0].en : "");
	json_decref(body);
	json_decref(answer);
}

static inline int
desk_login(struct office *o, const char *name, const char *password,
    const char *code, char token[OPERATOR_TOKEN_SIZE], struct err *e)
{
	struct service_login in = {.name = name,
	    .password = password,
	    .code = code,
	    .address = "10.1.0.9"};
	json_t *answer = NULL;
	int rc = service_login(o->service, &in, token, &answer, e);

	json_decref(answer);
	return rc;
}

/* Who is logged in now; release it. */
static inline void
desk_enter(struct office *o, const char *name, struct service_operator *op)
{
	char token[OPERATOR_TOKEN_SIZE];
	struct err e = ERR_INIT;

	if (desk_login(o, name, DESK_PASSWORD, NULL, token, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	memset(op, 0, sizeof(*op));
	assert_int_equal(
	    service_session(o->service, token, "10.1.0.9", op, &e), 0);
}

#endif
