/* verify_code_test.c - codes, XML documents, pictures, and verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <png.h>
#include <qrencode.h>

#include "certsvc/verify_picture.h"
#include "tests/support/flips.h"
#include "tests/support/world.h"

static const struct world_plan plain = WORLD_PLAN;
static struct world world;

static int
setup(void **state)
{
	(void)state;
	world_make(&world, &plain);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	world_release(&world);
	return 0;
}

static int
valid(struct bytes file)
{
	struct verdict v;
	int ok = world_verify(&world, file, &v) == VERDICT_VALID;

	verdict_release(&v);
	return ok;
}

static enum verdict_kind
kind_of(struct bytes file, const char *reason)
{
	struct verdict v;
	enum verdict_kind kind = world_verify(&world, file, &v);

	assert_true(world_says(&v, reason));
	verdict_release(&v);
	return kind;
}

static void
a_code_is_valid_and_shows_its_fields(void **state)
{
	struct verdict v;

	(void)state;
	assert_int_equal(
	    world_verify(&world, buf_bytes(&world.qr), &v), VERDICT_VALID);
	assert_string_equal(v.format, "qr");
	assert_string_equal(v.certificate.holder, plain.holder);
	assert_string_equal(v.certificate.number, "QH-2026-0001");
	assert_string_equal(v.certificate.type_en, "Business licence");
	assert_int_equal(json_array_size(v.fields), 2);
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(v.fields, 0), "zh")),
	    "证照编号");
	verdict_release(&v);
}

static void
one_line_end_after_a_code_is_forgiven(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	buf_add_buf(&text, &world.qr);
	buf_add_str(&text, "\n");
	assert_true(valid(buf_bytes(&text)));
	buf_add_str(&text, "\n");
	assert_false(valid(buf_bytes(&text)));
	buf_reset(&text);
	buf_add_str(&text, " ");
	buf_add_buf(&text, &world.qr);
	assert_false(valid(buf_bytes(&text)));
	buf_reset(&text);
	buf_add_buf(&text, &world.qr);
	buf_add_str(&text, "0");
	assert_false(valid(buf_bytes(&text)));
	buf_release(&text);
}

/* A file may lack its last line end at most. */
static void
flip_all(struct buf *file)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};

	flip_bytes(file, (struct bytes){masks, sizeof(masks)}, valid);
	cut_bytes(file, file->n - 1, valid);
}

static void
no_changed_or_cut_code_is_valid(void **state)
{
	(void)state;
	flip_all(&world.qr);
}

static void
no_other_digit_in_a_code_is_valid(void **state)
{
	const uint8_t *mark = memchr(world.qr.p, '#', world.qr.n);
	size_t i;
	uint8_t was, d;

	(void)state;
	for (i = (size_t)(mark - world.qr.p) + 1; i < world.qr.n; i++) {
		was = world.qr.p[i];
		for (d = '0'; d <= '9'; d++) {
			if (d == was)
				continue;
			world.qr.p[i] = d;
			if (valid(buf_bytes(&world.qr)))
				fail_msg("digit %zu as %c", i, d);
		}
		world.qr.p[i] = was;
	}
}

/* n - s instead of s is the same signature to a careless verifier. */
static void
the_high_s_twin_is_refused(void **state)
{
	static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
	    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
	    0x25, 0x51};
	struct buf cose = BUF_INIT, text = BUF_INIT;
	struct bytes url;
	struct err e = ERR_INIT;
	int i, borrow = 0, d;

	(void)state;
	assert_int_equal(
	    qr_text_read(buf_bytes(&world.qr), &url, &cose, &e), 0);
	for (i = 31; i >= 0; i--) {
		d = order[i] - cose.p[cose.n - 32 + (size_t)i] - borrow;
		borrow = d < 0;
		cose.p[cose.n - 32 + (size_t)i] = (uint8_t)d;
	}
	qr_text_write(&text, WORLD_URL, buf_bytes(&cose));
	assert_false(valid(buf_bytes(&text)));
	buf_release(&cose);
	buf_release(&text);
}

static void
other_text_is_not_our_code(void **state)
{
	static const char *const texts[] = {"hello", "https://example.cn/",
	    "http://127.0.0.1:8080/#", "HTTP://127.0.0.1:8080/#123",
	    "\xe4\xbd\xa0\xe5\xa5\xbd", "{}"};
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++)
		assert_int_not_equal(0, !valid(bytes_str(texts[i])));
	assert_int_equal(
	    kind_of(bytes_str("hello"), "not_our_code"), VERDICT_UNSIGNED);
	assert_int_equal(
	    kind_of((struct bytes){NULL, 0}, "malformed"), VERDICT_UNREADABLE);
	assert_int_equal(kind_of(bytes_str("\x01\x02\x03"), "malformed"),
	    VERDICT_UNREADABLE);
	assert_int_equal(kind_of(bytes_str("<html></html>"), "no_signature"),
	    VERDICT_UNSIGNED);
	assert_int_equal(kind_of(bytes_str("PK\003\004zip"), "zip_malformed"),
	    VERDICT_UNREADABLE);
}

static void
an_xml_document_is_valid(void **state)
{
	struct verdict v;
	int64_t end;

	(void)state;
	assert_int_equal(
	    world_verify(&world, buf_bytes(&world.xml), &v), VERDICT_VALID);
	assert_string_equal(v.format, "xml");
	assert_string_equal(v.certificate.department, "市场监督管理局");
	assert_true(v.certificate.valid_to > v.certificate.valid_from);
	/* The end of its last day, as the register and codes say it. */
	assert_int_equal(clock_parse("2027-01-02T00:00:00+08:00", &end), 0);
	assert_int_equal(v.certificate.valid_to, end);
	verdict_release(&v);
}

static void
no_changed_or_cut_xml_is_valid(void **state)
{
	struct buf copy = BUF_INIT;

	(void)state;
	flip_all(&world.xml);
	buf_add_buf(&copy, &world.xml);
	buf_add_str(&copy, "\n");
	assert_false(valid(buf_bytes(&copy)));
	buf_release(&copy);
}

static void
a_face_of_another_certificate_is_modified(void **state)
{
	struct world_plan plan = plain;
	struct world other;
	struct buf xml = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	plan.holder = "另一家公司";
	world_make(&other, &plan);
	assert_int_equal(xml_document_write(buf_bytes(&other.face),
			     buf_cstr(&world.qr), &xml, &e),
	    0);
	assert_int_equal(kind_of(buf_bytes(&xml), "modified"), VERDICT_INVALID);
	buf_release(&xml);
	world_release(&other);
}

/* Grey PNG of a code, each module `scale` pixels. */
static void
code_png(const char *text, struct buf *out)
{
	enum {
		SCALE = 4,
		QUIET = 4
	};
	QRcode *qr = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	png_image image = {
	    .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_GRAY};
	size_t side = ((size_t)qr->width + 2 * QUIET) * SCALE, x, y;
	png_alloc_size_t n = side * side * 2 + 4096;
	uint8_t *pixels = malloc(side * side);

	memset(pixels, 255, side * side);
	for (y = 0; y < (size_t)qr->width * SCALE; y++)
		for (x = 0; x < (size_t)qr->width * SCALE; x++)
			if (qr->data[y / SCALE * (size_t)qr->width +
				     x / SCALE] &
			    1)
				pixels[(y + QUIET * SCALE) * side + x +
				       QUIET * SCALE] = 0;
	image.width = image.height = (png_uint_32)side;
	assert_true(png_image_write_to_memory(
	    &image, buf_extend(out, n), &n, 0, pixels, 0, NULL));
	out->n = n;
	free(pixels);
	QRcode_free(qr);
}

static void
a_picture_of_a_code_is_read(void **state)
{
	struct buf png = BUF_INIT, text = BUF_INIT;
	struct verdict v;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	code_png(buf_cstr(&world.qr), &png);
	n = png.n;
	assert_int_equal(verify_picture_code(buf_bytes(&png), &text, &e), 0);
	assert_true(bytes_equal(buf_bytes(&text), buf_bytes(&world.qr)));
	assert_int_equal(
	    world_verify(&world, buf_bytes(&png), &v), VERDICT_VALID);
	assert_string_equal(v.format, "qr");
	verdict_release(&v);
	assert_int_equal(kind_of((struct bytes){png.p, png.n / 2}, "malformed"),
	    VERDICT_UNREADABLE);
	buf_reset(&text);
	/* A reader of PDFs would open this one and show something else. */
	buf_add_str(&png, "%PDF-1.7\n");
	assert_int_equal(
	    kind_of(buf_bytes(&png), "malformed"), VERDICT_UNREADABLE);
	/* A reader of OFDs this one, from its end. */
	png.n = n;
	assert_int_equal(
	    world_verify(&world, buf_bytes(&png), &v), VERDICT_VALID);
	verdict_release(&v);
	buf_add_str(&png, "PK\003\004OFD.xml PK\001\002 PK\005\006");
	assert_int_equal(
	    kind_of(buf_bytes(&png), "malformed"), VERDICT_UNREADABLE);
	buf_release(&text);
	buf_release(&png);
}

static void
a_code_alone_is_indeterminate_without_trust(void **state)
{
	struct verify_options opt = {.at = WORLD_NOW};
	struct verdict v;

	(void)state;
	verify_bytes(buf_bytes(&world.qr), &opt, &v);
	assert_int_equal(v.kind, VERDICT_INDETERMINATE);
	assert_true(world_says(&v, "unknown_issuer"));
	verdict_release(&v);
}

static void
verdicts_travel_between_processes(void **state)
{
	struct buf packed = BUF_INIT, again = BUF_INIT;
	struct verdict v, w;
	struct err e = ERR_INIT;

	(void)state;
	world_verify(&world, buf_bytes(&world.pdf), &v);
	verdict_add(&v, "status_stale");
	assert_int_equal(verdict_pack(&v, &packed, &e), 0);
	assert_int_equal(verdict_unpack(buf_bytes(&packed), &w, &e), 0);
	assert_int_equal(w.kind, VERDICT_INDETERMINATE);
	assert_int_equal(verdict_pack(&w, &again, &e), 0);
	assert_true(bytes_equal(buf_bytes(&packed), buf_bytes(&again)));
	verdict_release(&w);
	packed.n--;
	assert_int_equal(verdict_unpack(buf_bytes(&packed), &w, &e), ERR_INPUT);
	buf_reset(&packed);
	buf_add_str(&packed,
	    "{\"verdict\":\"valid\",\"format\":\"pdf\",\"reasons\":[{\"code\":"
	    "\"revoked\"}],\"certificate\":null,\"signatures\":[]}");
	assert_int_equal(verdict_unpack(buf_bytes(&packed), &w, &e), ERR_INPUT);
	verdict_release(&v);
	buf_release(&packed);
	buf_release(&again);
	err_clear(&e);
}

static void
the_worst_verdict_wins_in_the_given_order(void **state)
{
	static const int order[] = {0, 2, 3, 4, 1};
	size_t i, j;

	(void)state;
	for (i = 0; i < 5; i++)
		for (j = 0; j < 5; j++)
			assert_int_equal(verdict_worst(order[i], order[j]),
			    order[i > j ? i : j]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_code_is_valid_and_shows_its_fields),
	    cmocka_unit_test(one_line_end_after_a_code_is_forgiven),
	    cmocka_unit_test(no_changed_or_cut_code_is_valid),
	    cmocka_unit_test(no_other_digit_in_a_code_is_valid),
	    cmocka_unit_test(the_high_s_twin_is_refused),
	    cmocka_unit_test(other_text_is_not_our_code),
	    cmocka_unit_test(an_xml_document_is_valid),
	    cmocka_unit_test(no_changed_or_cut_xml_is_valid),
	    cmocka_unit_test(a_face_of_another_certificate_is_modified),
	    cmocka_unit_test(a_picture_of_a_code_is_read),
	    cmocka_unit_test(a_code_alone_is_indeterminate_without_trust),
	    cmocka_unit_test(verdicts_travel_between_processes),
	    cmocka_unit_test(the_worst_verdict_wins_in_the_given_order),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
