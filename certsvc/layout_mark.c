/* layout_mark.c - watermarks: decorations under the text; see layout_work.h. */
#include <math.h>
#include <string.h>

#include "crypto/copy_field.h"
#include "certsvc/layout_work.h"
#include "certsvc/seal_outline.h"

void
layout_under(struct step_page *page, size_t to, size_t first)
{
	struct step moved;
	size_t i, k, n = page->nsteps - first;

	for (i = 0; i < n; i++) {
		moved = page->steps[first + i];
		for (k = first + i; k > to + i; k--)
			page->steps[k] = page->steps[k - 1];
		page->steps[to + i] = moved;
	}
}

size_t
layout_under_text(struct step_page *page, size_t first)
{
	size_t to = 0;

	while (to < first && page->steps[to].kind != STEP_TEXT)
		to++;
	layout_under(page, to, first);
	return to;
}

/* From the lower left to the upper right. */
int
layout_mark_word(const struct font_set *fonts, const char *word, float share,
    struct step_page *page, struct err *e)
{
	static const struct layout_style style = {.font = FONT_HEI,
	    .align = ALIGN_CENTER,
	    .leading = 1,
	    .tracking = 0.5f,
	    .colour = {0xC4, 0xC4, 0xC4}};
	float across = hypotf(page->width, page->height);
	float size = fminf(page->width, page->height) * share;
	float turn = atan2f(page->height, page->width), c = cosf(turn),
	      s = sinf(turn);
	size_t first = page->nsteps;
	struct step_text *t;
	struct flow flow;
	int rc;

	rc = flow_make(fonts, &style, word, "", &flow, e);
	if (rc != 0)
		return rc;
	flow.style.size = flow.style.min = size;
	rc = flow_place(
	    &flow, (struct step_box){0, 0, across, size}, 0, page, e);
	flow_release(&flow);
	if (rc != 0)
		return rc;
	t = &page->steps[layout_under_text(page, first)].u.text;
	t->decoration = 1;
	t->turn = -turn * 180 / acosf(-1);
	/* From the frame of the diagonal to the page: start at the lower left
	 * corner, along by x, and down to the baseline by half an em. */
	t->y = page->height - t->x * s + 0.38f * size * c;
	t->x = t->x * c + 0.38f * size * s;
	return 0;
}

enum {
	MARKS_MAX = 64 /* of one page */
};

/* The mark of a copy is a block of lines, repeated over the page. */
static const struct layout_style copy_style = {.font = FONT_HEI,
    .size = 4.4f,
    .min = 1.6f,
    .align = ALIGN_CENTER,
    .valign = VALIGN_MIDDLE,
    .leading = 1.35f,
    .wrap = 1,
    .colour = {0xC6, 0xC6, 0xD2}};

static const float block_width = 96;  /* mm */
static const float block_height = 27; /* mm */
static const float block_turn = 22;   /* degrees anticlockwise */
static const float gap = 6;	      /* between them, mm */
static const float row_step = 6;      /* mm */
static const float edge = 5;	      /* free at the page's edge, mm */
static const float clear = 2;	      /* round the code, mm */

/* Smaller on a small page. */
static const float scales[] = {1, 0.8f, 0.65f, 0.5f};

struct tile {
	float x, y; /* middle, mm */
	float w, h; /* mm */
};

/* Corners of a rectangle about (x, y), turned clockwise by `turn` degrees. */
static struct seal_ink
turned(float x, float y, float w, float h, float turn)
{
	static const int signs[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
	double a = (double)turn * acos(-1) / 180, u, v;
	struct seal_ink ink;
	int i;

	for (i = 0; i < 4; i++) {
		u = signs[i][0] * (double)w / 2;
		v = signs[i][1] * (double)h / 2;
		ink.x[i] = x + u * cos(a) - v * sin(a);
		ink.y[i] = y + u * sin(a) + v * cos(a);
	}
	return ink;
}

/* The marks of one page so far. */
struct marks {
	struct seal_ink v[MARKS_MAX];
	size_t n;
};

/* Is the tile on the page, off the code and off the others? */
static int
fits(const struct step_page *page, const struct marks *marks,
    const struct seal_ink *ink)
{
	const struct step_qr *qr;
	struct seal_ink code;
	size_t i;
	int k;

	for (k = 0; k < 4; k++)
		if (ink->x[k] < 0 || ink->x[k] > (double)page->width ||
		    ink->y[k] < 0 || ink->y[k] > (double)page->height)
			return 0;
	for (i = 0; i < marks->n; i++)
		if (seal_ink_overlap(ink, &marks->v[i]))
			return 0;
	for (i = 0; i < page->nsteps; i++) {
		if (page->steps[i].kind != STEP_QR)
			continue;
		qr = &page->steps[i].u.qr;
		code = turned(qr->x + qr->size / 2, qr->y + qr->size / 2,
		    qr->size + 2 * clear, qr->size + 2 * clear, 0);
		if (seal_ink_overlap(ink, &code))
			return 0;
	}
	return 1;
}

/* Place the block upright about its middle, then turn each run about it. */
static int
place_tile(const struct flow *flow, const struct tile *tile,
    struct step_page *page, struct err *e)
{
	struct step_box box = {
	    tile->x - tile->w / 2, tile->y - tile->h / 2, tile->w, tile->h};
	float a = -block_turn * acosf(-1) / 180, u, v;
	size_t first = page->nsteps, n;
	struct step_text *t;
	int rc = flow_place(flow, box, 0, page, e);

	if (rc != 0)
		return rc;
	n = page->nsteps - first;
	for (first = layout_under_text(page, first); n > 0; n--, first++) {
		t = &page->steps[first].u.text;
		u = t->x - tile->x;
		v = t->y - tile->y;
		t->x = tile->x + u * cosf(a) - v * sinf(a);
		t->y = tile->y + u * sinf(a) + v * cosf(a);
		t->turn = -block_turn;
		t->decoration = 1;
	}
	return 0;
}

/* From the top down, at the left, in the middle and at the right, wherever one
 * has room.  *n: how many there are; flow NULL only counts. */
static int
mark_page(const struct flow *flow, float scale, struct step_page *page,
    size_t *n, struct err *e)
{
	float a = block_turn * acosf(-1) / 180;
	struct tile tile = {0, 0, block_width * scale, block_height * scale};
	float high = tile.w * sinf(a) + tile.h * cosf(a) + 2 * edge;
	float wide = tile.w * cosf(a) + tile.h * sinf(a) + 2 * edge;
	struct marks marks = {.n = 0};
	struct seal_ink ink;
	int column, rc = 0;

	for (tile.y = high / 2; tile.y + high / 2 < page->height;
	     tile.y += row_step)
		for (column = 0; column < 3 && rc == 0; column++) {
			tile.x =
			    wide / 2 + (page->width - wide) * (float)column / 2;
			ink = turned(tile.x, tile.y, tile.w + gap, tile.h + gap,
			    -block_turn);
			if (marks.n == MARKS_MAX || !fits(page, &marks, &ink))
				continue;
			marks.v[marks.n++] = ink;
			if (flow != NULL)
				rc = place_tile(flow, &tile, page, e);
		}
	*n = marks.n;
	return rc;
}

/* The largest size at which two marks or more have room, or one. */
static int
mark_largest(struct flow *flow, struct step_page *page, struct err *e)
{
	size_t i, best = 0;
	size_t n, most = 0;
	int rc = 0;

	for (i = 0; i < sizeof(scales) / sizeof(scales[0]) && most < 2; i++) {
		rc = mark_page(NULL, scales[i], page, &n, e);
		if (n <= most)
			continue;
		most = n;
		best = i;
	}
	if (most == 0)
		return err_set(e, ERR_INPUT, "does_not_fit",
		    "版面上没有加注水印的位置",
		    "the page has no room for the mark of a copy");
	flow->style.size = copy_style.size * scales[best];
	return rc == 0 ? mark_page(flow, scales[best], page, &n, e) : rc;
}

/* What it says: for what, by whom and when, until when. */
static int
copy_text(const struct face *face, struct buf *out, struct err *e)
{
	static const char *const names[] = {
	    COPY_PURPOSE, COPY_MAKER, COPY_MADE, COPY_UNTIL};
	static const char *const words[] = {
	    "加注件　仅限用于：", "\n制作者：", "\n制作时间：", "\n有效期至："};
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = face_get(face, names[i]);
		if (value == NULL)
			return err_internal(e, "the face of a copy");
		buf_printf(out, "%s%s", words[i], value);
	}
	return buf_cstr(out) == NULL ? err_nomem(e) : 0;
}

int
layout_mark_copy(struct layout_work *w)
{
	struct buf text = BUF_INIT;
	struct flow flow;
	size_t page;
	int rc;

	if (face_get(w->face, COPY_PURPOSE) == NULL)
		return 0;
	rc = copy_text(w->face, &text, w->e);
	if (rc == 0)
		rc = flow_make(w->fonts, &copy_style, (const char *)text.p,
		    "/purpose", &flow, w->e);
	buf_release(&text);
	if (rc != 0)
		return rc;
	for (page = 0; rc == 0 && page < w->out->npages; page++)
		rc = mark_largest(&flow, &w->out->pages[page], w->e);
	flow_release(&flow);
	return rc;
}
