/* Tests of crypto/ofd_xml.h: what is read, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/ofd_xml.h"

#define OFD "xmlns:ofd=\"http://www.ofdspec.org/2016\""

static int
parses(const char *text)
{
	struct err e = ERR_INIT;
	struct ofd_xml x;
	int rc = ofd_xml_parse(bytes_str(text), &x, &e);

	ofd_xml_release(&x);
	if (rc != 0)
		assert_true(strcmp(e.code, "ofd_malformed") == 0 ||
			    strcmp(e.code, "too_large") == 0);
	return rc == 0;
}

static void
elements_attributes_and_text_are_found(void **state)
{
	static const char text[] =
	    "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<!-- 注 --><ofd:OFD " OFD " Version='1.0' DocType=\"OFD\">\n"
	    " <ofd:DocBody a:x='1' x='2' xmlns:a='urn:a'>"
	    "<ofd:DocRoot> Doc_0/Document.xml\r\n</ofd:DocRoot>"
	    "<DocRoot>no</DocRoot><a:DocRoot>no</a:DocRoot>"
	    "<ofd:Title>A &amp; B &#x4e2d;&#25991;&lt;\r\nx</ofd:Title>"
	    "<ofd:Note><![CDATA[<&]]></ofd:Note><ofd:DocRoot/>"
	    "</ofd:DocBody></ofd:OFD>\n";
	struct err e = ERR_INIT;
	const struct ofd_node *body, *root;
	struct ofd_xml x;

	(void)state;
	assert_int_equal(ofd_xml_parse(bytes_str(text), &x, &e), 0);
	assert_null(ofd_xml_root(&x, "Document"));
	root = ofd_xml_root(&x, "OFD");
	assert_non_null(root);
	assert_true(bytes_equal(
	    ofd_xml_attribute(&x, root, "Version"), bytes_str("1.0")));
	assert_null(ofd_xml_attribute(&x, root, "version").p);
	body = ofd_xml_child(&x, root, "DocBody");
	assert_true(
	    bytes_equal(ofd_xml_attribute(&x, body, "x"), bytes_str("2")));
	assert_int_equal(ofd_xml_count(&x, body, "DocRoot"), 2);
	assert_true(bytes_equal(ofd_xml_child(&x, body, "DocRoot")->text,
	    bytes_str("Doc_0/Document.xml")));
	assert_true(bytes_equal(ofd_xml_child(&x, body, "Title")->text,
	    bytes_str("A & B 中文<\nx")));
	assert_true(bytes_equal(
	    ofd_xml_child(&x, body, "Note")->text, bytes_str("<&")));
	ofd_xml_release(&x);
}

static void
the_default_namespace_counts_too(void **state)
{
	static const char text[] =
	    "<OFD xmlns=\"" OFD_NAMESPACE "\"><DocBody>x</DocBody></OFD>";
	static const char *const names[] = {"DocBody", NULL};
	static const char *const others[] = {"DocInfo", NULL};
	struct err e = ERR_INIT;
	struct ofd_xml x;

	(void)state;
	assert_int_equal(ofd_xml_parse(bytes_str(text), &x, &e), 0);
	assert_non_null(ofd_xml_child(&x, ofd_xml_root(&x, "OFD"), "DocBody"));
	assert_true(ofd_xml_children_are(&x, x.nodes, names));
	assert_false(ofd_xml_children_are(&x, x.nodes, others));
	ofd_xml_release(&x);
}

static void
what_readers_could_differ_on_is_refused(void **state)
{
	static const char *const bad[] = {"", " ", "x", "<", "<a", "<a>",
	    "<a/>x", "<a/><b/>", "<a></b>", "<a></a", "</a>", "<a b></a>",
	    "<a b=c/>", "<a b='1'c='2'/>", "<a b='1' b='2'/>", "<a b='<'/>",
	    "<a b='&x;'/>", "<a>&x;</a>", "<a>&</a>", "<a>&#0;</a>",
	    "<a>&#xd800;</a>", "<a>&#x110000;</a>", "<a>&#xfffe;</a>",
	    "<a>&#x;</a>", "<a>&#;</a>", "<a>]]></a>", "<a>\x01</a>",
	    "<a>\xff</a>", "<a>\xef\xbf\xbe</a>", "<1/>", "<a:/>", "<:a/>",
	    "<a:b:c/>", "<a:1/>", "< a/>", "<a / >", "<!DOCTYPE a><a/>",
	    "<a><!DOCTYPE a></a>", "<?pi x?><a/>", "<a><?pi x?></a>",
	    "<!-- -- --><a/>", "<!--><a/>", "<a><!--</a>", "<![CDATA[x]]><a/>",
	    "<a><![CDATA[x</a>", " <?xml version=\"1.0\"?><a/>",
	    "<?xml version=\"1.1\"?><a/>",
	    "<?xml version=\"1.0\" encoding=\"GBK\"?><a/>",
	    "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", "<?xml?><a/>",
	    "<a>x<b/>y</a>", "<a>x<!-- -->y</a>", "<a>x<![CDATA[y]]></a>",
	    "<ofd:a " OFD "><b xmlns:ofd='urn:x'/></ofd:a>",
	    "<ofd:a " OFD "><b xmlns:o='" OFD_NAMESPACE "'/></ofd:a>",
	    "<a><b xmlns='" OFD_NAMESPACE "'/></a>",
	    "<a xmlns:xml='" OFD_NAMESPACE "'/>"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parses(bad[i]))
			fail_msg("%zu: %s", i, bad[i]);
	assert_true(parses("<a b = '1'\n c=\"&quot;\"><b/></a >\n<!-- x -->"));
}

static void
depth_and_number_are_limited(void **state)
{
	struct buf deep = BUF_INIT, many = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < OFD_DEPTH_MAX; i++)
		buf_add_str(&deep, "<a>");
	for (i = 0; i < OFD_DEPTH_MAX; i++)
		buf_add_str(&deep, "</a>");
	assert_true(parses(buf_cstr(&deep)));
	buf_reset(&deep);
	for (i = 0; i < 100000; i++)
		buf_add_str(&deep, "<a>");
	assert_false(parses(buf_cstr(&deep)));
	buf_add_str(&many, "<a>");
	for (i = 0; i < OFD_NODES_MAX; i++)
		buf_add_str(&many, "<b/>");
	buf_add_str(&many, "</a>");
	assert_false(parses(buf_cstr(&many)));
	buf_release(&deep);
	buf_release(&many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(elements_attributes_and_text_are_found),
	    cmocka_unit_test(the_default_namespace_counts_too),
	    cmocka_unit_test(what_readers_could_differ_on_is_refused),
	    cmocka_unit_test(depth_and_number_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
