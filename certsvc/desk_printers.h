/*
 * desk_printers.h - how the printers of offices are right now.  Each is asked
 * by a thread of its own and at most every few seconds, whoever looks; who
 * looks waits a moment for the answer and is told what is known by then, so
 * printers that hang never hold the service.
 */
#ifndef CERTSVC_DESK_PRINTERS_H
#define CERTSVC_DESK_PRINTERS_H

#include <jansson.h>

#include "certsvc/print/printer.h"
#include "certsvc/service.h"

struct desk_printers;

/* The printer stays the caller's.  NULL when out of memory. */
struct desk_printers *desk_printers_new(struct printer *printer);
/* Hangs up on printers that are being asked. */
void desk_printers_free(struct desk_printers *d);

/*
 * {"items":[{"id","zh","state": ready | printing | stopped | offline |
 * not_known,"accepting","reasons":[code],"words":{zh,en},"supplies":[{"name",
 * "level"}],"queued","fingerprint"}]} of an office that the caller sees.
 */
int service_office_printers(struct service *s,
    const struct service_caller *caller, const char *office, json_t **answer,
    struct err *e);

#endif
