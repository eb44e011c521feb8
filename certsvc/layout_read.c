/* layout_read.c - attributes and styles of a layout; see layout_read.h. */
#include "certsvc/layout_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
layout_complain(struct layout_reader *r, xmlNodePtr node, const char *zh,
    const char *en, const char *arg)
{
	char pointer[ERR_POINTER_SIZE];
	struct buf text_zh = BUF_INIT, text_en = BUF_INIT;

	r->bad++;
	snprintf(
	    pointer, sizeof(pointer), "%s:%ld", r->file, xmlGetLineNo(node));
	buf_add_str(&text_zh, zh);
	buf_add_str(&text_en, en);
	if (arg[0] != '\0') {
		buf_printf(&text_zh, "：%s", arg);
		buf_printf(&text_en, ": %s", arg);
	}
	if (buf_cstr(&text_zh) != NULL && buf_cstr(&text_en) != NULL)
		err_add(r->e, "layout", pointer, "%s%.0s", "%.0s%s",
		    buf_cstr(&text_zh), buf_cstr(&text_en));
	buf_release(&text_zh);
	buf_release(&text_en);
}

int
layout_is(xmlNodePtr node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)node->name, name) == 0;
}

char *
layout_attr_dup(xmlNodePtr node, const char *name)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	char *copy = value == NULL ? NULL : strdup((const char *)value);

	xmlFree(value);
	return copy;
}

int
layout_attr(xmlNodePtr node, const char *name, char *out, size_t size)
{
	char *value = layout_attr_dup(node, name);

	if (value == NULL)
		return 0;
	snprintf(out, size, "%s", value);
	free(value);
	return 1;
}

float
layout_number(xmlNodePtr node, const char *name, float def)
{
	char text[32];

	return layout_attr(node, name, text, sizeof(text)) ? strtof(text, NULL)
							   : def;
}

struct colour
layout_colour(xmlNodePtr node, const char *name, struct colour def)
{
	unsigned int r, g, b;
	char text[32];

	if (!layout_attr(node, name, text, sizeof(text)) ||
	    sscanf(text, "#%2x%2x%2x", &r, &g, &b) != 3)
		return def;
	return (struct colour){(uint8_t)r, (uint8_t)g, (uint8_t)b};
}

int
layout_choice(
    xmlNodePtr node, const char *name, const char *const *names, int n, int def)
{
	char text[32];
	int i;

	if (!layout_attr(node, name, text, sizeof(text)))
		return def;
	for (i = 0; i < n; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	return def;
}

int
layout_truth(xmlNodePtr node, const char *name, int def)
{
	static const char *const truth[] = {"false", "true", "0", "1"};

	return LAYOUT_CHOICE(node, name, truth, def) & 1;
}

enum layout_when
layout_on(xmlNodePtr node)
{
	static const char *const names[] = {"all", "last", "not-last"};

	return (enum layout_when)LAYOUT_CHOICE(node, "on", names, WHEN_ALL);
}

struct step_box
layout_box(xmlNodePtr node)
{
	return (struct step_box){layout_number(node, "x", 0),
	    layout_number(node, "y", 0), layout_number(node, "w", 0),
	    layout_number(node, "h", 0)};
}

void
layout_check_box(struct layout_reader *r, xmlNodePtr node, struct step_box box)
{
	/* Written with decimals, so a sum may be off by a rounding. */
	const float slack = 0.01f;

	if (box.x + box.w > r->page->width + slack ||
	    box.y + box.h > r->page->height + slack)
		layout_complain(r, node, "元素超出页面", "it leaves the page",
		    (const char *)node->name);
	else if (!(box.w > 0) || !(box.h > 0))
		layout_complain(r, node, "元素没有面积", "it has no area",
		    (const char *)node->name);
}

static void
read_look(xmlNodePtr node, struct layout_style *s)
{
	static const char *const fonts[] = {"kai", "kai-bold", "song", "hei"};
	static const char *const aligns[] = {
	    "left", "center", "right", "justify", "spread"};
	static const char *const valigns[] = {"top", "middle", "bottom"};
	static const char *const directions[] = {"ltr", "rtl", "vertical"};

	s->font = (enum font_style)LAYOUT_CHOICE(node, "font", fonts, s->font);
	s->size = layout_number(node, "size", s->size);
	s->min = layout_number(node, "min", s->min);
	s->colour = layout_colour(node, "colour", s->colour);
	s->align =
	    (enum layout_align)LAYOUT_CHOICE(node, "align", aligns, s->align);
	s->valign = (enum layout_valign)LAYOUT_CHOICE(
	    node, "valign", valigns, s->valign);
	s->direction = (enum layout_direction)LAYOUT_CHOICE(
	    node, "direction", directions, s->direction);
	s->leading = layout_number(node, "leading", s->leading);
	s->tracking = layout_number(node, "tracking", s->tracking);
	s->wrap = layout_truth(node, "wrap", s->wrap);
}

static const struct layout_style plain_style = {.font = FONT_KAI,
    .size = 4,
    .min = 4,
    .valign = VALIGN_MIDDLE,
    .leading = 1.4f};

static const struct layout_style *
find_style(const struct layout_reader *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nstyles; i++)
		if (strcmp(r->styles[i].name, name) == 0)
			return &r->styles[i].style;
	return NULL;
}

struct layout_style
layout_use_style(
    struct layout_reader *r, xmlNodePtr node, const char *attr, int look)
{
	struct layout_style style = plain_style;
	const struct layout_style *base;
	char name[32];
	float size;

	if (layout_attr(node, attr, name, sizeof(name))) {
		base = find_style(r, name);
		if (base != NULL)
			style = *base;
		else
			layout_complain(
			    r, node, "没有这个样式", "no such style", name);
	}
	if (look) {
		size = style.size;
		read_look(node, &style);
		if (style.size != size && !xmlHasProp(node, BAD_CAST "min"))
			style.min = style.size;
	}
	if (style.min > style.size)
		layout_complain(
		    r, node, "最小字号大于字号", "min is over size", "");
	return style;
}

void
layout_read_style(struct layout_reader *r, xmlNodePtr node)
{
	struct layout_named_style *s;
	char name[32];

	if (!layout_attr(node, "name", name, sizeof(name)))
		return;
	if (find_style(r, name) != NULL || r->nstyles == LAYOUT_STYLES_MAX) {
		layout_complain(r, node, "样式重复或过多",
		    "style given twice, or too many", name);
		return;
	}
	s = &r->styles[r->nstyles];
	s->style = layout_use_style(r, node, "base", 1);
	memcpy(s->name, name, sizeof(name));
	r->nstyles++;
}
