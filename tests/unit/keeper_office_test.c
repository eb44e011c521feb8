/* keeper_office_test.c - what an office may have signed, and that quotas and
 * stops hold across restarts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/cms.h"
#include "crypto/ses_signature.h"
#include "keys/ticket.h"
#include "tests/support/keeper_office.h"

#define TOWN "青禾镇便民服务中心"
#define FIRST_TYPE "[{\"type\":\"11990000MB9A010097001\",\"quota_day\":3}]"
#define ALL_TYPES                                                              \
	"[{\"type\":\"11990000MB9A010097003\"},"                               \
	"{\"type\":\"11990000MB9A010097002\"},"                                \
	"{\"type\":\"11990000MB9A010097001\"}]"

/* All of an order but its types. */
#define GOOD_HASH                                                              \
	"\"hash\":"                                                            \
	"\"0000000000000000000000000000000000000000000000000000000000000000\""
#define GOOD_OFFICE                                                            \
	"{\"id\":\"a\",\"zh\":\"a\",\"region\":\"990100\"," GOOD_HASH

#define BAD_HASH                                                               \
	"{\"id\":\"a\",\"zh\":\"a\",\"region\":\"990100\",\"hash\":\"0\""

static int64_t
today(void)
{
	return (clock_now() + CLOCK_CST_OFFSET) / 86400;
}

static void
assert_same_claims(const struct qr_claims *a, const struct qr_claims *b)
{
	size_t i;

	assert_int_equal(a->issuer, b->issuer);
	assert_int_equal(a->issued, b->issued);
	assert_int_equal(a->expires, b->expires);
	assert_memory_equal(a->cti, b->cti, sizeof(a->cti));
	assert_string_equal(a->type, b->type);
	assert_int_equal(a->template_version, b->template_version);
	assert_int_equal(a->list, b->list);
	assert_int_equal(a->index, b->index);
	assert_int_equal(a->form, b->form);
	assert_int_equal(a->nvalues, b->nvalues);
	for (i = 0; i < a->nvalues; i++)
		assert_string_equal(a->values[i], b->values[i]);
	assert_memory_equal(a->face_digest, b->face_digest, 32);
}

static void
assert_sheet(
    const struct buf *code, const struct buf *original, const char *office)
{
	struct qr_claims sheet, was;

	claims_of(code, &sheet);
	claims_of(original, &was);
	assert_same_claims(&sheet, &was);
	assert_int_equal(sheet.copy.kind, QR_COPY_SHEET);
	assert_int_equal(sheet.copy.number, 2);
	assert_string_equal(sheet.copy.office, office);
	assert_int_equal(sheet.copy.day, today());
	qr_claims_release(&sheet);
	qr_claims_release(&was);
}

/* A sheet as it is printed: its code in both algorithms, and both seals. */
static void
sheet_with_seals(struct attempt a, struct original *o, const char *office)
{
	static const enum sign_alg algs[] = {SIGN_ES256, SIGN_SM2};
	struct buf code = BUF_INIT, cms = BUF_INIT, ses = BUF_INIT;
	struct ses_signature signature;
	struct err e = ERR_INIT;
	size_t i;

	a.sheet = 2;
	for (i = 0; i < 2; i++) {
		a.alg = algs[i];
		a.proof = buf_bytes(&o->code);
		buf_reset(&code);
		buf_reset(&cms);
		buf_reset(&ses);
		assert_int_equal(attempt_code(&a, &code, &e), 0);
		assert_sheet(&code, &o->code, office);
		a.proof = buf_bytes(&code);
		assert_int_equal(attempt_seal(&a, &cms, &e), 0);
		assert_int_equal(attempt_ses(&a, &ses, &e), 0);
		assert_int_equal(
		    ses_signature_parse(buf_bytes(&ses), &signature, &e), 0);
		assert_int_equal(ses_signature_verify(&signature, &e), 0);
	}
	buf_release(&code);
	buf_release(&cms);
	buf_release(&ses);
}

static void
an_office_prints_a_sheet_of_what_was_issued(void **state)
{
	struct original o;
	struct office office;
	struct attempt a = {.intent = 1, .seal = "market-1"};

	(void)state;
	original_issue(&o, 0, 0, "S-1");
	office_make(&office, "town", TOWN, "990100001", 0, ALL_TYPES);
	a.key = office.key;
	a.ticket = buf_bytes(&office.ticket);
	a.face = buf_bytes(&o.face);
	sheet_with_seals(a, &o, TOWN);
	buf_release(&office.ticket);
	original_release(&o);
}

/* The seal's own account names office and sheet. */
static void
uses_say_who_printed(void **state)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *json, *use, *list;
	size_t i, found = 0;

	(void)state;
	assert_int_equal(
	    keeper_seal_uses(f.keeper, "market-1", 0, &text, &e), 0);
	json = json_loadb((const char *)text.p, text.n, 0, NULL);
	list = json_object_get(json, "uses");
	json_array_foreach (list, i, use)
		if (json_object_get(use, "office") != NULL) {
			assert_string_equal(
			    json_string_value(json_object_get(use, "office")),
			    "town");
			assert_int_equal(
			    json_integer_value(json_object_get(use, "number")),
			    2);
			found++;
		}
	/* both algorithms of the code, both kinds of seal */
	assert_int_equal(found, 4);
	json_decref(json);
	buf_release(&text);
}

static void
a_department_prints_sheets_of_its_own(void **state)
{
	struct original o;
	struct attempt a = {.intent = 2, .seal = "market-1"};
	struct buf code = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	original_issue(&o, 0, 0, "S-2");
	a.face = buf_bytes(&o.face);
	sheet_with_seals(a, &o, "青禾市市场监督管理局");
	/* another's are not its own, nor without a proof */
	a.sheet = 3;
	assert_int_equal(attempt_code(&a, &code, &e), ERR_DENIED);
	assert_string_equal(e.code, "bad_proof");
	a.proof = buf_bytes(&o.code);
	a.as = 2;
	assert_int_equal(attempt_code(&a, &code, &e), ERR_DENIED);
	assert_string_equal(e.code, "not_authorised");
	assert_int_equal(code.n, 0);
	original_release(&o);
}

static void
an_office_makes_purpose_bound_copies(void **state)
{
	struct original o;
	struct office office;
	struct buf face = BUF_INIT, code = BUF_INIT, cms = BUF_INIT;
	struct qr_claims claims;
	struct err e = ERR_INIT;
	struct attempt a = {.intent = 3,
	    .seal = "market-1",
	    .copy = 7,
	    .template_version = 1,
	    .expires = clock_now() + 86400};

	(void)state;
	original_issue(&o, 0, 0, "S-3");
	office_make(&office, "town", TOWN, "990100001", 0, ALL_TYPES);
	copied_face(buf_bytes(&o.face), TOWN, &face);
	a.key = office.key;
	a.ticket = buf_bytes(&office.ticket);
	a.face = buf_bytes(&face);
	a.proof = buf_bytes(&o.code);
	assert_int_equal(attempt_code(&a, &code, &e), 0);
	claims_of(&code, &claims);
	assert_int_equal(claims.copy.kind, QR_COPY_PURPOSE);
	assert_int_equal(claims.copy.number, 7);
	assert_string_equal(claims.copy.office, TOWN);
	assert_int_equal(claims.list, 9);
	qr_claims_release(&claims);
	a.proof = buf_bytes(&code);
	assert_int_equal(attempt_seal(&a, &cms, &e), 0);
	buf_release(&face);
	buf_release(&code);
	buf_release(&cms);
	buf_release(&office.ticket);
	original_release(&o);
}

/* 0, or the code of the refusal, of a code for that sheet. */
static const char *
sheet_says(struct attempt a, uint64_t number)
{
	static char said[ERR_CODE_SIZE];
	struct buf code = BUF_INIT;
	struct err e = ERR_INIT;

	a.sheet = number;
	attempt_code(&a, &code, &e);
	snprintf(said, sizeof(said), "%s", e.code);
	assert_int_equal(code.n == 0, said[0] != '\0');
	buf_release(&code);
	return said;
}

static void
restart(int64_t at)
{
	assert_int_equal(fixture_stop(&f), 0);
	clock_fix(at);
	fixture_start(&f);
}

/* Three a day of this type, each office for itself, whatever happens. */
static void
quotas_of_offices_hold_across_restarts(void **state)
{
	struct original o, another;
	struct office one, two;
	struct attempt a = {.intent = 4, .seal = "market-1"}, b;
	int64_t now = clock_now();

	(void)state;
	restart(now);
	original_issue(&o, 0, 0, "S-4");
	original_issue(&another, 0, 0, "S-5");
	office_make(&one, "one", "一号点", "990100001", 0, FIRST_TYPE);
	office_make(&two, "two", "二号点", "990100002", 0, FIRST_TYPE);
	a.key = one.key;
	a.ticket = buf_bytes(&one.ticket);
	a.face = buf_bytes(&o.face);
	a.proof = buf_bytes(&o.code);
	assert_string_equal(sheet_says(a, 1), "");
	assert_string_equal(sheet_says(a, 1), ""); /* the same: counts once */
	assert_string_equal(sheet_says(a, 2), "");
	a.intent = 5;
	assert_string_equal(sheet_says(a, 2), "");
	assert_string_equal(sheet_says(a, 3), "quota_reached");
	restart(now);
	assert_string_equal(sheet_says(a, 3), "quota_reached");
	assert_string_equal(sheet_says(a, 2), "");
	b = a;
	b.face = buf_bytes(&another.face);
	b.proof = buf_bytes(&another.code);
	assert_string_equal(sheet_says(b, 1), "quota_reached");
	b.key = two.key;
	b.ticket = buf_bytes(&two.ticket);
	assert_string_equal(sheet_says(b, 1), "");
	b.key = NULL; /* the department's own quota is another */
	assert_string_equal(sheet_says(b, 4), "");
	restart(now + 86400);
	assert_string_equal(sheet_says(a, 3), "");
	restart(-1);
	buf_release(&one.ticket);
	buf_release(&two.ticket);
	original_release(&o);
	original_release(&another);
}

/* A ticket without a limit is counted as well: a limit that comes later in the
 * day finds what was printed before, whether the keeper started anew or not. */
static void
a_later_limit_counts_what_was_printed_before(void **state)
{
	struct original o;
	struct office open, limited;
	struct attempt a = {.intent = 6};
	uint64_t i;

	(void)state;
	original_issue(&o, 0, 0, "S-6");
	office_make(&open, "later", "后来点", "990100", 0, ALL_TYPES);
	office_make(&limited, "later", "后来点", "990100", 0, FIRST_TYPE);
	a.key = open.key;
	a.ticket = buf_bytes(&open.ticket);
	a.face = buf_bytes(&o.face);
	a.proof = buf_bytes(&o.code);
	for (i = 1; i <= 4; i++)
		assert_string_equal(sheet_says(a, i), "");
	a.ticket = buf_bytes(&limited.ticket);
	assert_string_equal(sheet_says(a, 5), "quota_reached");
	restart(-1);
	assert_string_equal(sheet_says(a, 5), "quota_reached");
	buf_release(&open.ticket);
	buf_release(&limited.ticket);
	original_release(&o);
}

static void
a_stop_holds_until_there_is_a_new_ticket(void **state)
{
	static const char stop[] =
	    "{\"action\":\"office_stop\",\"id\":\"town\"}";
	struct original o;
	struct office office, again;
	struct attempt a = {.intent = 7};
	struct err e = ERR_INIT;
	int64_t now = clock_now();

	(void)state;
	restart(now); /* all of it in one second */
	original_issue(&o, 0, 0, "S-7");
	office_make(&office, "town", TOWN, "990100001", 0, ALL_TYPES);
	a.key = office.key;
	a.ticket = buf_bytes(&office.ticket);
	a.face = buf_bytes(&o.face);
	a.proof = buf_bytes(&o.code);
	assert_string_equal(sheet_says(a, 1), "");
	assert_int_equal(act(stop, &e), 0);
	assert_string_equal(sheet_says(a, 1), "office_stopped");
	restart(now);
	assert_string_equal(sheet_says(a, 1), "office_stopped");
	office_make(&again, "town", TOWN, "990100001", 0, ALL_TYPES);
	a.ticket = buf_bytes(&again.ticket);
	assert_string_equal(sheet_says(a, 1), "");
	/* a stop in the same second ends that one as well */
	assert_int_equal(act(stop, &e), 0);
	assert_string_equal(sheet_says(a, 1), "office_stopped");
	restart(-1);
	buf_release(&office.ticket);
	buf_release(&again.ticket);
	original_release(&o);
}

/* The days of a ticket, and those of a new code that seals are asked for. */
static void
what_is_over_is_refused(void **state)
{
	struct original o;
	struct office office;
	struct attempt a = {.intent = 8, .seal = "market-1", .sheet = 1};
	struct buf code = BUF_INIT, cms = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t now = clock_now();

	(void)state;
	restart(now);
	original_issue(&o, 0, 0, "S-8");
	office_make(
	    &office, "days", "期限点", "990100", now + 30 * 86400, ALL_TYPES);
	a.key = office.key;
	a.ticket = buf_bytes(&office.ticket);
	a.face = buf_bytes(&o.face);
	a.proof = buf_bytes(&o.code);
	assert_int_equal(attempt_code(&a, &code, &e), 0);
	a.proof = buf_bytes(&code);
	restart(now + 7 * 86400);
	assert_int_equal(attempt_seal(&a, &cms, &e), 0);
	restart(now + 8 * 86400);
	assert_int_equal(attempt_seal(&a, &cms, &e), ERR_DENIED);
	assert_string_equal(e.code, "bad_proof");
	/* nor is a code of a day that has not come */
	restart(now + 10 * 86400);
	buf_reset(&code);
	a.proof = buf_bytes(&o.code);
	assert_int_equal(attempt_code(&a, &code, &e), 0);
	restart(now);
	a.proof = buf_bytes(&code);
	assert_int_equal(attempt_seal(&a, &cms, &e), ERR_DENIED);
	assert_string_equal(e.code, "bad_proof");
	a.proof = buf_bytes(&o.code);
	restart(now + 30 * 86400 - 1);
	assert_string_equal(sheet_says(a, 2), "");
	restart(now + 30 * 86400);
	assert_string_equal(sheet_says(a, 2), "bad_ticket");
	restart(now - 600); /* made in what is now the future */
	assert_string_equal(sheet_says(a, 2), "bad_ticket");
	restart(-1);
	buf_release(&code);
	buf_release(&cms);
	buf_release(&office.ticket);
	original_release(&o);
}

static void
orders_for_tickets_that_make_no_sense_make_none(void **state)
{
	static const char *const offices[] = {"", "{}", "1", GOOD_OFFICE "}",
	    GOOD_OFFICE ",\"types\":[],\"not_after\":-1}",
	    GOOD_OFFICE ",\"types\":[],\"more\":1}",
	    GOOD_OFFICE ",\"types\":[{\"type\":\"x\"}]}",
	    GOOD_OFFICE ",\"types\":[{\"type\":\"11990000MB9A010097001\","
			"\"quota_day\":-1}]}",
	    "{\"id\":\"A\",\"zh\":\"a\",\"region\":\"990100\"," GOOD_HASH
	    ",\"types\":[]}",
	    "{\"id\":\"a\",\"zh\":\"\",\"region\":\"990100\"," GOOD_HASH
	    ",\"types\":[]}",
	    "{\"id\":\"a\",\"zh\":\"a\",\"region\":\"99\"," GOOD_HASH
	    ",\"types\":[]}",
	    BAD_HASH ",\"types\":[]}"};
	struct buf action = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_int_equal(
	    act("{\"action\":\"office_ticket\",\"offices\":[" GOOD_OFFICE
		",\"types\":[]}]}",
		&e),
	    0);
	for (i = 0; i < sizeof(offices) / sizeof(offices[0]); i++) {
		buf_reset(&action);
		buf_printf(&action,
		    "{\"action\":\"office_ticket\",\"offices\":[%s]}",
		    offices[i]);
		assert_int_equal(act(buf_cstr(&action), &e), ERR_INPUT);
		assert_string_equal(e.code, "bad_action");
	}
	assert_int_equal(
	    act("{\"action\":\"office_stop\",\"id\":\"A\"}", &e), ERR_INPUT);
	buf_release(&action);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_office_prints_a_sheet_of_what_was_issued),
	    cmocka_unit_test(uses_say_who_printed),
	    cmocka_unit_test(a_department_prints_sheets_of_its_own),
	    cmocka_unit_test(an_office_makes_purpose_bound_copies),
	    cmocka_unit_test(quotas_of_offices_hold_across_restarts),
	    cmocka_unit_test(a_later_limit_counts_what_was_printed_before),
	    cmocka_unit_test(a_stop_holds_until_there_is_a_new_ticket),
	    cmocka_unit_test(what_is_over_is_refused),
	    cmocka_unit_test(orders_for_tickets_that_make_no_sense_make_none),
	};

	return cmocka_run_group_tests(
	    tests, keeper_admin_start, keeper_admin_stop);
}
