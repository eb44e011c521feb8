/* desk_login.c - from a right password to a session; see desk_session.h. */
#include "certsvc/desk_login.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "certsvc/desk_office.h"
#include "certsvc/desk_record.h"
#include "certsvc/desk_session_token.h"
#include "certsvc/service_state.h"
#include "certsvc/wrapped.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

/* The office's key, out of the password's wrapping into the token's. */
static int
move_key(struct desk_attempt *a, const struct session_token *t,
    struct buf *wrapped, struct err *e)
{
	struct buf key = BUF_INIT;
	int rc;

	if (a->op.key[0] == '\0')
		return 0;
	rc = wrapped_open(
	    a->keys.wrap, DESK_OFFICE_KEY, a->op.name, a->op.key, &key, e);
	if (rc == 0)
		rc = wrapped_seal(t->key, SESSION_OFFICE_KEY, t->id,
		    buf_bytes(&key), wrapped, e);
	buf_wipe(&key);
	return rc;
}

/* Login, address and failures of the time before; null at the first login. */
static int
last_json(struct desk_attempt *a, json_t **last, struct err *e)
{
	struct store_record_query q = {
	    .kind = "login", .subject = a->op.name, .state = "failed"};
	uint64_t all = 0, failures;
	int rc = a->service->ops->record_count(a->service->store, &q, &all, e);

	if (rc != 0)
		return rc;
	failures = all - a->op.failed_seen;
	*last = a->op.last_at == 0 && failures == 0
		    ? json_null()
		    : json_pack("{s:o, s:s?, s:I}", "at",
			  answer_time(a->op.last_at), "address",
			  a->op.last_at == 0 ? NULL : a->op.last_address,
			  "failures", (json_int_t)failures);
	a->op.failed_seen = all;
	return *last == NULL ? err_nomem(e) : 0;
}

static int
session_record(struct desk_attempt *a, const struct session_token *t,
    struct store_record *r, struct err *e)
{
	struct desk_record_name name = {.kind = "session",
	    .id = t->id,
	    .office = a->op.office,
	    .subject = a->op.name,
	    .state = "open",
	    .version = 1};
	struct buf key = BUF_INIT;
	json_t *last = NULL;
	int rc = move_key(a, t, &key, e);

	if (rc == 0)
		rc = last_json(a, &last, e);
	if (rc == 0)
		rc = desk_record_fill(r, &name,
		    json_pack("{s:s, s:s, s:I, s:I, s:s, s:o}", "operator",
			a->op.name, "address", a->address, "expires",
			(json_int_t)(a->now + SESSION_LIFE), "epoch",
			(json_int_t)a->op.epoch, "key", buf_cstr(&key), "last",
			last),
		    e);
	buf_release(&key);
	return rc;
}

/* Session, login and the operator's new state, or nothing: a one-time code that
 * two logins showed at a time is taken from one of them. */
static int
put_login(struct desk_attempt *a, const struct session_token *t, struct err *e)
{
	struct service *s = a->service;
	struct store_record v[3];
	int rc;

	memset(v, 0, sizeof(v));
	if ((rc = session_record(a, t, &v[0], e)) != 0)
		return rc;
	a->op.last_at = a->now;
	text_copy(a->op.last_address, sizeof(a->op.last_address), a->address);
	a->op.locked_until = 0;
	a->op.lock_level = 0;
	a->op.locked_at_own = 0;
	if ((rc = desk_login_record(&a->op, "ok", a->address, &v[1], e)) == 0 &&
	    (rc = desk_operator_fill(&a->op, &v[2], e)) == 0)
		rc = s->ops->records_put(s->store, v, 3, NULL, e);
	for (size_t i = 0; i < 3; i++)
		store_record_release(&v[i]);
	if (rc != ERR_CONFLICT)
		return rc;
	err_set(e, ERR_BUSY, "try_again", "请再登录一次",
	    "somebody logged in with this name at the same moment: try again");
	return ERR_BUSY;
}

static int
check_code(struct desk_attempt *a, const char *code, struct err *e)
{
	int64_t step = -1;
	int rc;

	if (a->op.totp[0] == '\0')
		return 0;
	if (code == NULL || code[0] == '\0') {
		desk_attempt_good(a);
		return err_set(e, ERR_UNKNOWN, "code_needed",
		    "请输入身份验证器上的 6 位动态验证码",
		    "enter the 6 digits that your authenticator shows");
	}
	if ((rc = desk_attempt_code(a, a->op.totp, code, &step, e)) != 0)
		return rc;
	if (step < 0)
		return desk_attempt_bad(a, e);
	a->op.totp_used = step;
	return 0;
}

/* The office is open, and the key still its own. */
static int
check_office(struct desk_attempt *a, struct err *e)
{
	struct desk_office o;
	int rc;

	if (a->op.office[0] == '\0')
		return 0;
	rc = desk_office_get(a->service, a->op.office, &o, e);
	if (rc == 0 && o.closed)
		rc = err_set(e, ERR_DENIED, "office_closed",
		    "您所在的机构已停用，请联系管理员",
		    "your office is closed: ask your administrator");
	else if (rc == 0 && o.generation != a->op.generation)
		rc = err_set(e, ERR_DENIED, "password_reset_needed",
		    "机构密钥已更换，请管理员为您重新设置密码",
		    "the office has a new key: an administrator must set your password anew");
	desk_office_release(&o);
	return rc;
}

static int
login(struct desk_attempt *a, struct service_login *in, struct session_token *t,
    struct err *e)
{
	int rc;

	if ((rc = desk_attempt(a, in->password, e)) != 0 ||
	    (rc = check_code(a, in->code, e)) != 0)
		return rc;
	rc = check_office(a, e);
	if (rc == 0)
		rc = session_token_new(t, e);
	if (rc == 0)
		rc = put_login(a, t, e);
	if (rc == 0)
		desk_attempt_forget(a->service, &a->op);
	else
		desk_attempt_good(a);
	return rc;
}

int
service_login(struct service *s, struct service_login *in,
    char token[OPERATOR_TOKEN_SIZE], json_t **answer, struct err *e)
{
	struct desk_attempt a = {
	    .service = s, .name = in->name, .address = in->address};
	struct service_operator op = {0};
	struct session_token t;
	int rc;

	*answer = NULL;
	memset(&t, 0, sizeof(t));
	rc = service_check_writable(s, e);
	if (rc == 0)
		rc = login(&a, in, &t, e);
	in->wait = a.wait;
	if (rc == 0)
		rc = service_session(s, t.text, in->address, &op, e);
	if (rc == 0)
		rc = service_session_get(s, &op, answer, e);
	if (rc == 0)
		memcpy(token, t.text, sizeof(t.text));
	service_operator_release(&op);
	OPENSSL_cleanse(&t, sizeof(t));
	desk_attempt_wipe(&a);
	return rc;
}
