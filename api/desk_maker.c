/* desk_maker.c - offices with their tickets, operators with their passwords;
 * see cli_desk.h.  Keys and passwords are made here, where the passphrase is:
 * what goes to the service is wrapped. */
#include "api/cli_desk.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "certsvc/desk_operator.h"
#include "certsvc/wrapped.h"
#include "crypto/base/text.h"

int
desk_prove(const struct desk_maker *m, struct err *e)
{
	json_t *action = json_pack("{s:s}", "action", "key_list");
	json_t *answer = NULL;
	int rc = action == NULL ? err_nomem(e)
				: administer_act(m->adm, action, 0, &answer, e);

	json_decref(action);
	json_decref(answer);
	return rc;
}

static int
set_hex(
    json_t *json, const char *member, const uint8_t *p, size_t n, struct err *e)
{
	struct buf hex = BUF_INIT;
	int rc;

	text_hex(&hex, (struct bytes){p, n});
	rc = buf_cstr(&hex) != NULL && json_object_set_new(json, member,
					   json_string(buf_cstr(&hex))) == 0
		 ? 0
		 : err_nomem(e);
	buf_release(&hex);
	return rc;
}

static unsigned int
generation(const json_t *order)
{
	json_t *n = json_object_get(order, "generation");

	return n == NULL ? 1 : (unsigned int)json_integer_value(n);
}

/* What the keeper is asked to let this office do. */
static int
ticket_request(const struct desk_maker *m, const json_t *order, json_t *list,
    struct err *e)
{
	char key[OFFICE_KEY_SIZE] = "";
	const char *id = cli_text(order, "id");
	uint8_t hash[32];
	json_t *item;
	int rc = administer_office_key(m->adm, id, generation(order), key, e);

	if (rc == 0 && office_key_hash(key, hash) != 0)
		rc = err_internal(e, "office_key_hash");
	OPENSSL_cleanse(key, sizeof(key));
	if (rc != 0)
		return rc;
	item = json_pack("{s:s, s:O, s:O, s:O}", "id", id, "zh",
	    json_object_get(order, "zh"), "region",
	    json_object_get(order, "region"), "types",
	    json_object_get(order, "types"));
	if (item == NULL || json_array_append_new(list, item) != 0)
		return err_nomem(e);
	return set_hex(item, "hash", hash, sizeof(hash), e);
}

static int
put_office(const struct desk_maker *m, const json_t *order, json_t *ticket,
    struct err *e)
{
	struct client_call call = {.method = "POST", .path = "/v1/offices"};
	json_t *body = json_copy((json_t *)(uintptr_t)order), *answer = NULL;
	int rc;

	json_object_set(body, "ticket", ticket);
	json_object_set_new(
	    body, "generation", json_integer(generation(order)));
	call.body = body;
	rc = client_json(m->client, &call, &answer, e);
	json_decref(body);
	json_decref(answer);
	return rc;
}

int
desk_make_offices(
    const struct desk_maker *m, const json_t *orders, struct err *e)
{
	json_t *list = json_array(), *action, *answer = NULL, *tickets, *order;
	size_t i;
	int rc = 0;

	json_array_foreach (orders, i, order)
		if (rc == 0)
			rc = ticket_request(m, order, list, e);
	action =
	    json_pack("{s:s, s:o}", "action", "office_ticket", "offices", list);
	if (rc == 0 && json_array_size(orders) > 0)
		rc = administer_act(m->adm, action, 0, &answer, e);
	tickets = json_object_get(answer, "tickets");
	json_array_foreach (orders, i, order)
		if (rc == 0)
			rc =
			    put_office(m, order, json_array_get(tickets, i), e);
	json_decref(action);
	json_decref(answer);
	return rc;
}

/* The office's key, wrapped for this operator. */
static int
wrap_key(const struct desk_maker *m, json_t *body,
    const struct password_keys *keys, unsigned int number, struct err *e)
{
	char key[OFFICE_KEY_SIZE] = "";
	struct buf wrapped = BUF_INIT;
	int rc = administer_office_key(
	    m->adm, cli_text(body, "office"), number, key, e);

	if (rc == 0)
		rc = wrapped_seal(keys->wrap, DESK_OFFICE_KEY,
		    cli_text(body, "name"), bytes_str(key), &wrapped, e);
	if (rc == 0 && (json_object_set_new(body, "key",
			    json_string(buf_cstr(&wrapped))) != 0 ||
			   json_object_set_new(
			       body, "generation", json_integer(number)) != 0))
		rc = err_nomem(e);
	OPENSSL_cleanse(key, sizeof(key));
	buf_release(&wrapped);
	return rc;
}

/* Which key the office has now. */
static int
office_generation(const struct desk_maker *m, const char *id,
    unsigned int *number, struct err *e)
{
	struct buf path = BUF_INIT;
	struct client_call call = {.method = "GET"};
	json_t *office = NULL;
	int rc;

	buf_printf(&path, "/v1/offices/%s", id);
	call.path = buf_cstr(&path);
	rc = call.path == NULL ? err_nomem(e)
			       : client_json(m->client, &call, &office, e);
	if (rc == ERR_NOT_FOUND)
		rc = err_set(e, ERR_INPUT, "no_such_office", "没有机构 %s",
		    "there is no office %s", id);
	*number = generation(office);
	json_decref(office);
	buf_release(&path);
	return rc;
}

static int
fill(const struct desk_maker *m, json_t *body, const char *password,
    unsigned int number, struct err *e)
{
	uint8_t salt[PASSWORD_SALT_SIZE];
	struct password_keys keys;
	int rc;

	memset(&keys, 0, sizeof(keys));
	if (RAND_bytes(salt, sizeof(salt)) != 1)
		return err_internal(e, "RAND_bytes");
	rc = password_derive(password, salt, &keys, e);
	if (rc == 0)
		rc = set_hex(body, "salt", salt, sizeof(salt), e);
	if (rc == 0)
		rc = set_hex(
		    body, "verifier", keys.verifier, sizeof(keys.verifier), e);
	if (rc == 0 && cli_text(body, "office")[0] != '\0')
		rc = wrap_key(m, body, &keys, number, e);
	OPENSSL_cleanse(&keys, sizeof(keys));
	return rc;
}

int
desk_operator_body(const struct desk_maker *m, const json_t *order,
    const char *password, unsigned int number, json_t **body, struct err *e)
{
	int rc;

	*body = json_deep_copy(order);
	rc = *body == NULL ? err_nomem(e) : fill(m, *body, password, number, e);
	if (rc != 0) {
		json_decref(*body);
		*body = NULL;
	}
	return rc;
}

int
desk_send_operator(
    const struct desk_maker *m, const json_t *body, struct err *e)
{
	struct client_call call = {
	    .method = "POST", .path = "/v1/operators", .body = body};
	json_t *answer = NULL;
	int rc = client_json(m->client, &call, &answer, e);

	json_decref(answer);
	return rc;
}

int
desk_make_operator(const struct desk_maker *m, const json_t *order,
    const char *password, int replace, struct err *e)
{
	const char *office = cli_text(order, "office");
	unsigned int number = 1;
	json_t *body = NULL;
	int rc =
	    office[0] == '\0' ? 0 : office_generation(m, office, &number, e);

	if (rc == 0)
		rc = desk_operator_body(m, order, password, number, &body, e);
	if (rc == 0 && replace)
		json_object_set_new(body, "replace", json_true());
	if (rc == 0)
		rc = desk_send_operator(m, body, e);
	json_decref(body);
	return rc;
}
