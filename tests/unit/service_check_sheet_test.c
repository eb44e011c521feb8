/*
 * service_check_sheet_test.c - printed sheets against the register: only the
 * sheet that was recorded, with the bytes it was recorded with, as long as it
 * is not void.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/sha.h>

#include "certsvc/service_state.h"
#include "certsvc/sheet.h"
#include "crypto/base/text.h"
#include "tests/support/service_fixture.h"

/* A sheet as it was made, and its record. */
struct printed {
	struct buf pdf, code;
	struct store_record record;
};

static void
make(struct office *o, const char *id, uint64_t number, struct printed *p)
{
	struct service_caller caller = office_caller(o, MARKET);
	struct store_certificate c = {.id = ""};
	struct sheet_request req = {
	    .caller = &caller, .certificate = &c, .number = number};
	struct err e = ERR_INIT;

	memset(p, 0, sizeof(*p));
	assert_int_equal(
	    o->service->ops->certificate_get(o->service->store, id, &c, &e), 0);
	if (sheet_make(o->service, &req, &p->pdf, &p->code, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	store_certificate_release(&c);
}

static void
add_hex(struct bytes bytes, struct buf *hex)
{
	uint8_t digest[32];

	SHA256(bytes.p, bytes.n, digest);
	text_hex(hex, (struct bytes){digest, 32});
	assert_non_null(buf_cstr(hex));
}

static void
put(struct office *o, struct printed *p, const char *state)
{
	struct store_record v = p->record;
	struct err e = ERR_INIT;

	v.version++;
	v.at = clock_now();
	snprintf(v.state, sizeof(v.state), "%s", state);
	assert_int_equal(
	    o->service->ops->records_put(o->service->store, &v, 1, NULL, &e),
	    0);
	p->record = v;
}

/* The record that the print desk keeps of it. */
static void
keep(struct office *o, const char *id, uint64_t number, struct printed *p)
{
	struct buf code = BUF_INIT, document = BUF_INIT;

	add_hex(buf_bytes(&p->code), &code);
	add_hex(buf_bytes(&p->pdf), &document);
	snprintf(p->record.kind, sizeof(p->record.kind), "sheet");
	snprintf(p->record.id, sizeof(p->record.id), "%s/%llu", id,
	    (unsigned long long)number);
	snprintf(p->record.subject, sizeof(p->record.subject), "%s", id);
	buf_printf(&p->record.body,
	    "{\"job\":\"J\",\"code\":\"%s\",\"document\":\"%s\"}",
	    buf_cstr(&code), buf_cstr(&document));
	put(o, p, "live");
	buf_release(&code);
	buf_release(&document);
}

static void
throw_away(struct printed *p)
{
	buf_release(&p->pdf);
	buf_release(&p->code);
	store_record_release(&p->record);
}

/* Both the document and its code alone; "" is valid. */
static void
says(struct office *o, const struct printed *p, const char *reason, int line)
{
	const struct buf *file[] = {&p->pdf, &p->code};
	struct verdict v;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < 2; i++) {
		memset(&v, 0, sizeof(v));
		service_add_parser(
		    o->service, children_get(&o->children, 'P', "", "", NULL));
		assert_int_equal(service_verify(o->service, buf_bytes(file[i]),
				     clock_now(), &v, &e),
		    0);
		if (strcmp(v.nreasons > 0 ? v.reasons[0] : "", reason) != 0 ||
		    v.nreasons > 1 ||
		    (v.kind == VERDICT_VALID) != (reason[0] == '\0'))
			fail_msg("line %d, file %zu: %s %s", line, i,
			    verdict_word(v.kind),
			    v.nreasons > 0 ? v.reasons[0] : "");
		assert_int_equal(v.certificate.copy.is_copy, 0);
		assert_int_equal(v.certificate.copy_number, 0);
		assert_int_not_equal(v.certificate.sheet.number, 0);
		assert_string_equal(
		    v.certificate.sheet.office, "青禾市市场监督管理局");
		verdict_release(&v);
	}
}

#define SAYS(p, reason) says(o, &(p), reason, __LINE__)

static void
only_a_recorded_sheet_is_confirmed_until_it_is_void(void **state)
{
	struct office *o = *state;
	struct printed first, second, twin;
	char id[STORE_ID_SIZE];

	issue(o, MARKET, BUSINESS, "1", id);
	make(o, id, 1, &first);
	make(o, id, 2, &second);
	SAYS(first, "not_in_register");
	keep(o, id, 1, &first);
	SAYS(first, "");
	/* another number, and the same number made once more, are not it */
	SAYS(second, "not_in_register");
	make(o, id, 1, &twin);
	SAYS(twin, "not_in_register");
	keep(o, id, 2, &second);
	SAYS(second, "");
	put(o, &first, "void");
	SAYS(first, "sheet_void");
	SAYS(second, "");
	throw_away(&first);
	throw_away(&second);
	throw_away(&twin);
}

static void
a_sheet_shares_the_status_of_its_certificate(void **state)
{
	struct office *o = *state;
	struct printed sheet;
	char id[STORE_ID_SIZE];

	issue(o, MARKET, BUSINESS, "1", id);
	make(o, id, 1, &sheet);
	keep(o, id, 1, &sheet);
	SAYS(sheet, "");
	act(o, MARKET, id, "revoke", reason("issued_in_error"));
	SAYS(sheet, "revoked");
	throw_away(&sheet);
}

/* What a record says wrongly confirms nothing. */
static void
a_damaged_record_confirms_nothing(void **state)
{
	static const char *const bodies[] = {"{}", "[]", "{\"code\":1}",
	    "{\"code\":\"00\",\"document\":\"00\"}"};
	struct office *o = *state;
	struct printed sheet;
	char id[STORE_ID_SIZE];
	size_t i;

	issue(o, MARKET, BUSINESS, "1", id);
	make(o, id, 1, &sheet);
	keep(o, id, 1, &sheet);
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		buf_reset(&sheet.record.body);
		buf_add_str(&sheet.record.body, bodies[i]);
		put(o, &sheet, "live");
		SAYS(sheet, "not_in_register");
	}
	throw_away(&sheet);
}

/* What it was printed for is the print job's, and said of a valid one only. */
static void
departments_hear_what_a_sheet_was_printed_for(void **state)
{
	struct office *o = *state;
	struct store_record job = {.kind = "print",
	    .id = "J",
	    .version = 1,
	    .state = "confirmed",
	    .at = clock_now()};
	struct verdict v = {.kind = VERDICT_VALID};
	struct printed sheet;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];

	issue(o, MARKET, BUSINESS, "1", id);
	make(o, id, 1, &sheet);
	keep(o, id, 1, &sheet);
	snprintf(v.certificate.id, sizeof(v.certificate.id), "%s", id);
	v.certificate.sheet.number = 1;
	assert_int_equal(service_sheet_purpose(o->service, &v, &e), 0);
	assert_string_equal(v.certificate.sheet.purpose, "");
	buf_add_str(&job.body, "{\"purpose\":\"办理银行开户\"}");
	assert_int_equal(
	    o->service->ops->records_put(o->service->store, &job, 1, NULL, &e),
	    0);
	v.kind = VERDICT_INVALID;
	assert_int_equal(service_sheet_purpose(o->service, &v, &e), 0);
	assert_string_equal(v.certificate.sheet.purpose, "");
	v.kind = VERDICT_VALID;
	assert_int_equal(service_sheet_purpose(o->service, &v, &e), 0);
	assert_string_equal(v.certificate.sheet.purpose, "办理银行开户");
	store_record_release(&job);
	throw_away(&sheet);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(only_a_recorded_sheet_is_confirmed_until_it_is_void),
	    CASE(a_sheet_shares_the_status_of_its_certificate),
	    CASE(a_damaged_record_confirms_nothing),
	    CASE(departments_hear_what_a_sheet_was_printed_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
