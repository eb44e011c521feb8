/*
 * sheet_test.c - sheets of issued certificates through a whole service: by the
 * key of an office and by a department's, what a verifier says of them, what
 * is refused, and previews.
 */
#include "tests/support/print_desk.h"
#include "tests/support/scan.h"

#include <math.h>

#include "certsvc/sheet.h"
#include "certsvc/trust.h"
#include "certsvc/verify.h"
#include "crypto/cose.h"

static const char office_zh[] = "青禾市东关便民服务中心";
static const char *const all_types[] = {DESK_BUSINESS, DESK_PROOF, DESK_DOG};

/* An office with a clerk, and a certificate. */
struct desk {
	struct office *o;
	struct service_operator clerk;
	struct service_caller caller;
	struct store_certificate certificate;
};

static void
desk_open(struct desk *d, struct office *o, const char *type, size_t department)
{
	char id[STORE_ID_SIZE];

	d->o = o;
	desk_clerk(o, "town", office_zh, all_types, 3, &d->clerk);
	d->caller =
	    (struct service_caller){.address = "local", .operator= & d->clerk };
	issue(o, department, type, "S-1", id);
	desk_certificate(o, id, &d->certificate);
}

static void
desk_close(struct desk *d)
{
	service_operator_release(&d->clerk);
	store_certificate_release(&d->certificate);
}

static int
print(struct desk *d, const struct sheet_request *with, struct buf *pdf,
    struct buf *text, struct err *e)
{
	struct sheet_request req = *with;

	if (req.caller == NULL)
		req.caller = &d->caller;
	req.certificate = &d->certificate;
	return sheet_make(d->o->service, &req, pdf, text, e);
}

/* What somebody offline, with the service's trust, says of the bytes. */
static void
look(struct office *o, struct bytes file, struct verdict *v)
{
	struct verify_options opt = {.at = clock_now(), .status_later = 1};
	struct trust *trust = NULL;
	struct err e = ERR_INIT;
	char dir[96];

	snprintf(dir, sizeof(dir), "%s/trust", o->f.dir);
	assert_int_equal(trust_read(dir, &trust, &e), 0);
	opt.trust = trust;
	verify_bytes(file, &opt, v);
	trust_free(trust);
}

static void
assert_sheet(const struct desk *d, struct bytes file, uint64_t number)
{
	const struct store_certificate *c = &d->certificate;
	char today[CLOCK_DATE_SIZE];
	struct verdict v;

	look(d->o, file, &v);
	if (v.kind != VERDICT_VALID)
		fail_msg("%s: %s", v.format, v.nreasons ? v.reasons[0] : "?");
	assert_string_equal(v.certificate.id, c->id);
	assert_string_equal(v.certificate.number, c->number);
	assert_true(v.certificate.sheet.number == number);
	clock_date_cst(today, clock_now());
	assert_string_equal(v.certificate.sheet.day, today);
	assert_false(v.certificate.copy.is_copy);
	assert_memory_equal(v.certificate.face_digest, c->face_digest, 32);
	verdict_release(&v);
}

static void
claims_of(const struct buf *text, struct qr_claims *claims)
{
	struct buf bytes = BUF_INIT;
	struct err e = ERR_INIT;
	struct bytes url;
	struct cose cose;

	assert_int_equal(qr_text_read(buf_bytes(text), &url, &bytes, &e), 0);
	assert_int_equal(cose_parse(buf_bytes(&bytes), &cose, &e), 0);
	assert_int_equal(qr_claims_read(cose.payload, claims, &e), 0);
	buf_release(&bytes);
}

static void
a_clerk_prints_what_was_issued(void **state)
{
	struct buf pdf = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct qr_claims original, sheet;
	struct desk d;

	desk_open(&d, *state, BUSINESS, MARKET);
	if (print(&d, &(struct sheet_request){.number = 2}, &pdf, &text, &e))
		fail_msg("%s: %s", e.code, e.en);
	assert_sheet(&d, buf_bytes(&pdf), 2);
	assert_sheet(&d, buf_bytes(&text), 2);
	claims_of(&d.certificate.qr, &original);
	claims_of(&text, &sheet);
	assert_string_equal(sheet.copy.office, office_zh);
	assert_true(sheet.copy.day ==
		    (uint64_t)((clock_now() + CLOCK_CST_OFFSET) / 86400));
	assert_memory_equal(sheet.cti, original.cti, sizeof(sheet.cti));
	assert_true(sheet.list == original.list);
	assert_true(sheet.index == original.index);
	assert_true(sheet.expires == original.expires);
	qr_claims_release(&original);
	qr_claims_release(&sheet);
	buf_release(&pdf);
	buf_release(&text);
	desk_close(&d);
}

static void
a_department_prints_its_own_too(void **state)
{
	struct buf pdf = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct service_caller caller = office_caller(*state, MARKET);
	struct service_caller other = office_caller(*state, POLICE);
	struct qr_claims sheet;
	struct desk d;

	desk_open(&d, *state, BUSINESS, MARKET);
	if (print(&d, &(struct sheet_request){.number = 1, .caller = &caller},
		&pdf, &text, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	assert_sheet(&d, buf_bytes(&pdf), 1);
	claims_of(&text, &sheet);
	assert_string_not_equal(sheet.copy.office, office_zh);
	qr_claims_release(&sheet);
	buf_reset(&pdf);
	buf_reset(&text);
	assert_int_equal(
	    print(&d, &(struct sheet_request){.number = 1, .caller = &other},
		&pdf, &text, &e),
	    ERR_DENIED);
	assert_int_equal(pdf.n, 0);
	err_clear(&e);
	buf_release(&pdf);
	buf_release(&text);
	desk_close(&d);
}

static void
each_variant_and_many_pages(void **state)
{
	static const char *const variants[] = {NULL, "original", "duplicate"};
	struct buf pdf = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct desk d;
	size_t i;

	desk_open(&d, *state, BUSINESS, MARKET);
	for (i = 0; i < 3; i++) {
		buf_reset(&pdf);
		buf_reset(&text);
		assert_int_equal(print(&d,
				     &(struct sheet_request){.number = i + 1,
					 .variant = variants[i]},
				     &pdf, &text, &e),
		    0);
		assert_sheet(&d, buf_bytes(&pdf), i + 1);
	}
	desk_close(&d);
	desk_open(&d, *state, "social-insurance-proof", SOCIAL);
	buf_reset(&pdf);
	buf_reset(&text);
	if (print(&d, &(struct sheet_request){.number = 9999}, &pdf, &text, &e))
		fail_msg("%s: %s", e.code, e.en);
	assert_sheet(&d, buf_bytes(&pdf), 9999);
	buf_release(&pdf);
	buf_release(&text);
	desk_close(&d);
}

static void
data_only_on_a_blank(void **state)
{
	struct buf pdf = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct desk d;

	desk_open(&d, *state, BUSINESS, MARKET);
	assert_int_equal(
	    print(&d,
		&(struct sheet_request){
		    .number = 1, .blank = "QH-00012345", .dx = 3.5f, .dy = -2},
		&pdf, &text, &e),
	    0);
	assert_sheet(&d, buf_bytes(&pdf), 1);
	buf_release(&pdf);
	buf_release(&text);
	desk_close(&d);
}

/* A scan says what the file said; zbarimg reads the same text. */
static void
assert_scan(const struct desk *d, const struct picture *page, int dpi,
    const struct buf *text, uint64_t number)
{
	char path[96], read[96];
	const char *const argv[] = {
	    "zbarimg", "--raw", "--nodbus", "-q", path, NULL};
	struct buf png = BUF_INIT, got = BUF_INIT;
	struct picture scan;

	snprintf(path, sizeof(path), "%s/scan.png", d->o->f.dir);
	snprintf(read, sizeof(read), "%s/scan.txt", d->o->f.dir);
	picture_scan(page, dpi, 0.7, &scan);
	picture_png(&scan, &png);
	assert_sheet(d, buf_bytes(&png), number);
	write_file(path, buf_bytes(&png));
	assert_true(tool(read, argv));
	read_file(read, &got);
	assert_true(got.n > 0);
	got.n--; /* the end of the line */
	assert_int_equal(got.n, text->n);
	assert_memory_equal(got.p, text->p, text->n);
	picture_release(&scan);
	buf_release(&png);
	buf_release(&got);
}

static void
scan_sheet(struct office *o, const char *type, size_t department,
    const struct sheet_request *req)
{
	struct buf pdf = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct picture page;
	struct desk d;
	char path[96];

	desk_open(&d, o, type, department);
	if (print(&d, req, &pdf, &text, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	snprintf(path, sizeof(path), "%s/sheet.pdf", o->f.dir);
	write_file(path, buf_bytes(&pdf));
	picture_of(path, o->f.dir, 600, 1, &page);
	assert_scan(&d, &page, 200, &text, req->number);
	assert_scan(&d, &page, 300, &text, req->number);
	picture_release(&page);
	buf_release(&pdf);
	buf_release(&text);
	desk_close(&d);
}

static void
a_scan_of_a_sheet_verifies(void **state)
{
	scan_sheet(*state, "social-insurance-proof", SOCIAL,
	    &(struct sheet_request){.number = 12});
	scan_sheet(*state, BUSINESS, MARKET,
	    &(struct sheet_request){.number = 3, .blank = "00012345"});
	scan_sheet(
	    *state, DOG, POLICE, &(struct sheet_request){.number = 9999});
}

static const struct refusal {
	struct sheet_request with;
	const char *code;
} refusals[] = {
    {{.number = 0}, "too_many_sheets"},
    {{.number = SHEET_NUMBER_MAX + 1}, "too_many_sheets"},
    {{.number = 1, .variant = "triplicate"}, "no_variant"},
    {{.number = 1, .blank = ""}, "bad_blank"},
    {{.number = 1, .blank = "00012345 · 第 3 份"}, "bad_blank"},
    {{.number = 1, .blank = "0123456789012345678901234567890123456789"},
	"bad_blank"},
    {{.number = 1, .blank = "1", .dx = 10.1f}, "bad_offset"},
    {{.number = 1, .blank = "1", .dy = -10.1f}, "bad_offset"},
    {{.number = 1, .blank = "1", .dx = INFINITY}, "bad_offset"},
    {{.number = 1, .blank = "1", .dy = NAN}, "bad_offset"},
};

static void
a_wrong_request_makes_nothing(void **state)
{
	struct buf pdf = BUF_INIT, text = BUF_INIT;
	struct err e = ERR_INIT;
	struct desk d;
	size_t i;

	desk_open(&d, *state, BUSINESS, MARKET);
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		assert_int_not_equal(
		    print(&d, &refusals[i].with, &pdf, &text, &e), 0);
		assert_code(refusals[i].code, &e);
		assert_int_equal(pdf.n, 0);
		assert_int_equal(text.n, 0);
	}
	d.certificate.template_version++;
	assert_int_equal(
	    print(&d, &(struct sheet_request){.number = 1}, &pdf, &text, &e),
	    ERR_CONFLICT);
	assert_code("template_changed", &e);
	d.certificate.template_version--;
	d.clerk.office_key[0] = '\0';
	assert_int_equal(
	    print(&d, &(struct sheet_request){.number = 1}, &pdf, &text, &e),
	    ERR_DENIED);
	assert_code("not_allowed", &e);
	desk_close(&d);
	desk_open(&d, *state, DOG, POLICE);
	assert_int_equal(
	    print(&d, &(struct sheet_request){.number = 1, .blank = "1"}, &pdf,
		&text, &e),
	    ERR_INPUT);
	assert_code("no_stock", &e);
	assert_int_equal(pdf.n, 0);
	buf_release(&pdf);
	buf_release(&text);
	desk_close(&d);
}

/* What a taken-over front may try with an office's live key. */
static void
nothing_is_printed_but_what_was_issued(void **state)
{
	struct buf pdf = BUF_INIT, text = BUF_INIT, face;
	static const char *const dogs[] = {DESK_DOG};
	struct err e = ERR_INIT;
	struct service_operator village;
	uint8_t *holder;
	struct desk d;

	desk_open(&d, *state, BUSINESS, MARKET);
	/* Another name on the face. */
	face = d.certificate.face;
	holder = memmem(face.p, face.n, "股份有限公司", 18);
	assert_non_null(holder);
	memcpy(holder, "有限责任公司", 18);
	assert_int_not_equal(
	    print(&d, &(struct sheet_request){.number = 1}, &pdf, &text, &e),
	    0);
	assert_int_equal(pdf.n, 0);
	err_clear(&e);
	memcpy(holder, "股份有限公司", 18);
	/* A type that the office's ticket does not have. */
	desk_clerk(d.o, "village", "东关村便民服务点", dogs, 1, &village);
	d.caller.operator= & village;
	assert_int_equal(
	    print(&d, &(struct sheet_request){.number = 1}, &pdf, &text, &e),
	    ERR_DENIED);
	assert_int_equal(pdf.n, 0);
	err_clear(&e);
	/* The ticket of another office with one's own key. */
	memcpy(
	    village.office_key, d.clerk.office_key, sizeof(village.office_key));
	assert_int_equal(
	    print(&d, &(struct sheet_request){.number = 1}, &pdf, &text, &e),
	    ERR_DENIED);
	assert_int_equal(pdf.n, 0);
	err_clear(&e);
	service_operator_release(&village);
	buf_release(&pdf);
	buf_release(&text);
	desk_close(&d);
}

static void
a_preview_is_no_document(void **state)
{
	static const char *const types[] = {BUSINESS, DOG};
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;
	struct verdict v;
	struct desk d;
	size_t i;

	for (i = 0; i < 2; i++) {
		desk_open(&d, *state, types[i], i == 0 ? MARKET : POLICE);
		buf_reset(&pdf);
		assert_int_equal(
		    sheet_preview(d.o->service, &d.certificate, NULL, &pdf, &e),
		    0);
		assert_null(memmem(pdf.p, pdf.n, "/Sig", 4));
		assert_null(memmem(pdf.p, pdf.n, "/EmbeddedFile", 13));
		look(d.o, buf_bytes(&pdf), &v);
		assert_int_not_equal(v.kind, VERDICT_VALID);
		assert_false(v.certificate.known);
		verdict_release(&v);
		desk_close(&d);
	}
	buf_release(&pdf);
}

static void
a_calibration_page(void **state)
{
	struct office *o = *state;
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;

	assert_int_equal(sheet_calibration(o->service, 1.5f, -10, &pdf, &e), 0);
	assert_true(pdf.n > 1000);
	assert_int_equal(
	    sheet_calibration(o->service, 10.5f, 0, &pdf, &e), ERR_INPUT);
	assert_code("bad_offset", &e);
	assert_int_equal(
	    sheet_calibration(o->service, 0, NAN, &pdf, &e), ERR_INPUT);
	assert_code("bad_offset", &e);
	buf_release(&pdf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_clerk_prints_what_was_issued),
	    CASE(a_department_prints_its_own_too),
	    CASE(each_variant_and_many_pages),
	    CASE(data_only_on_a_blank),
	    CASE(a_scan_of_a_sheet_verifies),
	    CASE(a_wrong_request_makes_nothing),
	    CASE(nothing_is_printed_but_what_was_issued),
	    CASE(a_preview_is_no_document),
	    CASE(a_calibration_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
