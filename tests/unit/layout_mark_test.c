/* The mark of a purpose-bound copy: on every page of every type, legible, off
 * the code. */
#include <math.h>

#include "tests/support/documents.h"

#include "crypto/copy_field.h"

static struct face *
copy_face(const struct face *face, const char *purpose)
{
	struct buf canonical = BUF_INIT;
	struct face *copy;
	struct err e = ERR_INIT;

	assert_int_equal(face_write(face, &canonical, &e), 0);
	assert_int_equal(face_parse(buf_bytes(&canonical), &copy, &e), 0);
	assert_int_equal(
	    face_add(copy, COPY_MADE, "2026-11-26 20:15:00", &e), 0);
	assert_int_equal(
	    face_add(copy, COPY_MAKER, "青禾市市场监督管理局", &e), 0);
	assert_int_equal(face_add(copy, COPY_PURPOSE, purpose, &e), 0);
	assert_int_equal(
	    face_add(copy, COPY_UNTIL, "2026-12-31 23:59:59", &e), 0);
	buf_release(&canonical);
	return copy;
}

static const struct step_qr *
page_code(const struct step_page *page)
{
	size_t i;

	for (i = 0; i < page->nsteps; i++)
		if (page->steps[i].kind == STEP_QR)
			return &page->steps[i].u.qr;
	return NULL;
}

/* The em squares of a turned run stay on the page and off the code. */
static void
assert_free(const struct step_page *page, const struct step_text *t)
{
	const struct step_qr *qr = page_code(page);
	float a = t->turn * acosf(-1) / 180, u, v, x, y;
	size_t i;
	int k;

	for (i = 0; i < t->nglyphs; i++)
		for (k = 0; k < 4; k++) {
			u = t->glyphs[i].x + (float)(k & 1) * t->size;
			v = t->glyphs[i].y - (float)(k >> 1) * t->size;
			x = t->x + u * cosf(a) - v * sinf(a);
			y = t->y + u * sinf(a) + v * cosf(a);
			assert_true(x >= 0 && x <= page->width && y >= 0 &&
				    y <= page->height);
			assert_false(qr != NULL && x > qr->x &&
				     x < qr->x + qr->size && y > qr->y &&
				     y < qr->y + qr->size);
		}
}

/* Marks of one page; they come before all other text. */
static size_t
look_at_page(const struct step_page *page)
{
	const struct step_text *t;
	size_t i, n = 0, others = 0;

	for (i = 0; i < page->nsteps; i++) {
		if (page->steps[i].kind != STEP_TEXT)
			continue;
		t = &page->steps[i].u.text;
		if (!t->decoration) {
			others++;
			continue;
		}
		assert_int_equal(others, 0);
		assert_true(t->size >= 1.6f && t->turn != 0);
		/* Light: no text on it is harder to read. */
		assert_true(t->colour.r > 0xB0 && t->colour.g > 0xB0);
		assert_free(page, t);
		n++;
	}
	return n;
}

static void
look_at_copies(struct samples *w, const char *purpose)
{
	const struct template *t;
	struct step_list steps;
	struct err e = ERR_INIT;
	struct face *face;
	size_t i, k, page;

	for (i = 0; i < FOLDERS; i++) {
		t = w->types[i];
		face = copy_face(w->faces[i], purpose);
		for (k = 0; k < t->nvariants; k++) {
			if (layout_make(w->fonts, t, t->variants[k].id, face,
				&w->qr, &steps, &e) != 0)
				fail_msg("%s: %s", t->folder, e.en);
			assert_int_equal(step_list_check(&steps, &e), 0);
			for (page = 0; page < steps.npages; page++)
				assert_true(
				    look_at_page(&steps.pages[page]) >= 4);
			step_list_release(&steps);
		}
		face_free(face);
	}
}

static void
every_page_of_a_copy_says_what_it_is_for(void **state)
{
	look_at_copies(*state, "办理银行开户");
}

static void
the_longest_purpose_has_room(void **state)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < ORDER_TEXT_MAX; i++)
		buf_add_str(&text, "国");
	look_at_copies(*state, buf_cstr(&text));
	buf_release(&text);
}

static void
an_original_has_no_mark(void **state)
{
	struct samples *w = *state;
	struct step_list steps;
	struct err e = ERR_INIT;
	size_t i, page;

	for (i = 0; i < FOLDERS; i++) {
		assert_int_equal(layout_make(w->fonts, w->types[i],
				     w->types[i]->variants[0].id, w->faces[i],
				     &w->qr, &steps, &e),
		    0);
		for (page = 0; page < steps.npages; page++)
			assert_int_equal(look_at_page(&steps.pages[page]), 0);
		step_list_release(&steps);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_page_of_a_copy_says_what_it_is_for),
	    cmocka_unit_test(the_longest_purpose_has_room),
	    cmocka_unit_test(an_original_has_no_mark),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
