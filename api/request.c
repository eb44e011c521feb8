/* request.c - request and answer without a server; see request.h. */
#include "api/request.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "crypto/base/text.h"

const char *
request_param(const struct request *req, const char *name)
{
	for (size_t i = 0; i < req->nparams; i++)
		if (strcmp(req->params[i].name, name) == 0)
			return req->params[i].value;
	return "";
}

const char *
request_query(const struct request *req, const char *name)
{
	for (size_t i = 0; i < req->nquery; i++)
		if (strcmp(req->query[i].name, name) == 0)
			return req->query[i].value;
	return NULL;
}

const char *
request_header(const struct request *req, const char *name)
{
	return req->header == NULL ? NULL : req->header(req->header_ctx, name);
}

int
request_same_origin(const struct request *req, int typed)
{
	const char *site = request_header(req, "Sec-Fetch-Site");

	return site == NULL || strcmp(site, "same-origin") == 0 ||
	       (typed && strcmp(site, "none") == 0);
}

static int
bad_query(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_query",
	    "网址中 ? 之后的参数格式不正确",
	    "the parameters after ? in the address are malformed");
}

/* Percent-decode n bytes; NULL when an escape, the UTF-8 or a character is
 * not allowed. */
static char *
decode(const char *s, size_t n)
{
	char *out = malloc(n + 1);
	size_t used = 0, pos = 0;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)s[i];

		if (c == '+')
			c = ' ';
		if (c == '%') {
			if (n - i < 3 || text_unhex(&c, 1, s + i + 1, 2) != 0)
				goto fail;
			i += 2;
		}
		out[used++] = (char)c;
	}
	out[used] = '\0';
	while (pos < used) {
		int32_t cp = text_utf8_next(out, used, &pos);

		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			goto fail;
	}
	return out;
fail:
	free(out);
	return NULL;
}

/* Is name one of the space-separated words? */
static int
word_in(const char *words, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = words; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, " ");

		if (n > 0 && len == n && memcmp(p, name, n) == 0)
			return 1;
		p += len;
		p += strspn(p, " ");
	}
	return 0;
}

static int
query_add(struct request *req, const char *s, size_t n, const char *allowed,
    struct err *e)
{
	const char *eq = memchr(s, '=', n);
	struct request_pair *pair;

	if (eq == NULL || req->nquery == LIMIT_QUERY_PARAMETERS)
		return bad_query(e);
	pair = &req->query[req->nquery++];
	pair->name = decode(s, (size_t)(eq - s));
	pair->value = decode(eq + 1, n - (size_t)(eq - s) - 1);
	if (pair->name == NULL || pair->value == NULL)
		return bad_query(e);
	if (strcmp(pair->name, "holder_code") == 0)
		return err_set(e, ERR_INPUT, "personal_data_in_url",
		    "持证主体代码不得写在网址中，请用 POST /v1/certificates/search",
		    "a holder code must not be in an address: use POST /v1/certificates/search");
	if (!word_in(allowed, pair->name))
		return err_set(e, ERR_INPUT, "unknown_parameter",
		    "该网址不接受所给的参数，可用的参数：%s",
		    "this address does not take that parameter; it takes: %s",
		    allowed == NULL ? "-" : allowed);
	for (size_t i = 0; i + 1 < req->nquery; i++)
		if (strcmp(req->query[i].name, pair->name) == 0)
			return bad_query(e);
	return 0;
}

int
request_query_parse(
    struct request *req, const char *text, const char *allowed, struct err *e)
{
	while (text != NULL && *text != '\0') {
		size_t n = strcspn(text, "&");
		int rc = query_add(req, text, n, allowed, e);

		if (rc != 0)
			return rc;
		text += n;
		if (*text == '&')
			text++;
	}
	return 0;
}

int
request_query_number(const struct request *req, const char *name,
    unsigned long max, unsigned long *value, struct err *e)
{
	const char *s = request_query(req, name);
	char *end;

	if (s == NULL)
		return 0;
	if (!isdigit((unsigned char)s[0]) || strlen(s) > 18)
		return bad_query(e);
	*value = strtoul(s, &end, 10);
	if (*end != '\0')
		return bad_query(e);
	if (*value > max)
		return err_set(e, ERR_INPUT, "out_of_range",
		    "参数 %s 超出上限 %lu",
		    "parameter %s is over its limit %lu", name, max);
	return 0;
}

void
request_release(struct request *req)
{
	for (size_t i = 0; i < req->nquery; i++) {
		free(req->query[i].name);
		free(req->query[i].value);
	}
	req->nquery = 0;
	OPENSSL_cleanse(&req->cred, sizeof(req->cred));
	keeper_caller_release(&req->who);
	service_operator_release(&req->op);
}

int
response_json(
    struct response *res, unsigned int status, json_t *json, struct err *e)
{
	char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (text == NULL)
		return err_nomem(e);
	buf_add_str(&res->body, text);
	free(text);
	buf_add_byte(&res->body, '\n');
	res->status = status;
	res->type = "application/json";
	return buf_failed(&res->body) ? err_nomem(e) : 0;
}

void
response_header(struct response *res, const char *name, const char *fmt, ...)
{
	struct response_header *h;
	va_list ap;

	if (res->nheaders == RESPONSE_HEADERS_MAX)
		return;
	h = &res->headers[res->nheaders++];
	h->name = name;
	va_start(ap, fmt);
	(void)vsnprintf(h->value, sizeof(h->value), fmt, ap);
	va_end(ap);
	for (char *p = h->value; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '_';
}

int
response_not_modified(
    const struct request *req, struct response *res, const char *etag)
{
	const char *have = request_header(req, "If-None-Match");

	response_header(res, "ETag", "%s", etag);
	if (have == NULL || strstr(have, etag) == NULL)
		return 0;
	res->status = 304;
	return 1;
}

void
response_release(struct response *res)
{
	buf_release(&res->body);
	memset(res, 0, sizeof(*res));
}
