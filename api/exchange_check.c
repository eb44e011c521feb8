/*
 * exchange_check.c - what a request must be before its body is read.
 *
 * The library accepts more than we want to: both Content-Length and
 * Transfer-Encoding, or two of either, make two servers see two different
 * requests (RFC 9112, 6.3 and 11.2), so they are refused and the connection
 * closed.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/exchange.h"

struct framing {
	unsigned int lengths, encodings, hosts, types, credentials, cookies;
	int chunked;
	const char *length, *forwarded;
};

static enum MHD_Result
count_header(
    void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct framing *f = cls;

	(void)kind;
	if (strcasecmp(name, "Content-Length") == 0) {
		f->lengths++;
		f->length = value;
	} else if (strcasecmp(name, "Transfer-Encoding") == 0) {
		f->encodings++;
		f->chunked = value != NULL && strcasecmp(value, "chunked") == 0;
	} else if (strcasecmp(name, "Host") == 0) {
		f->hosts++;
	} else if (strcasecmp(name, "Content-Type") == 0) {
		f->types++;
	} else if (strcasecmp(name, "Authorization") == 0) {
		f->credentials++;
	} else if (strcasecmp(name, "Cookie") == 0) {
		f->cookies++;
	} else if (strcasecmp(name, "X-Forwarded-For") == 0) {
		f->forwarded = value; /* a proxy's own comes last */
	}
	return MHD_YES;
}

static int
bad_request(struct exchange *x, struct err *e, const char *zh, const char *en)
{
	response_header(&x->res, "Connection", "close");
	return err_set(e, ERR_INPUT, "bad_request", "%s%.0s", "%.0s%s", zh, en);
}

static int
check_framing(struct exchange *x, struct framing *f, struct err *e)
{
	if (f->lengths + f->encodings > 1)
		return bad_request(x, e,
		    "请求同时或重复给出了 Content-Length 与 Transfer-Encoding",
		    "Content-Length and Transfer-Encoding came together or twice");
	if (f->encodings == 1 && !f->chunked)
		return bad_request(x, e, "只接受 chunked 传输编码",
		    "only the chunked transfer encoding is accepted");
	if (f->lengths == 1 &&
	    (f->length == NULL || f->length[0] == '\0' ||
		strlen(f->length) > 18 ||
		f->length[strspn(f->length, "0123456789")] != '\0'))
		return bad_request(x, e, "Content-Length 不是数字",
		    "Content-Length is not a number");
	if (f->hosts > 1 || f->types > 1 || f->credentials > 1 ||
	    f->cookies > 1)
		return bad_request(x, e,
		    "Host、Content-Type、Authorization 或 Cookie 重复出现",
		    "Host, Content-Type, Authorization or Cookie came twice");
	return 0;
}

static int
check_sizes(struct exchange *x, size_t target, struct err *e)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	if (target > LIMIT_URL_BYTES)
		return err_set(e, ERR_INPUT, "url_too_long",
		    "网址超过上限 %d 字节",
		    "the address is over the limit of %d bytes",
		    LIMIT_URL_BYTES);
	if (info != NULL && info->header_size > LIMIT_HEADER_BYTES)
		return err_set(e, ERR_INPUT, "headers_too_large",
		    "请求行与请求头超过上限 %d 字节",
		    "request line and headers are over the limit of %d bytes",
		    LIMIT_HEADER_BYTES);
	return 0;
}

/* Does a Content-Type name this type, with or without parameters? */
static int
type_is(const char *have, const char *want)
{
	size_t n = strlen(want);

	return have != NULL && strncasecmp(have, want, n) == 0 &&
	       (have[n] == '\0' || have[n] == ';' || have[n] == ' ');
}

static int
check_type(const struct exchange *x, struct err *e)
{
	static const char *const UPLOADS[] = {"application/json",
	    "multipart/form-data", "application/pdf", "application/ofd",
	    "application/xml", "text/xml", "text/plain", "image/png",
	    "image/jpeg", "application/octet-stream"};
	const char *have = request_header(&x->req, "Content-Type");

	if (x->route->body == BODY_JSON) {
		if (type_is(have, "application/json"))
			return 0;
		return err_set(e, ERR_INPUT, "unsupported_media_type",
		    "请求正文须为 application/json",
		    "the body must be application/json");
	}
	for (size_t i = 0; i < sizeof(UPLOADS) / sizeof(UPLOADS[0]); i++)
		if (type_is(have, UPLOADS[i]))
			return 0;
	return err_set(e, ERR_INPUT, "unsupported_media_type",
	    "上传须为 PDF、OFD、XML、PNG、JPEG、文本、multipart/form-data 或 application/json",
	    "an upload must be PDF, OFD, XML, PNG, JPEG, text, multipart/form-data or application/json");
}

static int
check_body(struct exchange *x, const struct framing *f, struct err *e)
{
	unsigned long long n =
	    f->length == NULL ? 0 : strtoull(f->length, NULL, 10);
	size_t limit = exchange_body_limit(x);

	if (x->route->body == BODY_NONE) {
		if (n == 0 && f->encodings == 0)
			return 0;
		response_header(&x->res, "Connection", "close");
		return err_set(e, ERR_INPUT, "body_not_expected",
		    "该网址不接受请求正文", "this address takes no body");
	}
	x->over = n > limit;
	/* A client that waits for 100, or means far too much, is told at once;
	 * else the body is read away, so that the answer is not lost in a
	 * reset. */
	if (x->over &&
	    (request_header(&x->req, "Expect") != NULL || n / 4 > limit)) {
		response_header(&x->res, "Connection", "close");
		return err_set(e, ERR_LIMIT, "body_too_large",
		    "请求正文超过上限 %zu 字节",
		    "the body is over the limit of %zu bytes", limit);
	}
	return check_type(x, e);
}

/* The client's address when a proxy on this host forwards it: the last of the
 * last such line, as some proxies add a line of their own behind the client's.
 */
static void
forwarded_address(struct exchange *x, const char *list)
{
	const char *last = list == NULL ? NULL : strrchr(list, ',');
	uint8_t raw[16];

	if (list == NULL)
		return;
	last = last == NULL ? list : last + 1;
	last += strspn(last, " ");
	if (strlen(last) < sizeof(x->req.address) &&
	    (inet_pton(AF_INET, last, raw) == 1 ||
		inet_pton(AF_INET6, last, raw) == 1))
		memcpy(x->req.address, last, strlen(last) + 1);
}

static int
find_route(struct exchange *x, const char *method, struct err *e)
{
	const struct server_config *c = &x->server->config;
	char allow[ROUTE_ALLOW_SIZE];

	x->route = route_find(
	    c->routes, c->nroutes, method, x->target, &x->req, allow);
	if (x->route != NULL &&
	    (x->route->scope != SCOPE_LOCAL || x->peer->local))
		return 0;
	x->route = NULL;
	if (allow[0] == '\0')
		return err_set(e, ERR_NOT_FOUND, "not_found",
		    "没有这个网址，接口清单见 /openapi.json",
		    "there is nothing at this address; see /openapi.json");
	response_header(&x->res, "Allow", "%s", allow);
	return err_set(e, ERR_INPUT, "method_not_allowed",
	    "该网址不支持此方法，可用：%s",
	    "this address does not take this method; it takes %s", allow);
}

int
exchange_check(struct exchange *x, const char *method, struct err *e)
{
	struct framing f = {0};
	size_t target = strlen(x->target);
	int rc;

	if (x->query != NULL)
		target += 1 + strlen(x->query);
	MHD_get_connection_values(x->mhd, MHD_HEADER_KIND, count_header, &f);
	if (x->server->config.behind_proxy && !x->peer->local &&
	    (strcmp(x->peer->address, "127.0.0.1") == 0 ||
		strcmp(x->peer->address, "::1") == 0))
		forwarded_address(x, f.forwarded);
	if ((rc = check_framing(x, &f, e)) != 0 ||
	    (rc = check_sizes(x, target, e)) != 0 ||
	    (rc = find_route(x, method, e)) != 0)
		return rc;
	if ((rc = exchange_check_shown(x, e)) != 0 ||
	    (rc = request_query_parse(&x->req, x->query, x->route->query, e)) !=
		0)
		return rc;
	return check_body(x, &f, e);
}
