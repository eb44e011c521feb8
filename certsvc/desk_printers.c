/* desk_printers.c - see desk_printers.h. */
#include "certsvc/desk_printers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certsvc/desk_office.h"
#include "certsvc/service_state.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	URI_SIZE = PRINTER_URI_MAX + 1,
	PLACES = 1024, /* printers remembered */
	ASKING = 32,   /* at one time */
	FRESH_MS = 4000,
	STALE_MS = 60000, /* older is not told any more */
	WAIT_MS = 2500
};

struct place {
	char uri[URI_SIZE];
	uint8_t fingerprint[32];
	int pinned;
	int64_t at;    /* ms; of state, 0 none */
	int64_t used;  /* ms */
	json_t *state; /* owned, or NULL */
	int asking;
	int64_t since; /* ms; of asking */
};

struct desk_printers {
	struct printer *printer;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int asking;
	struct place v[PLACES];
};

/* What one thread is given. */
struct question {
	struct desk_printers *board;
	struct place *place;
	char uri[URI_SIZE];
	struct printer_target target;
};

struct desk_printers *
desk_printers_new(struct printer *printer)
{
	struct desk_printers *d = calloc(1, sizeof(*d));
	pthread_condattr_t attr;

	if (d == NULL)
		return NULL;
	d->printer = printer;
	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->changed, &attr);
	pthread_condattr_destroy(&attr);
	return d;
}

void
desk_printers_free(struct desk_printers *d)
{
	if (d == NULL)
		return;
	printer_hang_up(d->printer);
	pthread_mutex_lock(&d->lock);
	while (d->asking > 0)
		pthread_cond_wait(&d->changed, &d->lock);
	pthread_mutex_unlock(&d->lock);
	for (size_t i = 0; i < PLACES; i++)
		json_decref(d->v[i].state);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

static json_t *
trouble_json(const struct err *e)
{
	return json_pack("{s:s, s:b, s:[s], s:{s:s, s:s}, s:[], s:i}", "state",
	    e->class == ERR_BUSY ? "offline" : "stopped", "accepting", 0,
	    "reasons", e->code, "words", "zh", e->zh, "en", e->en, "supplies",
	    "queued", 0);
}

static void *
ask(void *ctx)
{
	struct question *q = ctx;
	struct desk_printers *d = q->board;
	struct err e = ERR_INIT;
	json_t *state = NULL;

	if (printer_probe(d->printer, &q->target, &state, &e) != 0)
		state = trouble_json(&e);
	err_clear(&e);
	pthread_mutex_lock(&d->lock);
	json_decref(q->place->state);
	q->place->state = state;
	q->place->at = clock_monotonic_ms();
	q->place->asking = 0;
	d->asking--;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
	free(q);
	return NULL;
}

static int
is_of(const struct place *p, const struct desk_printer *printer)
{
	return strcmp(p->uri, printer->uri) == 0 &&
	       p->pinned == printer->pinned &&
	       memcmp(p->fingerprint, printer->fingerprint, 32) == 0;
}

/* Its place, or that of the one nobody looked at for longest; NULL when all
 * are being asked.  Locked. */
static struct place *
place_of(struct desk_printers *d, const struct desk_printer *printer)
{
	struct place *oldest = NULL;

	for (size_t i = 0; i < PLACES; i++) {
		if (is_of(&d->v[i], printer))
			return &d->v[i];
		if (!d->v[i].asking &&
		    (oldest == NULL || d->v[i].used < oldest->used))
			oldest = &d->v[i];
	}
	if (oldest == NULL || strlen(printer->uri) >= sizeof(oldest->uri))
		return NULL;
	json_decref(oldest->state);
	memset(oldest, 0, sizeof(*oldest));
	text_copy(oldest->uri, sizeof(oldest->uri), printer->uri);
	memcpy(oldest->fingerprint, printer->fingerprint, 32);
	oldest->pinned = printer->pinned;
	return oldest;
}

/* Have it asked, unless that is under way or was just done.  Locked. */
static void
start(struct desk_printers *d, struct place *p, const struct desk_printer *of)
{
	struct question *q;
	pthread_attr_t attr;
	pthread_t thread;

	p->used = clock_monotonic_ms();
	if (p->asking || d->asking == ASKING ||
	    (p->at != 0 && p->used - p->at < FRESH_MS) ||
	    (q = calloc(1, sizeof(*q))) == NULL)
		return;
	q->board = d;
	q->place = p;
	text_copy(q->uri, sizeof(q->uri), of->uri);
	q->target.uri = q->uri;
	q->target.pinned = of->pinned;
	memcpy(q->target.fingerprint, of->fingerprint, 32);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, ask, q) == 0) {
		p->asking = 1;
		p->since = p->used;
		d->asking++;
	} else {
		free(q);
	}
	pthread_attr_destroy(&attr);
}

/* Is any of them still being asked, and not for long already?  One that hangs
 * is waited for once, not by everybody who looks meanwhile.  Locked. */
static int
waits(struct desk_printers *d, const struct desk_office *o)
{
	for (size_t i = 0; i < o->nprinters; i++) {
		const struct place *p = place_of(d, &o->printers[i]);

		if (p != NULL && p->asking &&
		    clock_monotonic_ms() - p->since < WAIT_MS)
			return 1;
	}
	return 0;
}

static void
wait_a_moment(struct desk_printers *d, const struct desk_office *o)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WAIT_MS / 1000;
	until.tv_nsec += WAIT_MS % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	while (waits(d, o))
		if (pthread_cond_timedwait(&d->changed, &d->lock, &until) != 0)
			break;
}

/* What is known of it now.  Locked. */
static json_t *
state_json(struct desk_printers *d, const struct desk_printer *printer)
{
	static const char *const members[] = {"state", "accepting", "reasons",
	    "words", "supplies", "queued", "fingerprint"};
	const struct place *p = place_of(d, printer);
	json_t *item = json_pack(
	    "{s:s, s:s, s:s, s:b, s:[], s:{s:s, s:s}, s:[], s:i}", "id",
	    printer->id, "zh", printer->zh, "state", "not_known", "accepting",
	    0, "reasons", "words", "zh", "打印机还没有应答", "en",
	    "the printer has not answered yet", "supplies", "queued", 0);

	if (p == NULL || p->state == NULL ||
	    clock_monotonic_ms() - p->at > STALE_MS)
		return item;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_get(p->state, members[i]) != NULL)
			json_object_set(item, members[i],
			    json_object_get(p->state, members[i]));
	return item;
}

static json_t *
look(struct desk_printers *d, const struct desk_office *o)
{
	json_t *items = json_array(), *copy;
	size_t i;

	pthread_mutex_lock(&d->lock);
	for (i = 0; i < o->nprinters; i++) {
		struct place *p = place_of(d, &o->printers[i]);

		if (p != NULL)
			start(d, p, &o->printers[i]);
	}
	wait_a_moment(d, o);
	for (i = 0; i < o->nprinters; i++)
		json_array_append_new(items, state_json(d, &o->printers[i]));
	/* What is shared stays inside: counts of references have no lock. */
	copy = json_deep_copy(items);
	json_decref(items);
	pthread_mutex_unlock(&d->lock);
	return copy;
}

int
service_office_printers(struct service *s, const struct service_caller *caller,
    const char *office, json_t **answer, struct err *e)
{
	struct desk_office o;
	int rc = desk_office_see(s, caller, office, &o, e);

	*answer = NULL;
	if (rc == 0) {
		*answer = json_pack("{s:o}", "items", look(s->board, &o));
		rc = *answer == NULL ? err_nomem(e) : 0;
	}
	desk_office_release(&o);
	return rc;
}
