/*
 * document_test.c - the laid-out samples keep the layout's promises, and other
 * people's tools read the PDFs.
 */
#include "tests/support/documents.h"

static void
look_at_steps(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	struct err e = ERR_INIT;
	size_t page;

	(void)w, (void)type, (void)pdf, (void)name;
	if (step_list_check(steps, &e) != 0)
		fail_msg("%s: %s", name, e.en);
	assert_non_null(step_list_seal(steps, 0, &page));
}

static void
no_text_overlaps_leaves_its_box_or_is_too_small(void **state)
{
	each_variant(*state, look_at_steps);
}

static void
look_at_ink(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	const struct step_text *t;
	size_t i, j, k, pos;
	uint32_t cp;

	(void)w, (void)type, (void)pdf, (void)name;
	for (i = 0; i < steps->npages; i++)
		for (j = 0; j < steps->pages[i].nsteps; j++) {
			if (steps->pages[i].steps[j].kind != STEP_TEXT)
				continue;
			t = &steps->pages[i].steps[j].u.text;
			for (k = 0; k < t->nglyphs; k++) {
				pos = t->glyphs[k].text;
				cp = (uint32_t)text_utf8_next(
				    t->text, strlen(t->text), &pos);
				if (cp != ' ' && cp != 0x3000)
					assert_true(font_glyph_has_ink(
					    t->font, t->glyphs[k].id));
			}
		}
}

static void
every_glyph_drawn_has_ink(void **state)
{
	each_variant(*state, look_at_ink);
}

/* The lines that a tool prints about the PDF. */
static const char *
lines_of(struct samples *w, const char *const *argv, struct buf *out)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/out", w->folder);
	assert_true(tool(path, argv));
	read_file(path, out);
	unlink(path);
	assert_non_null(buf_cstr(out));
	return buf_cstr(out);
}

static void
look_with_tools(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	const char *const check[] = {"qpdf", "--check", pdf, NULL};
	const char *const fonts[] = {"pdffonts", pdf, NULL};
	struct buf out = BUF_INIT;
	const char *line;
	size_t n = 0;

	(void)type, (void)steps, (void)name;
	assert_non_null(strstr(lines_of(w, check, &out), "No syntax"));
	buf_reset(&out);
	/* Two lines of heading, then a line a font: emb sub uni. */
	line = strchr(strchr(lines_of(w, fonts, &out), '\n') + 1, '\n') + 1;
	for (; *line != '\0'; line = strchr(line, '\n') + 1, n++)
		assert_memory_equal(line + 72, "yes yes yes", 11);
	assert_true(n >= 1);
	buf_release(&out);
}

static void
qpdf_is_content_and_every_font_is_embedded_and_mapped(void **state)
{
	each_variant(*state, look_with_tools);
}

static int
is_arabic(int32_t cp)
{
	return cp >= 0x620 && cp <= 0x6D5;
}

/*
 * The text without blanks and line breaks, and without the marks of direction
 * that pdftotext adds.  The ligature of lam and alef is one glyph, whose two
 * letters pdftotext turns about with the row: both orders become one.
 */
static void
squeeze(struct buf *out, const char *s)
{
	size_t len = strlen(s), pos = 0;
	int32_t cp, last = 0;

	for (; pos < len && (cp = text_utf8_next(s, len, &pos)) >= 0;
	     last = cp) {
		if (cp <= ' ' || cp == 0x3000 || cp == 0xA0 ||
		    (cp >= 0x202A && cp <= 0x202E))
			continue;
		if (cp == 0x644 && last == 0x627) {
			out->n -= 2;
			text_utf8_put(out, 0x644);
			text_utf8_put(out, 0x627);
			continue;
		}
		text_utf8_put(out, (uint32_t)cp);
	}
}

/* Each word of a right-to-left value: what stands between words has no order
 * in an extracted text. */
static void
contains_words(const char *text, const char *value)
{
	size_t len = strlen(value), pos = 0;
	struct buf word = BUF_INIT, wanted = BUF_INIT;
	int32_t cp;

	while (pos < len) {
		cp = text_utf8_next(value, len, &pos);
		if (is_arabic(cp))
			text_utf8_put(&word, (uint32_t)cp);
		if ((is_arabic(cp) && pos < len) || word.n == 0)
			continue;
		buf_reset(&wanted);
		squeeze(&wanted, buf_cstr(&word));
		if (strstr(text, buf_cstr(&wanted)) == NULL)
			fail_msg("not in the text: %s", buf_cstr(&word));
		buf_reset(&word);
	}
	buf_release(&word);
	buf_release(&wanted);
}

static int
has_arabic(const char *s)
{
	size_t len = strlen(s), pos = 0;

	while (pos < len)
		if (is_arabic(text_utf8_next(s, len, &pos)))
			return 1;
	return 0;
}

static void
contains(const char *text, enum layout_format format, const char *value)
{
	struct buf shown = BUF_INIT, wanted = BUF_INIT;

	layout_format_value(&shown, format, value);
	squeeze(&wanted, buf_cstr(&shown));
	if (has_arabic(value))
		contains_words(text, buf_cstr(&shown));
	else if (strstr(text, buf_cstr(&wanted)) == NULL)
		fail_msg("not in the text: %s", buf_cstr(&wanted));
	buf_release(&shown);
	buf_release(&wanted);
}

static void
contains_rows(const char *text, const struct face_field *field,
    const struct layout_table *table)
{
	const struct face_row *row;
	size_t i, j, k;

	for (i = 0; i < field->nrows; i++) {
		row = &field->rows[i];
		for (j = 0; j < row->ncells; j++)
			for (k = 0; k < table->ncolumns; k++)
				if (strcmp(table->columns[k].field,
					row->cells[j].name) == 0)
					contains(text, table->columns[k].format,
					    row->cells[j].value);
	}
}

static void
look_for_values(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	const char *const argv[] = {"pdftotext", "-q", "-raw", pdf, "-", NULL};
	const struct face *face = w->faces[type];
	const struct layout_item *item;
	const struct layout_page *page;
	struct buf out = BUF_INIT, text = BUF_INIT;
	size_t i, k;

	(void)steps;
	squeeze(&text, lines_of(w, argv, &out));
	page = &w->types[type]
		    ->variants[strstr(name, "duplicate") != NULL]
		    .layout->first;
	for (i = 0; i < page->nitems; i++) {
		item = &page->items[i];
		for (k = 0; k < item->nparts; k++)
			if (face_get(face, item->parts[k].field) != NULL)
				contains(buf_cstr(&text), item->parts[k].format,
				    face_get(face, item->parts[k].field));
		if (item->table != NULL)
			contains_rows(buf_cstr(&text),
			    face_field(face, item->table->field), item->table);
	}
	buf_release(&out);
	buf_release(&text);
}

static void
the_text_of_the_page_holds_every_value(void **state)
{
	each_variant(*state, look_for_values);
}

/* Lay every variant out with the field as long as its template allows. */
static void
fits(struct samples *w, size_t type, const struct template_field *spec,
    struct face_field *field)
{
	const struct template *t = w->types[type];
	char *own = field->value;
	struct buf text = BUF_INIT;
	struct step_list steps;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < spec->maxlen; i++)
		buf_add_str(&text, "国");
	assert_non_null(buf_cstr(&text));
	field->value = (char *)text.p;
	for (i = 0; i < t->nvariants; i++) {
		if (layout_make(w->fonts, t, t->variants[i].id, w->faces[type],
			&w->qr, &steps, &e) != 0)
			fail_msg(
			    "%s %s: %s", t->folder, t->variants[i].id, e.en);
		assert_int_equal(step_list_check(&steps, &e), 0);
		step_list_release(&steps);
	}
	field->value = own;
	buf_release(&text);
}

static void
a_value_as_long_as_its_template_allows_fits(void **state)
{
	struct samples *w = *state;
	struct template_field *spec;
	size_t i, j, k;

	for (i = 0; i < FOLDERS; i++)
		for (j = 0; j < w->types[i]->nfields; j++) {
			spec = &w->types[i]->fields[j];
			if (spec->type != DATATYPE_TEXT ||
			    spec->pattern != NULL)
				continue;
			for (k = 0; k < w->faces[i]->nfields; k++)
				if (strcmp(w->faces[i]->fields[k].name,
					spec->name) == 0)
					fits(w, i, spec,
					    &w->faces[i]->fields[k]);
		}
}

static void
a_value_that_is_too_long_is_named(void **state)
{
	struct samples *w = *state;
	struct face *face = w->faces[2];
	char *own = NULL, text[1201] = {0};
	struct step_list steps;
	struct err e = ERR_INIT;
	size_t i;

	memset(text, 'W', sizeof(text) - 1);
	for (i = 0; i < face->nfields; i++)
		if (strcmp(face->fields[i].name, "KZ_QM") == 0) {
			own = face->fields[i].value;
			face->fields[i].value = text;
			break;
		}
	assert_int_equal(layout_make(w->fonts, w->types[2], "original", face,
			     &w->qr, &steps, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "does_not_fit");
	assert_string_equal(e.items[0].pointer, "/fields/dog_name");
	assert_int_equal(steps.npages, 0);
	face->fields[i].value = own;
	err_clear(&e);
}

static void
the_same_certificate_makes_the_same_bytes(void **state)
{
	struct samples *w = *state;
	struct step_list steps;
	struct buf a = BUF_INIT, b = BUF_INIT;
	char path[128];

	render(w, 2, 0, &steps, path);
	read_file(path, &a);
	step_list_release(&steps);
	render(w, 2, 0, &steps, path);
	read_file(path, &b);
	step_list_release(&steps);
	unlink(path);
	assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
	buf_release(&a);
	buf_release(&b);
}

static void
a_preview_says_specimen_on_every_page(void **state)
{
	struct samples *w = *state;
	struct step_list steps;
	struct err e = ERR_INIT;
	size_t page, i, marks;

	assert_int_equal(layout_preview(w->fonts, w->types[1], "original",
			     w->faces[1], &w->qr, &steps, &e),
	    0);
	assert_true(steps.npages > 1);
	for (page = 0; page < steps.npages; page++) {
		marks = 0;
		for (i = 0; i < steps.pages[page].nsteps; i++)
			if (steps.pages[page].steps[i].kind == STEP_TEXT &&
			    steps.pages[page].steps[i].u.text.decoration)
				marks++;
		assert_int_equal(marks, 1);
	}
	step_list_release(&steps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_text_overlaps_leaves_its_box_or_is_too_small),
	    cmocka_unit_test(every_glyph_drawn_has_ink),
	    cmocka_unit_test(
		qpdf_is_content_and_every_font_is_embedded_and_mapped),
	    cmocka_unit_test(the_text_of_the_page_holds_every_value),
	    cmocka_unit_test(a_value_as_long_as_its_template_allows_fits),
	    cmocka_unit_test(a_value_that_is_too_long_is_named),
	    cmocka_unit_test(the_same_certificate_makes_the_same_bytes),
	    cmocka_unit_test(a_preview_says_specimen_on_every_page),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
