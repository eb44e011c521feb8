/* step.c - the list of drawing steps; see step.h. */
#include "certsvc/step.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/drawing.h"

static void
step_release(struct step *step)
{
	if (step->kind == STEP_TEXT) {
		free(step->u.text.text);
		free(step->u.text.glyphs);
	} else if (step->kind == STEP_PATH) {
		free(step->u.path.points);
	} else if (step->kind == STEP_DRAWING) {
		drawing_free(step->u.drawing.owned);
	}
}

void
step_list_release(struct step_list *list)
{
	size_t i, j;

	for (i = 0; i < list->npages; i++) {
		for (j = 0; j < list->pages[i].nsteps; j++)
			step_release(&list->pages[i].steps[j]);
		free(list->pages[i].steps);
	}
	free(list->pages);
	list->pages = NULL;
	list->npages = 0;
}

struct step_page *
step_page_add(struct step_list *list, float width, float height)
{
	struct step_page *grown;

	grown = realloc(list->pages, (list->npages + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	list->pages = grown;
	grown += list->npages++;
	memset(grown, 0, sizeof(*grown));
	grown->width = width;
	grown->height = height;
	return grown;
}

struct step *
step_add(struct step_page *page, enum step_kind kind)
{
	struct step *grown;
	size_t capacity;

	if (page->nsteps == page->capacity) {
		capacity = page->capacity ? page->capacity * 2 : 32;
		grown = realloc(page->steps, capacity * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		page->steps = grown;
		page->capacity = capacity;
	}
	grown = &page->steps[page->nsteps++];
	memset(grown, 0, sizeof(*grown));
	grown->kind = kind;
	return grown;
}

const struct step_seal *
step_list_seal(const struct step_list *list, unsigned int place, size_t *page)
{
	const struct step *step;
	size_t i, j;

	for (i = 0; i < list->npages; i++)
		for (j = 0; j < list->pages[i].nsteps; j++) {
			step = &list->pages[i].steps[j];
			if (step->kind != STEP_SEAL ||
			    step->u.seal.slices != 0 ||
			    step->u.seal.place != place)
				continue;
			*page = i;
			return &step->u.seal;
		}
	return NULL;
}
