/*
 * printer_frame.h - the frames between the front and the printer process
 * (docs/desk.md), over a stream.
 *
 *   request  u32 size of the message, u32 size of the document, message,
 *            document; the message is deterministic CBOR:
 *            [ 1, number, op, uri, bstr fingerprint (32 or 0 bytes),
 *              [ arguments by op ] ]
 *   answer   u32 size, then an answer of the keeper's form (keeper_frame.h);
 *            its payload is the probe's JSON, or a job
 *            [ id, state, impressions, reasons, message ]
 *
 * Sizes are big-endian.
 */
#ifndef CERTSVC_PRINT_PRINTER_FRAME_H
#define CERTSVC_PRINT_PRINTER_FRAME_H

#include "certsvc/print/printer.h"

enum {
	PRINTER_FRAME_HEADER = 8,
	PRINTER_FRAME_MAX = 2048, /* bytes of a request's message */
	PRINTER_ANSWER_HEADER = 4,
	PRINTER_ANSWER_MAX = 1048576 /* bytes of an answer */
};

enum printer_op {
	PRINTER_PROBE = 1,
	PRINTER_PRINT = 2,
	PRINTER_JOB_STATE = 3,
	PRINTER_FIND = 4,
	PRINTER_CANCEL = 5
};

/* One request, without its document. */
struct printer_frame {
	uint64_t number;
	enum printer_op op;
	char uri[PRINTER_URI_MAX + 1];
	uint8_t fingerprint[PRINTER_FINGERPRINT_SIZE];
	int pinned;
	char name[PRINTER_NAME_MAX + 1]; /* PRINT, FIND */
	char media[64], sides[32];	 /* PRINT; "": not asked for */
	unsigned int copies;		 /* PRINT */
	int32_t job;			 /* JOB_STATE, CANCEL */
};

/* Append header and message. */
void printer_frame_write(
    const struct printer_frame *f, size_t document, struct buf *out);
/* The sizes in a header; 0, or -1 when they are over the limits. */
int printer_frame_sizes(const uint8_t header[PRINTER_FRAME_HEADER],
    size_t *message, size_t *document);
/* Read a message; 0, or -1. */
int printer_frame_read(struct bytes message, struct printer_frame *f);

void printer_job_write(const struct printer_job *job, struct buf *out);
int printer_job_read(struct bytes in, struct printer_job *job);

/* Append an answer with its size: payload when e is NULL or without a class. */
void printer_answer_write(uint64_t number, struct bytes payload,
    const struct err *e, struct buf *out);

/* Read or write all n bytes; 0, or -1 at the end or on failure. */
int printer_read_all(int fd, void *p, size_t n);
int printer_write_all(int fd, const void *p, size_t n);

#endif
