/* seal_once.c - see seal_once.h. */
#include "certsvc/seal_once.h"

#include <pthread.h>
#include <stdlib.h>

struct seal_once {
	pthread_mutex_t lock;
	int made;
	struct seal_picture picture; /* immutable once made */
};

struct seal_once *
seal_once_new(void)
{
	struct seal_once *once = calloc(1, sizeof(*once));

	if (once != NULL)
		pthread_mutex_init(&once->lock, NULL);
	return once;
}

void
seal_once_free(struct seal_once *once)
{
	if (once == NULL)
		return;
	if (once->made)
		seal_picture_release(&once->picture);
	pthread_mutex_destroy(&once->lock);
	free(once);
}

int
seal_once_get(struct seal_once *once, const struct font_set *fonts,
    const struct seal_definition *def, const struct seal_picture **out,
    struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&once->lock);
	if (!once->made)
		rc = seal_picture_make(fonts, def, &once->picture, e);
	/* There may be thousands: what documents need is a tenth. */
	if (!once->made && rc == 0)
		drawing_drop_paths(&once->picture.drawing);
	once->made = rc == 0;
	pthread_mutex_unlock(&once->lock);
	*out = rc == 0 ? &once->picture : NULL;
	return rc;
}
