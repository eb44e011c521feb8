/*
 * service_copy_test.c - purpose-bound copies through service.h: made once,
 * listed under their original, worthless with it, and what a verifier is told.
 */
#include "tests/support/service_fixture.h"

#include "crypto/copy_field.h"
#include "certsvc/service_state.h"
#include "crypto/face.h"

enum {
	DAY = 86400
};

static const char purpose[] = "办理银行开户";

static json_t *
copy_body(const char *serial)
{
	char last[CLOCK_DATE_SIZE];

	clock_date_cst(last, clock_now() + 10 * DAY);
	return json_pack("{s:s, s:s, s:s, s:s}", "purpose", purpose, "expires",
	    last, "matter", "copies", "serial", serial);
}

static int
copy(struct office *o, size_t department, const char *id, json_t *body,
    json_t **answer, int *replayed, struct err *e)
{
	struct service_caller caller = office_caller(o, department);
	struct service_call call = {
	    .caller = &caller, .action = "copy", .id = id, .body = body};
	int rc = service_copy(o->service, &call, answer, e);

	if (replayed != NULL)
		*replayed = call.replayed;
	json_decref(body);
	return rc;
}

static void
make_copy(struct office *o, const char *id, const char *serial,
    char out[STORE_ID_SIZE])
{
	struct err e = ERR_INIT;
	json_t *answer;

	assert_int_equal(
	    copy(o, MARKET, id, copy_body(serial), &answer, NULL, &e), 0);
	snprintf(out, STORE_ID_SIZE, "%s", office_text(answer, "id"));
	json_decref(answer);
}

static void
the_same_key_gives_the_same_copy(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	json_t *first, *second, *body;
	int replayed;

	issue(o, MARKET, BUSINESS, "1", id);
	assert_int_equal(
	    copy(o, MARKET, id, copy_body("c1"), &first, &replayed, &e), 0);
	assert_int_equal(replayed, 0);
	assert_string_equal(office_text(first, "copy_of"), id);
	assert_string_equal(office_text(first, "status"), "valid");
	assert_int_equal(
	    copy(o, MARKET, id, copy_body("c1"), &second, &replayed, &e), 0);
	assert_int_equal(replayed, 1);
	assert_true(json_equal(first, second));
	json_decref(second);
	body = copy_body("c1");
	json_object_set_new(body, "maker", json_string("另一人"));
	assert_int_equal(
	    copy(o, MARKET, id, body, &second, NULL, &e), ERR_CONFLICT);
	assert_code("key_reused", &e);
	json_decref(first);
}

static void
a_copy_is_listed_under_its_original(void **state)
{
	struct office *o = *state;
	struct service_caller caller = office_caller(o, MARKET);
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], copied[STORE_ID_SIZE];
	json_t *answer, *query = json_object();

	issue(o, MARKET, BUSINESS, "1", id);
	make_copy(o, id, "c1", copied);
	assert_int_equal(service_get(o->service, &caller, id, &answer, &e), 0);
	assert_string_equal(
	    office_text(
		json_array_get(json_object_get(answer, "copies"), 0), "id"),
	    copied);
	json_decref(answer);
	assert_int_equal(
	    service_get(o->service, &caller, copied, &answer, &e), 0);
	assert_string_equal(office_text(answer, "copy_of"), id);
	assert_string_equal(office_text(answer, "purpose"), purpose);
	assert_null(json_object_get(answer, "copies"));
	json_decref(answer);
	assert_int_equal(
	    service_list(o->service, &caller, query, &answer, &e), 0);
	assert_int_equal(json_array_size(json_object_get(answer, "items")), 1);
	json_decref(answer);
	json_decref(query);
}

static void
its_face_is_the_originals_and_four_fields(void **state)
{
	static const char *const more[] = {
	    COPY_MADE, COPY_MAKER, COPY_PURPOSE, COPY_UNTIL};
	struct office *o = *state;
	struct store_certificate a = {.id = ""}, b = {.id = ""};
	struct face *old, *new;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], copied[STORE_ID_SIZE];
	size_t i;

	issue(o, MARKET, BUSINESS, "1", id);
	make_copy(o, id, "c1", copied);
	assert_int_equal(
	    o->service->ops->certificate_get(o->service->store, id, &a, &e), 0);
	assert_int_equal(
	    o->service->ops->certificate_get(o->service->store, copied, &b, &e),
	    0);
	assert_int_equal(face_parse(buf_bytes(&a.face), &old, &e), 0);
	assert_int_equal(face_parse(buf_bytes(&b.face), &new, &e), 0);
	assert_int_equal(new->nfields, old->nfields + 4);
	for (i = 0; i < old->nfields; i++)
		assert_string_equal(old->fields[i].name, new->fields[i].name);
	for (i = 0; i < 4; i++)
		assert_string_equal(
		    new->fields[old->nfields + i].name, more[i]);
	assert_string_equal(face_get(new, COPY_PURPOSE), purpose);
	assert_string_equal(a.number, b.number);
	assert_string_equal(a.identifier, b.identifier);
	assert_true(a.index != b.index);
	face_free(old);
	face_free(new);
	store_certificate_release(&a);
	store_certificate_release(&b);
}

/* A body with one member changed (NULL: left out) is refused with a code. */
static void
refused(struct office *o, const char *id, const char *member, json_t *value,
    enum err_class class, const char *code)
{
	struct err e = ERR_INIT;
	json_t *answer, *body = copy_body("bad");

	if (value == NULL)
		json_object_del(body, member);
	else
		json_object_set_new(body, member, value);
	assert_int_equal(copy(o, MARKET, id, body, &answer, NULL, &e), class);
	assert_null(answer);
	assert_code(code, &e);
}

static void
what_cannot_be_a_copy_is_refused(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], copied[STORE_ID_SIZE];
	json_t *answer;

	issue(o, MARKET, BUSINESS, "1", id);
	refused(o, id, "purpose", NULL, ERR_INPUT, "bad_fields");
	refused(o, id, "purpose", json_string(""), ERR_INPUT, "bad_fields");
	refused(o, id, "purpose", json_integer(1), ERR_INPUT, "bad_fields");
	refused(o, id, "expires", NULL, ERR_INPUT, "bad_fields");
	refused(o, id, "expires", json_string("2020-01-01"), ERR_INPUT,
	    "bad_expires");
	refused(o, id, "expires", json_string("2027-02-30"), ERR_INPUT,
	    "bad_fields");
	refused(o, id, "fields", json_object(), ERR_INPUT, "bad_fields");
	refused(o, id, "maker", json_true(), ERR_INPUT, "bad_fields");
	refused(
	    o, id, "nonsense", json_string("x"), ERR_INPUT, "order_invalid");
	make_copy(o, id, "c1", copied);
	refused(
	    o, copied, "operator", json_string("x"), ERR_CONFLICT, "is_copy");
	assert_int_equal(office_act(o, MARKET, copied, "renew",
			     again("expiring", "9"), &answer, &e),
	    ERR_CONFLICT);
	assert_code("is_copy", &e);
	assert_int_equal(
	    copy(o, SOCIAL, id, copy_body("c2"), &answer, NULL, &e),
	    ERR_NOT_FOUND);
	assert_code("not_found", &e);
	act(o, MARKET, id, "suspend", reason("under_investigation"));
	refused(o, id, "operator", json_string("x"), ERR_CONFLICT,
	    "original_not_valid");
}

static void
a_copy_goes_the_way_of_its_original(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], a[STORE_ID_SIZE], b[STORE_ID_SIZE];
	json_t *answer;

	issue(o, MARKET, BUSINESS, "1", id);
	make_copy(o, id, "c1", a);
	make_copy(o, id, "c2", b);
	status_is(o, a, "valid");
	act(o, MARKET, id, "suspend", reason("under_investigation"));
	status_is(o, a, "suspended");
	act(o, MARKET, id, "resume", reason("investigation_closed"));
	status_is(o, a, "valid");
	act(o, MARKET, b, "revoke", reason("issued_in_error"));
	status_is(o, b, "revoked");
	status_is(o, id, "valid");
	assert_int_equal(office_act(o, MARKET, id, "renew",
			     again("expiring", "2"), &answer, &e),
	    0);
	json_decref(answer);
	status_is(o, a, "superseded");
	status_is(o, b, "revoked");
}

/* What the public verification says of a file. */
static void
ask(struct office *o, const char *id, const char *format, int64_t at,
    struct verdict *v)
{
	struct err e = ERR_INIT;
	struct buf file;

	memset(v, 0, sizeof(*v));
	get_file(o, MARKET, id, format, &file);
	service_add_parser(
	    o->service, children_get(&o->children, 'P', "", "", NULL));
	assert_int_equal(
	    service_verify(o->service, buf_bytes(&file), at, v, &e), 0);
	buf_release(&file);
}

static void
a_verifier_hears_the_purpose_from_the_document_only(void **state)
{
	static const char *const formats[] = {"pdf", "xml"};
	struct office *o = *state;
	char id[STORE_ID_SIZE], copied[STORE_ID_SIZE];
	struct verdict v;
	size_t i;

	issue(o, MARKET, BUSINESS, "1", id);
	make_copy(o, id, "c1", copied);
	for (i = 0; i < 2; i++) {
		ask(o, copied, formats[i], clock_now(), &v);
		assert_int_equal(v.kind, VERDICT_VALID);
		assert_true(v.certificate.copy.is_copy);
		assert_string_equal(v.certificate.copy.purpose, purpose);
		verdict_release(&v);
		ask(o, copied, formats[i], clock_now() + 12 * DAY, &v);
		assert_int_equal(v.kind, VERDICT_INVALID);
		assert_string_equal(v.reasons[0], "expired");
		verdict_release(&v);
		ask(o, id, formats[i], clock_now(), &v);
		assert_false(v.certificate.copy.is_copy);
		verdict_release(&v);
	}
	ask(o, copied, "qr", clock_now(), &v);
	assert_int_equal(v.kind, VERDICT_VALID);
	assert_true(v.certificate.copy.is_copy);
	assert_string_equal(v.certificate.copy.purpose, "");
	assert_int_equal(v.certificate.copy_number, 1);
	verdict_release(&v);
	make_copy(o, id, "c2", copied);
	ask(o, copied, "qr", clock_now(), &v);
	assert_int_equal(v.certificate.copy_number, 2);
	verdict_release(&v);
	act(o, MARKET, id, "revoke", reason("issued_in_error"));
	ask(o, copied, "pdf", clock_now(), &v);
	assert_int_equal(v.kind, VERDICT_INVALID);
	assert_string_equal(v.reasons[0], "revoked");
	verdict_release(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(the_same_key_gives_the_same_copy),
	    CASE(a_copy_is_listed_under_its_original),
	    CASE(its_face_is_the_originals_and_four_fields),
	    CASE(what_cannot_be_a_copy_is_refused),
	    CASE(a_copy_goes_the_way_of_its_original),
	    CASE(a_verifier_hears_the_purpose_from_the_document_only),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
