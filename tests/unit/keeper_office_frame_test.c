/*
 * keeper_office_frame_test.c - frames of an office with every byte changed, as
 * a front that somebody else controls would send them: what is signed all the
 * same is for the same ticket, key, face and proof.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>

#include "crypto/cbor.h"
#include "keys/keeper_frame.h"
#include "tests/support/keeper_office.h"

#define TOWN "青禾镇便民服务中心"
#define TYPES "[{\"type\":\"11990000MB9A010097001\"}]"

static struct original o;
static struct office town;
static struct buf sheet;
static pid_t pid;
static int fd;

static int
begin(void **state)
{
	struct attempt a = {.intent = 1, .sheet = 2};
	struct err e = ERR_INIT;

	keeper_admin_start(state);
	original_issue(&o, 0, 0, "F-1");
	office_make(&town, "town", TOWN, "990100001", 0, TYPES);
	a.key = town.key;
	a.ticket = buf_bytes(&town.ticket);
	a.face = buf_bytes(&o.face);
	a.proof = buf_bytes(&o.code);
	assert_int_equal(attempt_code(&a, &sheet, &e), 0);
	fixture_stop(&f);
	return keeper_spawn(
	    f.dir, bytes_str(FIXTURE_PASSPHRASE), &pid, &fd, &e);
}

static int
end(void **state)
{
	close(fd);
	waitpid(pid, NULL, 0);
	original_release(&o);
	buf_release(&town.ticket);
	buf_release(&sheet);
	return keeper_admin_stop(state);
}

static void
office_frame(enum keeper_op op, struct keeper_frame *frame)
{
	memset(frame, 0, sizeof(*frame));
	frame->number = 1;
	frame->op = op;
	frame->ticket = buf_bytes(&town.ticket);
	snprintf(
	    frame->cred.secret, sizeof(frame->cred.secret), "%s", town.key);
	snprintf(frame->address, sizeof(frame->address), "local");
	frame->face = buf_bytes(&o.face);
	frame->proof = buf_bytes(op == KEEPER_CODE ? &o.code : &sheet);
	frame->alg = SIGN_ES256;
	frame->sheet = op == KEEPER_CODE ? 3 : 0;
	snprintf(frame->seal, sizeof(frame->seal), "market-1");
	snprintf(frame->property, sizeof(frame->property), FIXTURE_PROPERTY);
}

enum {
	AFTER = 4096 /* number of the call that shows that all is answered */
};

/* Send bytes as they are; 0 with the payload, or the class of the refusal:
 * ERR_INPUT also when there is no answer, for want of a number. */
static int
send_raw(const struct buf *bytes, struct buf *payload)
{
	struct keeper_frame after = {.number = AFTER, .op = KEEPER_PING};
	static uint8_t in[65536];
	struct buf ping = BUF_INIT;
	struct err e = ERR_INIT;
	struct bytes v = {NULL, 0};
	uint64_t number;
	ssize_t n;
	int rc, said = ERR_INPUT;

	keeper_frame_write(&after, &ping);
	assert_int_equal(send(fd, bytes->p, bytes->n, 0), bytes->n);
	assert_int_equal(send(fd, ping.p, ping.n, 0), ping.n);
	buf_release(&ping);
	buf_reset(payload);
	for (;;) {
		n = recv(fd, in, sizeof(in), 0);
		assert_true(n > 0);
		rc = keeper_answer_read(
		    (struct bytes){in, (size_t)n}, &number, &v, &e);
		if (rc == ERR_INTERNAL)
			fail_msg("%s %s", e.code, e.en);
		if (number == AFTER)
			return said;
		said = rc;
		if (rc == 0)
			buf_add(payload, v.p, v.n);
		err_clear(&e);
	}
}

/* A code that was given is of a sheet of that certificate, whatever else. */
static void
assert_code_of_a_sheet(const struct buf *payload)
{
	struct qr_claims claims, was;
	struct buf cose = BUF_INIT;
	struct bytes v;
	struct cbor r;

	cbor_init(&r, buf_bytes(payload));
	cbor_get_tuple(&r, 2);
	v = cbor_get_bstr(&r);
	buf_add(&cose, v.p, v.n);
	claims_of(&cose, &claims);
	claims_of(&o.code, &was);
	assert_int_equal(claims.copy.kind, QR_COPY_SHEET);
	assert_string_equal(claims.copy.office, TOWN);
	assert_memory_equal(claims.cti, was.cti, sizeof(was.cti));
	assert_memory_equal(claims.face_digest, was.face_digest, 32);
	assert_int_equal(claims.list, was.list);
	assert_int_equal(claims.index, was.index);
	assert_int_equal(claims.issued, was.issued);
	assert_int_equal(claims.expires, was.expires);
	assert_int_equal(claims.template_version, was.template_version);
	qr_claims_release(&claims);
	qr_claims_release(&was);
	buf_release(&cose);
}

/* What the keeper signs must be the same matter by the same office. */
static void
assert_same_matter(const struct buf *bytes, const struct keeper_frame *was)
{
	struct keeper_frame now;

	assert_int_equal(keeper_frame_read(buf_bytes(bytes), &now), 0);
	assert_int_equal(now.op, was->op);
	assert_true(bytes_equal(now.ticket, was->ticket));
	assert_string_equal(now.cred.secret, was->cred.secret);
	assert_true(bytes_equal(now.face, was->face));
	assert_true(bytes_equal(now.proof, was->proof));
	assert_string_equal(now.seal, was->op == KEEPER_CODE ? "" : was->seal);
	assert_int_equal(now.place, 0);
	if (was->op == KEEPER_CODE)
		assert_int_not_equal(now.sheet, 0);
}

static void
flip_frame(enum keeper_op op)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};
	struct keeper_frame frame;
	struct buf bytes = BUF_INIT, payload = BUF_INIT;
	size_t i, j, given = 0, refused = 0;

	office_frame(op, &frame);
	keeper_frame_write(&frame, &bytes);
	assert_int_equal(send_raw(&bytes, &payload), 0);
	for (i = 0; i < bytes.n; i++)
		for (j = 0; j < sizeof(masks); j++) {
			bytes.p[i] ^= masks[j];
			if (send_raw(&bytes, &payload) != 0) {
				refused++;
			} else {
				given++;
				assert_same_matter(&bytes, &frame);
				if (op == KEEPER_CODE)
					assert_code_of_a_sheet(&payload);
			}
			bytes.p[i] ^= masks[j];
		}
	assert_true(refused > 3 * (town.ticket.n + o.face.n + sheet.n) - 9);
	print_message("op %d: %zu refused, %zu for the same matter\n", op,
	    refused, given);
	buf_release(&bytes);
	buf_release(&payload);
}

static void
a_changed_frame_gets_nothing_else_signed(void **state)
{
	(void)state;
	flip_frame(KEEPER_CODE);
	flip_frame(KEEPER_SEAL);
	flip_frame(KEEPER_SEAL_SES);
}

/* Both at once is neither: a ticket has its place to itself. */
static void
a_cut_frame_is_none(void **state)
{
	struct keeper_frame frame;
	struct buf bytes = BUF_INIT, payload = BUF_INIT;

	(void)state;
	office_frame(KEEPER_CODE, &frame);
	keeper_frame_write(&frame, &bytes);
	for (bytes.n--; bytes.n > 3; bytes.n--)
		assert_int_equal(
		    keeper_frame_read(buf_bytes(&bytes), &frame), -1);
	buf_release(&bytes);
	buf_release(&payload);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_changed_frame_gets_nothing_else_signed),
	    cmocka_unit_test(a_cut_frame_is_none),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
