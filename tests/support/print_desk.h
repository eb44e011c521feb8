/*
 * print_desk.h - an office of a test beside a whole service: its ticket, its
 * key, a clerk, and the certificates it prints.  Header only.
 */
#ifndef TESTS_SUPPORT_PRINT_DESK_H
#define TESTS_SUPPORT_PRINT_DESK_H

#include "certsvc/service_state.h"
#include "crypto/base/text.h"
#include "keys/administrator.h"
#include "keys/office_key.h"
#include "tests/support/service_fixture.h"

/* The first shipped types' codes, for tickets. */
#define DESK_BUSINESS "11990000MB9A010097001"
#define DESK_PROOF "11990000MB9A010097002"
#define DESK_DOG "11990000MB9A010097003"

/* A clerk with the key and the ticket of an office for some types; not
 * released, as nothing of a test's is secret. */
static inline void
desk_clerk(struct office *o, const char *id, const char *zh,
    const char *const *types, size_t ntypes, struct service_operator *clerk)
{
	json_t *action, *answer = NULL, *rows = json_array();
	struct administrator *adm = NULL;
	struct buf hex = BUF_INIT;
	struct err e = ERR_INIT;
	uint8_t hash[32];
	const char *text;
	size_t i;

	memset(clerk, 0, sizeof(*clerk));
	clerk->role = ROLE_CLERK;
	snprintf(clerk->office, sizeof(clerk->office), "%s", id);
	snprintf(clerk->office_zh, sizeof(clerk->office_zh), "%s", zh);
	assert_int_equal(administrator_new(
			     o->f.dir, bytes_str(FIXTURE_PASSPHRASE), &adm, &e),
	    0);
	assert_int_equal(
	    administrator_office_key(adm, id, 1, clerk->office_key, &e), 0);
	assert_int_equal(office_key_hash(clerk->office_key, hash), 0);
	text_hex(&hex, (struct bytes){hash, sizeof(hash)});
	for (i = 0; i < ntypes; i++)
		json_array_append_new(
		    rows, json_pack("{s:s}", "type", types[i]));
	action = json_pack("{s:s,s:[{s:s,s:s,s:s,s:s,s:o}]}", "action",
	    "office_ticket", "offices", "id", id, "zh", zh, "region",
	    "990100001", "hash", buf_cstr(&hex), "types", rows);
	if (administrator_call(adm, o->f.keeper, action, &answer, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	text = json_string_value(
	    json_array_get(json_object_get(answer, "tickets"), 0));
	assert_non_null(text);
	assert_int_equal(text_unbase64(&clerk->ticket, text, strlen(text)), 0);
	json_decref(action);
	json_decref(answer);
	buf_release(&hex);
	administrator_free(adm);
}

/* A certificate as the store has it. */
static inline void
desk_certificate(struct office *o, const char *id, struct store_certificate *c)
{
	struct err e = ERR_INIT;

	memset(c, 0, sizeof(*c));
	assert_int_equal(
	    o->service->ops->certificate_get(o->service->store, id, c, &e), 0);
}

#endif
