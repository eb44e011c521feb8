/*
 * layout_read.h - private to layout_spec*.c: reading attributes and styles of a
 * <layout> element, and collecting its mistakes.
 */
#ifndef CERTSVC_LAYOUT_READ_H
#define CERTSVC_LAYOUT_READ_H

#include "certsvc/layout_spec.h"

struct layout_named_style {
	char name[32];
	struct layout_style style;
};

struct layout_reader {
	const char *file;
	struct err *e;
	int bad; /* mistakes so far */
	struct layout_named_style styles[LAYOUT_STYLES_MAX];
	size_t nstyles;
	struct layout_spec *spec;
	const struct layout_page *page; /* being read */
};

/* Note a mistake at the node; arg fills the %s of both texts. */
void layout_complain(struct layout_reader *r, xmlNodePtr node, const char *zh,
    const char *en, const char *arg);

int layout_is(xmlNodePtr node, const char *name);

/* Attribute as text into out (cut when longer than XSD allows); 1 if there. */
int layout_attr(xmlNodePtr node, const char *name, char *out, size_t size);
/* A copy of any length, or NULL; caller frees. */
char *layout_attr_dup(xmlNodePtr node, const char *name);
/* Millimetres or another number; def when missing. */
float layout_number(xmlNodePtr node, const char *name, float def);
struct colour layout_colour(
    xmlNodePtr node, const char *name, struct colour def);
/* Index of an attribute's value in a list of names; def when missing. */
int layout_choice(xmlNodePtr node, const char *name, const char *const *names,
    int n, int def);
#define LAYOUT_CHOICE(node, name, names, def)                                  \
	layout_choice(node, name, names,                                       \
	    (int)(sizeof(names) / sizeof((names)[0])), (int)(def))
int layout_truth(xmlNodePtr node, const char *name, int def);
enum layout_when layout_on(xmlNodePtr node);
struct step_box layout_box(xmlNodePtr node);

/* Complain when the box leaves the page. */
void layout_check_box(
    struct layout_reader *r, xmlNodePtr node, struct step_box box);

/* A <style>: remember it. */
void layout_read_style(struct layout_reader *r, xmlNodePtr node);
/* The style an element asks for by attribute `attr`, and, when `look` is set,
 * its own attributes over it. */
struct layout_style layout_use_style(
    struct layout_reader *r, xmlNodePtr node, const char *attr, int look);

/* Ornaments: add the element to the drawing. */
void layout_read_drawing(
    struct layout_reader *r, xmlNodePtr node, struct drawing *d);

/* Text content with {NAME:format} into parts of the item. */
int layout_read_parts(
    struct layout_reader *r, xmlNodePtr node, struct layout_item *item);

/* Append a part; NULL when out of memory. */
struct layout_part *layout_add_part(struct layout_item *item);

/* <seam>, after the pages. */
void layout_read_seam(struct layout_reader *r, xmlNodePtr node);
/* Where the seam's slice is at that edge of a page of this size; thick: its
 * share of the seal, mm. */
struct step_box layout_seam_window(const struct layout_seam *seam,
    enum step_edge edge, float thick, float width, float height);

/* <print-line>, or where the line stands when the page has none. */
void layout_read_print_line(
    struct layout_reader *r, struct layout_page *page, xmlNodePtr node);
void layout_usual_print_line(struct layout_page *page);
/* Remember what a <line> or <frame> covers; -1 when out of memory. */
int layout_read_ink(struct layout_page *page, xmlNodePtr node);

/* <table>. */
int layout_read_table(
    struct layout_reader *r, xmlNodePtr node, struct layout_item *item);

#endif
