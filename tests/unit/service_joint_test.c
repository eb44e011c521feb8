/*
 * service_joint_test.c - a type that two departments issue jointly: who may,
 * what comes of it, and what its trust says.  The fixture's authority lets the
 * police put the market's seal at place 1 of the first type; so that type is
 * the hotel permit here.
 */
#include "tests/support/print_desk.h"

#include "certsvc/sheet.h"
#include "certsvc/trust.h"
#include "certsvc/verify.h"
#include "crypto/base/file.h"
#include "keys/administrator.h"

static char folder[] = "/tmp/joint-XXXXXX";

/* Copy a file of templates/, with its type code changed to the first one. */
static void
copy(const char *from, const char *to)
{
	static const char code[] = "11990000MB9A010097005";
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	char path[128];
	uint8_t *p;
	FILE *f;

	snprintf(path, sizeof(path), "templates/%s", from);
	assert_int_equal(file_read(path, 1048576, &text, &e), 0);
	p = memmem(text.p, text.n, code, sizeof(code) - 1);
	if (p != NULL)
		p[sizeof(code) - 2] = '1';
	snprintf(path, sizeof(path), "%s/%s", folder, to);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
	buf_release(&text);
}

static int
setup(void **state)
{
	struct office *o;
	char path[64];

	if (office_setup(state) != 0)
		return -1;
	o = *state;
	service_close(o->service);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/hotel-permit", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	copy("template.xsd", "template.xsd");
	copy("layout.xsd", "layout.xsd");
	copy("hotel-permit/template.xml", "hotel-permit/template.xml");
	o->config.templates = folder;
	office_open(o);
	return 0;
}

static int
teardown(void **state)
{
	int rc = office_teardown(state);

	nftw(folder, office_remove, 4, FTW_DEPTH | FTW_PHYS);
	return rc;
}

/* A document has both seals, in the order of places. */
static void
look_at_file(const struct trust *trust, const struct buf *file, uint64_t sheet)
{
	struct verify_options opt = {
	    .trust = trust, .at = clock_now(), .status_later = 1};
	struct verdict v;

	verify_bytes(buf_bytes(file), &opt, &v);
	if (v.kind != VERDICT_VALID)
		fail_msg("%s", v.reasons[0]);
	assert_int_equal(v.nsignatures, 2);
	assert_string_equal(v.signatures[0].seal, "公安局");
	assert_string_equal(v.signatures[1].seal, "市场监督管理局");
	assert_true(v.certificate.sheet.number == sheet);
	verdict_release(&v);
}

static void
look_at(
    struct office *o, const char *id, const char *format, struct trust *trust)
{
	struct buf file = BUF_INIT;

	get_file(o, POLICE, id, format, &file);
	look_at_file(trust, &file, 0);
	buf_release(&file);
}

static void
two_seals_from_two_departments_verify(void **state)
{
	struct office *o = *state;
	struct trust *trust = NULL;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], dir[96];

	issue(o, POLICE, "hotel-permit", "1", id);
	snprintf(dir, sizeof(dir), "%s/trust", o->f.dir);
	assert_int_equal(trust_read(dir, &trust, &e), 0);
	look_at(o, id, "pdf", trust);
	look_at(o, id, "ofd", trust);
	trust_free(trust);
}

static void
an_office_prints_it_with_both_seals(void **state)
{
	static const char *const types[] = {DESK_BUSINESS};
	struct office *o = *state;
	struct service_operator clerk;
	struct service_caller caller = {
	    .address = "local", .operator= & clerk };
	struct store_certificate c;
	struct sheet_request req = {
	    .caller = &caller, .certificate = &c, .number = 1};
	struct buf pdf = BUF_INIT, text = BUF_INIT;
	struct trust *trust = NULL;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], dir[96];

	desk_clerk(o, "town", "东关便民服务中心", types, 1, &clerk);
	issue(o, POLICE, "hotel-permit", "1", id);
	desk_certificate(o, id, &c);
	if (sheet_make(o->service, &req, &pdf, &text, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	snprintf(dir, sizeof(dir), "%s/trust", o->f.dir);
	assert_int_equal(trust_read(dir, &trust, &e), 0);
	look_at_file(trust, &pdf, 1);
	trust_free(trust);
	service_operator_release(&clerk);
	store_certificate_release(&c);
	buf_release(&pdf);
	buf_release(&text);
}

static void
without_the_other_departments_seal_nothing_is_issued(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	assert_int_equal(
	    office_issue(
		o, MARKET, office_body("hotel-permit", "2"), &answer, NULL, &e),
	    ERR_DENIED);
	assert_null(answer);
	assert_code("no_joint_seal", &e);
	assert_int_equal(
	    office_issue(
		o, SOCIAL, office_body("hotel-permit", "3"), &answer, NULL, &e),
	    ERR_DENIED);
	assert_code("not_authorised", &e);
}

/* An administrator's action on the market's seal. */
static void
administer(struct office *o, const char *action)
{
	struct administrator *administrator = NULL;
	struct err e = ERR_INIT;
	json_t *body =
		   json_pack("{s:s,s:s}", "action", action, "seal", "market-1"),
	       *answer = NULL;

	assert_int_equal(administrator_new(o->f.dir,
			     bytes_str(FIXTURE_PASSPHRASE), &administrator, &e),
	    0);
	assert_int_equal(
	    administrator_call(administrator, o->f.keeper, body, &answer, &e),
	    0);
	administrator_free(administrator);
	json_decref(body);
	json_decref(answer);
}

/* The keeper refuses at once, whatever the service knows of it, and the whole
 * certificate: no document with one seal of two stays behind. */
static void
a_suspended_seal_of_the_other_department_stops_it(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	json_t *answer = NULL;
	char id[STORE_ID_SIZE];

	administer(o, "seal_suspend");
	assert_int_equal(
	    office_issue(
		o, POLICE, office_body("hotel-permit", "4"), &answer, NULL, &e),
	    ERR_DENIED);
	assert_null(answer);
	assert_code("seal_suspended", &e);
	administer(o, "seal_resume");
	issue(o, POLICE, "hotel-permit", "4", id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		two_seals_from_two_departments_verify, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		an_office_prints_it_with_both_seals, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		without_the_other_departments_seal_nothing_is_issued, setup,
		teardown),
	    cmocka_unit_test_setup_teardown(
		a_suspended_seal_of_the_other_department_stops_it, setup,
		teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
