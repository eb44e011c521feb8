/* sessions.c - operators log in and out; see docs/desk.md. */
#include <string.h>

#include <openssl/crypto.h>

#include "api/api.h"
#include "api/cookie.h"
#include "api/handlers.h"
#include "certsvc/desk_session.h"
#include "crypto/base/clock.h"

/* Only over TLS when the service is reached by it. */
static void
set_cookie(struct api *api, struct response *res, const char *token, int life)
{
	response_header(res, "Set-Cookie",
	    COOKIE_SESSION
	    "=%s; Max-Age=%d; Path=/; HttpOnly; SameSite=Strict%s",
	    token, life, service_is_https(api->service) ? "; Secure" : "");
}

static int
bad_body(struct err *e, const json_error_t *why)
{
	return err_set(e, ERR_INPUT, "bad_body", "请求内容有误：%s",
	    "the request body is wrong: %s", why->text);
}

static int
read_login(
    const struct request *req, struct service_login *login, struct err *e)
{
	json_error_t why;

	if (!request_same_origin(req, 0))
		return err_set(e, ERR_DENIED, "other_origin",
		    "该请求来自其他网站的页面，已拒绝",
		    "this call comes from a page of another site: refused");
	if (json_unpack_ex(req->json, &why, JSON_STRICT, "{s:s, s:s, s?s}",
		"name", &login->name, "password", &login->password, "code",
		&login->code) != 0)
		return bad_body(e, &why);
	login->address = req->address;
	return 0;
}

static int
ration(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	unsigned int wait =
	    rate_take(api->logins, req->address, clock_monotonic_ms());

	if (wait == 0)
		return 0;
	response_header(res, "Retry-After", "%u", wait);
	return err_set(e, ERR_LIMIT, "rate_limited",
	    "请求过于频繁，请在 %u 秒后重试",
	    "too many calls, try again in %u seconds", wait);
}

int
sessions_post(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct service_login login = {0};
	char token[OPERATOR_TOKEN_SIZE];
	json_t *answer = NULL;
	int rc;

	if ((rc = ration(api, req, res, e)) != 0 ||
	    (rc = read_login(req, &login, e)) != 0)
		return rc;
	rc = service_login(api->service, &login, token, &answer, e);
	if (login.wait > 0)
		response_header(res, "Retry-After", "%d", (int)login.wait);
	if (rc != 0)
		return rc;
	set_cookie(api, res, token, SESSION_LIFE);
	OPENSSL_cleanse(token, sizeof(token));
	return response_json(res, 201, answer, e);
}

int
session_get(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *answer = NULL;
	int rc = service_session_get(
	    api->service, req->caller.operator, & answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
session_delete(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	int rc = service_logout(api->service, req->caller.operator, e);

	if (rc != 0)
		return rc;
	set_cookie(api, res, "", 0);
	res->status = 204;
	return 0;
}

int
session_password(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	const char *old, *fresh;
	json_t *answer = NULL;
	json_error_t why;
	int rc;

	if (json_unpack_ex(req->json, &why, JSON_STRICT, "{s:s, s:s}", "old",
		&old, "new", &fresh) != 0)
		return bad_body(e, &why);
	rc = service_password(api->service, &req->caller, old, fresh, e);
	if (rc == 0)
		answer = json_pack("{s:b}", "must_change", 0);
	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
session_totp(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const char *password, *code = NULL;
	json_t *answer = NULL;
	json_error_t why;
	int rc;

	if (json_unpack_ex(req->json, &why, JSON_STRICT, "{s:s, s?s}",
		"password", &password, "code", &code) != 0)
		return bad_body(e, &why);
	rc = service_totp(
	    api->service, &req->caller, password, code, &answer, e);
	return rc != 0 ? rc : response_json(res, 200, answer, e);
}
