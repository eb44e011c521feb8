/*
 * font_shape.c - text to glyphs with a fallback chain; see font.h.  The text is
 * cut into clusters (a character and its marks), each gets the first font that
 * has all of it with ink; neighbours of one font, script and direction are
 * shaped together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/font_private.h"
#include "crypto/base/text.h"

/* A cluster before shaping. */
struct piece {
	const struct font *font;
	hb_script_t script; /* HAN stands for all that need no shaping */
	uint32_t start, end;
	int blank;
	int neutral; /* a blank or a sign that belongs to no script */
	int digit;
	int rtl;    /* it, or what stands before a neutral, is right-to-left */
	int joined; /* a neutral that runs with a right-to-left script */
};

struct shaper {
	const struct font_set *set;
	enum font_style style;
	const char *text;
	size_t len;
	int vertical, rtl;
	const char *pointer;
	struct err *e;
	hb_unicode_funcs_t *unicode;
	struct piece *pieces; /* owned */
	size_t npieces;
	hb_buffer_t *buffer; /* owned */
};

static int
is_mark(struct shaper *s, uint32_t cp)
{
	hb_unicode_general_category_t c;

	if ((cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF))
		return 1;
	if (cp < 0x300)
		return 0;
	c = hb_unicode_general_category(s->unicode, cp);
	return c == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
	       c == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK ||
	       c == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK;
}

static int
is_selector(uint32_t cp)
{
	return (cp >= 0xFE00 && cp <= 0xFE0F) ||
	       (cp >= 0xE0100 && cp <= 0xE01EF);
}

/* Scripts whose letters stand side by side are shaped as one. */
static hb_script_t
script_of(struct shaper *s, uint32_t cp)
{
	hb_script_t script;

	if (cp < 0x300 || (cp >= 0x2E80 && cp <= 0xA4CF) ||
	    (cp >= 0xF900 && cp <= 0xFAFF) || cp >= 0x20000)
		return HB_SCRIPT_HAN;
	script = hb_unicode_script(s->unicode, cp);
	if (script == HB_SCRIPT_COMMON || script == HB_SCRIPT_INHERITED ||
	    script == HB_SCRIPT_LATIN || script == HB_SCRIPT_GREEK ||
	    script == HB_SCRIPT_CYRILLIC)
		return HB_SCRIPT_HAN;
	return script;
}

static int
is_blank(struct shaper *s, uint32_t cp)
{
	if (cp == ' ' || cp == 0x3000)
		return 1;
	return cp >= 0x80 && cp < 0x3000 &&
	       hb_unicode_general_category(s->unicode, cp) ==
		   HB_UNICODE_GENERAL_CATEGORY_SPACE_SEPARATOR;
}

/* Can the font draw the cluster?  Marks need a glyph, letters ink too. */
static int
font_draws(const struct font *font, struct shaper *s, const struct piece *p)
{
	size_t pos = p->start, next;
	hb_codepoint_t glyph;
	uint32_t cp, selector;
	int32_t peek;

	while (pos < p->end) {
		cp = (uint32_t)text_utf8_next(s->text, p->end, &pos);
		next = pos;
		peek =
		    next < p->end ? text_utf8_next(s->text, p->end, &next) : 0;
		selector = peek > 0 && is_selector((uint32_t)peek)
			       ? (uint32_t)peek
			       : 0;
		if (selector != 0)
			pos = next;
		if (!hb_font_get_glyph(font->font, cp, selector, &glyph) ||
		    glyph == 0)
			return 0;
		if (!p->blank && !is_mark(s, cp) &&
		    !font_glyph_has_ink(font, glyph))
			return 0;
	}
	return 1;
}

static int
no_glyph(struct shaper *s, const struct piece *p)
{
	size_t pos = p->start;
	uint32_t cp = (uint32_t)text_utf8_next(s->text, s->len, &pos);
	char shown[64];

	snprintf(shown, sizeof(shown), "%.*s", (int)(p->end - p->start),
	    s->text + p->start);
	err_add(s->e, "no_glyph", s->pointer,
	    "没有字体能显示字符“%s”（U+%04X）",
	    "no font draws the character %s (U+%04X)", shown, cp);
	return err_set(s->e, ERR_INPUT, "no_glyph",
	    "没有字体能显示字符“%s”（U+%04X），位置 %s",
	    "no font draws the character %s (U+%04X) at %s", shown, cp,
	    s->pointer[0] != '\0' ? s->pointer : "-");
}

/* A blank inside a word's script keeps to the font before it, so that the run
 * stays whole. */
static int
choose_font(struct shaper *s, struct piece *p)
{
	size_t i;

	if (p > s->pieces && p->script != HB_SCRIPT_HAN &&
	    p->script == p[-1].script && font_draws(p[-1].font, s, p)) {
		p->font = p[-1].font;
		return 0;
	}
	for (i = 0; (p->font = font_chain(s->set, s->style, i)) != NULL; i++)
		if (font_draws(p->font, s, p))
			return 0;
	return no_glyph(s, p);
}

static int
is_digit(struct shaper *s, uint32_t cp)
{
	return hb_unicode_general_category(s->unicode, cp) ==
	       HB_UNICODE_GENERAL_CATEGORY_DECIMAL_NUMBER;
}

static int
is_neutral(struct shaper *s, uint32_t cp)
{
	return hb_unicode_script(s->unicode, cp) == HB_SCRIPT_COMMON &&
	       !is_digit(s, cp);
}

static int
is_rtl(const struct piece *p)
{
	return hb_script_get_horizontal_direction(p->script) ==
	       HB_DIRECTION_RTL;
}

/* The right-to-left script of the text, or INVALID when it has none. */
static hb_script_t
rtl_script(const struct shaper *s)
{
	size_t i;

	for (i = 0; i < s->npieces; i++)
		if (is_rtl(&s->pieces[i]))
			return s->pieces[i].script;
	return HB_SCRIPT_INVALID;
}

/* A sign inside a number, as in 3.5 and 2026-11 (W4). */
static int
in_number(const struct shaper *s, size_t i)
{
	return i > 0 && i + 1 < s->npieces && s->pieces[i - 1].digit &&
	       s->pieces[i + 1].digit &&
	       strchr("+-,./:", s->text[s->pieces[i].start]) != NULL;
}

/*
 * Blanks and signs between right-to-left neighbours run with them, so that the
 * words keep their order; between neighbours that differ they are as the
 * paragraph.  A number goes with the letters before it; beyond an end is the
 * paragraph's own direction (Unicode Annex 9: W7, N1, N2).
 */
static void
join_neutrals(struct shaper *s)
{
	hb_script_t script = rtl_script(s);
	int letters = s->rtl, side = s->rtl;
	struct piece *p;
	size_t i;

	if (script == HB_SCRIPT_INVALID)
		return;
	for (i = 0; i < s->npieces; i++) {
		p = &s->pieces[i];
		if (!p->neutral)
			side = p->digit ? letters : is_rtl(p);
		if (!p->neutral && !p->digit)
			letters = side;
		p->rtl = side;
	}
	for (side = s->rtl; i-- > 0;) {
		p = &s->pieces[i];
		if (!p->neutral)
			side = p->rtl;
		else if (!in_number(s, i))
			p->joined = p->rtl == side ? side : s->rtl;
	}
	for (i = 0; i < s->npieces; i++)
		if (s->pieces[i].joined)
			s->pieces[i].script = script;
}

/* Cut the text into clusters with their fonts. */
static int
cut(struct shaper *s)
{
	struct piece *p = NULL;
	size_t pos = 0, start, i;
	int32_t cp;
	int rc;

	while (pos < s->len) {
		start = pos;
		cp = text_utf8_next(s->text, s->len, &pos);
		if (cp < 0)
			return err_set(s->e, ERR_INPUT, "invalid_utf8",
			    "文字不是有效的 UTF-8",
			    "the text is not valid UTF-8");
		if (p != NULL && is_mark(s, (uint32_t)cp)) {
			p->end = (uint32_t)pos;
			continue;
		}
		p = &s->pieces[s->npieces++];
		p->start = (uint32_t)start;
		p->end = (uint32_t)pos;
		p->script = script_of(s, (uint32_t)cp);
		p->blank = is_blank(s, (uint32_t)cp);
		p->neutral = is_neutral(s, (uint32_t)cp);
		p->digit = is_digit(s, (uint32_t)cp);
	}
	join_neutrals(s);
	for (i = 0; i < s->npieces; i++)
		if ((rc = choose_font(s, &s->pieces[i])) != 0)
			return rc;
	return 0;
}

/* Set the buffer up for the pieces [from, to). */
static void
fill_buffer(struct shaper *s, size_t from, size_t to)
{
	hb_script_t script = s->pieces[from].script;
	hb_direction_t direction = hb_script_get_horizontal_direction(script);
	uint32_t start = s->pieces[from].start;

	hb_buffer_clear_contents(s->buffer);
	hb_buffer_add_utf8(s->buffer, s->text, (int)s->len, start,
	    (int)(s->pieces[to - 1].end - start));
	if (direction == HB_DIRECTION_INVALID)
		direction = HB_DIRECTION_LTR;
	if (s->vertical)
		direction = HB_DIRECTION_TTB;
	hb_buffer_set_script(s->buffer, script);
	hb_buffer_set_direction(s->buffer, direction);
	hb_buffer_set_language(s->buffer, hb_language_from_string("zh-cn", -1));
}

/* Append the buffer's glyphs in logical order. */
static void
take(struct shaper *s, const struct piece *first, uint32_t end,
    struct font_line *line)
{
	unsigned int n, i, k;
	hb_glyph_info_t *info = hb_buffer_get_glyph_infos(s->buffer, &n);
	hb_glyph_position_t *at = hb_buffer_get_glyph_positions(s->buffer, &n);
	int rtl = hb_buffer_get_direction(s->buffer) == HB_DIRECTION_RTL;
	float em = (float)first->font->upem;
	struct font_glyph *g;

	for (k = 0; k < n; k++) {
		i = rtl ? n - 1 - k : k;
		g = &line->v[line->n++];
		g->font = first->font;
		g->id = info[i].codepoint;
		g->start = info[i].cluster;
		g->end = end;
		g->dx = (float)at[i].x_offset / em;
		g->dy = (float)at[i].y_offset / em;
		g->advance = s->vertical ? (float)-at[i].y_advance / em
					 : (float)at[i].x_advance / em;
		g->rtl = rtl;
	}
}

/* Where each glyph's cluster ends, and whether it is one plain character. */
static void
mark_clusters(struct shaper *s, const struct piece *p, struct font_line *line,
    size_t from)
{
	struct font_glyph *g;
	size_t i, pos;

	for (i = line->n; i-- > from;) {
		g = &line->v[i];
		if (i + 1 < line->n)
			g->end = g[1].start == g->start ? g[1].end : g[1].start;
	}
	for (i = from; i < line->n; i++) {
		g = &line->v[i];
		while (p->start < g->start)
			p++;
		pos = g->start;
		text_utf8_next(s->text, s->len, &pos);
		g->blank = p->blank;
		g->whole = pos == g->end &&
			   (i == from || g[-1].start != g->start) &&
			   (i + 1 == line->n || g[1].start != g->start);
	}
}

/* After shaping, every cluster that needs ink must still have some. */
static int
check_ink(struct shaper *s, const struct font_line *line, size_t from)
{
	struct piece lost;
	size_t i = from, j;
	int ink;

	while (i < line->n) {
		ink = line->v[i].blank;
		for (j = i; j < line->n && line->v[j].start == line->v[i].start;
		     j++)
			if (line->v[j].id != 0 &&
			    font_glyph_has_ink(line->v[j].font, line->v[j].id))
				ink = 1;
		if (!ink) {
			lost.start = line->v[i].start;
			lost.end = line->v[i].end;
			return no_glyph(s, &lost);
		}
		i = j;
	}
	return 0;
}

static int
shape_run(struct shaper *s, size_t from, size_t to, struct font_line *line)
{
	/* Plain text keeps one glyph a character, evenly spaced. */
	static const hb_feature_t plain[] = {
	    {HB_TAG('l', 'i', 'g', 'a'), 0, 0, (unsigned int)-1},
	    {HB_TAG('c', 'l', 'i', 'g'), 0, 0, (unsigned int)-1},
	    {HB_TAG('c', 'a', 'l', 't'), 0, 0, (unsigned int)-1},
	    {HB_TAG('k', 'e', 'r', 'n'), 0, 0, (unsigned int)-1},
	};
	const struct piece *first = &s->pieces[from];
	int simple = first->script == HB_SCRIPT_HAN;
	size_t begin = line->n, room;
	struct font_glyph *grown;

	fill_buffer(s, from, to);
	hb_shape(first->font->font, s->buffer, simple ? plain : NULL,
	    simple ? sizeof(plain) / sizeof(plain[0]) : 0);
	room = line->n + hb_buffer_get_length(s->buffer);
	grown = realloc(line->v, (room ? room : 1) * sizeof(*grown));
	if (grown == NULL || !hb_buffer_allocation_successful(s->buffer))
		return err_nomem(s->e);
	line->v = grown;
	memset(line->v + begin, 0, (room - begin) * sizeof(*grown));
	take(s, first, s->pieces[to - 1].end, line);
	mark_clusters(s, first, line, begin);
	return check_ink(s, line, begin);
}

static int
shape_all(struct shaper *s, struct font_line *line)
{
	size_t from = 0, to;
	int rc = cut(s);

	while (rc == 0 && from < s->npieces) {
		to = from + 1;
		while (to < s->npieces &&
		       s->pieces[to].font == s->pieces[from].font &&
		       s->pieces[to].script == s->pieces[from].script)
			to++;
		rc = shape_run(s, from, to, line);
		from = to;
	}
	return rc;
}

int
font_shape(const struct font_set *set, const struct font_text *text,
    struct font_line *line, struct err *e)
{
	struct shaper s = {.set = set,
	    .style = text->style,
	    .text = text->text,
	    .len = text->len,
	    .vertical = text->vertical,
	    .rtl = text->rtl,
	    .pointer = text->pointer,
	    .e = e,
	    .unicode = hb_unicode_funcs_get_default()};
	int rc;

	line->v = NULL;
	line->n = 0;
	if (s.len > FONT_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "too_long", "文字过长",
		    "the text is too long");
	if (s.len == 0)
		return 0;
	s.pieces = calloc(s.len, sizeof(*s.pieces));
	s.buffer = hb_buffer_create();
	rc = s.pieces == NULL ? err_nomem(e) : shape_all(&s, line);
	hb_buffer_destroy(s.buffer);
	free(s.pieces);
	if (rc != 0)
		font_line_release(line);
	return rc;
}

void
font_line_release(struct font_line *line)
{
	free(line->v);
	line->v = NULL;
	line->n = 0;
}
