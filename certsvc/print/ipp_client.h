/*
 * ipp_client.h - the five things certsvc asks of a printer (RFC 8011, 4), each
 * on connections of its own.  They block; they run in the printer process.
 * Results and errors are those of printer.h.
 */
#ifndef CERTSVC_PRINT_IPP_CLIENT_H
#define CERTSVC_PRINT_IPP_CLIENT_H

#include "certsvc/print/printer.h"

/* requesting-user-name of all that we send: a printer may hide jobs from
 * everybody but the one who sent them. */
#define IPP_CLIENT_USER "certsvc"

int ipp_client_probe(
    const struct printer_target *target, json_t **out, struct err *e);
int ipp_client_print(const struct printer_target *target,
    const struct printer_job_request *req, struct printer_job *job,
    struct err *e);
int ipp_client_job_state(const struct printer_target *target, int32_t id,
    struct printer_job *job, struct err *e);
int ipp_client_find(const struct printer_target *target, const char *name,
    struct printer_job *job, struct err *e);
int ipp_client_cancel(
    const struct printer_target *target, int32_t id, struct err *e);

#endif
