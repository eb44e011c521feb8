/*
 * ipp_call.h - one connection's requests and answers, for ipp_client*.c.
 */
#ifndef CERTSVC_PRINT_IPP_CALL_H
#define CERTSVC_PRINT_IPP_CALL_H

#include "certsvc/print/ipp.h"
#include "certsvc/print/ipp_http.h"
#include "certsvc/print/ipp_write.h"

struct ipp_call {
	const struct printer_target *target;
	struct ipp_http *http;
	uint32_t number; /* of the last request */
	struct buf request, answer;
	struct ipp_message message; /* the answer, read */
	int uncertain; /* out, when it failed: it may have been acted on */
};

#define IPP_CALL_INIT                                                          \
	{                                                                      \
		.target = NULL                                                 \
	}

int ipp_call_open(
    struct ipp_call *call, const struct printer_target *target, struct err *e);
void ipp_call_close(struct ipp_call *call);

/* Begin a request; the caller adds attributes to call->request. */
void ipp_call_begin(
    struct ipp_call *call, enum ipp_operation operation, int32_t job);
/* Its requested-attributes, up to NULL. */
void ipp_call_want(struct ipp_call *call, const char *const *names);
/* Send it, with a document that must not be sent twice, or NULL; the answer is
 * in call->message, and 0 when its status says that all is well. */
int ipp_call_send(
    struct ipp_call *call, const struct bytes *document, struct err *e);

/* Is a status a success; else the error that it means (ipp_status.c).
 * uncertain: it leaves open whether the printer acted. */
int ipp_status_check(
    const struct ipp_message *m, int *uncertain, struct err *e);

/* Read a job's attributes out of the group number `index`; 0, or ERR_CONFLICT
 * "bad_ipp". */
int ipp_read_job(const struct ipp_message *m, size_t index,
    struct printer_job *job, struct err *e);
/* Those of an answer's first job. */
int ipp_first_job(
    const struct ipp_message *m, struct printer_job *job, struct err *e);
/* Keywords of an attribute with a space between, without "none"; as many as
 * fit. */
void ipp_read_keywords(const struct ipp_message *m, const struct ipp_value *v,
    char *out, size_t size);

/* The probe's JSON (printer.h) but for the fingerprint; NULL: no memory. */
json_t *ipp_describe_printer(const struct ipp_message *m);

#endif
