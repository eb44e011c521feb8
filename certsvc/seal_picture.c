/* seal_picture.c - a seal as vectors; see seal_picture.h. */
#include "certsvc/seal_picture.h"

#include <math.h>
#include <string.h>

#include "certsvc/seal_work.h"
#include "crypto/base/text.h"

/* Vermilion and stamp-pad blue. */
static const struct colour red = {0xE6, 0x00, 0x12};
static const struct colour blue = {0x1B, 0x3F, 0x8B};

/* A kind: the sizes it may have, mm, and who draws it. */
static const struct kind {
	const char *name;
	double width_min, width_max, height_min, height_max;
	int (*draw)(struct seal_work *w);
} kinds[] = {
    {"round", 30, 60, 30, 60, seal_draw_round},
    {"oval", 30, 60, 20, 45, seal_draw_round},
    {"rectangular", 20, 80, 8, 40, seal_draw_rectangular},
    {"personal", 10, 60, 8, 40, seal_draw_personal},
};

int
seal_work_crowded(struct seal_work *w)
{
	return err_set(w->e, ERR_INPUT, "seal_crowded",
	    "印章文字过多，放不下或过小",
	    "too much text on the seal: it would be too small or touch");
}

/* No line ends, no invisible characters; private ones have no glyph. */
static int
is_plain(const char *text, size_t len)
{
	size_t pos = 0;
	uint32_t c;

	while (pos < len) {
		c = (uint32_t)text_utf8_next(text, len, &pos);
		if (text_cp_forbidden(c) && c < 0xf0000 &&
		    !(c >= 0xe000 && c <= 0xf8ff))
			return 0;
	}
	return 1;
}

/* Each glyph is one character that stands alone, left to right, and not all of
 * them are blanks. */
static int
check_glyphs(struct seal_work *w, const struct seal_line *line,
    const struct font_line *shaped)
{
	size_t i, blanks = 0;

	for (i = 0; i < shaped->n; i++) {
		if (!shaped->v[i].whole || shaped->v[i].rtl)
			break;
		blanks += shaped->v[i].blank != 0;
	}
	if (i < shaped->n || shaped->n > line->max)
		return err_set(w->e, ERR_INPUT, "seal_text",
		    "印章的 %s 含有不支持的文字",
		    "the seal's %s is in a script that is not supported",
		    line->pointer + 1);
	if (blanks == shaped->n)
		return err_set(w->e, ERR_INPUT, "seal_text",
		    "印章的 %s 全是空格", "the seal's %s has blanks only",
		    line->pointer + 1);
	return 0;
}

int
seal_work_shape(
    struct seal_work *w, const struct seal_line *line, struct font_line *shaped)
{
	const struct font_text text = {.style = line->style,
	    .text = line->text == NULL ? "" : line->text,
	    .len = line->text == NULL ? 0 : strlen(line->text),
	    .pointer = line->pointer};
	long n = text_utf8_count(text.text, text.len);
	int rc;

	if (n < 1 || (size_t)n > line->max)
		return err_set(w->e, ERR_INPUT, "seal_text",
		    "印章的 %s 为空、超过 %zu 个字或不是有效的 UTF-8",
		    "the seal's %s is empty, longer than %zu characters or "
		    "not valid UTF-8",
		    line->pointer + 1, line->max);
	if (!is_plain(text.text, text.len))
		return err_set(w->e, ERR_INPUT, "seal_text",
		    "印章的 %s 含有换行或不可见字符",
		    "the seal's %s has a line end or an invisible character",
		    line->pointer + 1);
	rc = font_shape(w->fonts, &text, shaped, w->e);
	if (rc != 0)
		return rc;
	rc = check_glyphs(w, line, shaped);
	if (rc != 0)
		font_line_release(shaped);
	return rc;
}

void
seal_work_glyph(struct seal_work *w, const struct font_glyph *character,
    struct seal_glyph *g)
{
	if (character->blank)
		return;
	g->font = character->font;
	g->id = character->id;
	g->middle = (double)character->advance / 2;
	seal_outline(w->d, g, w->colour, &w->ink[w->nink++]);
}

/* Is a point of ink on or beyond the frame's inner edge? */
static int
outside(const struct seal_work *w, double x, double y)
{
	double dx = (x - w->width / 2) / w->inner_x;
	double dy = (y - w->height / 2) / w->inner_y;

	return w->round ? dx * dx + dy * dy >= 1
			: fmax(fabs(dx), fabs(dy)) >= 1;
}

static int
check_ink(struct seal_work *w)
{
	size_t i, j;
	int k;

	for (i = 0; i < w->nink; i++) {
		for (k = 0; k < 4; k++)
			if (outside(w, w->ink[i].x[k], w->ink[i].y[k]))
				return seal_work_crowded(w);
		for (j = i + 1; j < w->nink; j++)
			if (seal_ink_overlap(&w->ink[i], &w->ink[j]))
				return seal_work_crowded(w);
	}
	return 0;
}

static const struct kind *
kind_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (name != NULL && strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Kind, size and colour. */
static int
prepare(struct seal_work *w, const struct kind **out)
{
	const struct seal_definition *def = w->def;
	const struct kind *kind = *out = kind_find(def->kind);
	const char *colour = def->colour == NULL ? "red" : def->colour;

	if (kind == NULL)
		return err_set(w->e, ERR_INPUT, "seal_kind",
		    "不支持的印章形状：%.20s", "no such kind of seal: %.20s",
		    def->kind == NULL ? "" : def->kind);
	w->width = kind == kinds ? def->diameter : def->width;
	w->height = kind == kinds ? def->diameter : def->height;
	if (!(w->width >= kind->width_min && w->width <= kind->width_max &&
		w->height >= kind->height_min &&
		w->height <= kind->height_max && w->height <= w->width))
		return err_set(w->e, ERR_INPUT, "seal_size",
		    "此形状的印章宽应为 %.0f 至 %.0f 毫米，高应为 %.0f 至 %.0f "
		    "毫米且不大于宽",
		    "a seal of this kind is %.0f to %.0f mm wide and %.0f to "
		    "%.0f mm high, and not higher than wide",
		    kind->width_min, kind->width_max, kind->height_min,
		    kind->height_max);
	if (strcmp(colour, "red") != 0 && strcmp(colour, "blue") != 0)
		return err_set(w->e, ERR_INPUT, "seal_colour",
		    "印章颜色只能为 red（红）或 blue（蓝）",
		    "a seal is red or blue");
	w->colour = strcmp(colour, "red") == 0 ? red : blue;
	return 0;
}

int
seal_picture_make(const struct font_set *fonts,
    const struct seal_definition *def, struct seal_picture *out, struct err *e)
{
	struct seal_work w = {
	    .fonts = fonts, .def = def, .d = &out->drawing, .e = e};
	const struct kind *kind;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = prepare(&w, &kind);
	if (rc == 0)
		rc = kind->draw(&w);
	if (rc == 0)
		rc = check_ink(&w);
	if (rc == 0)
		rc = drawing_finish(w.d, (float)w.height, e);
	if (rc != 0) {
		seal_picture_release(out);
		return rc;
	}
	out->width = (float)w.width;
	out->height = (float)w.height;
	out->content = buf_bytes(&out->drawing.deflated);
	out->bbox[2] = w.width * 100;
	out->bbox[3] = w.height * 100;
	return 0;
}

void
seal_picture_release(struct seal_picture *picture)
{
	drawing_release(&picture->drawing);
	memset(picture, 0, sizeof(*picture));
}

static struct step_box
centred(const struct seal_picture *picture, const struct step_seal *place)
{
	return (struct step_box){place->x + (place->w - picture->width) / 2,
	    place->y + (place->h - picture->height) / 2, picture->width,
	    picture->height};
}

struct step_box
seal_picture_window(
    const struct seal_picture *picture, const struct step_seal *place)
{
	struct step_box box = centred(picture, place);

	if (place->slices == 0)
		return box;
	if (place->edge == EDGE_LEFT || place->edge == EDGE_RIGHT) {
		box.w = picture->width / (float)place->slices;
		box.x = place->x +
			(place->edge == EDGE_LEFT ? 0 : place->w - box.w);
	} else {
		box.h = picture->height / (float)place->slices;
		box.y =
		    place->y + (place->edge == EDGE_TOP ? 0 : place->h - box.h);
	}
	return box;
}

struct step_box
seal_picture_box(
    const struct seal_picture *picture, const struct step_seal *place)
{
	struct step_box box = seal_picture_window(picture, place);

	if (place->slices == 0)
		return box;
	if (place->edge == EDGE_LEFT || place->edge == EDGE_RIGHT)
		box.x -= box.w * (float)place->slice;
	else
		box.y -= box.h * (float)place->slice;
	box.w = picture->width;
	box.h = picture->height;
	return box;
}
