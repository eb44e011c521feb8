/* sheet_media.c - names of paper (PWG 5101.1); see sheet.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "certsvc/layout_spec.h"
#include "certsvc/sheet.h"
#include "certsvc/sheet_parts.h"

/* Width and height upright, mm. */
static const struct {
	const char *name, *word;
	float width, height;
} papers[] = {
    {"iso_a3_297x420mm", "A3", 297, 420},
    {"iso_a4_210x297mm", "A4", 210, 297},
    {"iso_a5_148x210mm", "A5", 148, 210},
    {"iso_a6_105x148mm", "A6", 105, 148},
    {"iso_b4_250x353mm", "B4", 250, 353},
    {"iso_b5_176x250mm", "B5", 176, 250},
    {"iso_id-1_53.98x85.6mm", "ID-1", 53.98f, 85.6f},
    {"iso_id-3_88x125mm", "ID-3", 88, 125},
};

int
sheet_variant(const struct template *t, const char *variant, size_t *number,
    struct err *e)
{
	size_t i;

	for (i = 0; i < t->nvariants; i++) {
		if (variant != NULL && strcmp(t->variants[i].id, variant) != 0)
			continue;
		*number = i;
		return 0;
	}
	return err_set(e, ERR_NOT_FOUND, "no_variant", "没有这种版式",
	    "there is no such variant");
}

int
sheet_media(const struct template *t, const char *variant,
    char media[SHEET_MEDIA_SIZE], struct err *e)
{
	/* A card's page may be given in whole millimetres. */
	const float near = 0.5f;
	const struct layout_page *page;
	size_t number, i;
	float w, h;
	int rc = sheet_variant(t, variant, &number, e);

	if (rc != 0)
		return rc;
	page = &t->variants[number].layout->first;
	w = fminf(page->width, page->height);
	h = fmaxf(page->width, page->height);
	for (i = 0; i < sizeof(papers) / sizeof(papers[0]); i++) {
		if (fabsf(papers[i].width - w) > near ||
		    fabsf(papers[i].height - h) > near)
			continue;
		snprintf(media, SHEET_MEDIA_SIZE, "%s", papers[i].name);
		return 0;
	}
	snprintf(media, SHEET_MEDIA_SIZE, "custom_certsvc_%.6gx%.6gmm",
	    (double)w, (double)h);
	return 0;
}

int
sheet_sides(const struct template *t, const char *variant, const char **sides,
    struct err *e)
{
	const struct layout_spec *layout;
	size_t number, i;
	int rc = sheet_variant(t, variant, &number, e);

	*sides = "one-sided";
	if (rc != 0)
		return rc;
	layout = t->variants[number].layout;
	for (i = 0; i < layout->nseams; i++)
		if (layout->seams[i].duplex != DUPLEX_NONE)
			*sides = layout->first.width > layout->first.height
				     ? "two-sided-short-edge"
				     : "two-sided-long-edge";
	return 0;
}

/* Sides of a paper in mm, the shorter one first, as its name ends with them:
 * "_210x297mm" (PWG 5101.1, 5.1). */
static int
sides(const char *media, float v[2])
{
	const char *size = strrchr(media, '_');
	float a, b;
	char unit[3];

	if (size == NULL || sscanf(size, "_%fx%f%2s", &a, &b, unit) != 3 ||
	    strcmp(unit, "mm") != 0)
		return -1;
	v[0] = fminf(a, b);
	v[1] = fmaxf(a, b);
	return 0;
}

int
sheet_media_fits(const char *page, const char *paper)
{
	float a[2], b[2];

	return sides(page, a) == 0 && sides(paper, b) == 0 && a[0] <= b[0] &&
	       a[1] <= b[1];
}

const char *
sheet_media_word(const char *media)
{
	size_t i;

	for (i = 0; i < sizeof(papers) / sizeof(papers[0]); i++)
		if (strcmp(papers[i].name, media) == 0)
			return papers[i].word;
	return media;
}
