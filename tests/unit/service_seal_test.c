/* service_seal_test.c - seals as the service tells of them, and what becomes of
 * calls while a seal changes under them. */
#include "tests/support/service_fixture.h"

#include "certsvc/service_seal.h"
#include "certsvc/trust.h"
#include "certsvc/verify.h"
#include "crypto/cbor.h"
#include "keys/administrator.h"

/* An administrator's action; its answer's bytes as the relay would see them are
 * not shown to the service. */
static void
administer(struct office *o, json_t *action)
{
	struct administrator *administrator = NULL;
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	assert_int_equal(administrator_new(o->f.dir,
			     bytes_str(FIXTURE_PASSPHRASE), &administrator, &e),
	    0);
	if (administrator_call(
		administrator, o->f.keeper, action, &answer, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	administrator_free(administrator);
	json_decref(action);
	json_decref(answer);
}

static void
renew(struct office *o)
{
	administer(o, json_pack("{s:s,s:s,s:{s:s,s:s,s:i,s:i}}", "action",
			  "seal_renew", "seal", "market-1", "picture", "type",
			  "ofd", "data", "UEs=", "width", 42, "height", 42));
}

/* The verdict of the office's own trust on a file. */
static enum verdict_kind
verdict_of(struct office *o, struct bytes file)
{
	struct verify_options opt = {.at = clock_now(), .status_later = 1};
	struct trust *trust = NULL;
	struct err e = ERR_INIT;
	struct verdict v = {.kind = VERDICT_VALID};
	enum verdict_kind kind;
	char path[128];

	snprintf(path, sizeof(path), "%s/trust", o->f.dir);
	assert_int_equal(trust_read(path, &trust, &e), 0);
	opt.trust = trust;
	verify_bytes(file, &opt, &v);
	kind = v.kind;
	verdict_release(&v);
	trust_free(trust);
	return kind;
}

/* The front does not know yet that the seal was renewed. */
static void
an_ofd_carries_the_seal_of_its_signature(void **state)
{
	struct office *o = *state;
	struct buf file = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *answer = NULL;
	char id[STORE_ID_SIZE];

	issue(o, MARKET, BUSINESS, "1", id);
	renew(o);
	assert_int_equal(office_issue(o, MARKET, office_body(BUSINESS, "2"),
			     &answer, NULL, &e),
	    ERR_BUSY);
	assert_true(e.retryable);
	assert_code("seal_changed", &e);
	issue(o, MARKET, BUSINESS, "2", id);
	assert_int_equal(service_authority_changed(o->service, &e), 0);
	get_file(o, MARKET, id, "ofd", &file);
	assert_int_equal(verdict_of(o, buf_bytes(&file)), VERDICT_VALID);
	buf_release(&file);
}

/* More of them than a verifier takes would be published for nobody to read. */
static void
a_seal_of_many_generations_is_still_believed(void **state)
{
	struct office *o = *state;
	struct buf file = BUF_INIT;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	int i;

	issue(o, MARKET, BUSINESS, "1", id);
	get_file(o, MARKET, id, "ofd", &file);
	for (i = 0; i < 40; i++)
		renew(o);
	assert_int_equal(service_authority_changed(o->service, &e), 0);
	assert_int_equal(verdict_of(o, buf_bytes(&file)), VERDICT_VALID);
	buf_release(&file);
}

/* "a b c" of the ids in a page. */
static const char *
ids(struct office *o, const struct service_seal_query *q)
{
	static struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *answer = NULL, *item;
	size_t i;

	buf_reset(&out);
	if (service_seals(o->service, q, &answer, &e) != 0) {
		buf_add_str(&out, e.code);
		err_clear(&e);
	}
	json_array_foreach (json_object_get(answer, "items"), i, item)
		buf_printf(&out, "%s%s", i ? " " : "", office_text(item, "id"));
	if (json_is_string(json_object_get(answer, "next")))
		buf_printf(&out, " -> %s", office_text(answer, "next"));
	json_decref(answer);
	return buf_cstr(&out);
}

static void
seals_are_listed_in_pages_and_by_what_they_are_for(void **state)
{
	struct office *o = *state;
	struct service_seal_query q = {.limit = 3};

	assert_string_equal(
	    ids(o, &q), "market-1 market-2 police-1 -> police-1");
	q.cursor = "police-1";
	assert_string_equal(ids(o, &q), "social-1");
	q = (struct service_seal_query){.type = "11990000MB9A010097002"};
	assert_non_null(strstr(ids(o, &q), "market-2"));
	assert_null(strstr(ids(o, &q), "market-1"));
	q = (struct service_seal_query){.state = "suspended"};
	assert_string_equal(ids(o, &q), "");
	administer(o, json_pack("{s:s,s:s}", "action", "seal_suspend", "seal",
			  "police-1"));
	assert_string_equal(ids(o, &q), "");
	assert_int_equal(
	    service_authority_changed(o->service, &(struct err)ERR_INIT), 0);
	assert_string_equal(ids(o, &q), "police-1");
	q.state = "asleep";
	assert_string_equal(ids(o, &q), "bad_query");
}

static json_int_t
uses_of(struct office *o, const char *id)
{
	struct err e = ERR_INIT;
	json_t *seal = NULL;
	json_int_t n;

	assert_int_equal(service_seal(o->service, id, &seal, &e), 0);
	n = json_integer_value(json_object_get(seal, "uses"));
	assert_int_equal(
	    json_is_null(json_object_get(seal, "last_used")), n == 0);
	json_decref(seal);
	return n;
}

/* Lines about the seal that a department sees. */
static size_t
lines(struct office *o, size_t department, const char *id)
{
	struct service_caller caller = office_caller(o, department);
	struct err e = ERR_INIT;
	json_t *page = NULL;
	size_t n;

	assert_int_equal(
	    service_seal_uses(o->service, &caller, id, 0, &page, &e), 0);
	n = json_array_size(json_object_get(page, "items"));
	json_decref(page);
	return n;
}

static void
uses_are_counted_as_of_now_and_shown_to_the_owner(void **state)
{
	struct office *o = *state;
	struct service_caller caller = office_caller(o, MARKET);
	struct err e = ERR_INIT;
	json_t *page = NULL;
	char id[STORE_ID_SIZE];
	size_t made = lines(o, MARKET, "market-1");

	assert_int_equal(uses_of(o, "market-1"), 0);
	issue(o, MARKET, BUSINESS, "1", id);
	assert_int_equal(
	    lines(o, MARKET, "market-1") - made, uses_of(o, "market-1"));
	assert_true(uses_of(o, "market-1") >= 2);
	assert_int_equal(lines(o, SOCIAL, "market-1"), 0);
	assert_int_equal(
	    service_seal_uses(o->service, &caller, "market-9", 0, &page, &e),
	    ERR_NOT_FOUND);
	assert_code("no_such_seal", &e);
}

/* In a batch of administrators' actions the directory is read at its end; who
 * looks sooner gets it then. */
static void
a_seal_made_in_a_batch_is_seen_at_once(void **state)
{
	static const char json[] = "{\"seals_version\":1000000}";
	struct office *o = *state;
	struct service_caller caller = office_caller(o, MARKET);
	struct buf answer = BUF_INIT, picture = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *page = NULL;
	size_t i;

	cbor_put_array(&answer, 2);
	cbor_put_str(&answer, json);
	cbor_put_bstr(&answer, bytes_str("mac"));
	for (i = 0; i < 2; i++) {
		administer(
		    o, json_pack("{s:s,s:[{s:s,s:s,s:s,s:s,s:s,s:i,s:[s],"
				 "s:{s:s,s:s,s:i,s:i}}]}",
			   "action", "seal_make", "seals", "id",
			   i == 0 ? "late-1" : "late-2", "department",
			   "11990100MB9A00014N", "zh", "新章", "kind", "round",
			   "arc", "青禾市新章", "diameter", 42, "types",
			   "11990000MB9A010097001", "picture", "type", "ofd",
			   "data", "UEs=", "width", 42, "height", 42));
		assert_int_equal(
		    service_administered(o->service, buf_bytes(&answer), 1, &e),
		    0);
		if (i == 0)
			assert_int_equal(service_seal_uses(o->service, &caller,
					     "late-1", 0, &page, &e),
			    0);
		else
			assert_int_equal(service_seal_picture(o->service,
					     "late-2", "svg", 0, &picture, &e),
			    0);
	}
	json_decref(page);
	buf_release(&picture);
	buf_release(&answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(an_ofd_carries_the_seal_of_its_signature),
	    CASE(a_seal_of_many_generations_is_still_believed),
	    CASE(seals_are_listed_in_pages_and_by_what_they_are_for),
	    CASE(uses_are_counted_as_of_now_and_shown_to_the_owner),
	    CASE(a_seal_made_in_a_batch_is_seen_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
