/* desk_session.c - sessions while they last; see desk_session.h. */
#include "certsvc/desk_session.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "certsvc/desk_login.h"
#include "certsvc/desk_memory.h"
#include "certsvc/desk_office.h"
#include "certsvc/desk_record.h"
#include "certsvc/desk_session_token.h"
#include "certsvc/service_state.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	TOKEN_BYTES = 32
};

/* A session's record as one call needs it. */
struct session {
	struct store_record r;
	json_t *json; /* owned */
	const char *operator, * address, *key;
	json_int_t expires, epoch;
};

static int
login_needed(struct err *e)
{
	return err_set(e, ERR_UNKNOWN, "login_needed", "登录已失效，请重新登录",
	    "your session has ended: log in again");
}

static int
token_fill(
    struct session_token *t, const uint8_t raw[TOKEN_BYTES], struct err *e)
{
	struct bytes secret = {raw, TOKEN_BYTES};
	struct buf text = BUF_INIT, id = BUF_INIT;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	int rc = wrapped_key(secret, "certsvc session key", t->key, e);

	SHA256(raw, TOKEN_BYTES, digest);
	text_base32(&text, secret);
	text_hex(&id, (struct bytes){digest, sizeof(digest)});
	if (rc == 0 && (buf_cstr(&text) == NULL || buf_cstr(&id) == NULL))
		rc = err_nomem(e);
	if (rc == 0) {
		text_copy(t->text, sizeof(t->text), buf_cstr(&text));
		text_copy(t->id, sizeof(t->id), buf_cstr(&id));
	}
	buf_wipe(&text);
	buf_release(&id);
	return rc;
}

int
session_token_new(struct session_token *t, struct err *e)
{
	uint8_t raw[TOKEN_BYTES];
	int rc = RAND_bytes(raw, sizeof(raw)) == 1
		     ? token_fill(t, raw, e)
		     : err_internal(e, "RAND_bytes");

	OPENSSL_cleanse(raw, sizeof(raw));
	return rc;
}

int
session_token_read(struct session_token *t, const char *text, struct err *e)
{
	uint8_t raw[TOKEN_BYTES];
	int rc = text_unbase32(raw, sizeof(raw), text, strlen(text)) == 0
		     ? token_fill(t, raw, e)
		     : login_needed(e);

	OPENSSL_cleanse(raw, sizeof(raw));
	return rc;
}

static void
session_release(struct session *x)
{
	json_decref(x->json);
	store_record_release(&x->r);
	memset(x, 0, sizeof(*x));
}

static int
session_get(struct service *s, const char *id, struct session *x, struct err *e)
{
	int rc;

	memset(x, 0, sizeof(*x));
	rc = s->ops->record_get(s->store, "session", id, 0, &x->r, e);
	if (rc == ERR_NOT_FOUND)
		return login_needed(e);
	if (rc != 0 || (rc = desk_record_json(&x->r, &x->json, e)) != 0)
		return rc;
	if (json_unpack(x->json, "{s:s, s:s, s:s, s:I, s:I}", "operator",
		&x->operator, "address", &x->address, "key", &x->key, "expires",
		&x->expires, "epoch", &x->epoch) != 0)
		return login_needed(e);
	return 0;
}

/* Its next version: closed, or with another epoch. */
static int
session_fill(const struct session *x, const char *state, struct store_record *r,
    struct err *e)
{
	struct desk_record_name name = {.kind = "session",
	    .id = x->r.id,
	    .office = x->r.office,
	    .subject = x->r.subject,
	    .state = state,
	    .version = x->r.version + 1};

	return desk_record_fill(r, &name, json_incref(x->json), e);
}

/* Close it; address: where a stolen one was shown, or NULL. */
static int
session_close(struct service *s, const struct session *x, const char *address,
    struct err *e)
{
	struct desk_operator who = {0};
	struct store_record v[2];
	size_t n = 0;
	int rc;

	memset(v, 0, sizeof(v));
	rc = session_fill(x, "closed", &v[n++], e);
	text_copy(who.name, sizeof(who.name), x->operator);
	text_copy(who.office, sizeof(who.office), x->r.office);
	if (rc == 0 && address != NULL)
		rc = desk_login_record(
		    &who, "other_address", address, &v[n++], e);
	if (rc == 0)
		rc = s->ops->records_put(s->store, v, n, NULL, e);
	for (size_t i = 0; i < n; i++)
		store_record_release(&v[i]);
	return rc;
}

/* Somebody else closed it at the same moment: just as well. */
static int
end(struct service *s, const struct session *x, const char *address,
    struct err *e)
{
	int rc = session_close(s, x, address, e);

	return rc == 0 || rc == ERR_CONFLICT ? login_needed(e) : rc;
}

/* Is it open, of this address, and not too old? */
static int
check_session(struct service *s, const struct session *x, const char *address,
    struct err *e)
{
	int64_t now = clock_now();

	if (strcmp(x->r.state, "open") != 0)
		return login_needed(e);
	if (strcmp(x->address, address) != 0)
		return end(s, x, address, e);
	if (now >= x->expires ||
	    !desk_memory_live(s->desk, x->r.id, x->r.made, now, SESSION_IDLE))
		return end(s, x, NULL, e);
	return 0;
}

static int
fill_office(struct service *s, struct service_operator *op, struct err *e)
{
	struct desk_office o;
	int rc;

	if (op->office[0] == '\0')
		return 0;
	rc = desk_office_get(s, op->office, &o, e);
	if (rc == 0 && o.closed)
		rc = login_needed(e);
	if (rc == 0) {
		text_copy(op->office_zh, sizeof(op->office_zh), o.zh);
		text_copy(op->region, sizeof(op->region), o.region);
		if (text_unbase64(&op->ticket, o.ticket, strlen(o.ticket)) != 0)
			rc = err_internal(e, "ticket");
	}
	desk_office_release(&o);
	return rc;
}

/* Who it is, as of now. */
static int
fill_operator(struct service *s, const struct session *x,
    struct service_operator *op, struct err *e)
{
	struct desk_operator who;
	int rc = desk_operator_get(s, x->operator, & who, e);

	if (rc == ERR_NOT_FOUND ||
	    (rc == 0 && (!who.active || who.epoch != (uint64_t)x->epoch)))
		rc = login_needed(e);
	if (rc == 0) {
		memcpy(op->name, who.name, sizeof(op->name));
		memcpy(op->office, who.office, sizeof(op->office));
		memcpy(op->region, who.region, sizeof(op->region));
		memcpy(op->department, who.department, sizeof(op->department));
		memcpy(op->session, x->r.id, sizeof(op->session));
		op->role = who.role;
		op->must_change = who.must_change;
		op->must_enrol = s->config.second_factor && who.totp[0] == '\0';
		rc = fill_office(s, op, e);
	}
	desk_operator_wipe(&who);
	return rc;
}

static int
fill_key(const struct session *x, const struct session_token *t,
    struct service_operator *op, struct err *e)
{
	struct buf key = BUF_INIT;
	int rc;

	if (x->key[0] == '\0')
		return 0;
	rc = wrapped_open(t->key, SESSION_OFFICE_KEY, t->id, x->key, &key, e);
	if (rc == 0 && key.n >= sizeof(op->office_key))
		rc = err_internal(e, "office key");
	if (rc == 0)
		memcpy(op->office_key, key.p, key.n);
	buf_wipe(&key);
	return rc;
}

int
service_session(struct service *s, const char *token, const char *address,
    struct service_operator *op, struct err *e)
{
	struct session_token t;
	struct session x;
	int rc;

	memset(&t, 0, sizeof(t));
	memset(&x, 0, sizeof(x));
	rc = session_token_read(&t, token, e);
	if (rc == 0)
		rc = session_get(s, t.id, &x, e);
	if (rc == 0)
		rc = check_session(s, &x, address, e);
	if (rc == 0)
		rc = fill_operator(s, &x, op, e);
	if (rc == 0)
		rc = fill_key(&x, &t, op, e);
	if (rc != 0)
		service_operator_release(op);
	session_release(&x);
	OPENSSL_cleanse(&t, sizeof(t));
	return rc;
}

int
service_session_get(struct service *s, const struct service_operator *op,
    json_t **answer, struct err *e)
{
	struct desk_operator who;
	struct session x;
	int rc;

	*answer = NULL;
	rc = desk_operator_get(s, op->name, &who, e);
	if (rc == 0)
		rc = session_get(s, op->session, &x, e);
	if (rc == 0) {
		*answer = json_pack(
		    "{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:o, s:b, s:b,"
		    " s:s, s:O}",
		    "operator", op->name, "name_zh", who.zh, "role",
		    operator_role_word(op->role), "office",
		    op->office[0] ? op->office : NULL, "office_zh",
		    op->office[0] ? op->office_zh : NULL, "region",
		    op->region[0] ? op->region : NULL, "department",
		    op->department[0] ? op->department : NULL, "expires",
		    answer_time(x.expires), "must_change", op->must_change,
		    "must_enrol", op->must_enrol, "totp",
		    who.totp[0] ? "enrolled" : "missing", "last",
		    json_object_get(x.json, "last"));
		rc = *answer == NULL ? err_nomem(e) : 0;
		session_release(&x);
	}
	desk_operator_wipe(&who);
	return rc;
}

int
service_logout(
    struct service *s, const struct service_operator *op, struct err *e)
{
	struct session x;
	int rc = session_get(s, op->session, &x, e);

	if (rc == 0)
		rc = session_close(s, &x, NULL, e);
	session_release(&x);
	return rc == ERR_CONFLICT ? 0 : rc;
}

int
desk_session_renew(struct service *s, const char *id, uint64_t epoch,
    struct store_record *r, struct err *e)
{
	struct session x;
	int rc = session_get(s, id, &x, e);

	if (rc == 0 && json_object_set_new(x.json, "epoch",
			   json_integer((json_int_t)epoch)) != 0)
		rc = err_nomem(e);
	if (rc == 0)
		rc = session_fill(&x, "open", r, e);
	session_release(&x);
	return rc;
}
