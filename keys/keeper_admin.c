/* keeper_admin.c - an administrator's requests: nonce, MAC, then the change,
 * which is stored before it is in force. */
#include "keys/keeper_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "crypto/base/clock.h"
#include "crypto/cbor.h"
#include "keys/admin_message.h"
#include "keys/authority_change.h"

static int
refuse(struct err *e)
{
	return err_set(e, ERR_DENIED, "administrator_refused",
	    "管理请求未通过验证（口令不对、已用过、已过期或被改动）",
	    "the administrator's request was not accepted (wrong passphrase, "
	    "used before, too old or changed)");
}

/* A new nonce takes the oldest place: a flood of them can only make an
 * administrator try again. */
static int
give_nonce(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_nonce *oldest = &s->nonces[0];
	size_t i;

	for (i = 1; i < KEEPER_NONCES; i++)
		if (s->nonces[i].made < oldest->made)
			oldest = &s->nonces[i];
	if (RAND_bytes(oldest->value, KEEPER_NONCE_SIZE) != 1)
		return err_internal(&job->e, "RAND_bytes");
	oldest->made = clock_monotonic_ms();
	cbor_put_array(&job->payload, 2);
	cbor_put_bstr(
	    &job->payload, (struct bytes){oldest->value, KEEPER_NONCE_SIZE});
	cbor_put_bstr(&job->payload, (struct bytes){NULL, 0});
	return 0;
}

/* 1 once for each nonce that was given and is not too old. */
static int
use_nonce(struct keeper_state *s, const uint8_t *value)
{
	int64_t oldest =
	    clock_monotonic_ms() - (int64_t)KEEPER_NONCE_SECONDS * 1000;
	struct keeper_nonce *n;

	for (n = s->nonces; n < s->nonces + KEEPER_NONCES; n++)
		if (n->made != 0 &&
		    memcmp(n->value, value, KEEPER_NONCE_SIZE) == 0) {
			int ok = n->made >= oldest;

			n->made = 0;
			return ok;
		}
	return 0;
}

static int
authentic(struct keeper_state *s, const struct admin_message *m)
{
	uint8_t mac[ADMIN_MAC_SIZE];

	return admin_message_mac(
		   s->admin_key, ADMIN_REQUEST, m->nonce, m->json, mac) == 0 &&
	       CRYPTO_memcmp(mac, m->mac, sizeof(mac)) == 0 &&
	       use_nonce(s, m->nonce);
}

/* Store the new table, note its version in the journal, put it in force. */
static int
put_in_force(struct keeper_state *s, struct authority *changed,
    struct buf *sealed, struct err *e)
{
	struct journal_line line = {.op = "authority",
	    .time = clock_now(),
	    .authority = changed->version};
	struct buf json = BUF_INIT;
	int rc;

	rc = authority_write(changed, &json, e);
	if (rc == 0)
		rc = authority_file_add(&s->file, buf_bytes(&json), sealed, e);
	buf_release(&json);
	if (rc != 0)
		return rc;
	authority_release(&s->authority);
	s->authority = *changed;
	changed->root = NULL;
	return journal_add(&s->journal, &line, e);
}

/* [ json, mac ] as the answer to this request only. */
static int
write_answer(const struct keeper_state *s, const struct admin_message *m,
    const json_t *json, struct buf *out, struct err *e)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	uint8_t mac[ADMIN_MAC_SIZE];
	int rc = 0;

	if (text == NULL)
		return err_nomem(e);
	if (admin_message_mac(s->admin_key, ADMIN_ANSWER, m->nonce,
		bytes_str(text), mac) != 0)
		rc = err_internal(e, "HMAC");
	cbor_put_array(out, 2);
	cbor_put_str(out, text);
	cbor_put_bstr(out, (struct bytes){mac, sizeof(mac)});
	free(text);
	return rc;
}

static json_t *
error_json(const struct err *e)
{
	return json_pack("{s:{s:i,s:s,s:s,s:s}}", "error", "class", e->class,
	    "code", e->code, "zh", e->zh, "en", e->en);
}

/* A change of the authority table. */
static int
act_on_table(struct keeper_state *s, const json_t *action, json_t **answer,
    struct buf *sealed, struct err *e)
{
	struct authority changed = {NULL, 0};
	int rc;

	rc = authority_change(
	    &s->authority, action, clock_now(), &changed, answer, e);
	if (rc == 0 && changed.root != NULL) {
		rc = put_in_force(s, &changed, sealed, e);
		if (rc != 0)
			json_decref(*answer);
	}
	authority_release(&changed);
	return rc;
}

static const char *
string(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

/* Keys of the vault that sign codes or status lists, as the action shall have
 * them: only the keeper knows which there are. */
static json_t *
issuer_keys_action(const struct keeper_state *s, const json_t *action)
{
	json_t *out = json_copy((json_t *)(uintptr_t)action);
	json_t *ids = json_array();
	const char *id;
	long place = 0;

	for (; (id = s->store.ops->id(s->store.ctx, place)) != NULL; place++)
		if (authority_key_list(id) != NULL)
			json_array_append_new(ids, json_string(id));
	if (json_object_set_new(out, "ids", ids) == 0)
		return out;
	json_decref(out);
	return NULL;
}

static int
use_issuer_keys(struct keeper_state *s, const json_t *action, json_t **answer,
    struct buf *sealed, struct err *e)
{
	json_t *whole = issuer_keys_action(s, action);
	int rc = whole == NULL ? err_nomem(e)
			       : act_on_table(s, whole, answer, sealed, e);

	json_decref(whole);
	return rc;
}

static int
dispatch(struct keeper_state *s, const json_t *action, json_t **answer,
    struct buf *sealed, struct err *e)
{
	const char *name = string(action, "action");
	int rc = 0;

	if (strncmp(name, "seal_", 5) == 0)
		return keeper_seal_act(s, action, answer, e);
	if (strcmp(name, "root_crl") == 0)
		return keeper_root_crl_act(s, action, answer, e);
	if (strcmp(name, "office_ticket") == 0)
		return keeper_office_ticket_act(s, action, answer, e);
	if (strcmp(name, "issuer_keys_use") == 0)
		return use_issuer_keys(s, action, answer, sealed, e);
	if (strcmp(name, "grant_add") == 0)
		rc = keeper_grant_check(s, string(action, "department"),
		    string(action, "seal"),
		    json_integer_value(json_object_get(action, "place")), e);
	return rc == 0 ? act_on_table(s, action, answer, sealed, e) : rc;
}

/* What was wrong with the action itself is an answer, with its MAC, so that a
 * relay cannot make up a refusal either. */
static int
act(struct keeper_state *s, const struct admin_message *m, json_t **answer,
    struct buf *sealed, struct err *e)
{
	json_t *action;
	int rc;

	action = json_loadb(
	    (const char *)m->json.p, m->json.n, JSON_REJECT_DUPLICATES, NULL);
	rc = dispatch(s, action, answer, sealed, e);
	json_decref(action);
	if (rc == 0)
		return 0;
	*answer = error_json(e);
	err_clear(e);
	return *answer ? 0 : err_nomem(e);
}

int
keeper_administer_job(struct keeper_state *s, struct keeper_job *job)
{
	struct buf sealed = BUF_INIT, text = BUF_INIT;
	struct admin_message m;
	json_t *answer = NULL;
	int rc;

	if (admin_message_read(job->frame.body, &m) != 0)
		return refuse(&job->e);
	if (!m.action)
		return give_nonce(s, job);
	if (!authentic(s, &m))
		return refuse(&job->e);
	rc = act(s, &m, &answer, &sealed, &job->e);
	if (rc == 0)
		rc = write_answer(s, &m, answer, &text, &job->e);
	if (rc == 0) {
		cbor_put_array(&job->payload, 2);
		cbor_put_bstr(&job->payload, buf_bytes(&text));
		cbor_put_bstr(&job->payload, buf_bytes(&sealed));
	}
	json_decref(answer);
	buf_release(&text);
	buf_release(&sealed);
	return rc;
}
