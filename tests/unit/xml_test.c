/* Tests of certsvc/format/xml.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "certsvc/format/xml.h"

static const char face_text[] =
    "<Face xmlns=\"urn:certsvc:face:1\"><ZZMC>营业执照</ZZMC>"
    "<CZZT>A&amp;B</CZZT></Face>";
static const char qr_text[] = "https://v.example/#0123456789";

static void
make(struct buf *document)
{
	struct err e = ERR_INIT;

	assert_int_equal(
	    xml_document_write(bytes_str(face_text), qr_text, document, &e), 0);
}

static int
parses(const uint8_t *p, size_t n)
{
	struct bytes document = {p, n}, face, qr;
	struct err e = ERR_INIT;
	int rc = xml_document_parse(document, &face, &qr, &e);

	if (rc != 0)
		assert_true(strcmp(e.code, "malformed") == 0 ||
			    strcmp(e.code, "face_not_canonical") == 0);
	return rc == 0;
}

static void
a_document_comes_back_as_face_and_code(void **state)
{
	struct buf document = BUF_INIT;
	struct bytes face, qr;
	struct err e = ERR_INIT;

	(void)state;
	make(&document);
	assert_int_equal(
	    xml_document_parse(buf_bytes(&document), &face, &qr, &e), 0);
	assert_true(bytes_equal(face, bytes_str(face_text)));
	assert_true(bytes_equal(qr, bytes_str(qr_text)));
	buf_release(&document);
}

static void
a_cut_or_longer_document_is_refused(void **state)
{
	struct buf document = BUF_INIT;
	size_t i;

	(void)state;
	make(&document);
	for (i = 0; i < document.n; i++)
		assert_false(parses(document.p, i));
	buf_add_byte(&document, '\n');
	assert_false(parses(document.p, document.n));
	buf_release(&document);
}

/* A flip inside a value may leave a document that parses (its digest then
 * differs); one that parses must still be the one form. */
static void
a_flipped_document_is_refused_or_rewritten_the_same(void **state)
{
	struct buf document = BUF_INIT, again = BUF_INIT;
	struct bytes face, qr;
	struct err e = ERR_INIT;
	char *text;
	size_t i;

	(void)state;
	make(&document);
	for (i = 0; i < document.n; i++) {
		document.p[i] ^= 1;
		if (xml_document_parse(buf_bytes(&document), &face, &qr, &e) ==
		    0) {
			text = strndup((const char *)qr.p, qr.n);
			buf_reset(&again);
			assert_int_equal(
			    xml_document_write(face, text, &again, &e), 0);
			assert_true(bytes_equal(
			    buf_bytes(&again), buf_bytes(&document)));
			free(text);
		}
		document.p[i] ^= 1;
	}
	buf_release(&document);
	buf_release(&again);
}

static void
a_code_with_markup_is_not_written(void **state)
{
	struct buf document = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(xml_document_write(bytes_str(face_text),
			     "https://a/#1</QR>", &document, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "malformed");
	assert_int_equal(
	    xml_document_write(bytes_str("<Face/>"), qr_text, &document, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "face_not_canonical");
	assert_int_equal(document.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_document_comes_back_as_face_and_code),
	    cmocka_unit_test(a_cut_or_longer_document_is_refused),
	    cmocka_unit_test(
		a_flipped_document_is_refused_or_rewritten_the_same),
	    cmocka_unit_test(a_code_with_markup_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
