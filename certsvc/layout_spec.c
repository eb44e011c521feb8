/* layout_spec.c - the <layout> of a template; see layout_spec.h. */
#include "certsvc/layout_spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/layout_read.h"

static void
item_release(struct layout_item *item)
{
	size_t i;

	for (i = 0; i < item->nparts; i++)
		free(item->parts[i].literal);
	free(item->parts);
	free(item->empty);
	if (item->table != NULL)
		for (i = 0; i < item->table->ncolumns; i++)
			free(item->table->columns[i].title);
	free(item->table);
	drawing_free(item->drawing);
}

static void
page_release(struct layout_page *page)
{
	size_t i;

	for (i = 0; i < page->nitems; i++)
		item_release(&page->items[i]);
	free(page->items);
	free(page->ink);
}

void
layout_spec_free(struct layout_spec *spec)
{
	if (spec == NULL)
		return;
	page_release(&spec->first);
	page_release(&spec->continuation);
	free(spec->bindings);
	free(spec);
}

static struct layout_item *
add_item(struct layout_page *page, xmlNodePtr node, enum layout_kind kind)
{
	struct layout_item *grown;

	grown = realloc(page->items, (page->nitems + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	page->items = grown;
	grown += page->nitems++;
	memset(grown, 0, sizeof(*grown));
	grown->kind = kind;
	grown->line = (int)xmlGetLineNo(node);
	grown->when = layout_on(node);
	grown->box = layout_box(node);
	return grown;
}

/* The label is a text of its own in the left part of the box. */
static int
read_label(struct layout_reader *r, struct layout_page *page, xmlNodePtr node,
    float *taken)
{
	struct layout_item *item;
	struct layout_part *part;
	char *label = layout_attr_dup(node, "label");

	*taken = 0;
	if (label == NULL)
		return 0;
	item = add_item(page, node, LAYOUT_TEXT);
	part = item == NULL ? NULL : layout_add_part(item);
	if (part == NULL) {
		free(label);
		return -1;
	}
	part->literal = label;
	item->style = layout_use_style(r, node,
	    xmlHasProp(node, BAD_CAST "label-style") ? "label-style" : "style",
	    0);
	item->preprinted = layout_truth(node, "preprinted", 0);
	*taken = layout_number(node, "label-width", item->box.w / 3);
	if (*taken <= 0 || *taken >= item->box.w)
		layout_complain(r, node, "标签宽度不合适",
		    "label-width does not suit the box", "");
	item->box.w = *taken;
	return 0;
}

static int
read_field(struct layout_reader *r, struct layout_page *page, xmlNodePtr node)
{
	struct layout_item *item;
	struct layout_part *part;
	char format[32];
	float taken;

	layout_check_box(r, node, layout_box(node));
	if (read_label(r, page, node, &taken) != 0 ||
	    (item = add_item(page, node, LAYOUT_TEXT)) == NULL ||
	    (part = layout_add_part(item)) == NULL)
		return -1;
	item->box.x += taken;
	item->box.w -= taken;
	item->style = layout_use_style(r, node, "style", 1);
	item->empty = layout_attr_dup(node, "empty");
	layout_attr(node, "name", part->field, sizeof(part->field));
	if (layout_attr(node, "format", format, sizeof(format)) &&
	    layout_format_find(format, &part->format) != 0)
		layout_complain(
		    r, node, "没有这种格式", "no such format", format);
	return 0;
}

static int
read_text(struct layout_reader *r, struct layout_page *page, xmlNodePtr node)
{
	struct layout_item *item = add_item(page, node, LAYOUT_TEXT);
	size_t i;

	if (item == NULL)
		return -1;
	layout_check_box(r, node, item->box);
	item->style = layout_use_style(r, node, "style", 1);
	item->preprinted = layout_truth(node, "preprinted", 0);
	if (layout_read_parts(r, node, item) != 0)
		return -1;
	for (i = 0; i < item->nparts; i++)
		if (item->preprinted && item->parts[i].literal == NULL)
			layout_complain(r, node, "预印的文字不能含有字段",
			    "a pre-printed text has no fields", "");
	return 0;
}

static int
read_qr(struct layout_reader *r, struct layout_page *page, xmlNodePtr node)
{
	struct layout_item *item = add_item(page, node, LAYOUT_QR);

	if (item == NULL)
		return -1;
	item->box.w = item->box.h = layout_number(node, "size", 0);
	layout_check_box(r, node, item->box);
	if (item->box.w < 20)
		layout_complain(r, node, "二维码小于 20 毫米",
		    "the code is under 20 mm", "");
	r->spec->has_qr = 1;
	return 0;
}

static int
read_seal(struct layout_reader *r, struct layout_page *page, xmlNodePtr node)
{
	struct layout_item *item = add_item(page, node, LAYOUT_SEAL);

	if (item == NULL)
		return -1;
	layout_check_box(r, node, item->box);
	item->place = (unsigned int)layout_number(node, "place", 0);
	if (item->place >= r->spec->nseals)
		r->spec->nseals = item->place + 1;
	return 0;
}

/*
 * All ornaments of a page that are shown alike make one drawing, at the place
 * of the first, below the texts: a PDF then holds one object for them.
 */
static int
read_drawing(struct layout_reader *r, struct layout_page *page, xmlNodePtr node)
{
	int preprinted = layout_truth(node, "preprinted", 1);
	struct layout_item *item = NULL;
	size_t i;

	for (i = 0; i < page->nitems; i++)
		if (page->items[i].kind == LAYOUT_DRAWING &&
		    page->items[i].preprinted == preprinted &&
		    page->items[i].when == layout_on(node))
			item = &page->items[i];
	if (item == NULL) {
		item = add_item(page, node, LAYOUT_DRAWING);
		if (item == NULL)
			return -1;
		item->preprinted = preprinted;
		item->drawing = drawing_new();
		if (item->drawing == NULL)
			return -1;
	}
	layout_read_drawing(r, node, item->drawing);
	return item->drawing->failed ? -1 : layout_read_ink(page, node);
}

static int
read_item(struct layout_reader *r, struct layout_page *page, xmlNodePtr node)
{
	struct layout_item *item;

	if (layout_is(node, "text"))
		return read_text(r, page, node);
	if (layout_is(node, "field"))
		return read_field(r, page, node);
	if (layout_is(node, "qr"))
		return read_qr(r, page, node);
	if (layout_is(node, "seal"))
		return read_seal(r, page, node);
	if (layout_is(node, "print-line")) {
		layout_read_print_line(r, page, node);
		return 0;
	}
	if (layout_is(node, "table")) {
		item = add_item(page, node, LAYOUT_TABLE);
		if (item == NULL)
			return -1;
		layout_check_box(r, node, item->box);
		return layout_read_table(r, node, item);
	}
	return read_drawing(r, page, node);
}

static int
read_page(struct layout_reader *r, struct layout_page *page, xmlNodePtr node)
{
	xmlNodePtr child;
	size_t i;

	page->width = layout_number(node, "width", 210);
	page->height = layout_number(node, "height", 297);
	if (page->width < 50 || page->height < 50)
		layout_complain(
		    r, node, "页面小于 50 毫米", "the page is under 50 mm", "");
	r->page = page;
	layout_usual_print_line(page);
	for (child = node->children; child != NULL; child = child->next) {
		if (child->type != XML_ELEMENT_NODE)
			continue;
		if (page->nitems + 2 > LAYOUT_ITEMS_MAX) {
			layout_complain(
			    r, child, "元素过多", "too many elements", "");
			return 0;
		}
		if (read_item(r, page, child) != 0)
			return -1;
	}
	for (i = 0; i < page->nitems; i++)
		if (page->items[i].kind == LAYOUT_DRAWING &&
		    drawing_finish(page->items[i].drawing, 0, r->e) != 0)
			return -1;
	return 0;
}

static const struct layout_item *
find_table(const struct layout_page *page, const char *field)
{
	size_t i;

	for (i = 0; i < page->nitems; i++)
		if (page->items[i].table != NULL &&
		    strcmp(page->items[i].table->field, field) == 0)
			return &page->items[i];
	return NULL;
}

/* One table a page: two that flow would need an order between them. */
static void
check_tables(struct layout_reader *r, xmlNodePtr layout)
{
	const struct layout_page *pages[] = {
	    &r->spec->first, &r->spec->continuation};
	const struct layout_item *item, *table[2] = {NULL, NULL};
	size_t i, j;

	for (i = 0; i < 2; i++)
		for (j = 0; j < pages[i]->nitems; j++) {
			item = &pages[i]->items[j];
			if (item->table == NULL)
				continue;
			if (table[i] != NULL)
				layout_complain(r, layout, "一页只能有一个表格",
				    "only one table a page",
				    item->table->field);
			table[i] = item;
		}
	if (r->spec->has_continuation &&
	    (table[0] == NULL || table[1] == NULL ||
		find_table(pages[1], table[0]->table->field) == NULL))
		layout_complain(r, layout, "续页必须有与首页相同的表格",
		    "the continuation must have the table of the first page",
		    "");
}

/* Seal items of a place, of those kinds of enum layout_when (a bit each). */
static size_t
count_seals(
    const struct layout_page *page, unsigned int place, unsigned int whens)
{
	const struct layout_item *item;
	size_t i, n = 0;

	for (i = 0; i < page->nitems; i++) {
		item = &page->items[i];
		n += item->kind == LAYOUT_SEAL && item->place == place &&
		     (whens >> item->when & 1) != 0;
	}
	return n;
}

/* Each place is on every document, of one page or of several, and once. */
static void
check_seals(struct layout_reader *r, xmlNodePtr layout)
{
	const unsigned int all = 1U << WHEN_ALL, last = 1U << WHEN_LAST,
			   not_last = 1U << WHEN_NOT_LAST;
	const struct layout_spec *spec = r->spec;
	size_t one, several, repeated;
	char number[16];
	unsigned int i;

	for (i = 0; i < spec->nseals; i++) {
		one = count_seals(&spec->first, i, all | last);
		several = count_seals(&spec->first, i, all | not_last) +
			  count_seals(&spec->continuation, i, last);
		repeated = count_seals(&spec->continuation, i, all | not_last);
		snprintf(number, sizeof(number), "%u", i);
		if (one != 1 || repeated != 0 ||
		    (spec->has_continuation && several != 1))
			layout_complain(r, layout,
			    "每份文件上每个印章位置必须有且只有一个",
			    "each seal place is on every document, and once",
			    number);
	}
}

static int
bind(struct layout_spec *spec, const char *field, const char *column, int line)
{
	struct layout_binding *grown;

	grown = realloc(spec->bindings, (spec->nbindings + 1) * sizeof(*grown));
	if (grown == NULL)
		return -1;
	spec->bindings = grown;
	grown += spec->nbindings++;
	grown->field = field;
	grown->column = column;
	grown->line = line;
	return 0;
}

static int
bind_page(struct layout_spec *spec, const struct layout_page *page)
{
	const struct layout_item *item;
	size_t i, j;

	for (i = 0; i < page->nitems; i++) {
		item = &page->items[i];
		for (j = 0; j < item->nparts; j++)
			if (item->parts[j].field[0] != '\0' &&
			    bind(spec, item->parts[j].field, NULL,
				item->line) != 0)
				return -1;
		for (j = 0; item->table && j < item->table->ncolumns; j++)
			if (item->table->columns[j].field[0] != '#' &&
			    bind(spec, item->table->field,
				item->table->columns[j].field, item->line) != 0)
				return -1;
	}
	return 0;
}

static int
read_layout(struct layout_reader *r, xmlNodePtr layout)
{
	struct layout_spec *spec = r->spec;
	xmlNodePtr child;
	int rc = 0, pages = 0;

	for (child = layout->children; rc == 0 && child; child = child->next) {
		if (layout_is(child, "style")) {
			layout_read_style(r, child);
		} else if (layout_is(child, "page")) {
			rc = read_page(r, &spec->first, child);
			pages++;
		} else if (layout_is(child, "continuation")) {
			rc = read_page(r, &spec->continuation, child);
			spec->has_continuation = 1;
		} else if (layout_is(child, "seam")) {
			layout_read_seam(r, child);
		}
	}
	if (rc == 0 && pages != 1)
		layout_complain(r, layout, "版式必须有且只有一个 page",
		    "a layout has exactly one page element", "");
	check_tables(r, layout);
	check_seals(r, layout);
	if (rc == 0)
		rc = bind_page(spec, &spec->first);
	if (rc == 0)
		rc = bind_page(spec, &spec->continuation);
	return rc;
}

int
layout_spec_read(xmlNodePtr layout, const char *file, struct layout_spec **out,
    struct err *e)
{
	struct layout_reader *r = calloc(1, sizeof(*r));
	int rc = ERR_OK;

	*out = NULL;
	if (r == NULL)
		return err_nomem(e);
	r->file = file;
	r->e = e;
	r->spec = calloc(1, sizeof(*r->spec));
	if (r->spec == NULL || read_layout(r, layout) != 0)
		rc = err_nomem(e);
	else if (r->bad)
		rc = err_set(e, ERR_INPUT, "template_invalid",
		    "模板版式有 %d 处错误", "%d mistakes in the layout",
		    r->bad);
	if (rc == 0)
		*out = r->spec;
	else
		layout_spec_free(r->spec);
	free(r);
	return rc;
}
