/*
 * template_print.c - rules of what an office prints of a type; see
 * template_source.h.
 */
#include "certsvc/layout_spec.h"
#include "certsvc/template_source.h"

enum {
	/* Ems of the longest print line that must fit: an office of 21
	 * characters; and with the number of a blank. */
	LINE_EMS = 40,
	LINE_EMS_STOCK = 58
};

static void
page_check(struct template_source *s, const struct layout_spec *spec,
    const struct layout_page *page, int variant_line)
{
	int line =
	    page->print_line.line != 0 ? page->print_line.line : variant_line;
	int blocked = layout_print_line_blocked(spec, page);
	int need = s->t->print_stock ? LINE_EMS_STOCK : LINE_EMS;

	if (blocked > 0)
		err_add(s->e, "print_line", template_source_at(s, line),
		    "打印行压住第 %d 行的内容，请用 <print-line> 给它一处空白",
		    "the print line would stand on what line %d shows: give it a free place with <print-line>",
		    blocked);
	if (blocked < 0)
		err_add(s->e, "print_line", template_source_at(s, line),
		    "打印行压住骑缝章，请用 <print-line> 给它一处空白",
		    "the print line would stand on a seam seal: give it a free place with <print-line>");
	if (s->t->print_background && page->filled != 0)
		err_add(s->e, "hidden_background",
		    template_source_at(s, page->filled),
		    "有底纹的类型不能给整页填色：底纹会被盖住",
		    "a type with a background does not fill its page: the fill would hide it");
	if (layout_print_line_room(page) < (float)need)
		err_add(s->e, "print_line", template_source_at(s, line),
		    "打印行放不下 %d 个 6.5 磅的字",
		    "the print line has no room for %d characters of 6.5 pt",
		    need);
}

void
template_print_check(struct template_source *s)
{
	const struct template *t = s->t;
	const struct layout_spec *spec;
	size_t i;

	if (t->print_originals == 0) {
		if (t->print_stock || t->print_background)
			err_add(s->e, "nothing_to_print",
			    template_source_at(s, s->print_line),
			    "不打印原件的类型没有底纹，也没有预印空白证",
			    "a type that is not printed has no background and no stock");
		return;
	}
	for (i = 0; i < t->nvariants; i++) {
		spec = t->variants[i].layout;
		if (spec == NULL)
			continue;
		page_check(s, spec, &spec->first, s->variant_line[i]);
		if (spec->has_continuation)
			page_check(
			    s, spec, &spec->continuation, s->variant_line[i]);
	}
}
