/* font.c - loading the named fonts, and ink; see font.h. */
#include "certsvc/font_private.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum font_id {
	WENKAI,
	UMING,
	ZENHEI,
	HANA_A,
	HANA_B,
	DEJAVU,
	FONTS
};

static const struct {
	const char *name, *package, *file;
	unsigned int index; /* in a collection */
} sources[FONTS] = {
    [WENKAI] = {"LXGWWenKai-Regular", "fonts-lxgw-wenkai",
	"lxgw-wenkai/LXGWWenKai-Regular.ttf", 0},
    [UMING] = {"ARPLUMingCN", "fonts-arphic-uming", "arphic/uming.ttc", 0},
    [ZENHEI] = {"WenQuanYiZenHei", "fonts-wqy-zenhei", "wqy/wqy-zenhei.ttc", 0},
    [HANA_A] = {"HanaMinA", "fonts-hanazono", "hanazono/HanaMinA.ttf", 0},
    [HANA_B] = {"HanaMinB", "fonts-hanazono", "hanazono/HanaMinB.ttf", 0},
    [DEJAVU] = {"DejaVuSans", "fonts-dejavu-core", "dejavu/DejaVuSans.ttf", 0},
};

/* The style's own font first, then those that have rare characters, last one
 * with the letters of other scripts (Arabic, as Uyghur uses it).  Bold is the
 * same outlines with a stroke round them: one font less in each document. */
static const signed char chains[FONT_STYLES][FONT_CHAIN_MAX] = {
    [FONT_KAI] = {WENKAI, HANA_A, HANA_B, DEJAVU, -1},
    [FONT_KAI_BOLD] = {WENKAI, HANA_A, HANA_B, DEJAVU, -1},
    [FONT_SONG] = {UMING, HANA_A, HANA_B, WENKAI, DEJAVU, -1},
    [FONT_HEI] = {ZENHEI, WENKAI, HANA_A, HANA_B, DEJAVU, -1},
};

struct font_set {
	struct font fonts[FONTS];
};

/* What an embedded, unhinted subset is made of. */
static hb_blob_t *
outline_table(hb_face_t *face, hb_tag_t tag, void *user)
{
	(void)face;
	switch (tag) {
	case HB_TAG('h', 'e', 'a', 'd'):
	case HB_TAG('h', 'h', 'e', 'a'):
	case HB_TAG('h', 'm', 't', 'x'):
	case HB_TAG('m', 'a', 'x', 'p'):
	case HB_TAG('l', 'o', 'c', 'a'):
	case HB_TAG('g', 'l', 'y', 'f'):
		return hb_face_reference_table(user, tag);
	default:
		return NULL;
	}
}

static int
has_table(hb_face_t *face, hb_tag_t tag)
{
	hb_blob_t *blob = hb_face_reference_table(face, tag);
	int there = hb_blob_get_length(blob) > 0;

	hb_blob_destroy(blob);
	return there;
}

static int
load_face(struct font *font, unsigned int index, struct err *e)
{
	hb_blob_t *blob = hb_blob_create_from_file_or_fail(font->path);

	font->face = blob == NULL ? NULL : hb_face_create(blob, index);
	hb_blob_destroy(blob);
	if (font->face == NULL ||
	    !has_table(font->face, HB_TAG('g', 'l', 'y', 'f')) ||
	    !has_table(font->face, HB_TAG('l', 'o', 'c', 'a')) ||
	    hb_face_get_glyph_count(font->face) < 2)
		return err_set(e, ERR_INTERNAL, "font_unusable",
		    "字体文件 %s 无法使用（需要 TrueType 轮廓），请重新安装软件包 %s",
		    "font file %s cannot be used (TrueType outlines are needed); reinstall the package %s",
		    font->path, font->package);
	font->upem = hb_face_get_upem(font->face);
	font->nglyphs = hb_face_get_glyph_count(font->face);
	font->outlines =
	    hb_face_create_for_tables(outline_table, font->face, NULL);
	font->font = hb_font_create(font->face);
	hb_face_make_immutable(font->face);
	hb_face_make_immutable(font->outlines);
	hb_font_make_immutable(font->font);
	font->ink = calloc(font->nglyphs, sizeof(*font->ink));
	return font->ink == NULL ? err_nomem(e) : 0;
}

/* Look for the file in each directory, whole path or bare name. */
static char *
find_file(
    const char *const *dirs, size_t ndirs, const char *file, struct stat *st)
{
	static const char system_dir[] = "/usr/share/fonts/truetype";
	const char *slash = strrchr(file, '/');
	char *path;
	size_t i;
	int bare;

	for (i = 0; i <= ndirs; i++)
		for (bare = 0; bare < 2; bare++) {
			if (asprintf(&path, "%s/%s",
				i < ndirs ? dirs[i] : system_dir,
				bare ? slash + 1 : file) < 0)
				return NULL;
			if (stat(path, st) == 0 && S_ISREG(st->st_mode))
				return path;
			free(path);
		}
	return NULL;
}

static int
load(struct font *font, enum font_id id, const char *const *dirs, size_t ndirs,
    struct err *e)
{
	struct stat st;

	font->name = sources[id].name;
	font->package = sources[id].package;
	font->path = find_file(dirs, ndirs, sources[id].file, &st);
	if (font->path == NULL)
		return err_set(e, ERR_INTERNAL, "font_missing",
		    "缺少字体文件 %s，请安装软件包 %s",
		    "font file %s is missing; install the package %s",
		    strrchr(sources[id].file, '/') + 1, font->package);
	font->file_size = st.st_size;
	font->file_mtime = st.st_mtime;
	return load_face(font, sources[id].index, e);
}

int
font_set_load(
    const char *const *dirs, size_t ndirs, struct font_set **out, struct err *e)
{
	struct font_set *set = calloc(1, sizeof(*set));
	int rc = 0, id;

	*out = NULL;
	if (set == NULL)
		return err_nomem(e);
	for (id = 0; rc == 0 && id < FONTS; id++)
		rc = load(&set->fonts[id], (enum font_id)id, dirs, ndirs, e);
	if (rc != 0) {
		font_set_free(set);
		return rc;
	}
	*out = set;
	return 0;
}

void
font_set_free(struct font_set *set)
{
	struct font *font;
	int id;

	if (set == NULL)
		return;
	for (id = 0; id < FONTS; id++) {
		font = &set->fonts[id];
		hb_font_destroy(font->font);
		hb_face_destroy(font->outlines);
		hb_face_destroy(font->face);
		free(font->ink);
		free(font->path);
	}
	free(set);
}

size_t
font_set_count(const struct font_set *set)
{
	(void)set;
	return FONTS;
}

const struct font *
font_set_at(const struct font_set *set, size_t i)
{
	return &set->fonts[i];
}

const struct font *
font_chain(const struct font_set *set, enum font_style style, size_t i)
{
	int id = i < FONT_CHAIN_MAX ? chains[style][i] : -1;

	return id < 0 ? NULL : &set->fonts[id];
}

/* Area of each contour by the shoelace formula; control points count as
 * corners, which is exact enough to tell ink from none. */
struct area {
	double sum, contour;
	float x0, y0, x, y;
};

static void
area_to(struct area *a, float x, float y)
{
	a->contour += (double)a->x * y - (double)x * a->y;
	a->x = x;
	a->y = y;
}

static void
area_move(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y,
    void *user)
{
	struct area *a = data;

	(void)f, (void)st, (void)user;
	a->x = a->x0 = x;
	a->y = a->y0 = y;
	a->contour = 0;
}

static void
area_line(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y,
    void *user)
{
	(void)f, (void)st, (void)user;
	area_to(data, x, y);
}

static void
area_quad(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float cx,
    float cy, float x, float y, void *user)
{
	(void)f, (void)st, (void)user;
	area_to(data, cx, cy);
	area_to(data, x, y);
}

static void
area_close(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, void *user)
{
	struct area *a = data;

	(void)f, (void)st, (void)user;
	area_to(a, a->x0, a->y0);
	a->sum += fabs(a->contour) / 2;
}

static int
measure_ink(const struct font *font, uint32_t glyph)
{
	hb_draw_funcs_t *funcs = hb_draw_funcs_create();
	struct area area = {0};

	hb_draw_funcs_set_move_to_func(funcs, area_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(funcs, area_line, NULL, NULL);
	hb_draw_funcs_set_quadratic_to_func(funcs, area_quad, NULL, NULL);
	hb_draw_funcs_set_close_path_func(funcs, area_close, NULL, NULL);
	hb_font_get_glyph_shape(font->font, glyph, funcs, &area);
	hb_draw_funcs_destroy(funcs);
	return area.sum > 0;
}

int
font_glyph_has_ink(const struct font *font, uint32_t glyph)
{
	enum {
		UNKNOWN,
		INK,
		BLANK
	};
	uint8_t known;

	if (glyph == 0 || glyph >= font->nglyphs)
		return 0;
	known = atomic_load_explicit(&font->ink[glyph], memory_order_relaxed);
	if (known == UNKNOWN) {
		known = measure_ink(font, glyph) ? INK : BLANK;
		atomic_store_explicit(
		    &font->ink[glyph], known, memory_order_relaxed);
	}
	return known == INK;
}
