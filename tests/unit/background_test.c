/*
 * background_test.c - the secure background: small, the same for the same seed,
 * one tone to the eye, and words on a copy.
 */
#include "tests/support/documents.h"
#include "tests/support/scan.h"
#include "tests/support/scarce_memory.h"

#include "certsvc/background.h"

enum {
	WIDTH = 210,
	HEIGHT = 297,
	SQUARE = 4,	 /* mm that the eye takes together at arm's length */
	THRESHOLD = 205, /* a copier makes black of what is darker */
	SQUARES = (WIDTH / SQUARE) * (HEIGHT / SQUARE)
};

static struct drawing *
draw(struct samples *w, uint64_t seed)
{
	struct drawing *d = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(
	    background_make(w->fonts, WIDTH, HEIGHT, seed, &d, &e), 0);
	return d;
}

static void
it_is_small_and_follows_from_its_seed(void **state)
{
	struct drawing *a = draw(*state, 1), *b = draw(*state, 1),
		       *c = draw(*state, 2);

	assert_true(a->deflated.n < 60000);
	assert_int_equal(a->deflated.n, b->deflated.n);
	assert_memory_equal(a->deflated.p, b->deflated.p, a->deflated.n);
	assert_true(a->deflated.n != c->deflated.n ||
		    memcmp(a->deflated.p, c->deflated.p, a->deflated.n) != 0);
	drawing_free(a);
	drawing_free(b);
	drawing_free(c);
}

/* A page with nothing but a background, at 600 dpi. */
static void
page_of(struct samples *w, struct picture *out)
{
	struct step_list steps = STEP_LIST_INIT;
	struct pdf_info info = {.title = "t", .language = "zh-CN"};
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;
	struct step *step;
	char path[96];

	assert_non_null(step_page_add(&steps, WIDTH, HEIGHT));
	step = step_add(&steps.pages[0], STEP_DRAWING);
	assert_non_null(step);
	step->u.drawing.drawing = step->u.drawing.owned = draw(w, 7);
	assert_int_equal(pdf_render(&steps, NULL, 0, &info, &pdf, &e), 0);
	snprintf(path, sizeof(path), "%s/b.pdf", w->folder);
	write_file(path, buf_bytes(&pdf));
	picture_of(path, w->folder, 600, 1, out);
	unlink(path);
	step_list_release(&steps);
	buf_release(&pdf);
}

static int
draw_starved(void *ctx, struct err *e)
{
	struct samples *w = ctx;
	struct drawing *d = NULL;
	int rc = background_make(w->fonts, 60, 60, 3, &d, e);

	drawing_free(d);
	return rc;
}

static void
missing_memory_is_survived(void **state)
{
	starve(draw_starved, *state, 0);
}

static int
by_value(const void *a, const void *b)
{
	return (*(const int *)a > *(const int *)b) -
	       (*(const int *)a < *(const int *)b);
}

/* Means of all squares, sorted; a copier's when copied. */
static void
squares(const struct picture *page, int copied, int out[SQUARES])
{
	const double dot = 3; /* of a copier of 200 dpi, in dots of 600 */
	const double side = SQUARE * 600 / 25.4;
	int row, column, n = 0, dots = (int)(side / dot), i, k, sum;

	for (row = 0; row < HEIGHT / SQUARE; row++)
		for (column = 0; column < WIDTH / SQUARE; column++) {
			if (!copied) {
				out[n++] = picture_mean(
				    page, column * side, row * side, (int)side);
				continue;
			}
			sum = 0;
			for (i = 0; i < dots; i++)
				for (k = 0; k < dots; k++)
					sum += picture_mean(page,
						   column * side + i * dot,
						   row * side + k * dot,
						   3) < THRESHOLD;
			out[n++] = sum * 1000 / (dots * dots);
		}
	qsort(out, SQUARES, sizeof(out[0]), by_value);
}

static void
the_words_show_on_a_copy_only(void **state)
{
	static int v[SQUARES];
	struct picture page;

	page_of(*state, &page);
	/* To the eye: pale, and of one tone. */
	squares(&page, 0, v);
	assert_true(v[0] > 200);
	assert_true(v[SQUARES * 98 / 100] - v[SQUARES * 2 / 100] <= 12);
	/* To a copier: white here, black lines there (in thousandths). */
	squares(&page, 1, v);
	assert_true(v[SQUARES / 2] <= 5);
	assert_true(v[SQUARES * 95 / 100] >= 40);
	picture_release(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_small_and_follows_from_its_seed),
	    cmocka_unit_test(missing_memory_is_survived),
	    cmocka_unit_test(the_words_show_on_a_copy_only),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
