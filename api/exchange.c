/* exchange.c - one request: its life, its handler, its answer. */
#include "api/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>

#include "api/json_body.h"
#include "api/log.h"
#include "api/problem.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

static const char *
mhd_header(const void *ctx, const char *name)
{
	const struct exchange *x = ctx;

	return MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, name);
}

static int
new_id(char id[REQUEST_ID_SIZE])
{
	struct buf text = BUF_INIT;
	uint8_t raw[16];
	int ok = RAND_bytes(raw, sizeof(raw)) == 1;

	text_base32(&text, (struct bytes){raw, sizeof(raw)});
	ok = ok && !buf_failed(&text) && text.n == REQUEST_ID_SIZE - 1;
	if (ok)
		memcpy(id, buf_cstr(&text), REQUEST_ID_SIZE);
	buf_release(&text);
	return ok ? 0 : -1;
}

struct exchange *
exchange_new(struct server *server, struct MHD_Connection *mhd, const char *uri)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->server = server;
	x->mhd = mhd;
	x->target = strdup(uri);
	if (x->target == NULL || new_id(x->req.id) != 0) {
		exchange_free(x);
		return NULL;
	}
	x->query = strchr(x->target, '?');
	if (x->query != NULL)
		*x->query++ = '\0';
	x->req.header = mhd_header;
	x->req.header_ctx = x;
	return x;
}

void
exchange_free(struct exchange *x)
{
	if (x == NULL)
		return;
	request_release(&x->req);
	response_release(&x->res);
	atomic_fetch_sub(&x->server->bodies, x->counted);
	buf_wipe(&x->body);
	free(x->target);
	free(x);
}

int
exchange_count_body(struct exchange *x, size_t n)
{
	if (x->route->body != BODY_UPLOAD)
		return 1;
	if (x->crowded)
		return 0;
	x->counted += n;
	return atomic_fetch_add(&x->server->bodies, n) + n <=
	       LIMIT_UPLOADS_BYTES;
}

size_t
exchange_body_limit(const struct exchange *x)
{
	return x->route->body == BODY_UPLOAD ? LIMIT_UPLOAD_BYTES
					     : LIMIT_JSON_BYTES;
}

static int
run(struct exchange *x, struct err *e)
{
	json_t *json = NULL;
	unsigned int wait;
	int rc = 0;

	if (x->route->scope != SCOPE_PUBLIC)
		rc = exchange_authenticate(x, e);
	if (rc == 0 && (x->route->scope & SCOPE_PUBLIC) != 0 &&
	    x->route->body == BODY_UPLOAD && !x->peer->local &&
	    (wait = rate_take(
		 x->server->verify, x->req.address, clock_monotonic_ms())) != 0)
		rc = exchange_limited(x, wait, e);
	if (rc == 0 && x->over)
		rc = err_set(e, ERR_LIMIT, "body_too_large",
		    "请求正文超过上限 %zu 字节",
		    "the body is over the limit of %zu bytes",
		    exchange_body_limit(x));
	if (rc == 0 && x->crowded)
		rc = err_set(e, ERR_BUSY, "server_busy",
		    "同时上传的内容太多，请稍后重试",
		    "too much is being uploaded at once, try again later");
	x->req.body = buf_bytes(&x->body);
	if (rc == 0 && buf_failed(&x->body))
		rc = err_nomem(e);
	if (rc == 0 && x->route->body == BODY_JSON)
		rc = json_body_parse(x->req.body, &json, e);
	x->req.json = json;
	x->req.action = x->route->action;
	if (rc == 0)
		rc = x->route->handle(
		    x->server->config.api, &x->req, &x->res, e);
	json_decref(json);
	x->req.json = NULL;
	return rc;
}

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
exchange_run(struct exchange *x)
{
	struct err e = ERR_INIT;
	int64_t start = now_us();

	if (run(x, &e) != 0) {
		problem_write(&e, x->req.id, &x->res);
		if (x->res.status >= 500)
			log_line("front", "request %s: %s %s: %u %s", x->req.id,
			    x->route->method, x->route->path, x->res.status,
			    e.code);
	}
	err_clear(&e);
	x->state = EXCHANGE_READY;
	atomic_fetch_add(&x->server->busy_us, (uint64_t)(now_us() - start));
}

#define PAGE_POLICY                                                            \
	"default-src 'none'; script-src 'self'; style-src 'self'; "            \
	"img-src 'self'; connect-src 'self'; form-action 'none'; "             \
	"base-uri 'none'; frame-ancestors 'none'"

/* What every answer carries. */
static void
add_common(struct MHD_Response *out, const struct exchange *x)
{
	static const struct {
		const char *name, *value;
	} FIXED[] = {
	    {"X-Content-Type-Options", "nosniff"},
	    {"Referrer-Policy", "no-referrer"},
	    {"X-Frame-Options", "DENY"},
	    {"Cross-Origin-Resource-Policy", "same-origin"},
	    {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
	};
	/* By response.page. */
	static const char *const POLICY[] = {
	    [PAGE_NONE] = "default-src 'none'; frame-ancestors 'none'",
	    [PAGE_PLAIN] = PAGE_POLICY,
	    [PAGE_DOCUMENT] = PAGE_POLICY "; frame-src blob:",
	};
	const struct response *res = &x->res;

	MHD_add_response_header(out, "X-Request-Id", x->req.id);
	MHD_add_response_header(
	    out, "Cache-Control", res->cache == NULL ? "no-store" : res->cache);
	MHD_add_response_header(
	    out, "Content-Security-Policy", POLICY[res->page]);
	for (size_t i = 0; i < sizeof(FIXED) / sizeof(FIXED[0]); i++)
		MHD_add_response_header(out, FIXED[i].name, FIXED[i].value);
	if (res->type != NULL)
		MHD_add_response_header(out, "Content-Type", res->type);
	for (size_t i = 0; i < res->nheaders; i++)
		MHD_add_response_header(
		    out, res->headers[i].name, res->headers[i].value);
}

/* The body's memory goes over to the library. */
static struct MHD_Response *
make_response(struct response *res)
{
	struct MHD_Response *out;

	if (res->body.n == 0) {
		union {
			const uint8_t *in;
			void *out;
		} fixed = {.in = res->fixed.p};

		return MHD_create_response_from_buffer(
		    res->fixed.n, fixed.out, MHD_RESPMEM_PERSISTENT);
	}
	out = MHD_create_response_from_buffer(
	    res->body.n, res->body.p, MHD_RESPMEM_MUST_FREE);
	if (out != NULL)
		memset(&res->body, 0, sizeof(res->body));
	return out;
}

enum MHD_Result
exchange_send(struct exchange *x)
{
	struct server *s = x->server;
	struct MHD_Response *out = make_response(&x->res);
	unsigned int class = x->res.status / 100;
	enum MHD_Result ok;

	if (out == NULL)
		return MHD_NO;
	add_common(out, x);
	atomic_fetch_add(&s->requests, 1);
	atomic_fetch_add(&s->by_class[class < 6 ? class : 0], 1);
	if (x->res.status == 429)
		atomic_fetch_add(&s->limited, 1);
	connection_enter(
	    s->connections, x->peer->connection, CONNECTION_ANSWER);
	ok = MHD_queue_response(x->mhd, x->res.status, out);
	MHD_destroy_response(out);
	return ok;
}
