/* Who may call what: API keys, cookies of sessions, the admin socket, and pages
 * of other sites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/cookie.h"
#include "api/server.h"

static int
say_who(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const struct service_caller *c = &req->caller;

	(void)api;
	return response_json(res, 200,
	    json_pack("{s:s}", "who",
		c->operator!= NULL ? c->operator->name
		: c->who != NULL   ? c->who->department
				   : "nobody"),
	    e);
}

#define OPERATOR_OR_LOCAL (SCOPE_OPERATOR | SCOPE_LOCAL)

static const struct route ROUTES[] = {
    {"GET", "/desk", SCOPE_OPERATOR, PACE_QUICK, BODY_NONE, NULL, say_who,
	NULL},
    {"POST", "/desk", SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, say_who,
	NULL},
    {"POST", "/bare", SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, NULL, say_who,
	NULL},
    {"DELETE", "/desk", SCOPE_OPERATOR | SCOPE_NEWCOMER, PACE_SLOW, BODY_NONE,
	NULL, say_who, NULL},
    {"GET", "/both", SCOPE_OPERATOR | SCOPE_DEPARTMENT, PACE_QUICK, BODY_NONE,
	NULL, say_who, NULL},
    {"GET", "/near", OPERATOR_OR_LOCAL, PACE_QUICK, BODY_NONE, NULL, say_who,
	NULL},
    {"GET", "/key", SCOPE_DEPARTMENT, PACE_QUICK, BODY_NONE, NULL, say_who,
	NULL},
};

struct fixture {
	struct server *server;
	struct sockaddr_in tcp;
	struct sockaddr_un local;
};

/* The token is the name; "new" must change its password first, "half" set up
 * its one-time code. */
static int
session(struct api *api, const char *token, const char *address,
    struct service_operator *op, struct err *e)
{
	(void)api;
	if ((strcmp(token, "zhang") != 0 && strcmp(token, "new") != 0 &&
		strcmp(token, "half") != 0) ||
	    strcmp(address, "127.0.0.1") != 0)
		return err_set(
		    e, ERR_UNKNOWN, "login_needed", "请先登录", "log in first");
	(void)snprintf(op->name, sizeof(op->name), "%s", token);
	op->must_change = strcmp(token, "new") == 0;
	op->must_enrol = strcmp(token, "half") == 0;
	return 0;
}

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
	c.session = session;
	c.tcp_fd = socket(AF_INET, SOCK_STREAM, 0);
	f->tcp.sin_family = AF_INET;
	f->tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(c.tcp_fd, (void *)&f->tcp, n), 0);
	assert_int_equal(listen(c.tcp_fd, 64), 0);
	assert_int_equal(getsockname(c.tcp_fd, (void *)&f->tcp, &n), 0);
	c.unix_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	f->local.sun_family = AF_UNIX;
	(void)snprintf(f->local.sun_path, sizeof(f->local.sun_path),
	    "build/server_caller_test.%d.sock", (int)getpid());
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

/* Send request line and headers (and body), read the answer to its end. */
static const char *
ask(const struct fixture *f, int local, const char *head, const char *body)
{
	static char text[16384];
	struct timeval patience = {.tv_sec = 10};
	int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
	const void *sa = local ? (const void *)&f->local : &f->tcp;
	size_t used = 0;
	ssize_t n;

	assert_int_equal(
	    connect(fd, sa, local ? sizeof(f->local) : sizeof(f->tcp)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	n = snprintf(text, sizeof(text),
	    "%sHost: x\r\nConnection: close\r\n\r\n%s", head, body);
	assert_int_equal(send(fd, text, (size_t)n, MSG_NOSIGNAL), n);
	while (used + 1 < sizeof(text) &&
	       (n = recv(fd, text + used, sizeof(text) - 1 - used, 0)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	(void)close(fd);
	return text;
}

static void
assert_has(const char *answer, const char *part)
{
	if (strstr(answer, part) == NULL)
		fail_msg("no \"%s\" in: %s", part, answer);
}

#define LINE(method, path) method " " path " HTTP/1.1\r\n"
#define COOKIE(value) "Cookie: certsvc_session=" value "\r\n"
#define JSON "Content-Type: application/json\r\nContent-Length: 2\r\n"

static void
a_live_session_is_an_operator(void **state)
{
	assert_has(ask(*state, 0, LINE("GET", "/desk") COOKIE("zhang"), ""),
	    "\"who\":\"zhang\"");
	assert_has(
	    ask(*state, 0, LINE("POST", "/desk") COOKIE("zhang") JSON, "{}"),
	    "\"who\":\"zhang\"");
	assert_has(ask(*state, 0,
		       LINE("GET", "/desk") "Cookie: a=b; "
					    "certsvc_session=zhang; c=d\r\n",
		       ""),
	    "\"who\":\"zhang\"");
}

static void
without_one_a_login_is_asked_for_and_no_browser_dialogue(void **state)
{
	static const char *const heads[] = {LINE("GET", "/desk"),
	    LINE("GET", "/desk") COOKIE("wang"),
	    LINE("GET", "/desk") COOKIE(""),
	    LINE("GET", "/both") "Sec-Fetch-Site: same-origin\r\n",
	    LINE("GET", "/both") COOKIE("wang"),
	    LINE("GET", "/desk") "Authorization: Bearer a.b\r\n",
	    /* Two of one name: a neighbour's host may have planted one. */
	    LINE("GET", "/desk") "Cookie: certsvc_session=zhang; "
				 "certsvc_session=zhang\r\n",
	    /* Longer than any token. */
	    LINE("GET", "/desk")
		COOKIE("zhangzhangzhangzhangzhangzhangzhangzhangzhangzhang"
		       "zhang")};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		const char *answer = ask(*state, 0, heads[i], "");

		assert_has(answer, " 401 ");
		assert_has(answer, "\"code\":\"login_needed\"");
		assert_null(strstr(answer, "Basic"));
	}
	assert_has(
	    ask(*state, 0, LINE("GET", "/desk") COOKIE("zhang") COOKIE("zhang"),
		""),
	    " 400 ");
	/* A system hears of keys, as before there were desks. */
	assert_has(ask(*state, 0, LINE("GET", "/both"), ""),
	    "\"code\":\"credential_missing\"");
}

static void
an_api_key_counts_where_the_row_says_so(void **state)
{
	assert_has(
	    ask(*state, 0,
		LINE("GET", "/both") "Authorization: Bearer a.b\r\n" COOKIE(
		    "zhang"),
		""),
	    "\"code\":\"bad_credential\"");
	assert_has(ask(*state, 0, LINE("GET", "/both") COOKIE("zhang"), ""),
	    "\"who\":\"zhang\"");
	assert_has(ask(*state, 0, LINE("GET", "/key") COOKIE("zhang"), ""),
	    "\"code\":\"credential_missing\"");
}

static void
the_admin_socket_needs_no_session_where_the_row_says_so(void **state)
{
	assert_has(
	    ask(*state, 1, LINE("GET", "/near"), ""), "\"who\":\"nobody\"");
	assert_has(ask(*state, 0, LINE("GET", "/near"), ""),
	    "\"code\":\"login_needed\"");
	assert_has(ask(*state, 1, LINE("GET", "/desk"), ""),
	    "\"code\":\"login_needed\"");
}

static void
pages_of_other_sites_are_refused(void **state)
{
#define SITE(value) "Sec-Fetch-Site: " value "\r\n"
	static const struct {
		const char *head, *body, *want;
	} cases[] = {
	    {LINE("POST", "/desk") COOKIE("zhang") JSON SITE("same-origin"),
		"{}", " 200 "},
	    {LINE("POST", "/desk") COOKIE("zhang") JSON SITE("cross-site"),
		"{}", "other_origin"},
	    {LINE("POST", "/desk") COOKIE("zhang") JSON SITE("same-site"), "{}",
		"other_origin"},
	    {LINE("POST", "/desk") COOKIE("zhang") JSON SITE("none"), "{}",
		"other_origin"},
	    {LINE("GET", "/desk") COOKIE("zhang") SITE("cross-site"), "",
		"other_origin"},
	    {LINE("GET", "/desk") COOKIE("zhang") SITE("none"), "", " 200 "},
	    {LINE("DELETE", "/desk") COOKIE("zhang") SITE("cross-site"), "",
		"other_origin"},
	    {LINE("DELETE", "/desk") COOKIE("zhang"), "", " 200 "},
	    /* What a form can send, to a row without a body too. */
	    {LINE("POST", "/desk")
		    COOKIE("zhang") "Content-Type: text/plain\r\n"
				    "Content-Length: 2\r\n",
		"{}", " 415 "},
	    {LINE("POST", "/bare") COOKIE("zhang") "Content-Length: 0\r\n", "",
		" 415 "},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_has(ask(*state, 0, cases[i].head, cases[i].body),
		    cases[i].want);
}

static void
who_has_to_change_the_password_can_do_nothing_else(void **state)
{
	assert_has(ask(*state, 0, LINE("GET", "/desk") COOKIE("new"), ""),
	    "\"code\":\"password_change_needed\"");
	assert_has(
	    ask(*state, 0, LINE("DELETE", "/desk") COOKIE("new"), ""), " 200 ");
	assert_has(ask(*state, 0, LINE("GET", "/desk") COOKIE("half"), ""),
	    "\"code\":\"second_factor_needed\"");
	assert_has(ask(*state, 0, LINE("DELETE", "/desk") COOKIE("half"), ""),
	    " 200 ");
}

static void
cookies_are_told_apart(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(cookie_value(NULL, "s", out, sizeof(out)), 0);
	assert_int_equal(cookie_value("", "s", out, sizeof(out)), 0);
	assert_int_equal(cookie_value("ss=1; xs=2; s", "s", out, 8), 0);
	assert_int_equal(cookie_value(" ;;s=ab;", "s", out, 8), 1);
	assert_string_equal(out, "ab");
	assert_int_equal(cookie_value("s=1234567", "s", out, 8), 1);
	assert_int_equal(cookie_value("s=12345678", "s", out, 8), -1);
	assert_int_equal(cookie_value("s=a;s=b", "s", out, 8), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_live_session_is_an_operator),
	    cmocka_unit_test(
		without_one_a_login_is_asked_for_and_no_browser_dialogue),
	    cmocka_unit_test(an_api_key_counts_where_the_row_says_so),
	    cmocka_unit_test(
		the_admin_socket_needs_no_session_where_the_row_says_so),
	    cmocka_unit_test(pages_of_other_sites_are_refused),
	    cmocka_unit_test(
		who_has_to_change_the_password_can_do_nothing_else),
	    cmocka_unit_test(cookies_are_told_apart),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
