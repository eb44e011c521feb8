/*
 * exchange_caller.c - who calls: an API key, the cookie of a session, or
 * nobody but this machine's own administrator.
 *
 * A browser sends the cookie by itself, so a page of somebody else could make a
 * clerk's browser call us.  SameSite=Strict keeps the cookie back; besides, a
 * writing call must be JSON, which no form can send and no script of another
 * origin may without asking, and where the browser says that a call comes from
 * another site (Sec-Fetch-Site) it is refused, reading calls too.
 */
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "api/cookie.h"
#include "api/exchange.h"
#include "crypto/base/clock.h"

enum shown {
	SHOWN_KEY,
	SHOWN_COOKIE,
	SHOWN_LOCAL,
	SHOWN_NOTHING
};

int
exchange_limited(struct exchange *x, unsigned int seconds, struct err *e)
{
	response_header(&x->res, "Retry-After", "%u", seconds);
	err_set(e, ERR_LIMIT, "rate_limited", "请求过于频繁，请在 %u 秒后重试",
	    "too many calls, try again in %u seconds", seconds);
	e->retryable = 1;
	return ERR_LIMIT;
}

/* token: OPERATOR_TOKEN_SIZE bytes; "" when there is none that can be one. */
static int
session_token(const struct exchange *x, char *token)
{
	return cookie_value(request_header(&x->req, "Cookie"), COOKIE_SESSION,
	    token, OPERATOR_TOKEN_SIZE);
}

static enum shown
shown(const struct exchange *x)
{
	unsigned int scope = x->route->scope;
	char token[OPERATOR_TOKEN_SIZE];
	int cookie;

	if ((scope & SCOPE_DEPARTMENT) != 0 &&
	    request_header(&x->req, "Authorization") != NULL)
		return SHOWN_KEY;
	if ((scope & SCOPE_OPERATOR) != 0) {
		cookie = session_token(x, token);
		OPENSSL_cleanse(token, sizeof(token));
		if (cookie != 0)
			return SHOWN_COOKIE;
	}
	if ((scope & SCOPE_LOCAL) != 0 && x->peer->local)
		return SHOWN_LOCAL;
	return SHOWN_NOTHING;
}

static int
login_needed(struct err *e)
{
	return err_set(
	    e, ERR_UNKNOWN, "login_needed", "请先登录", "log in first");
}

int
exchange_check_shown(struct exchange *x, struct err *e)
{
	if ((x->route->scope & SCOPE_PUBLIC) != 0 || shown(x) != SHOWN_NOTHING)
		return 0;
	/* What both may, a page calls with a cookie and a system with a key. */
	if ((x->route->scope & SCOPE_DEPARTMENT) != 0 &&
	    ((x->route->scope & SCOPE_OPERATOR) == 0 ||
		request_header(&x->req, "Sec-Fetch-Site") == NULL))
		return caller_credential(NULL, &x->req.cred, e);
	return (x->route->scope & SCOPE_OPERATOR) != 0
		   ? login_needed(e)
		   : caller_credential(NULL, &x->req.cred, e);
}

/* The answer about a wrong credential itself is rationed. */
static int
identify_key(struct exchange *x, struct err *e)
{
	struct request *req = &x->req;
	int64_t now = clock_monotonic_ms();
	unsigned int wait;
	int rc;

	rc = caller_credential(
	    request_header(req, "Authorization"), &req->cred, e);
	if (rc == 0 && x->server->config.callers == NULL)
		rc = err_set(e, ERR_UNKNOWN, "bad_credential",
		    "本服务没有登记任何接口密钥",
		    "this server has no API keys");
	if (rc == 0 && !x->peer->local &&
	    (wait = rate_peek(x->server->denied, req->address, now)) != 0)
		return exchange_limited(x, wait, e);
	if (rc == 0)
		rc = caller_identify(x->server->config.callers, &req->cred,
		    req->address, &req->who, e);
	if (rc == ERR_UNKNOWN)
		(void)rate_take(x->server->denied, req->address, now);
	if (rc != 0)
		return rc;
	req->caller.cred = &req->cred;
	req->caller.who = &req->who;
	if ((wait = rate_take(x->server->key, req->who.key, now)) != 0)
		return exchange_limited(x, wait, e);
	return 0;
}

static int
check_origin(const struct exchange *x, struct err *e)
{
	const char *type = request_header(&x->req, "Content-Type");
	const char *method = x->route->method;
	int reads = strcmp(method, "GET") == 0;

	if (!request_same_origin(&x->req, reads))
		return err_set(e, ERR_DENIED, "other_origin",
		    "该请求来自其他网站的页面，已拒绝",
		    "this call comes from a page of another site: refused");
	/* No form can send DELETE. */
	if (reads || strcmp(method, "DELETE") == 0 ||
	    (type != NULL && strncasecmp(type, "application/json", 16) == 0))
		return 0;
	return err_set(e, ERR_INPUT, "unsupported_media_type",
	    "请求正文须为 application/json",
	    "the body must be application/json");
}

static int
identify_cookie(struct exchange *x, struct err *e)
{
	struct request *req = &x->req;
	struct service_operator *op = &req->op;
	char token[OPERATOR_TOKEN_SIZE];
	unsigned int wait;
	int rc = check_origin(x, e);

	if (rc == 0 &&
	    (session_token(x, token) != 1 || x->server->config.session == NULL))
		rc = login_needed(e);
	if (rc == 0)
		rc = x->server->config.session(
		    x->server->config.api, token, req->address, op, e);
	OPENSSL_cleanse(token, sizeof(token));
	if (rc != 0)
		return rc;
	req->caller.operator= op;
	if ((wait = rate_take(
		 x->server->key, op->session, clock_monotonic_ms())) != 0)
		return exchange_limited(x, wait, e);
	if (op->must_change && (x->route->scope & SCOPE_NEWCOMER) == 0)
		return err_set(e, ERR_DENIED, "password_change_needed",
		    "首次登录须先修改密码",
		    "change the password that you were given first");
	if (op->must_enrol && (x->route->scope & SCOPE_NEWCOMER) == 0)
		return err_set(e, ERR_DENIED, "second_factor_needed",
		    "请先设置动态验证码（“我的账号”），再使用打印台",
		    "set up the one-time code first (my account)");
	return 0;
}

int
exchange_authenticate(struct exchange *x, struct err *e)
{
	x->req.caller.address = x->req.address;
	switch (shown(x)) {
	case SHOWN_KEY:
		return identify_key(x, e);
	case SHOWN_COOKIE:
		return identify_cookie(x, e);
	case SHOWN_LOCAL:
		return 0;
	case SHOWN_NOTHING:
		break;
	}
	return exchange_check_shown(x, e);
}

int
exchange_is_quick(struct exchange *x)
{
	struct keeper_caller who = {0};
	struct err e = ERR_INIT;
	int known;

	if (x->route->pace == PACE_SLOW)
		return 0;
	if (x->route->scope == SCOPE_PUBLIC)
		return 1;
	/* A session is read from the store, and may be written. */
	if (shown(x) == SHOWN_COOKIE)
		return 0;
	if (shown(x) != SHOWN_KEY || x->server->config.callers == NULL)
		return 1;
	known = caller_credential(request_header(&x->req, "Authorization"),
		    &x->req.cred, &e) != 0 ||
		caller_known(x->server->config.callers, &x->req.cred,
		    x->req.address, &who);
	keeper_caller_release(&who);
	err_clear(&e);
	return known;
}
