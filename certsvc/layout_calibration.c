/*
 * layout_calibration.c - the page to set a printer's offsets by: crosses whose
 * place on the paper is known, rulers, and words how to measure.
 */
#include <stdio.h>
#include <string.h>

#include "certsvc/layout_ornament.h"
#include "certsvc/layout_work.h"

enum {
	WIDTH = 210, /* mm: A4 */
	HEIGHT = 297,
	CROSS = 20, /* from the paper's edges to the middle of a cross */
	RULER = 12, /* from the paper's edges to a ruler */
	START = 30, /* where it starts and ends, clear of the crosses */
	CROSS_ARM = 5,
	TICK_10 = 4, /* lengths of a ruler's marks */
	TICK_5 = 3,
	TICK_1 = 2
};

static const struct ornament_pen pen = {{0, 0, 0}, 0.15f};

static const struct layout_style number_style = {.font = FONT_HEI,
    .size = 2.2f,
    .min = 2.2f,
    .align = ALIGN_CENTER,
    .valign = VALIGN_MIDDLE,
    .leading = 1};

static const struct layout_style title_style = {.font = FONT_HEI,
    .size = 7,
    .min = 7,
    .align = ALIGN_CENTER,
    .valign = VALIGN_MIDDLE,
    .leading = 1};

static const struct layout_style words_style = {.font = FONT_HEI,
    .size = 4,
    .min = 4,
    .valign = VALIGN_TOP,
    .leading = 1.5f,
    .wrap = 1};

static const char words_zh[] =
    "1. 打印时选“实际大小”，不要“适合页面”。\n"
    "2. 用尺量上边的标尺：从 0 到 100 应当正好 100 毫米。不是，就说明打印机在缩放，先改设置。\n"
    "3. 量左上角十字的中心：到纸的左边是 A 毫米，到纸的上边是 B 毫米。\n"
    "4. 新的 dx = 现在的 dx + 20 − A；新的 dy = 现在的 dy + 20 − B。\n"
    "5. 填入新值后再打印一张本页：A 和 B 都是 20 毫米，就校准好了。\n"
    "6. 四角的十字都应离两边各 20 毫米；有的不是，说明纸进歪了，先调整纸盒的挡板。";

static const char words_en[] =
    "1. Print at actual size, not fitted to the page.\n"
    "2. Measure the ruler at the top: from 0 to 100 must be 100 mm. If it is not, the printer scales: change that first.\n"
    "3. Measure the middle of the cross at the upper left: A mm from the left edge of the paper, B mm from its top.\n"
    "4. New dx = dx now + 20 - A; new dy = dy now + 20 - B.\n"
    "5. Enter them and print this page again: it is right when A and B are 20 mm.\n"
    "6. All four crosses are 20 mm from both edges; if one is not, the paper goes in askew: set the guides of the tray.";

static void
cross(struct drawing *d, float x, float y)
{
	ornament_line(d, &pen, x - CROSS_ARM, y, x + CROSS_ARM, y);
	ornament_line(d, &pen, x, y - CROSS_ARM, x, y + CROSS_ARM);
	drawing_path(d, x, y);
	d->paths[d->npaths - 1].width = pen.width;
	drawing_circle(d, 0, 0, 2);
}

/* Marks of `length` every `every` mm along (ux, uy), pointing to (vx, vy). */
struct ruler {
	float x, y;
	int ux, uy, vx, vy;
	int length; /* mm */
};

static void
marks(struct drawing *d, const struct ruler *r, int every, int tick)
{
	struct step_path *path = drawing_path(d, r->x, r->y);

	path->width = pen.width;
	path->repeat = (unsigned int)(r->length / every) + 1;
	path->dx = (float)(r->ux * every);
	path->dy = (float)(r->uy * every);
	drawing_move(d, 0, 0);
	drawing_line(d, (float)(r->vx * tick), (float)(r->vy * tick));
}

static int
ruler(struct layout_work *w, struct drawing *d, const struct ruler *r)
{
	const float away = 6.5f; /* of the numbers' middle */
	char number[16];
	float x, y;
	int i, rc = 0;

	ornament_line(d, &pen, r->x, r->y, r->x + (float)(r->ux * r->length),
	    r->y + (float)(r->uy * r->length));
	marks(d, r, 1, TICK_1);
	marks(d, r, 5, TICK_5);
	marks(d, r, 10, TICK_10);
	for (i = 0; rc == 0 && i <= r->length; i += 10) {
		snprintf(number, sizeof(number), "%d", i);
		x = r->x + (float)(r->ux * i) + away * (float)r->vx;
		y = r->y + (float)(r->uy * i) + away * (float)r->vy;
		rc = layout_place_text(w, &number_style,
		    (struct step_box){x - 3, y - 1.2f, 6, 2.4f}, number, "");
	}
	return rc;
}

static int
rulers(struct layout_work *w, struct drawing *d)
{
	static const struct ruler all[] = {
	    {START, RULER, 1, 0, 0, 1, WIDTH - 2 * START},
	    {START, HEIGHT - RULER, 1, 0, 0, -1, WIDTH - 2 * START},
	    {RULER, START, 0, 1, 1, 0, HEIGHT - 2 * START},
	    {WIDTH - RULER, START, 0, 1, -1, 0, HEIGHT - 2 * START}};
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < sizeof(all) / sizeof(all[0]); i++)
		rc = ruler(w, d, &all[i]);
	return rc;
}

static int
texts(struct layout_work *w, float dx, float dy)
{
	char now[128];
	int rc;

	snprintf(now, sizeof(now), "本页 / this page: dx = %.1f, dy = %.1f",
	    (double)dx, (double)dy);
	if ((rc = layout_place_text(w, &title_style,
		 (struct step_box){35, 40, 140, 10}, "打印校准页 CALIBRATION",
		 "")) != 0 ||
	    (rc = layout_place_text(w, &title_style,
		 (struct step_box){35, 55, 140, 10}, now, "")) != 0 ||
	    (rc = layout_place_text(w, &words_style,
		 (struct step_box){35, 75, 140, 68}, words_zh, "")) != 0)
		return rc;
	return layout_place_text(
	    w, &words_style, (struct step_box){35, 160, 140, 85}, words_en, "");
}

static int
draw(struct layout_work *w, struct drawing *d, float dx, float dy)
{
	int rc;

	cross(d, CROSS, CROSS);
	cross(d, WIDTH - CROSS, CROSS);
	cross(d, CROSS, HEIGHT - CROSS);
	cross(d, WIDTH - CROSS, HEIGHT - CROSS);
	cross(d, WIDTH / 2.0f, HEIGHT / 2.0f);
	if ((rc = rulers(w, d)) != 0 || (rc = texts(w, dx, dy)) != 0)
		return rc;
	return drawing_finish(d, 0, w->e);
}

int
layout_calibration_make(const struct font_set *fonts, float dx, float dy,
    struct step_list *out, struct err *e)
{
	struct layout_work w = {.fonts = fonts, .out = out, .e = e};
	struct drawing *d = drawing_new();
	struct step *step = NULL;
	int rc;

	*out = (struct step_list)STEP_LIST_INIT;
	if (d == NULL || step_page_add(out, WIDTH, HEIGHT) == NULL ||
	    (step = step_add(&out->pages[0], STEP_DRAWING)) == NULL) {
		drawing_free(d);
		rc = err_nomem(e);
	} else {
		step->u.drawing.drawing = step->u.drawing.owned = d;
		rc = draw(&w, d, dx, dy);
	}
	if (rc == 0)
		layout_move(out, dx, dy);
	else
		step_list_release(out);
	return rc;
}
