/*
 * workers.h - a pool of threads for calls that wait (keeper, disk, parsing).
 */
#ifndef API_WORKERS_H
#define API_WORKERS_H

#include <stddef.h>

#include "crypto/base/err.h"

struct workers;

/* n threads that call run(job); at most max_waiting jobs wait. */
int workers_start(size_t n, size_t max_waiting, void (*run)(void *job),
    struct workers **workers, struct err *e);

/* Hand over a job; -1 when too many wait or the pool is stopping. */
int workers_add(struct workers *workers, void *job);

/* Take no more jobs, finish those taken, join the threads. */
void workers_stop(struct workers *workers);

/* After workers_stop, when nobody can call workers_add any more. */
void workers_free(struct workers *workers);

#endif
