/*
 * ofd_test.c - the laid-out samples as OFD, with a signer that signs nothing:
 * the package keeps its form, every part is well-formed, ids are unique, all is
 * referred to, and the text is that of the PDF.
 */
#include "tests/support/documents.h"

#include <hb.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "certsvc/layout_flow.h"
#include "certsvc/seal_object.h"
#include "crypto/digest.h"
#include "crypto/ofd_file.h"

enum {
	IDS_MAX = 100000,
	SEALS_MAX = 4
};

/* What the writer asked to be signed. */
struct signed_seals {
	struct format_to_sign what[SEALS_MAX];
	char property[SEALS_MAX][128];
	size_t n, refuse; /* refuse: number of the seal that is, + 1 */
};

static int
sign(void *ctx, const struct format_to_sign *what, struct buf *out,
    struct err *e)
{
	struct signed_seals *seals = ctx;

	assert_true(seals->n < SEALS_MAX);
	if (seals->n + 1 == seals->refuse)
		return err_set(e, ERR_DENIED, "no_seal", "不", "no");
	snprintf(seals->property[seals->n], 128, "%s", what->property);
	seals->what[seals->n++] = *what;
	buf_printf(out, "signature %zu", what->seal);
	return 0;
}

/* An OFD of a list of steps, as many seals as it has places for. */
static int
write_ofd(struct world *w, size_t type, const struct step_list *steps,
    struct signed_seals *seals, struct buf *out, struct err *e)
{
	struct pdf_info info = {.title = w->types[type]->zh,
	    .author = departments[type],
	    .language = "zh-CN",
	    .identifier = "golden",
	    .created = 1795391747,
	    .attachment = bytes_str("<a/>\n")};
	struct format_seal list[SEALS_MAX] = {{.picture = NULL}};
	struct buf face = BUF_INIT;
	struct format_request req = {.steps = steps,
	    .info = &info,
	    .qr_text = "x",
	    .seals = list,
	    .sign = sign,
	    .sign_ctx = seals};
	size_t page;
	int rc;

	assert_int_equal(face_write(w->faces[type], &face, e), 0);
	req.face = buf_bytes(&face);
	for (; req.nseals < SEALS_MAX &&
	       step_list_seal(steps, (unsigned int)req.nseals, &page) != NULL;
	     req.nseals++) {
		list[req.nseals].picture = &w->seals[type];
		list[req.nseals].object = bytes_str("a seal object");
		list[req.nseals].name = departments[type];
		list[req.nseals].id = "seal";
	}
	rc = format_find("ofd")->write(&req, out, e);
	buf_release(&face);
	return rc;
}

/* An OFD read back. */
struct opened {
	struct buf bytes;
	struct ofd_file *file;
	struct ofd_signature signatures[SEALS_MAX];
	struct signed_seals seals;
};

static void
open_ofd(struct world *w, size_t type, const struct step_list *steps,
    struct opened *o)
{
	struct err e = ERR_INIT;
	size_t i;

	memset(o, 0, sizeof(*o));
	if (write_ofd(w, type, steps, &o->seals, &o->bytes, &e) != 0 ||
	    ofd_file_open(buf_bytes(&o->bytes), &o->file, &e) != 0)
		fail_msg("%s", e.en);
	assert_in_range(o->file->nsignatures, 1, SEALS_MAX);
	for (i = 0; i < o->file->nsignatures; i++)
		if (ofd_signature_read(o->file, i, &o->signatures[i], &e) != 0)
			fail_msg("%s", e.en);
}

static void
close_ofd(struct opened *o)
{
	size_t i;

	for (i = 0; i < o->file->nsignatures; i++)
		ofd_signature_release(&o->signatures[i]);
	ofd_file_free(o->file);
	buf_release(&o->bytes);
}

static struct bytes
part(const struct opened *o, const char *name)
{
	struct zip_entry *entry = zip_file_find(o->file->zip, bytes_str(name));
	struct err e = ERR_INIT;
	struct bytes content;

	if (entry == NULL)
		fail_msg("no %s", name);
	assert_int_equal(
	    zip_file_content(o->file->zip, entry, &content, &e), 0);
	return content;
}

static int
is_named(struct bytes name, const char *end)
{
	size_t n = strlen(end);

	return name.n >= n && memcmp(name.p + name.n - n, end, n) == 0;
}

static void
look_at_form(struct world *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	struct err e = ERR_INIT;
	struct opened o;
	size_t i;

	(void)pdf;
	open_ofd(w, type, steps, &o);
	if (ofd_licence_check(o.file, o.signatures, &e) != 0)
		fail_msg("%s: %s", name, e.en);
	assert_int_equal(o.file->npages, steps->npages);
	for (i = 0; i < o.file->nsignatures; i++) {
		assert_int_equal(
		    ofd_signature_digests(o.file, &o.signatures[i], &e), 0);
		assert_true(ofd_signature_covers(o.file, o.signatures, i));
	}
	close_ofd(&o);
}

static void
the_package_has_the_form_and_every_file_is_referred_to(void **state)
{
	each_variant(*state, look_at_form);
}

static void
look_at_what_is_signed(struct world *w, size_t type,
    const struct step_list *steps, const char *pdf, const char *name)
{
	const struct format_to_sign *what;
	uint8_t digest[DIGEST_SIZE];
	struct opened o;
	size_t i;

	(void)pdf, (void)name;
	open_ofd(w, type, steps, &o);
	assert_int_equal(o.seals.n, o.file->nsignatures);
	for (i = 0; i < o.seals.n; i++) {
		what = &o.seals.what[i];
		assert_int_equal(what->seal, i);
		assert_int_equal(o.seals.property[i][0], '/');
		digest_sm3(part(&o, o.seals.property[i] + 1), digest);
		assert_memory_equal(digest, what->document_digest, 32);
		digest_sha256(
		    (struct bytes){o.bytes.p, o.signatures[i].value->at},
		    digest);
		assert_memory_equal(digest, what->package_digest, 32);
	}
	close_ofd(&o);
}

static void
each_seal_signs_its_file_and_the_package_before_it(void **state)
{
	each_variant(*state, look_at_what_is_signed);
}

/* ST_IDs of a part: each once, none above the highest. */
static void
gather_ids(xmlNodePtr node, uint8_t *seen, long highest)
{
	xmlChar *id;
	long v;

	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		id = xmlGetNoNsProp(node, BAD_CAST "ID");
		if (id != NULL) {
			v = strtol((const char *)id, NULL, 10);
			assert_in_range(v, 1, highest);
			assert_int_equal(seen[v]++, 0);
			xmlFree(id);
		}
		gather_ids(node->children, seen, highest);
	}
}

static long
max_unit_id(const struct opened *o)
{
	struct bytes xml = part(o, "Doc_0/Document.xml");
	const char *p = memmem(xml.p, xml.n, "<ofd:MaxUnitID>", 15);

	assert_non_null(p);
	return strtol(p + 15, NULL, 10);
}

static void
look_at_parts(struct world *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	uint8_t *seen = calloc(IDS_MAX, 1);
	const struct zip_entry *entry;
	struct opened o;
	struct bytes xml;
	char path[128];
	xmlDocPtr doc;
	size_t i;

	(void)pdf, (void)name;
	open_ofd(w, type, steps, &o);
	assert_non_null(seen);
	assert_in_range(max_unit_id(&o), 1, IDS_MAX - 1);
	for (i = 0; i < o.file->zip->n; i++) {
		entry = &o.file->zip->entries[i];
		if (!is_named(entry->name, ".xml"))
			continue;
		snprintf(path, sizeof(path), "%.*s", (int)entry->name.n,
		    (const char *)entry->name.p);
		xml = part(&o, path);
		doc = xmlReadMemory((const char *)xml.p, (int)xml.n, path, NULL,
		    XML_PARSE_NONET | XML_PARSE_HUGE);
		assert_non_null(doc);
		if (strstr(path, "/Signs/") == NULL &&
		    strstr(path, "/Attachs/") == NULL)
			gather_ids(doc->children, seen, max_unit_id(&o));
		xmlFreeDoc(doc);
	}
	free(seen);
	close_ofd(&o);
}

static void
every_part_is_well_formed_and_every_id_its_own(void **state)
{
	each_variant(*state, look_at_parts);
}

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
look_at_text(struct world *w, size_t type, const struct step_list *steps,
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

static void
look_at_stamps(struct world *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	const struct step_seal *seal;
	struct opened o;
	size_t i, k, n, whole, slices;

	(void)pdf, (void)name;
	open_ofd(w, type, steps, &o);
	for (n = 0; n < o.file->nsignatures; n++) {
		slices = 0;
		for (i = 0; i < steps->npages; i++)
			for (k = 0; k < steps->pages[i].nsteps; k++) {
				seal = &steps->pages[i].steps[k].u.seal;
				slices += steps->pages[i].steps[k].kind ==
					      STEP_SEAL &&
					  seal->place == n && seal->slices > 0;
			}
		for (whole = 0, i = 0; i < o.signatures[n].nstamps; i++)
			whole += !o.signatures[n].stamps[i].has_clip;
		assert_int_equal(whole, 1);
		assert_int_equal(o.signatures[n].nstamps, 1 + slices);
	}
	close_ofd(&o);
}

static void
every_seal_has_one_stamp_and_its_slices(void **state)
{
	each_variant(*state, look_at_stamps);
}

/* Each font of the package read by HarfBuzz: the glyph of each character of
 * the pages has ink. */
static void
look_at_fonts(struct world *w, size_t type, const struct step_list *steps,
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

/* One line of text on a page with a place for a seal. */
static void
lay_out(struct world *w, const char *text, struct step_list *steps)
{
	static const struct layout_style style = {.font = FONT_KAI,
	    .size = 4.2f,
	    .min = 4.2f,
	    .leading = 1,
	    .wrap = 0};
	struct step_box box = {15, 20, 190, 6};
	struct step_page *page;
	struct step *seal;
	struct err e = ERR_INIT;
	struct flow flow;

	memset(steps, 0, sizeof(*steps));
	page = step_page_add(steps, 210, 297);
	assert_non_null(page);
	assert_int_equal(flow_make(w->fonts, &style, text, "", &flow, &e), 0);
	assert_int_equal(flow_place(&flow, box, 1, page, &e), 0);
	flow_release(&flow);
	seal = step_add(page, STEP_SEAL);
	seal->u.seal = (struct step_seal){.x = 100, .y = 200, .w = 50, .h = 50};
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
said_for(struct world *w, const char *text, struct buf *said)
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

static void
the_same_certificate_makes_the_same_bytes(void **state)
{
	struct signed_seals seals = {.n = 0};
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct step_list steps;
	struct err e = ERR_INIT;

	lay_out(*state, "青禾", &steps);
	assert_int_equal(write_ofd(*state, 2, &steps, &seals, &a, &e), 0);
	assert_int_equal(write_ofd(*state, 2, &steps, &seals, &b, &e), 0);
	assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
	step_list_release(&steps);
	buf_release(&a);
	buf_release(&b);
}

static void
what_the_signer_says_is_passed_on(void **state)
{
	struct signed_seals seals = {.refuse = 1};
	struct step_list steps;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	lay_out(*state, "青禾", &steps);
	assert_int_equal(
	    write_ofd(*state, 2, &steps, &seals, &out, &e), ERR_DENIED);
	assert_string_equal(e.code, "no_seal");
	err_clear(&e);
	steps.pages[0].nsteps--; /* the place of the seal */
	assert_int_equal(
	    write_ofd(*state, 2, &steps, &seals, &out, &e), ERR_INTERNAL);
	err_clear(&e);
	step_list_release(&steps);
	buf_release(&out);
}

static void
the_metadata_are_the_face_without_the_holders_number(void **state)
{
	struct world *w = *state;
	struct step_list steps;
	struct buf wanted = BUF_INIT;
	struct opened o;
	struct bytes xml;

	lay_out(w, "青禾", &steps);
	open_ofd(w, 2, &steps, &o);
	xml = part(&o, "OFD.xml");
	buf_printf(&wanted, "<ofd:CustomData Name=\"ZZBH\">%s<", numbers[2]);
	assert_non_null(memmem(xml.p, xml.n, wanted.p, wanted.n));
	assert_non_null(memmem(xml.p, xml.n, "\"CZZT\"", 6));
	assert_null(memmem(xml.p, xml.n, "CZZTDM", 6));
	assert_null(memmem(xml.p, xml.n, "KZ_", 3));
	buf_release(&wanted);
	close_ofd(&o);
	step_list_release(&steps);
}

/* The seals' own pictures. */
static void
a_seal_is_a_small_ofd_of_paths(void **state)
{
	struct world *w = *state;
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct err e = ERR_INIT;
	struct ofd_file *file;
	struct bytes page;
	size_t i;

	for (i = 0; i < FOLDERS; i++) {
		buf_reset(&a);
		buf_reset(&b);
		assert_int_equal(seal_picture_ofd(&w->seals[i], &a, &e), 0);
		assert_int_equal(seal_picture_ofd(&w->seals[i], &b, &e), 0);
		assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
		assert_in_range(a.n, 1000, 6144);
		assert_int_equal(ofd_file_open(buf_bytes(&a), &file, &e), 0);
		assert_int_equal(zip_file_canonical(file->zip, &e), 0);
		assert_int_equal(file->npages, 1);
		assert_int_equal(zip_file_content(file->zip,
				     file->pages[0].entry, &page, &e),
		    0);
		assert_non_null(memmem(page.p, page.n, "<ofd:PathObject", 15));
		assert_null(memmem(page.p, page.n, "<ofd:TextObject", 15));
		ofd_file_free(file);
	}
	buf_release(&a);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_package_has_the_form_and_every_file_is_referred_to),
	    cmocka_unit_test(
		each_seal_signs_its_file_and_the_package_before_it),
	    cmocka_unit_test(every_part_is_well_formed_and_every_id_its_own),
	    cmocka_unit_test(the_text_is_that_of_the_pdf),
	    cmocka_unit_test(every_seal_has_one_stamp_and_its_slices),
	    cmocka_unit_test(
		the_embedded_fonts_serve_every_character_by_themselves),
	    cmocka_unit_test(
		text_comes_back_in_logical_order_whatever_its_script),
	    cmocka_unit_test(the_same_certificate_makes_the_same_bytes),
	    cmocka_unit_test(what_the_signer_says_is_passed_on),
	    cmocka_unit_test(
		the_metadata_are_the_face_without_the_holders_number),
	    cmocka_unit_test(a_seal_is_a_small_ofd_of_paths),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
