/*
 * desk_attempt.c - see desk_login.h.
 *
 * A name that nobody has takes the same way as one that somebody has: the same
 * scrypt, the same count, one transaction that records it (without the name:
 * people type passwords there).  So neither answer nor time tells which it was.
 */
#include "certsvc/desk_login.h"

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "certsvc/desk_memory.h"
#include "certsvc/desk_record.h"
#include "certsvc/service_state.h"
#include "certsvc/totp.h"
#include "certsvc/wrapped.h"
#include "crypto/base/clock.h"

enum {
	TRIES = 3 /* at a record that others write too */
};

int
desk_login_record(const struct desk_operator *op, const char *state,
    const char *address, struct store_record *r, struct err *e)
{
	char id[STORE_RECORD_ID_SIZE];
	struct desk_record_name name = {.kind = "login",
	    .id = id,
	    .office = op->office,
	    .subject = op->name,
	    .state = state,
	    .version = 1};
	int rc = desk_record_random(id, sizeof(id), e);

	return rc != 0 ? rc
		       : desk_record_fill(r, &name,
			     json_pack("{s:s}", "address", address), e);
}

static int
locked(struct desk_attempt *a, int64_t wait, struct err *e)
{
	a->wait = wait;
	return err_set(e, ERR_UNKNOWN, "locked",
	    "密码错误次数过多，请在 %d 分钟后再试，或请管理员解锁",
	    "too many wrong passwords: try again in %d minutes, or ask an administrator to unlock",
	    (int)((wait + 59) / 60));
}

static int
bad_login(struct err *e)
{
	return err_set(e, ERR_UNKNOWN, "bad_login",
	    "登录名、密码或动态验证码不正确",
	    "name, password or one-time code is wrong");
}

/* The failure, and the lock when it is one that locks, in one transaction. */
static int
put_failure(struct desk_attempt *a, struct err *e)
{
	struct service *s = a->service;
	struct store_record v[3];
	int locks = a->after.until > a->now, rc;
	size_t n = 0;

	memset(v, 0, sizeof(v));
	rc = desk_login_record(&a->op, "failed", a->address, &v[n++], e);
	if (rc == 0 && locks)
		rc =
		    desk_login_record(&a->op, "locked", a->address, &v[n++], e);
	if (rc == 0 && locks && a->known) {
		a->op.locked_until = a->after.until;
		a->op.lock_level = a->after.level;
		a->op.locked_at_own = a->at_own;
		rc = desk_operator_fill(&a->op, &v[n++], e);
	}
	if (rc == 0)
		rc = s->ops->records_put(s->store, v, n, NULL, e);
	for (size_t i = 0; i < n; i++)
		store_record_release(&v[i]);
	return rc;
}

static int
again(struct desk_attempt *a, struct err *e)
{
	struct desk_operator fresh;
	int rc = desk_operator_get(a->service, a->op.name, &fresh, e);

	if (rc == 0)
		a->op = fresh;
	desk_operator_wipe(&fresh);
	return rc;
}

int
desk_attempt_bad(struct desk_attempt *a, struct err *e)
{
	int rc = put_failure(a, e);

	for (int i = 1; rc == ERR_CONFLICT && i < TRIES; i++) {
		err_clear(e);
		rc = again(a, e);
		if (rc == 0)
			rc = put_failure(a, e);
	}
	if (rc != 0)
		return rc;
	if (a->after.until > a->now)
		return locked(a, a->after.until - a->now, e);
	return bad_login(e);
}

/* No login name that somebody types is this: the byte is not in UTF-8. */
static void
own_counter(const struct desk_operator *op, char own[DESK_COUNTER_SIZE])
{
	(void)snprintf(
	    own, DESK_COUNTER_SIZE, "%s\xff%s", op->name, op->last_address);
}

static const char *
counter(const struct desk_attempt *a)
{
	return a->at_own ? a->own : a->name;
}

void
desk_attempt_good(struct desk_attempt *a)
{
	desk_memory_take_back(a->service->desk, counter(a));
}

void
desk_attempt_forget(struct service *s, const struct desk_operator *op)
{
	char own[DESK_COUNTER_SIZE];

	own_counter(op, own);
	desk_memory_reset(s->desk, own);
	desk_memory_reset(s->desk, op->name);
}

void
desk_attempt_wipe(struct desk_attempt *a)
{
	OPENSSL_cleanse(a, sizeof(*a));
}

/* A name that cannot be one, and one that may not log in, are unknown. */
static int
find(struct desk_attempt *a, struct err *e)
{
	int rc = desk_operator_get(a->service, a->name, &a->op, e);

	a->known =
	    rc == 0 && a->op.active && (!a->op.demo || a->service->config.demo);
	if (!a->known)
		memset(&a->op, 0, sizeof(a->op));
	a->at_own = a->known && a->op.last_at != 0 &&
		    strcmp(a->op.last_address, a->address) == 0;
	own_counter(&a->op, a->own);
	if (rc != ERR_NOT_FOUND)
		return rc;
	err_clear(e);
	return 0;
}

int
desk_attempt(struct desk_attempt *a, const char *password, struct err *e)
{
	struct lockout kept = {0};
	int64_t wait;
	int rc;

	a->now = clock_now();
	if ((rc = find(a, e)) != 0)
		return rc;
	if (!a->at_own || a->op.locked_at_own) {
		kept.until = a->op.locked_until;
		kept.level = a->op.lock_level;
	}
	wait = desk_memory_try(
	    a->service->desk, counter(a), &kept, a->now, &a->after);
	if (wait > 0)
		return locked(a, wait, e);
	rc = password_derive(password, a->op.salt, &a->keys, e);
	if (rc != 0) {
		desk_attempt_good(a);
		return rc;
	}
	if (CRYPTO_memcmp(a->keys.verifier, a->op.verifier,
		sizeof(a->op.verifier)) == 0 &&
	    a->known)
		return 0;
	return desk_attempt_bad(a, e);
}

int
desk_attempt_again(struct desk_attempt *a, const char *password, struct err *e)
{
	int rc = desk_attempt(a, password, e);

	if (rc == 0 || strcmp(e->code, "bad_login") != 0)
		return rc;
	return err_set(e, ERR_DENIED, "bad_password", "当前密码不正确",
	    "the present password is wrong");
}

int
desk_attempt_code(const struct desk_attempt *a, const char *wrapped,
    const char *code, int64_t *step, struct err *e)
{
	struct buf secret = BUF_INIT;
	int rc = wrapped_open(
	    a->keys.wrap, DESK_TOTP, a->op.name, wrapped, &secret, e);

	if (rc == 0)
		*step = totp_step(
		    buf_bytes(&secret), code, a->now, a->op.totp_used);
	buf_wipe(&secret);
	return rc;
}
