/* print_desk.c - the print desk's share of the service: its queue, and one lock
 * for each few certificates, and for each few operators. */
#include "certsvc/print_desk_state.h"
#include "certsvc/spooler.h"

enum {
	STOP_MS = 5000 /* for what is on its way to a printer at the end */
};

static int
probe(void *ctx, const struct printer_target *t, json_t **out, struct err *e)
{
	return printer_probe(ctx, t, out, e);
}

static int
print(void *ctx, const struct printer_target *t,
    const struct printer_job_request *req, struct printer_job *job,
    struct err *e)
{
	return printer_print(ctx, t, req, job, e);
}

static int
find(void *ctx, const struct printer_target *t, const char *name,
    struct printer_job *job, struct err *e)
{
	return printer_find(ctx, t, name, job, e);
}

int
print_desk_open(struct service *s, struct err *e)
{
	const struct print_store in = print_desk_store(s);
	const struct spooler_printers printers = {.ctx = s->printer,
	    .probe = probe,
	    .print = print,
	    .find = find,
	    .words = printer_words};
	const struct spooler_times times = {.follow = 0};
	size_t i;

	for (i = 0; i < SERVICE_PRINT_LOCKS; i++)
		pthread_mutex_init(&s->print_locks[i], NULL);
	for (i = 0; i < SERVICE_PRINT_LOCKS; i++)
		pthread_mutex_init(&s->lookup_locks[i], NULL);
	/* An old backup does not know what was printed since. */
	if (s->rolled_back)
		return 0;
	return spooler_start(&in, &printers, &times, &s->spooler, e);
}

int
service_print_waiting(struct service *s, struct err *e)
{
	return s->spooler == NULL ? 0 : spooler_resume(s->spooler, e);
}

void
print_desk_close(struct service *s)
{
	if (s->spooler == NULL)
		return;
	if (!spooler_quiet(s->spooler, STOP_MS))
		printer_hang_up(s->printer);
	spooler_stop(s->spooler);
	s->spooler = NULL;
}

static size_t
place_of(const char *name)
{
	uint32_t h = 2166136261U;

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * 16777619U;
	return (h ^ h >> 16) % SERVICE_PRINT_LOCKS;
}

pthread_mutex_t *
print_desk_lock(struct service *s, const char *certificate)
{
	return &s->print_locks[place_of(certificate)];
}

pthread_mutex_t *
print_desk_lookup_lock(struct service *s, const char *operator)
{
	return &s->lookup_locks[place_of(operator)];
}
