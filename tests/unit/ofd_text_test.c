/*
 * ofd_text_test.c - the text of an OFD is that of the PDF, in logical order,
 * and its fonts show it without help.
 */
#include "tests/support/ofd_documents.h"

#include <hb.h>

/* The characters of all TextCodes, without blanks and the places of glyphs
 * that have none. */
static void
gather_text(xmlNodePtr node, struct buf *out)
{
	xmlChar *text;

	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (strcmp((const char *)node->name, "TextCode") == 0) {
			text = xmlNodeGetContent(node);
			buf_add_str(out, (const char *)text);
			xmlFree(text);
		} else {
			gather_text(node->children, out);
		}
	}
}

static void
text_of_page(struct bytes xml, struct buf *out)
{
	xmlDocPtr doc = xmlReadMemory((const char *)xml.p, (int)xml.n, "page",
	    NULL, XML_PARSE_NONET | XML_PARSE_HUGE);

	assert_non_null(doc);
	gather_text(doc->children, out);
	xmlFreeDoc(doc);
}

static int
by_value(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The characters of a text that are seen, in order of their codes, as UTF-8. */
static void
sorted(struct buf *out, const char *text)
{
	size_t len = strlen(text), pos = 0, n = 0, i;
	int32_t *v = malloc((len + 1) * sizeof(*v)), cp;

	assert_non_null(v);
	while (pos < len && (cp = text_utf8_next(text, len, &pos)) >= 0)
		if (cp > ' ' && cp != 0x3000 && cp != 0xA0 &&
		    !text_cp_forbidden((uint32_t)cp))
			v[n++] = cp;
	qsort(v, n, sizeof(*v), by_value);
	for (i = 0; i < n; i++)
		text_utf8_put(out, (uint32_t)v[i]);
	assert_non_null(buf_cstr(out));
	free(v);
}

static void
look_at_text(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	char path[128];
	const char *const argv[] = {"pdftotext", "-q", pdf, "-", NULL};
	struct buf ours = BUF_INIT, theirs = BUF_INIT, raw = BUF_INIT;
	struct buf page = BUF_INIT;
	struct opened o;
	size_t i;

	open_ofd(w, type, steps, &o);
	for (i = 0; i < steps->npages; i++) {
		snprintf(
		    path, sizeof(path), "Doc_0/Pages/Page_%zu/Content.xml", i);
		text_of_page(part(&o, path), &page);
	}
	sorted(&ours, buf_cstr(&page));
	snprintf(path, sizeof(path), "%s/text", w->folder);
	assert_true(tool(path, argv));
	read_file(path, &raw);
	unlink(path);
	sorted(&theirs, buf_cstr(&raw));
	if (!bytes_equal(buf_bytes(&ours), buf_bytes(&theirs)))
		fail_msg(
		    "%s:\n%s\n%s", name, buf_cstr(&ours), buf_cstr(&theirs));
	buf_release(&page);
	buf_release(&raw);
	buf_release(&ours);
	buf_release(&theirs);
	close_ofd(&o);
}

static void
the_text_is_that_of_the_pdf(void **state)
{
	each_variant(*state, look_at_text);
}

/* Each font of the package read by HarfBuzz: the glyph of each character of
 * the pages has ink. */
static void
look_at_fonts(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	struct buf page = BUF_INIT;
	hb_font_t *fonts[8] = {NULL};
	hb_glyph_extents_t ink;
	hb_codepoint_t glyph;
	hb_face_t *face;
	hb_blob_t *blob;
	struct opened o;
	struct bytes file;
	char path[64];
	size_t i, n = 0, pos = 0;
	int32_t cp;

	(void)pdf;
	open_ofd(w, type, steps, &o);
	for (; n < 8; n++) {
		snprintf(path, sizeof(path), "Doc_0/Res/font_%zu.ttf", n);
		if (zip_file_find(o.file->zip, bytes_str(path)) == NULL)
			break;
		file = part(&o, path);
		blob = hb_blob_create((const char *)file.p,
		    (unsigned int)file.n, HB_MEMORY_MODE_READONLY, NULL, NULL);
		face = hb_face_create(blob, 0);
		fonts[n] = hb_font_create(face);
		hb_face_destroy(face);
		hb_blob_destroy(blob);
	}
	assert_true(n > 0);
	text_of_page(part(&o, "Doc_0/Pages/Page_0/Content.xml"), &page);
	assert_non_null(buf_cstr(&page));
	while ((cp = text_utf8_next((char *)page.p, page.n, &pos)) >= 0) {
		if (cp <= ' ' || cp == 0x3000 ||
		    text_cp_forbidden((uint32_t)cp))
			continue;
		for (i = 0; i < n; i++)
			if (hb_font_get_nominal_glyph(
				fonts[i], (hb_codepoint_t)cp, &glyph) &&
			    hb_font_get_glyph_extents(fonts[i], glyph, &ink) &&
			    ink.width != 0 && ink.height != 0)
				break;
		if (i == n)
			fail_msg("%s: no font has U+%04X", name, (unsigned)cp);
	}
	for (i = 0; i < n; i++)
		hb_font_destroy(fonts[i]);
	buf_release(&page);
	close_ofd(&o);
}

static void
the_embedded_fonts_serve_every_character_by_themselves(void **state)
{
	each_variant(*state, look_at_fonts);
}

/* Every CGTransform stands for as many UTF-16 units and glyphs as it says, at
 * the start of a TextCode that it covers. */
static size_t
check_transforms(xmlNodePtr node)
{
	size_t found = 0, count, pos, units, glyphs;
	xmlChar *text, *attribute, *list;
	const char *p;
	int32_t cp;

	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		found += check_transforms(node->children);
		if (strcmp((const char *)node->name, "CGTransform") != 0)
			continue;
		found++;
		text = xmlNodeGetContent(node->next);
		list = xmlNodeGetContent(node->children);
		for (units = pos = 0; (cp = text_utf8_next((char *)text,
					   strlen((char *)text), &pos)) >= 0;)
			units += cp > 0xffff ? 2 : 1;
		attribute = xmlGetNoNsProp(node, BAD_CAST "CodeCount");
		count = strtoul((char *)attribute, NULL, 10);
		assert_int_equal(count, units);
		xmlFree(attribute);
		for (glyphs = 1, p = (char *)list; *p != '\0'; p++)
			glyphs += *p == ' ';
		attribute = xmlGetNoNsProp(node, BAD_CAST "GlyphCount");
		count = strtoul((char *)attribute, NULL, 10);
		assert_int_equal(count, glyphs);
		xmlFree(attribute);
		xmlFree(text);
		xmlFree(list);
	}
	return found;
}

/* What the page says for this text; how many transforms it needs. */
static size_t
said_for(struct samples *w, const char *text, struct buf *said)
{
	struct step_list steps;
	struct opened o;
	struct bytes xml;
	xmlDocPtr doc;
	size_t transforms;

	lay_out(w, text, &steps);
	open_ofd(w, 2, &steps, &o);
	xml = part(&o, "Doc_0/Pages/Page_0/Content.xml");
	text_of_page(xml, said);
	assert_non_null(buf_cstr(said));
	doc = xmlReadMemory(
	    (const char *)xml.p, (int)xml.n, "page", NULL, XML_PARSE_NONET);
	transforms = check_transforms(doc->children);
	xmlFreeDoc(doc);
	close_ofd(&o);
	step_list_release(&steps);
	return transforms;
}

static void
text_comes_back_in_logical_order_whatever_its_script(void **state)
{
	static const struct {
		const char *text;
		int transforms; /* are needed */
	} cases[] = {
	    {"云溪民族特色食品", 0},
	    {"A & B <C> \"D\"", 0},
	    {"赵\xF0\xA8\xB1\x94\xE8\xB7\xAF", 1}, /* U+28C54 */
	    {"ئىجتىمائىي ئىناۋەت", 1},		   /* joined, right to left */
	    {"é à ñ", 0},
	};
	struct buf said = BUF_INIT, squeezed = BUF_INIT, wanted = BUF_INIT;
	size_t i, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&said);
		buf_reset(&squeezed);
		buf_reset(&wanted);
		n = said_for(*state, cases[i].text, &said);
		for (const char *p = buf_cstr(&said); *p != '\0'; p++)
			if (*p != ' ')
				buf_add_byte(&squeezed, (uint8_t)*p);
		for (const char *p = cases[i].text; *p != '\0'; p++)
			if (*p != ' ')
				buf_add_byte(&wanted, (uint8_t)*p);
		assert_string_equal(buf_cstr(&squeezed), buf_cstr(&wanted));
		assert_int_equal(n > 0, cases[i].transforms);
	}
	buf_release(&said);
	buf_release(&squeezed);
	buf_release(&wanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_text_is_that_of_the_pdf),
	    cmocka_unit_test(
		the_embedded_fonts_serve_every_character_by_themselves),
	    cmocka_unit_test(
		text_comes_back_in_logical_order_whatever_its_script),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
