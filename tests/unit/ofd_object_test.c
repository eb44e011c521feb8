/*
 * ofd_object_test.c - single objects of an OFD page: the outlines of a code
 * fill its dark modules, a picture is a PNG of the same samples, columns and
 * turned runs stand where they should, copies of a path share their data.
 */
#include "tests/support/ofd_documents.h"

#include <math.h>
#include <png.h>

/* A page of one step, and a place for a seal. */
static struct step *
page_of(struct step_list *steps, enum step_kind kind)
{
	struct step_page *page;
	struct step *seal;

	memset(steps, 0, sizeof(*steps));
	page = step_page_add(steps, 210, 297);
	assert_non_null(page);
	seal = step_add(page, STEP_SEAL);
	seal->u.seal = (struct step_seal){.x = 100, .y = 200, .w = 50, .h = 50};
	return step_add(page, kind);
}

/* The elements of this name on the page. */
static size_t
gather(xmlNodePtr node, const char *name, xmlNodePtr *out, size_t max)
{
	size_t n = 0;

	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (strcmp((const char *)node->name, name) == 0 && n < max)
			out[n++] = node;
		n += gather(node->children, name, out + n, max - n);
	}
	return n;
}

static xmlDocPtr
page_read(const struct opened *o)
{
	struct bytes xml = part(o, "Doc_0/Pages/Page_0/Content.xml");
	xmlDocPtr doc = xmlReadMemory((const char *)xml.p, (int)xml.n, "page",
	    NULL, XML_PARSE_NONET | XML_PARSE_HUGE);

	assert_non_null(doc);
	return doc;
}

/* Numbers of an attribute; how many. */
static size_t
values_of(xmlNodePtr node, const char *name, double *out, size_t max)
{
	xmlChar *text = xmlGetNoNsProp(node, BAD_CAST name);
	char *p = (char *)text, *end;
	size_t n;

	for (n = 0; p != NULL && n < max; n++, p = end) {
		out[n] = strtod(p, &end);
		if (end == p)
			break;
	}
	xmlFree(text);
	return n;
}

struct corner {
	int x, y, starts;
};

static size_t
read_corners(const char *data, struct corner *out, size_t max)
{
	size_t n = 0;
	char letter;
	int used;

	while (sscanf(data, " %c%n", &letter, &used) == 1 && n < max) {
		data += used;
		if (letter == 'C')
			continue;
		assert_true(letter == 'M' || letter == 'L');
		assert_int_equal(
		    sscanf(data, "%d %d%n", &out[n].x, &out[n].y, &used), 2);
		out[n++].starts = letter == 'M';
		data += used;
	}
	return n;
}

/* How often the outlines wind round the middle of a module, and how many of
 * their sides lie to its right. */
static void
wind(const struct corner *v, size_t n, int x, int y, int *winding, int *sides)
{
	size_t i, first = 0;
	const struct corner *to;

	*winding = *sides = 0;
	for (i = 0; i < n; i++) {
		if (v[i].starts)
			first = i;
		to = i + 1 < n && !v[i + 1].starts ? &v[i + 1] : &v[first];
		if (v[i].x != to->x || v[i].x <= x)
			continue;
		if (v[i].y <= y && to->y > y) {
			++*winding;
			++*sides;
		} else if (v[i].y > y && to->y <= y) {
			--*winding;
			++*sides;
		}
	}
}

static void
the_outlines_of_a_code_fill_its_dark_modules(void **state)
{
	static struct corner corners[40000];
	struct samples *w = *state;
	struct step_list steps;
	struct opened o;
	xmlNodePtr path;
	xmlChar *data;
	xmlDocPtr doc;
	double ctm[6];
	size_t n;
	int x, y, winding, sides, dark, side = (int)w->qr.side;

	page_of(&steps, STEP_QR)->u.qr =
	    (struct step_qr){.x = 20, .y = 30, .size = 40, .symbol = &w->qr};
	open_ofd(w, 2, &steps, &o);
	doc = page_read(&o);
	assert_int_equal(gather(doc->children, "PathObject", &path, 1), 1);
	assert_int_equal(values_of(path, "CTM", ctm, 6), 6);
	assert_true(fabs(ctm[0] - 40.0 / (side + 8)) < 1e-6);
	data = xmlNodeGetContent(path);
	n = read_corners((const char *)data, corners, 40000);
	assert_in_range(n, 100, 39999);
	for (y = 0; y < side; y++)
		for (x = 0; x < side; x++) {
			wind(corners, n, x, y, &winding, &sides);
			dark = w->qr.dark[y * side + x];
			assert_int_equal(winding != 0, dark);
			assert_int_equal(sides % 2, dark);
		}
	xmlFree(data);
	xmlFreeDoc(doc);
	close_ofd(&o);
	step_list_release(&steps);
}

static void
a_picture_is_a_png_of_the_same_samples(void **state)
{
	static uint8_t rgb[7 * 5 * 3], got[sizeof(rgb)];
	struct step_list steps;
	struct opened o;
	struct bytes file;
	png_image image = {.version = PNG_IMAGE_VERSION};
	xmlNodePtr object;
	xmlDocPtr doc;
	double v[6];
	size_t i;

	for (i = 0; i < sizeof(rgb); i++)
		rgb[i] = (uint8_t)(i * 37);
	page_of(&steps, STEP_PICTURE)->u.picture =
	    (struct step_picture){10, 20, 35, 25, 7, 5, rgb};
	open_ofd(*state, 2, &steps, &o);
	file = part(&o, "Doc_0/Res/picture_0.png");
	assert_true(png_image_begin_read_from_memory(&image, file.p, file.n));
	image.format = PNG_FORMAT_RGB;
	assert_int_equal(image.width, 7);
	assert_int_equal(image.height, 5);
	assert_true(png_image_finish_read(&image, NULL, got, 0, NULL));
	assert_memory_equal(got, rgb, sizeof(rgb));
	doc = page_read(&o);
	assert_int_equal(gather(doc->children, "ImageObject", &object, 1), 1);
	assert_int_equal(values_of(object, "CTM", v, 6), 6);
	assert_true(v[0] == 35 && v[3] == 25);
	assert_int_equal(values_of(object, "Boundary", v, 4), 4);
	assert_true(v[0] == 10 && v[1] == 20 && v[2] == 35 && v[3] == 25);
	xmlFreeDoc(doc);
	close_ofd(&o);
	step_list_release(&steps);
}

/* Two glyphs of a run with this turn, the second one (dx, dy) from the first;
 * where both stand on the page. */
static void
places(struct samples *w, const struct step_text *frame, double at[2][2])
{
	struct step_list steps;
	struct glyph *glyphs = calloc(2, sizeof(*glyphs));
	struct step *step = page_of(&steps, STEP_TEXT);
	double box[4], ctm[6] = {1, 0, 0, 1, 0, 0}, x, y, dx = 0, dy = 0;
	xmlNodePtr code, object;
	struct opened o;
	xmlDocPtr doc;

	assert_non_null(glyphs);
	glyphs[0] = (struct glyph){.id = 20, .advance = 3};
	glyphs[1] = frame->glyphs[0];
	glyphs[1].id = 21;
	glyphs[1].text = 1;
	step->u.text = *frame;
	step->u.text.text = strdup("ab");
	step->u.text.glyphs = glyphs;
	step->u.text.nglyphs = 2;
	open_ofd(w, 2, &steps, &o);
	doc = page_read(&o);
	assert_int_equal(gather(doc->children, "TextObject", &object, 1), 1);
	assert_int_equal(gather(doc->children, "TextCode", &code, 1), 1);
	assert_int_equal(values_of(object, "Boundary", box, 4), 4);
	values_of(object, "CTM", ctm, 6);
	values_of(code, "X", &x, 1);
	values_of(code, "Y", &y, 1);
	values_of(code, "DeltaX", &dx, 1);
	values_of(code, "DeltaY", &dy, 1);
	at[0][0] = box[0] + ctm[0] * x + ctm[2] * y + ctm[4];
	at[0][1] = box[1] + ctm[1] * x + ctm[3] * y + ctm[5];
	at[1][0] = at[0][0] + ctm[0] * dx + ctm[2] * dy;
	at[1][1] = at[0][1] + ctm[1] * dx + ctm[3] * dy;
	/* Both within what the object says it reaches. */
	assert_true(at[0][0] >= box[0] && at[0][0] <= box[0] + box[2]);
	assert_true(at[1][1] >= box[1] && at[1][1] <= box[1] + box[3]);
	xmlFreeDoc(doc);
	close_ofd(&o);
	step_list_release(&steps);
}

static int
near(double a, double b)
{
	return fabs(a - b) < 0.002;
}

static void
runs_stand_where_the_layout_put_them(void **state)
{
	struct samples *w = *state;
	struct glyph second = {.advance = 3};
	struct step_text run = {.font = font_set_at(w->fonts, 0),
	    .size = 4,
	    .x = 50,
	    .y = 60,
	    .glyphs = &second};
	double at[2][2];

	second.x = 3;
	places(w, &run, at);
	assert_true(near(at[0][0], 50) && near(at[0][1], 60));
	assert_true(near(at[1][0], 53) && near(at[1][1], 60));
	run.turn = 90;
	places(w, &run, at);
	assert_true(near(at[0][0], 50) && near(at[0][1], 60));
	assert_true(near(at[1][0], 50) && near(at[1][1], 63));
	run.turn = -20;
	places(w, &run, at);
	assert_true(near(at[1][0], 50 + 3 * cos(20 * acos(-1) / 180)));
	assert_true(near(at[1][1], 60 - 3 * sin(20 * acos(-1) / 180)));
	run.turn = 0;
	run.vertical = 1;
	second.x = 0.5f;
	second.y = 4;
	places(w, &run, at);
	assert_true(near(at[1][0], 50.5) && near(at[1][1], 64));
}

static void
copies_of_a_path_share_their_data(void **state)
{
	static const struct path_point line[] = {
	    {PATH_MOVE, {1}, {0}}, {PATH_LINE, {5}, {0}}};
	struct step_list steps;
	struct step *step = page_of(&steps, STEP_PATH);
	struct step_path *path = &step->u.path;
	double box[4], ctm[6];
	xmlNodePtr copies[4];
	struct opened o;
	xmlChar *first, *third;
	xmlDocPtr doc;

	*path = (struct step_path){.npoints = 2,
	    .width = 0.2f,
	    .ox = 80,
	    .oy = 90,
	    .repeat = 3,
	    .turn = 90};
	path->points = malloc(sizeof(line));
	assert_non_null(path->points);
	memcpy(path->points, line, sizeof(line));
	open_ofd(*state, 2, &steps, &o);
	doc = page_read(&o);
	assert_int_equal(gather(doc->children, "PathObject", copies, 4), 3);
	first = xmlNodeGetContent(copies[0]);
	third = xmlNodeGetContent(copies[2]);
	assert_string_equal((char *)first, (char *)third);
	assert_int_equal(values_of(copies[0], "CTM", ctm, 6), 0);
	/* The second one goes down from (80, 91) to (80, 95). */
	assert_int_equal(values_of(copies[1], "CTM", ctm, 6), 6);
	assert_int_equal(values_of(copies[1], "Boundary", box, 4), 4);
	assert_true(near(ctm[0], 0) && near(ctm[1], 1));
	assert_true(box[0] < 80 && box[0] + box[2] > 80);
	assert_true(box[1] < 91 && box[1] > 90 && box[1] + box[3] > 95);
	xmlFree(first);
	xmlFree(third);
	xmlFreeDoc(doc);
	close_ofd(&o);
	step_list_release(&steps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_outlines_of_a_code_fill_its_dark_modules),
	    cmocka_unit_test(a_picture_is_a_png_of_the_same_samples),
	    cmocka_unit_test(runs_stand_where_the_layout_put_them),
	    cmocka_unit_test(copies_of_a_path_share_their_data),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
