/*
 * service_check_test.c - verification against the register, and what the
 * published status lists say to those who are offline.
 */
#include <poll.h>
#include <pthread.h>

#include "tests/support/service_fixture.h"

#include "certsvc/trust.h"
#include "crypto/base/text.h"
#include "crypto/qr_claims.h"

/* What the public verification says about bytes. */
static void
verify_says(struct office *o, struct bytes file, int64_t at,
    enum verdict_kind kind, const char *reason_code)
{
	struct verdict v = {.kind = VERDICT_VALID};
	struct err e = ERR_INIT;

	service_add_parser(
	    o->service, children_get(&o->children, 'P', "", "", NULL));
	assert_int_equal(service_verify(o->service, file, at, &v, &e), 0);
	if (v.kind != kind)
		fail_msg("%s, first reason %s", verdict_word(v.kind),
		    v.nreasons ? v.reasons[0] : "-");
	if (reason_code != NULL) {
		assert_int_equal(v.nreasons, 1);
		assert_string_equal(v.reasons[0], reason_code);
	}
	verdict_release(&v);
}

static void
what_was_issued_verifies_until_it_is_revoked(void **state)
{
	static const char *const formats[] = {"pdf", "xml", "qr"};
	struct office *o = *state;
	struct buf file[3];
	char id[STORE_ID_SIZE];
	int64_t before = clock_now();
	size_t i;

	issue(o, MARKET, BUSINESS, "1", id);
	for (i = 0; i < 3; i++) {
		get_file(o, MARKET, id, formats[i], &file[i]);
		verify_says(
		    o, buf_bytes(&file[i]), clock_now(), VERDICT_VALID, NULL);
	}
	while (clock_now() <= before + 1)
		usleep(100000);
	act(o, MARKET, id, "revoke", reason("issued_in_error"));
	for (i = 0; i < 3; i++) {
		verify_says(o, buf_bytes(&file[i]), clock_now(),
		    VERDICT_INVALID, "revoked");
		verify_says(
		    o, buf_bytes(&file[i]), before + 1, VERDICT_VALID, NULL);
		buf_release(&file[i]);
	}
}

/* A code that the keeper signs for what never went into the store. */
static void
stray_code(struct office *o, const char *id, struct buf *text)
{
	struct keeper_code_request req = {.template_version = 1,
	    .list = 1,
	    .index = 7,
	    .issued = clock_now(),
	    .form = 2};
	struct buf face = BUF_INIT, cose = BUF_INIT;
	struct err e = ERR_INIT;
	uint8_t digest[32];

	fixture_face(&face, fixture_departments[MARKET], fixture_types[MARKET],
	    "91990100MA9QH0018G");
	req.matter.cred = &o->f.creds[MARKET];
	req.matter.address = "local";
	req.matter.face = buf_bytes(&face);
	if (id != NULL)
		assert_int_equal(
		    text_unbase32(req.cti, sizeof(req.cti), id, strlen(id)), 0);
	assert_int_equal(keeper_code(o->f.keeper, &req, &cose, digest, &e), 0);
	qr_text_write(text, o->config.public_url, buf_bytes(&cose));
	buf_release(&face);
	buf_release(&cose);
}

static void
a_good_signature_that_the_register_does_not_know_is_invalid(void **state)
{
	struct office *o = *state;
	struct buf text = BUF_INIT, twin = BUF_INIT;
	char id[STORE_ID_SIZE];

	stray_code(o, NULL, &text);
	verify_says(o, buf_bytes(&text), clock_now(), VERDICT_INVALID,
	    "not_in_register");
	/* Another code under the id of a true certificate. */
	issue(o, MARKET, BUSINESS, "1", id);
	stray_code(o, id, &twin);
	verify_says(o, buf_bytes(&twin), clock_now(), VERDICT_INVALID,
	    "not_in_register");
	buf_release(&text);
	buf_release(&twin);
}

/* A parse process that was taken over: it says of any file what it was told. */
struct liar {
	int fd;
	struct buf verdict, code;
};

static void *
lie(void *arg)
{
	struct liar *liar = arg;
	uint32_t sizes[] = {(uint32_t)liar->verdict.n, (uint32_t)liar->code.n};
	uint8_t room[4096];

	assert_true(recv(liar->fd, room, sizeof(room), 0) > 0);
	send(liar->fd, sizes, sizeof(sizes), MSG_NOSIGNAL);
	send(liar->fd, liar->verdict.p, liar->verdict.n, MSG_NOSIGNAL);
	send(liar->fd, liar->code.p, liar->code.n, MSG_NOSIGNAL);
	while (recv(liar->fd, room, sizeof(room), 0) > 0)
		continue;
	close(liar->fd);
	return NULL;
}

static void
a_parse_process_that_lies_is_not_believed(void **state)
{
	static const char *const formats[] = {"qr", "xml", "pdf", "ofd"};
	static const char file[] = "%PDF-1.7 some other licence";
	struct office *o = *state;
	struct verdict claim, v;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	struct liar liar;
	pthread_t thread;
	int pair[2];
	size_t i;

	issue(o, MARKET, BUSINESS, "1", id);
	for (i = 0; i < 4; i++) {
		memset(&claim, 0, sizeof(claim));
		memset(&liar, 0, sizeof(liar));
		snprintf(claim.format, sizeof(claim.format), "%s", formats[i]);
		claim.certificate.known = 1;
		snprintf(claim.certificate.id, sizeof(claim.certificate.id),
		    "%s", id);
		claim.nsignatures = i >= 2;
		assert_int_equal(verdict_pack(&claim, &liar.verdict, &e), 0);
		get_file(o, MARKET, id, "qr", &liar.code);
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
		liar.fd = pair[1];
		service_add_parser(o->service, pair[0]);
		pthread_create(&thread, NULL, lie, &liar);
		assert_int_equal(service_verify(o->service, bytes_str(file),
				     clock_now(), &v, &e),
		    0);
		pthread_join(thread, NULL);
		assert_int_equal(v.kind, VERDICT_INVALID);
		assert_string_equal(v.reasons[0], "not_in_register");
		verdict_release(&v);
		buf_release(&liar.verdict);
		buf_release(&liar.code);
	}
}

/* One line end after a code is forgiven here as everywhere. */
static void
a_code_may_have_a_line_end(void **state)
{
	static const char *const ends[] = {"\n", "\r\n", "\r"};
	struct office *o = *state;
	char id[STORE_ID_SIZE];
	struct buf qr;
	size_t i, n;

	issue(o, MARKET, BUSINESS, "1", id);
	get_file(o, MARKET, id, "qr", &qr);
	for (i = 0, n = qr.n; i < 3; i++) {
		qr.n = n;
		buf_add_str(&qr, ends[i]);
		verify_says(
		    o, buf_bytes(&qr), clock_now(), VERDICT_VALID, NULL);
	}
	buf_release(&qr);
}

/* A killed process takes a moment to be gone. */
static void
wait_closed(int fd)
{
	struct pollfd wait = {fd, 0, 0};

	assert_int_equal(poll(&wait, 1, 10000), 1);
	assert_true(wait.revents & POLLHUP);
}

static void
a_dead_parse_process_is_passed_over(void **state)
{
	struct office *o = *state;
	struct verdict v = {.kind = VERDICT_VALID};
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	struct buf qr;
	pid_t pid;
	int fd;

	issue(o, MARKET, BUSINESS, "1", id);
	get_file(o, MARKET, id, "qr", &qr);
	fd = children_get(&o->children, 'P', "", "", &pid);
	kill(pid, SIGKILL);
	wait_closed(fd);
	service_add_parser(o->service, fd);
	service_add_parser(
	    o->service, children_get(&o->children, 'P', "", "", NULL));
	assert_int_equal(
	    service_verify(o->service, buf_bytes(&qr), clock_now(), &v, &e), 0);
	assert_int_equal(v.kind, VERDICT_VALID);
	verdict_release(&v);
	/* The only one left is dead: nobody to ask, no verdict. */
	assert_int_equal(
	    service_verify(o->service, buf_bytes(&qr), clock_now(), &v, &e),
	    ERR_BUSY);
	assert_code("verifier_busy", &e);
	buf_release(&qr);
}

/* Offline: what DIR/trust alone says about a code's status. */
static int
trust_says(struct office *o, const struct buf *qr, const char *reason_code)
{
	struct verify_options opt = {.at = clock_now()};
	struct verdict v = {.kind = VERDICT_VALID};
	struct trust *trust;
	struct err e = ERR_INIT;
	char dir[128];
	size_t i;
	int found = 0;

	snprintf(dir, sizeof(dir), "%s/trust", o->f.dir);
	assert_int_equal(trust_read(dir, &trust, &e), 0);
	opt.trust = trust;
	verify_bytes(buf_bytes(qr), &opt, &v);
	for (i = 0; i < v.nreasons; i++)
		found |= strcmp(v.reasons[i], reason_code) == 0;
	verdict_release(&v);
	trust_free(trust);
	return found;
}

static void
wait_until_trust_says(
    struct office *o, const struct buf *qr, const char *reason_code, int want)
{
	int tries;

	for (tries = 0; trust_says(o, qr, reason_code) != want; tries++) {
		assert_true(tries < 100);
		usleep(50000);
	}
}

static void
a_change_is_published_within_seconds(void **state)
{
	struct office *o = *state;
	char id[STORE_ID_SIZE];
	struct buf qr;

	issue(o, POLICE, DOG, "1", id);
	get_file(o, POLICE, id, "qr", &qr);
	/* Not handed over yet: the list says so too. */
	wait_until_trust_says(o, &qr, "suspended", 1);
	act(o, POLICE, id, "hand_over", reason("handed_over"));
	wait_until_trust_says(o, &qr, "suspended", 0);
	act(o, POLICE, id, "revoke", reason("issued_in_error"));
	wait_until_trust_says(o, &qr, "revoked", 1);
	buf_release(&qr);
}

static void
what_changed_last_is_published_before_the_service_ends(void **state)
{
	struct office *o = *state;
	char id[STORE_ID_SIZE];
	struct buf qr;

	issue(o, MARKET, BUSINESS, "1", id);
	get_file(o, MARKET, id, "qr", &qr);
	act(o, MARKET, id, "revoke", reason("issued_in_error"));
	service_close(o->service);
	assert_true(trust_says(o, &qr, "revoked"));
	office_open(o);
	buf_release(&qr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(what_was_issued_verifies_until_it_is_revoked),
	    CASE(a_good_signature_that_the_register_does_not_know_is_invalid),
	    CASE(a_parse_process_that_lies_is_not_believed),
	    CASE(a_code_may_have_a_line_end),
	    CASE(a_dead_parse_process_is_passed_over),
	    CASE(a_change_is_published_within_seconds),
	    CASE(what_changed_last_is_published_before_the_service_ends),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
