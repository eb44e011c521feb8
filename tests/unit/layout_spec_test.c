/* Tests of certsvc/layout_spec.h and templates/layout.xsd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include "certsvc/layout_spec.h"

#define OPEN "<layout xmlns='urn:certsvc:template:1'>\n"
#define CLOSE "</layout>"
#define PAGE "<page width='210' height='297'>\n"

/* Read a layout; *schema_ok tells what the XSD says. */
static int
read_layout(
    const char *xml, struct layout_spec **spec, struct err *e, int *schema_ok)
{
	xmlDocPtr doc =
	    xmlReadMemory(xml, (int)strlen(xml), "t", NULL, XML_PARSE_NONET);
	xmlSchemaParserCtxtPtr parser =
	    xmlSchemaNewParserCtxt("templates/layout.xsd");
	xmlSchemaPtr schema = xmlSchemaParse(parser);
	xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);
	int rc;

	assert_non_null(doc);
	assert_non_null(schema);
	*schema_ok = xmlSchemaValidateDoc(valid, doc) == 0;
	rc = layout_spec_read(xmlDocGetRootElement(doc), "t.xml", spec, e);
	xmlSchemaFreeValidCtxt(valid);
	xmlSchemaFree(schema);
	xmlSchemaFreeParserCtxt(parser);
	xmlFreeDoc(doc);
	return rc;
}

static void
refused(const char *xml, const char *pointer)
{
	struct layout_spec *spec;
	struct err e = ERR_INIT;
	int schema_ok;

	assert_int_equal(read_layout(xml, &spec, &e, &schema_ok), ERR_INPUT);
	assert_null(spec);
	assert_string_equal(e.code, "template_invalid");
	assert_int_equal(e.nitems, 1);
	assert_string_equal(e.items[0].code, "layout");
	assert_string_equal(e.items[0].pointer, pointer);
	err_clear(&e);
}

static void
a_layout_lists_the_fields_it_shows(void **state)
{
	struct layout_spec *spec;
	struct err e = ERR_INIT;
	int schema_ok;

	(void)state;
	assert_int_equal(
	    read_layout(OPEN
		"<style name='a' font='hei' size='5' min='3'/>" PAGE
		"<text x='1' y='1' w='50' h='9' style='a'>No. {ZZBH}<br/>"
		"{KZ_D:date} {page}</text>"
		"<field name='CZZT' x='1' y='20' w='50' h='9' label='L'/>"
		"<table field='KZ_T' x='1' y='40' w='50' h='90' row='6'>"
		"<column field='#' title='n' width='10'/>"
		"<column field='YF' title='m' width='40'/></table>"
		"<guilloche x='0' y='0' w='210' h='297'/>"
		"<qr x='150' y='200' size='40'/>"
		"<seal x='100' y='200' w='42' h='42'/>"
		"</page>" CLOSE,
		&spec, &e, &schema_ok),
	    0);
	assert_true(schema_ok);
	assert_int_equal(spec->nbindings, 4);
	assert_string_equal(spec->bindings[0].field, "ZZBH");
	assert_string_equal(spec->bindings[1].field, "KZ_D");
	assert_string_equal(spec->bindings[2].field, "CZZT");
	assert_string_equal(spec->bindings[3].field, "KZ_T");
	assert_string_equal(spec->bindings[3].column, "YF");
	assert_int_equal(spec->nseals, 1);
	assert_true(spec->has_qr);
	assert_int_equal(spec->first.items[0].style.font, FONT_HEI);
	layout_spec_free(spec);
	err_clear(&e);
}

static void
a_mistake_is_named_with_file_and_line(void **state)
{
	(void)state;
	refused(OPEN PAGE
	    "<text x='1' y='1' w='9' h='9' style='no'>a</text></page>" CLOSE,
	    "t.xml:3");
	refused(OPEN PAGE
	    "<text x='200' y='1' w='20' h='9'>a</text></page>" CLOSE,
	    "t.xml:3");
	refused(OPEN PAGE
	    "<text x='1' y='1' w='9' h='9'>{A</text></page>" CLOSE,
	    "t.xml:3");
	refused(OPEN PAGE
	    "<text x='1' y='1' w='9' h='9'>{A:no}</text></page>" CLOSE,
	    "t.xml:3");
	refused(OPEN PAGE
	    "\n<table field='T' x='1' y='40' w='50' h='90' row='6'>"
	    "<column field='A' title='m' width='40'/></table></page>" CLOSE,
	    "t.xml:4");
	refused(OPEN PAGE
	    "</page>\n<continuation width='210' height='297'/>" CLOSE,
	    "t.xml:1");
	refused(
	    OPEN PAGE "<qr x='1' y='1' size='10'/></page>" CLOSE, "t.xml:3");
	refused(OPEN "<style name='a' size='4' min='5'/>" PAGE "</page>" CLOSE,
	    "t.xml:2");
	refused(OPEN CLOSE, "t.xml:1");
}

static void
the_schema_refuses_what_is_not_a_layout(void **state)
{
	struct layout_spec *spec;
	struct err e = ERR_INIT;
	int schema_ok;

	(void)state;
	read_layout(
	    OPEN PAGE "<blink x='1'/></page>" CLOSE, &spec, &e, &schema_ok);
	assert_false(schema_ok);
	layout_spec_free(spec);
	read_layout(OPEN PAGE "<seal x='-1' y='1' w='9' h='9'/></page>" CLOSE,
	    &spec, &e, &schema_ok);
	assert_false(schema_ok);
	layout_spec_free(spec);
	err_clear(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_layout_lists_the_fields_it_shows),
	    cmocka_unit_test(a_mistake_is_named_with_file_and_line),
	    cmocka_unit_test(the_schema_refuses_what_is_not_a_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
