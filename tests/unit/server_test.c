/* The server over real sockets, with routes of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/server.h"
#include "crypto/base/clock.h"

static int
say_hello(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	(void)api;
	return response_json(res, 200,
	    json_pack("{s:s, s:s}", "name", request_param(req, "name"),
		"address", req->address),
	    e);
}

static int
echo_json(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	(void)api;
	return response_json(res, 201, json_incref(req->json), e);
}

static int
count_bytes(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	(void)api;
	return response_json(
	    res, 200, json_pack("{s:I}", "bytes", (json_int_t)req->body.n), e);
}

static const struct route ROUTES[] = {
    {"GET", "/hello/{name}", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, "a b",
	say_hello, NULL},
    {"GET", "/slow/{name}", SCOPE_PUBLIC, PACE_SLOW, BODY_NONE, NULL, say_hello,
	NULL},
    {"POST", "/echo", SCOPE_PUBLIC, PACE_SLOW, BODY_JSON, NULL, echo_json,
	NULL},
    {"POST", "/upload", SCOPE_PUBLIC, PACE_QUICK, BODY_UPLOAD, NULL,
	count_bytes, NULL},
    {"GET", "/local", SCOPE_LOCAL, PACE_QUICK, BODY_NONE, NULL, say_hello,
	NULL},
    {"GET", "/once", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, say_hello,
	ROUTE_ONCE},
    {"GET", "/closed", SCOPE_DEPARTMENT, PACE_QUICK, BODY_NONE, NULL, say_hello,
	NULL},
};

struct fixture {
	struct server *server;
	struct sockaddr_in tcp;
	struct sockaddr_un local;
};

/* Deadlines are a tenth of the published ones, to keep the test short. */
static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct server_config c;
	struct err e = ERR_INIT;
	socklen_t n = sizeof(f->tcp);

	assert_non_null(f);
	server_config_defaults(&c);
	c.routes = ROUTES;
	c.nroutes = sizeof(ROUTES) / sizeof(ROUTES[0]);
	c.times.header_ms /= 10;
	c.times.grace_ms /= 10;
	c.rates.verify_burst = 40;
	c.rates.verify = 0.001;
	c.tcp_fd = socket(AF_INET, SOCK_STREAM, 0);
	f->tcp.sin_family = AF_INET;
	f->tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(c.tcp_fd, (void *)&f->tcp, n), 0);
	assert_int_equal(listen(c.tcp_fd, 64), 0);
	assert_int_equal(getsockname(c.tcp_fd, (void *)&f->tcp, &n), 0);
	c.unix_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	f->local.sun_family = AF_UNIX;
	(void)snprintf(f->local.sun_path, sizeof(f->local.sun_path),
	    "build/server_test.%d.sock", (int)getpid());
	assert_int_equal(
	    bind(c.unix_fd, (void *)&f->local, sizeof(f->local)), 0);
	assert_int_equal(listen(c.unix_fd, 64), 0);
	assert_int_equal(server_start(&c, &f->server, &e), 0);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	server_stop(f->server);
	(void)unlink(f->local.sun_path);
	free(f);
	return 0;
}

static int
dial(const struct fixture *f, int local)
{
	struct timeval patience = {.tv_sec = 10};
	int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
	const void *sa = local ? (const void *)&f->local : &f->tcp;

	assert_int_equal(
	    connect(fd, sa, local ? sizeof(f->local) : sizeof(f->tcp)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static void
push(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		text += sent;
		n -= (size_t)sent;
	}
}

/* All that comes until the server closes. */
static const char *
drain(int fd)
{
	static char answer[65536];
	size_t used = 0;
	ssize_t n;

	while (used + 1 < sizeof(answer) &&
	       (n = recv(fd, answer + used, sizeof(answer) - 1 - used, 0)) > 0)
		used += (size_t)n;
	answer[used] = '\0';
	(void)close(fd);
	return answer;
}

static const char *
ask(const struct fixture *f, int local, const char *text)
{
	int fd = dial(f, local);

	push(fd, text, strlen(text));
	return drain(fd);
}

#define END "Host: x\r\nConnection: close\r\n\r\n"

static void
assert_has(const char *answer, const char *part)
{
	if (strstr(answer, part) == NULL)
		fail_msg("no \"%s\" in: %s", part, answer);
}

static void
quick_and_slow_routes_answer_with_the_common_headers(void **state)
{
	static const char *const common[] = {"HTTP/1.1 200 OK",
	    "Cache-Control: no-store",
	    "X-Request-Id: ", "X-Content-Type-Options: nosniff",
	    "X-Frame-Options: DENY", "Referrer-Policy: no-referrer",
	    "Content-Security-Policy: default-src 'none'",
	    "Content-Type: application/json",
	    "{\"name\":\"ab\",\"address\":\"127.0.0.1\"}"};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		assert_has(ask(*state, 0, "GET /hello/ab HTTP/1.1\r\n" END),
		    common[i]);
		assert_has(
		    ask(*state, 0, "GET /slow/ab HTTP/1.1\r\n" END), common[i]);
	}
}

static void
only_the_unix_socket_reaches_local_routes(void **state)
{
	assert_has(ask(*state, 1, "GET /local HTTP/1.1\r\n" END),
	    "\"address\":\"local\"");
	assert_has(ask(*state, 0, "GET /local HTTP/1.1\r\n" END), " 404 ");
}

static void
methods_and_paths_that_do_not_exist_are_named(void **state)
{
	const char *answer;

	answer = ask(*state, 0, "DELETE /hello/ab HTTP/1.1\r\n" END);
	assert_has(answer, " 405 ");
	assert_has(answer, "Allow: OPTIONS, GET, HEAD\r\n");
	assert_has(answer, "\"code\":\"method_not_allowed\"");
	answer = ask(*state, 0, "OPTIONS /echo HTTP/1.1\r\n" END);
	assert_has(answer, " 204 ");
	assert_has(answer, "Allow: OPTIONS, POST\r\n");
	assert_has(ask(*state, 0, "OPTIONS * HTTP/1.1\r\n" END), " 204 ");
	assert_has(ask(*state, 0, "GET /nothing HTTP/1.1\r\n" END), " 404 ");
	assert_has(ask(*state, 0, "GET /hello/%61 HTTP/1.1\r\n" END), " 404 ");
	assert_has(ask(*state, 0, "GET /hello/a?c=1 HTTP/1.1\r\n" END),
	    "unknown_parameter");
	answer = ask(*state, 0, "HEAD /hello/ab HTTP/1.1\r\n" END);
	assert_has(answer, " 200 OK");
	assert_null(strstr(answer, "\"name\""));
}

static void
what_is_given_once_is_not_used_up_by_a_head(void **state)
{
	const char *answer = ask(*state, 0, "HEAD /once HTTP/1.1\r\n" END);

	assert_has(answer, " 405 ");
	assert_has(answer, "Allow: OPTIONS, GET\r\n");
	assert_has(ask(*state, 0, "GET /once HTTP/1.1\r\n" END), " 200 OK");
}

static void
a_department_route_wants_a_credential(void **state)
{
	const char *answer = ask(*state, 0, "GET /closed HTTP/1.1\r\n" END);

	assert_has(answer, " 401 ");
	assert_has(answer, "WWW-Authenticate: Bearer, Basic");
	assert_has(answer, "\"code\":\"credential_missing\"");
	assert_has(
	    ask(*state, 0,
		"GET /closed HTTP/1.1\r\nAuthorization: Bearer a.b\r\n" END),
	    "\"code\":\"bad_credential\"");
}

static void
json_bodies_are_read_and_checked(void **state)
{
#define POST_ECHO "POST /echo HTTP/1.1\r\nContent-Type: application/json"
	assert_has(ask(*state, 0,
		       POST_ECHO "; charset=utf-8\r\nContent-Length: 7\r\n" END
				 "{\"a\":1}"),
	    "201 Created");
	assert_has(ask(*state, 0,
		       POST_ECHO "\r\nTransfer-Encoding: chunked\r\n" END
				 "7\r\n{\"a\":1}\r\n0\r\n\r\n"),
	    "201 Created");
	assert_has(
	    ask(*state, 0, POST_ECHO "\r\nContent-Length: 1\r\n" END "{"),
	    "bad_json");
	assert_has(ask(*state, 0,
		       "POST /echo HTTP/1.1\r\nContent-Type: text/plain\r\n"
		       "Content-Length: 2\r\n" END "{}"),
	    " 415 ");
	assert_has(
	    ask(*state, 0,
		"GET /hello/ab HTTP/1.1\r\nContent-Length: 2\r\n" END "{}"),
	    "body_not_expected");
}

static void
ambiguous_framing_is_refused_and_the_connection_closed(void **state)
{
	static const char *const bad[] = {
	    POST_ECHO "\r\nContent-Length: 2\r\n"
		      "Transfer-Encoding: chunked\r\nHost: x\r\n\r\n"
		      "2\r\n{}\r\n0\r\n\r\n",
	    POST_ECHO "\r\nContent-Length: 2\r\nContent-Length: 3\r\n"
		      "Host: x\r\n\r\n{} ",
	    POST_ECHO "\r\nTransfer-Encoding: gzip, chunked\r\n"
		      "Host: x\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
	    POST_ECHO "\r\nContent-Length: +2\r\nHost: x\r\n\r\n{}",
	    POST_ECHO "\r\nContent-Length: 2\r\nHost: x\r\nHost: y\r\n"
		      "\r\n{}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_has(ask(*state, 0, bad[i]), "HTTP/1.1 400 ");
}

/* A GET whose request line and headers are n bytes in total. */
static const char *
ask_headers(const struct fixture *f, size_t n)
{
	static char text[20000];
	int head = snprintf(text, sizeof(text),
	    "GET /hello/ab HTTP/1.1\r\nConnection: close\r\n"
	    "Host: x\r\nX-Fill: ");

	memset(text + head, 'a', n - (size_t)head - 4);
	memcpy(text + n - 4, "\r\n\r\n", 5);
	return ask(f, 0, text);
}

static void
headers_at_the_limit_pass_and_one_byte_more_is_431(void **state)
{
	assert_has(ask_headers(*state, LIMIT_HEADER_BYTES), " 200 OK");
	assert_has(ask_headers(*state, LIMIT_HEADER_BYTES + 1), " 431 ");
}

static const char *
ask_target(const struct fixture *f, size_t n)
{
	char text[4096];
	size_t used = 4;

	memcpy(text, "GET /hello/ab?a=", 16);
	memset(text + 16, 'a', n);
	used += n;
	(void)snprintf(
	    text + used, sizeof(text) - used, " HTTP/1.1\r\n%s", END);
	return ask(f, 0, text);
}

static void
an_address_at_the_limit_passes_and_one_byte_more_is_414(void **state)
{
	assert_has(ask_target(*state, LIMIT_URL_BYTES), " 200 OK");
	assert_has(ask_target(*state, LIMIT_URL_BYTES + 1), " 414 ");
}

static const char *
ask_upload(const struct fixture *f, size_t n)
{
	char *text = malloc(n + 256);
	int head, fd = dial(f, 0);

	assert_non_null(text);
	head = snprintf(text, 256,
	    "POST /upload HTTP/1.1\r\nContent-Type: application/pdf\r\n"
	    "Content-Length: %zu\r\n" END,
	    n);
	memset(text + head, 'a', n);
	push(fd, text, (size_t)head + n);
	free(text);
	return drain(fd);
}

static void
an_upload_at_the_limit_passes_and_one_byte_more_is_413(void **state)
{
	assert_has(ask_upload(*state, LIMIT_UPLOAD_BYTES), "33554432}");
	assert_has(ask_upload(*state, LIMIT_UPLOAD_BYTES + 1), " 413 ");
}

static void
a_client_that_waits_for_100_is_told_at_once(void **state)
{
	const char *answer = ask(*state, 0,
	    "POST /upload HTTP/1.1\r\nContent-Type: application/pdf\r\n"
	    "Expect: 100-continue\r\nContent-Length: 33554433\r\n" END);

	assert_has(answer, "HTTP/1.1 413 ");
}

/* Milliseconds until the server gives a slow client up. */
static int64_t
drip(const struct fixture *f, const char *start, const char *drop)
{
	int64_t begin = clock_monotonic_ms();
	char c;
	int fd = dial(f, 0);

	push(fd, start, strlen(start));
	while (clock_monotonic_ms() - begin < 8000) {
		struct timeval t = {.tv_usec = 100000};
		ssize_t n;

		push(fd, drop, strlen(drop));
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
		n = recv(fd, &c, 1, 0);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			break;
	}
	(void)close(fd);
	return clock_monotonic_ms() - begin;
}

static void
a_client_that_drips_headers_is_cut_off_in_total_time(void **state)
{
	int64_t ms = drip(*state, "GET /hello/ab HT", "T");

	assert_in_range(ms, 900, 2500);
	ms = drip(*state, "GET /hello/ab HTTP/1.1\r\nHost: x\r\n", "A: b\r\n");
	assert_in_range(ms, 900, 2500);
}

static void
a_client_that_drips_a_body_is_cut_off_after_the_grace(void **state)
{
	int64_t ms =
	    drip(*state, POST_ECHO "\r\nContent-Length: 9999\r\n" END, " ");

	assert_in_range(ms, 400, 2000);
}

static void
one_connection_serves_many_requests(void **state)
{
	int fd = dial(*state, 0);
	const char *text = "GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n"
			   "GET /slow/b HTTP/1.1\r\nHost: x\r\n\r\n"
			   "GET /hello/c HTTP/1.1\r\n" END;
	const char *answer;

	push(fd, text, strlen(text));
	answer = drain(fd);
	assert_has(answer, "\"a\"");
	assert_has(answer, "\"b\"");
	assert_has(answer, "\"c\"");
}

static void
public_uploads_of_one_address_are_rationed(void **state)
{
	static const char *const upload =
	    "POST /upload HTTP/1.1\r\nContent-Type: application/pdf\r\n"
	    "Content-Length: 1\r\n" END "x";
	const char *answer = "";
	struct server_figures figures;
	struct fixture *f = *state;

	for (int i = 0; i < 60; i++) {
		answer = ask(f, 0, upload);
		if (strstr(answer, " 429 ") != NULL)
			break;
	}
	assert_has(answer, " 429 ");
	assert_has(answer, "Retry-After: ");
	assert_has(answer, "\"retryable\":true");
	assert_has(ask(f, 1, upload), " 200 OK");
	assert_has(ask(f, 0, "GET /slow/ab HTTP/1.1\r\n" END), " 200 OK");
	server_figures(f->server, &figures);
	assert_true(figures.limited >= 1 && figures.by_class[2] > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		quick_and_slow_routes_answer_with_the_common_headers),
	    cmocka_unit_test(only_the_unix_socket_reaches_local_routes),
	    cmocka_unit_test(methods_and_paths_that_do_not_exist_are_named),
	    cmocka_unit_test(what_is_given_once_is_not_used_up_by_a_head),
	    cmocka_unit_test(a_department_route_wants_a_credential),
	    cmocka_unit_test(json_bodies_are_read_and_checked),
	    cmocka_unit_test(
		ambiguous_framing_is_refused_and_the_connection_closed),
	    cmocka_unit_test(
		headers_at_the_limit_pass_and_one_byte_more_is_431),
	    cmocka_unit_test(
		an_address_at_the_limit_passes_and_one_byte_more_is_414),
	    cmocka_unit_test(
		an_upload_at_the_limit_passes_and_one_byte_more_is_413),
	    cmocka_unit_test(a_client_that_waits_for_100_is_told_at_once),
	    cmocka_unit_test(
		a_client_that_drips_headers_is_cut_off_in_total_time),
	    cmocka_unit_test(
		a_client_that_drips_a_body_is_cut_off_after_the_grace),
	    cmocka_unit_test(one_connection_serves_many_requests),
	    cmocka_unit_test(public_uploads_of_one_address_are_rationed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
