/* keeper_office_refuse_test.c - everything else that whoever holds an office's
 * key may ask the keeper for: each operation with each thing wrong, one at a
 * time, is refused with its reason, and nothing is signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "keys/ticket.h"
#include "tests/support/keeper_office.h"
#include "tests/support/p256.h"

#define TOWN "青禾镇便民服务中心"
#define VILLAGE "青禾村便民服务站"
#define TYPES                                                                  \
	"[{\"type\":\"11990000MB9A010097001\"},"                               \
	"{\"type\":\"11990000MB9A010097003\"}]"

/* What the cases use: a certificate, an office, and what goes wrong. */
static struct world {
	struct original mine, other, untyped, joint;
	struct original ending; /* with its certificate's end: */
	int64_t until;
	struct buf ending_copy;
	struct office town, village, gone, abroad, over;
	struct buf sheet, villages, departments; /* codes of sheets */
	struct buf copy_face, copy; /* purpose-bound, by the office */
	struct buf foreign_face, foreign_copy; /* by the department */
	struct buf forged, impostor, status;
} w;

static void
make_code(struct attempt a, struct bytes proof, struct buf *out)
{
	struct err e = ERR_INIT;

	a.proof = proof;
	assert_int_equal(attempt_code(&a, out, &e), 0);
}

static struct attempt
by(const struct office *office, const struct buf *face)
{
	struct attempt a = {.intent = 1,
	    .seal = "market-1",
	    .template_version = 1,
	    .expires = clock_now() + 86400,
	    .face = buf_bytes(face)};

	if (office != NULL) {
		a.key = office->key;
		a.ticket = buf_bytes(&office->ticket);
	}
	return a;
}

/* The original's code signed by a key that is not ours, its id ours or not. */
static void
sign_elsewhere(const struct buf *code, int as_ours, struct buf *out)
{
	EVP_PKEY *key = p256_new();
	struct cose_request req = {
	    .alg = SIGN_ES256, .sign = p256_sign, .sign_ctx = key};
	struct err e = ERR_INIT;
	struct cose cose;

	assert_int_equal(cose_parse(buf_bytes(code), &cose, &e), 0);
	req.payload = cose.payload;
	memset(req.kid, 0x42, sizeof(req.kid));
	if (as_ours)
		memcpy(req.kid, cose.kid, sizeof(req.kid));
	assert_int_equal(cose_sign(&req, out, &e), 0);
	EVP_PKEY_free(key);
}

static void
make_offices(void)
{
	struct err e = ERR_INIT;

	office_make(&w.town, "town", TOWN, "990100001", 0, TYPES);
	office_make(&w.village, "village", VILLAGE, "990100001", 0, TYPES);
	office_make(&w.gone, "gone", TOWN, "990100001", 0, TYPES);
	office_make(&w.abroad, "abroad", TOWN, "990200001", 0, TYPES);
	office_make(&w.over, "over", TOWN, "990100001", clock_now() - 1, TYPES);
	assert_int_equal(
	    act("{\"action\":\"office_stop\",\"id\":\"gone\"}", &e), 0);
}

static int
begin(void **state)
{
	struct attempt a;
	struct err e = ERR_INIT;
	uint8_t bits[64] = {0};

	keeper_admin_start(state);
	make_offices();
	original_issue(&w.mine, 0, 0, "R-1");
	original_issue(&w.other, 0, 0, "R-2");
	original_issue(&w.untyped, 0, 1, "R-3");
	original_issue(&w.joint, 2, 0, "R-4");
	w.until = f.expires = clock_now() + (int64_t)30 * 86400;
	original_issue(&w.ending, 0, 0, "R-5");
	f.expires = 0;
	copied_face(buf_bytes(&w.ending.face), TOWN, &w.ending_copy);
	a = by(&w.town, &w.mine.face);
	a.sheet = 1;
	make_code(a, buf_bytes(&w.mine.code), &w.sheet);
	a = by(&w.village, &w.mine.face);
	a.sheet = 1;
	make_code(a, buf_bytes(&w.mine.code), &w.villages);
	a = by(NULL, &w.mine.face);
	a.sheet = 1;
	make_code(a, buf_bytes(&w.mine.code), &w.departments);
	copied_face(buf_bytes(&w.mine.face), TOWN, &w.copy_face);
	a = by(&w.town, &w.copy_face);
	a.copy = 4;
	make_code(a, buf_bytes(&w.mine.code), &w.copy);
	copied_face(buf_bytes(&w.mine.face), "别的单位", &w.foreign_face);
	a = by(NULL, &w.foreign_face);
	a.copy = 5;
	make_code(a, (struct bytes){NULL, 0}, &w.foreign_copy);
	sign_elsewhere(&w.mine.code, 1, &w.forged);
	sign_elsewhere(&w.mine.code, 0, &w.impostor);
	return keeper_status_list(f.keeper, 1, clock_now(), clock_now() + 86400,
	    (struct bytes){bits, sizeof(bits)}, &w.status, &e);
}

static int
end(void **state)
{
	struct buf *all[] = {&w.sheet, &w.villages, &w.departments,
	    &w.copy_face, &w.copy, &w.foreign_face, &w.foreign_copy, &w.forged,
	    &w.impostor, &w.status, &w.town.ticket, &w.village.ticket,
	    &w.gone.ticket, &w.abroad.ticket, &w.over.ticket};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_release(all[i]);
	original_release(&w.mine);
	original_release(&w.other);
	original_release(&w.untyped);
	original_release(&w.joint);
	original_release(&w.ending);
	buf_release(&w.ending_copy);
	return keeper_admin_stop(state);
}

typedef int (*attempt_fn)(
    const struct attempt *a, struct buf *out, struct err *e);
static const attempt_fn seals[] = {attempt_seal, attempt_ses};

/* The attempt must end so: "" is signed. */
static void
says(attempt_fn try, const struct attempt *a, const char *want, int line)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = try(a, &out, &e);

	if (strcmp(e.code, want) != 0 || (rc == 0) != (want[0] == '\0') ||
	    (out.n > 0) != (rc == 0))
		fail_msg("line %d: %s, not %s", line, e.code, want);
	buf_release(&out);
}

/* Both kinds of seal. */
static void
seals_say(const struct attempt *a, const char *want, int line)
{
	size_t i;

	for (i = 0; i < 2; i++)
		says(seals[i], a, want, line);
}

#define CODE(a, want) says(attempt_code, &(a), want, __LINE__)
#define SEALS(a, want) seals_say(&(a), want, __LINE__)

/* A request for a sheet's code that is granted; and the seals of one. */
static struct attempt
good_sheet(void)
{
	struct attempt a = by(&w.town, &w.mine.face);

	a.sheet = 2;
	a.proof = buf_bytes(&w.mine.code);
	return a;
}

static struct attempt
good_seal(void)
{
	struct attempt a = by(&w.town, &w.mine.face);

	a.proof = buf_bytes(&w.sheet);
	return a;
}

static struct attempt
good_copy(void)
{
	struct attempt a = by(&w.town, &w.copy_face);

	a.copy = 6;
	a.proof = buf_bytes(&w.mine.code);
	return a;
}

static struct attempt
good_copy_seal(void)
{
	struct attempt a = by(&w.town, &w.copy_face);

	a.proof = buf_bytes(&w.copy);
	return a;
}

static void
what_is_right_is_granted(void **state)
{
	struct attempt a;

	(void)state;
	a = good_sheet();
	CODE(a, "");
	a = good_copy();
	CODE(a, "");
	a = good_seal();
	SEALS(a, "");
	a = good_copy_seal();
	SEALS(a, "");
	a = good_sheet(); /* the same proof for another number: another sheet */
	a.sheet = 3;
	CODE(a, "");
}

/* Every way of being another office, for every operation. */
static void
who_is_another_office_is_refused(void **state)
{
	const struct {
		const struct office *ticket, *key;
		const char *code, *seal;
	} whose[] = {
	    {&w.village, &w.town, "bad_ticket", "bad_ticket"},
	    {&w.town, &w.village, "bad_ticket", "bad_ticket"},
	    {&w.gone, &w.town, "bad_ticket", "bad_ticket"},
	    {&w.gone, &w.gone, "office_stopped", "office_stopped"},
	    {&w.over, &w.over, "bad_ticket", "bad_ticket"},
	    {&w.abroad, &w.abroad, "not_authorised", "not_authorised"},
	    /* may make sheets of its own, but seals nobody else's */
	    {&w.village, &w.village, "", "bad_proof"},
	};
	struct attempt all[] = {
	    good_sheet(), good_copy(), good_seal(), good_copy_seal()};
	const char *want;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(whose) / sizeof(whose[0]); i++)
		for (j = 0; j < 4; j++) {
			all[j].key = whose[i].key->key;
			all[j].ticket = buf_bytes(&whose[i].ticket->ticket);
			want = j < 2 ? whose[i].code : whose[i].seal;
			if (whose[i].key == &w.village &&
			    whose[i].ticket == &w.village && j % 2 == 1)
				want = "not_authorised"; /* the face's maker */
			if (j < 2)
				CODE(all[j], want);
			else
				SEALS(all[j], want);
		}
}

static void
what_was_not_issued_is_not_printed(void **state)
{
	const struct buf *const wrong[] = {&w.other.code, &w.joint.code,
	    &w.untyped.code, &w.forged, &w.impostor, &w.status, &w.villages,
	    &w.departments, &w.foreign_copy, &w.mine.face};
	struct attempt all[] = {
	    good_sheet(), good_copy(), good_seal(), good_copy_seal()};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]) + 1; i++)
		for (j = 0; j < 4; j++) {
			all[j].proof = i == 0 ? (struct bytes){NULL, 0}
					      : buf_bytes(wrong[i - 1]);
			if (j < 2)
				CODE(all[j], "bad_proof");
			else
				SEALS(all[j], "bad_proof");
		}
	/* an original's code is no new code, and a new one no original's */
	all[0].proof = all[1].proof = buf_bytes(&w.sheet);
	CODE(all[0], "bad_proof");
	CODE(all[1], "bad_proof");
	all[0].proof = all[1].proof = buf_bytes(&w.copy);
	CODE(all[0], "bad_proof");
	CODE(all[1], "bad_proof");
	all[2].proof = all[3].proof = buf_bytes(&w.mine.code);
	SEALS(all[2], "bad_proof");
	SEALS(all[3], "bad_proof");
	/* a sheet's code is not a copy's */
	all[2].proof = buf_bytes(&w.copy);
	all[3].proof = buf_bytes(&w.sheet);
	SEALS(all[2], "bad_proof");
	SEALS(all[3], "bad_proof");
}

static void
an_office_gets_nothing_but_sheets_and_its_copies(void **state)
{
	struct attempt a;

	(void)state;
	a = good_sheet(); /* an original */
	a.sheet = 0;
	CODE(a, "bad_proof");
	a = good_sheet(); /* both at once */
	a.copy = 1;
	CODE(a, "bad_proof");
	a = good_copy(); /* a sheet of a copy */
	a.copy = 0;
	a.sheet = 1;
	CODE(a, "bad_proof");
	a.proof = buf_bytes(&w.copy);
	CODE(a, "bad_proof");
	a = good_copy(); /* without an end, or after its original's template */
	a.expires = 0;
	CODE(a, "bad_proof");
	a = good_copy();
	a.template_version = 2;
	CODE(a, "bad_proof");
	a = good_copy(); /* longer than its original */
	a.expires = w.until;
	a.face = buf_bytes(&w.ending_copy);
	a.proof = buf_bytes(&w.ending.code);
	CODE(a, "");
	a.expires++;
	CODE(a, "bad_proof");
	a = good_copy(); /* in somebody else's name */
	a.face = buf_bytes(&w.foreign_face);
	CODE(a, "not_authorised");
	a = good_copy_seal();
	a.face = buf_bytes(&w.foreign_face);
	a.proof = buf_bytes(&w.foreign_copy);
	SEALS(a, "not_authorised");
	a = good_sheet(); /* a type that is not in the ticket */
	a.face = buf_bytes(&w.untyped.face);
	a.proof = buf_bytes(&w.untyped.code);
	CODE(a, "not_authorised");
	a.seal = "market-2";
	SEALS(a, "not_authorised");
}

/* A department needs no proof for its seals; one that it shows is looked at. */
static void
a_department_s_proof_is_checked_as_well(void **state)
{
	struct attempt a = by(NULL, &w.mine.face);

	(void)state;
	SEALS(a, "");
	a.proof = buf_bytes(&w.departments);
	SEALS(a, "");
	a.proof = buf_bytes(&w.town.ticket);
	SEALS(a, "bad_proof");
	a.proof = buf_bytes(&w.mine.code); /* an original's is no new code */
	SEALS(a, "bad_proof");
	a.proof = buf_bytes(&w.copy);
	SEALS(a, "bad_proof");
	CODE(a, "bad_proof");
}

/* Seals go where the department of the face may have them, not more. */
static void
a_seal_goes_where_its_department_may_have_it(void **state)
{
	static const char *const foreign[] = {
	    "market-2", "social-1", "police-1", "no-such"};
	struct attempt a = good_seal();
	struct buf sheet = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		a.seal = foreign[i];
		SEALS(a, "not_authorised");
	}
	a.seal = "market-1";
	for (a.place = 1; a.place <= KEEPER_PLACE_MAX; a.place++)
		SEALS(a, "not_authorised");
	a = good_sheet(); /* a joint certificate */
	a.face = buf_bytes(&w.joint.face);
	make_code(a, buf_bytes(&w.joint.code), &sheet);
	a.proof = buf_bytes(&sheet);
	a.seal = "police-1";
	SEALS(a, "");
	a.seal = "market-1";
	SEALS(a, "not_authorised");
	a.place = 1;
	SEALS(a, "");
	a.place = 2;
	SEALS(a, "not_authorised");
	buf_release(&sheet);
}

static void
no_flipped_bit_of_a_ticket_a_key_or_a_proof_passes(void **state)
{
	struct attempt code = good_sheet(), seal = good_seal();
	struct buf bytes = BUF_INIT;
	char key[OFFICE_KEY_SIZE];
	size_t i;

	(void)state;
	buf_add_buf(&bytes, &w.town.ticket);
	code.ticket = seal.ticket = buf_bytes(&bytes);
	for (i = 0; i < bytes.n * 8; i++) {
		bytes.p[i / 8] ^= (uint8_t)(1 << i % 8);
		CODE(code, "bad_ticket");
		if (i % 8 == 0)
			SEALS(seal, "bad_ticket");
		bytes.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	CODE(code, "");
	snprintf(key, sizeof(key), "%s", w.town.key);
	code.key = key;
	for (i = 0; key[i] != '\0'; i++) {
		key[i] ^= 1;
		CODE(code, "bad_ticket");
		key[i] ^= 1;
	}
	CODE(code, "");
	buf_reset(&bytes);
	buf_add_buf(&bytes, &w.mine.code);
	code = good_sheet();
	code.proof = buf_bytes(&bytes);
	for (i = 0; i < bytes.n; i++) {
		bytes.p[i] ^= 1;
		CODE(code, "bad_proof");
		bytes.p[i] ^= 1;
	}
	buf_release(&bytes);
}

/* An office's key is no API key, and no API key is an office's. */
static void
keys_of_offices_and_of_departments_do_not_mix(void **state)
{
	struct keeper_credential cred = {.id = "town"};
	struct keeper_caller caller;
	struct err e = ERR_INIT;
	struct attempt a;

	(void)state;
	snprintf(cred.secret, sizeof(cred.secret), "%s", w.town.key);
	assert_int_equal(keeper_identify(f.keeper, &cred, "local", &caller, &e),
	    ERR_UNKNOWN);
	a = good_sheet();
	a.key = f.creds[0].secret;
	CODE(a, "bad_ticket");
	a.key = "";
	CODE(a, "bad_ticket");
	a.key = "0123456789012345678901234567890123456789012345678901234567890"
		"123456789";
	CODE(a, "bad_ticket");
	a = good_sheet();
	a.ticket.n = 0;
	CODE(a, "bad_ticket");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_right_is_granted),
	    cmocka_unit_test(who_is_another_office_is_refused),
	    cmocka_unit_test(what_was_not_issued_is_not_printed),
	    cmocka_unit_test(an_office_gets_nothing_but_sheets_and_its_copies),
	    cmocka_unit_test(a_department_s_proof_is_checked_as_well),
	    cmocka_unit_test(a_seal_goes_where_its_department_may_have_it),
	    cmocka_unit_test(
		no_flipped_bit_of_a_ticket_a_key_or_a_proof_passes),
	    cmocka_unit_test(keys_of_offices_and_of_departments_do_not_mix),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
