/* layout_table_read.c - <table> of a layout. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/layout_read.h"

static void
read_column(
    struct layout_reader *r, xmlNodePtr node, struct layout_table *table)
{
	struct layout_column *c = &table->columns[table->ncolumns++];
	static const char *const aligns[] = {"left", "center", "right"};
	char text[32];
	size_t i;

	layout_attr(node, "field", c->field, sizeof(c->field));
	c->title = layout_attr_dup(node, "title");
	c->width = layout_number(node, "width", 0);
	c->align = ALIGN_CENTER;
	if (layout_attr(node, "align", text, sizeof(text)))
		for (i = 0; i < sizeof(aligns) / sizeof(aligns[0]); i++)
			if (strcmp(aligns[i], text) == 0)
				c->align = (enum layout_align)i;
	if (layout_attr(node, "format", text, sizeof(text)) &&
	    layout_format_find(text, &c->format) != 0)
		layout_complain(
		    r, node, "没有这种格式", "no such format", text);
	if (c->width <= 2 * table->padding)
		layout_complain(
		    r, node, "列过窄", "the column is too narrow", c->field);
}

static void
read_lines(xmlNodePtr node, struct layout_table *table)
{
	static const struct colour grey = {0x55, 0x55, 0x55};

	table->row = layout_number(node, "row", 6);
	table->head = layout_number(node, "head", table->row);
	table->padding = layout_number(node, "padding", 1);
	table->line = layout_number(node, "line", 0.15f);
	table->line_colour = layout_colour(node, "line-colour", grey);
	table->head_fill = layout_colour(node, "head-fill", grey);
	table->has_head_fill = xmlHasProp(node, BAD_CAST "head-fill") != NULL;
}

int
layout_read_table(
    struct layout_reader *r, xmlNodePtr node, struct layout_item *item)
{
	struct layout_table *table = calloc(1, sizeof(*table));
	xmlNodePtr child;
	float width = 0;

	if (table == NULL)
		return -1;
	item->table = table;
	layout_attr(node, "field", table->field, sizeof(table->field));
	item->style = layout_use_style(r, node, "style", 0);
	table->head_style = layout_use_style(r, node,
	    xmlHasProp(node, BAD_CAST "head-style") ? "head-style" : "style",
	    0);
	read_lines(node, table);
	for (child = node->children; child != NULL; child = child->next) {
		if (!layout_is(child, "column"))
			continue;
		if (table->ncolumns == LAYOUT_COLUMNS_MAX) {
			layout_complain(
			    r, child, "列过多", "too many columns", "");
			break;
		}
		read_column(r, child, table);
		width += table->columns[table->ncolumns - 1].width;
	}
	if (fabsf(width - item->box.w) > 0.05f)
		layout_complain(r, node, "各列宽度之和不等于表格宽度",
		    "the columns' widths do not add up to the table's", "");
	if (table->head + table->row > item->box.h)
		layout_complain(r, node, "表格放不下一行",
		    "no room for a row in the table", "");
	return 0;
}
