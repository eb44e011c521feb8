/*
 * printer.h - the front's end of the printer process: what a printer says of
 * itself, printing, and what became of a job (IPP, RFC 8010 and 8011).
 *
 * Every call blocks for as long as the printer takes, within the limits below,
 * and may be made from any thread, many at once.  The document goes from memory
 * to the printer; nothing of it is kept.
 *
 * What an error of printer_print means for the job:
 *   ERR_BUSY, retryable: the printer surely has not taken it, try later;
 *   "printer_uncertain": nobody knows, look for it with printer_find;
 *   any other: the printer surely has not taken it and never will.
 */
#ifndef CERTSVC_PRINT_PRINTER_H
#define CERTSVC_PRINT_PRINTER_H

#include <jansson.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	PRINTER_DOCUMENT_MAX = 67108864, /* bytes of one document */
	PRINTER_URI_MAX = 255,		 /* bytes of a printer's URI */
	PRINTER_NAME_MAX = 127,		 /* bytes of a job's name */
	PRINTER_COPIES_MAX = 99,
	PRINTER_FINGERPRINT_SIZE = 32,
	PRINTER_TEXT_SIZE = 256,   /* of a printer's words, with NUL */
	PRINTER_CONNECT_MS = 5000, /* until the printer takes the call */
	PRINTER_STALL_MS = 30000   /* without a byte either way */
};

/* Where a printer is.  The URI is ipp://HOST[:PORT]/PATH or ipps://...; an ipps
 * printer proves itself by an x509 that the system's CAs vouch for, or, pinned,
 * by nothing but its public key. */
struct printer_target {
	const char *uri;
	/* SHA-256 of the key's SubjectPublicKeyInfo */
	uint8_t fingerprint[PRINTER_FINGERPRINT_SIZE];
	int pinned;
};

struct printer;

/* fd: a stream socket to the process (printer_main), which is taken; -1: none
 * yet, calls fail with ERR_BUSY "printer_unavailable".  NULL: out of memory. */
struct printer *printer_new(int fd);
/* A new process: calls under way on the old one fail (printer_print with
 * "printer_uncertain" once its request is out). */
void printer_replace(struct printer *p, int fd);
/* Calls under way fail as then, and so do new ones until printer_replace: for
 * the end of a service that would otherwise wait for a printer. */
void printer_hang_up(struct printer *p);
/* No call may be under way. */
void printer_free(struct printer *p);

/* 0 when the URI is one that certsvc talks to; ERR_INPUT "bad_printer_uri". */
int printer_check_uri(const char *uri, struct err *e);

/*
 * What the printer says of itself:
 * {"state": "ready"|"printing"|"stopped", "accepting": bool,
 *  "reasons": [keyword, ...], "words": {"zh", "en"},
 *  "supplies": [{"name", "level": 0..100 | null}], "queued": n,
 *  "name", "model", "pdf": bool, "media": [keyword, ...], "media_ready": [...],
 *  "media_default", "sides": [keyword, ...], "copies": most at once,
 *  "color": bool, "fingerprint": hex | null}.
 * Reasons are those of RFC 8011, 5.4.12 ("media-empty-error"), without "none";
 * the fingerprint is that of an ipps printer's key.
 * ERR_BUSY "printer_offline" when nobody answers; ERR_DENIED
 * "printer_untrusted" (words carry the fingerprint), "printer_key_changed" when
 * another key than the pinned one answers.
 */
int printer_probe(struct printer *p, const struct printer_target *t,
    json_t **out, struct err *e);

struct printer_job_request {
	/* job-name, what printer_find looks for: 1 to PRINTER_NAME_MAX bytes of
	 * printable ASCII.  Printers show and log it: no personal data. */
	const char *name;
	const char *media; /* "iso_a4_210x297mm"; NULL: the printer's default */
	const char *sides; /* "one-sided", "two-sided-long-edge" ...; or NULL */
	unsigned int copies;   /* 1 to PRINTER_COPIES_MAX */
	struct bytes document; /* a PDF */
};

/* Values of job-state (RFC 8011, 5.3.7). */
enum printer_job_state {
	PRINTER_JOB_PENDING = 3,
	PRINTER_JOB_HELD = 4,
	PRINTER_JOB_PROCESSING = 5,
	PRINTER_JOB_STOPPED = 6,
	PRINTER_JOB_CANCELED = 7,
	PRINTER_JOB_ABORTED = 8,
	PRINTER_JOB_COMPLETED = 9
};

struct printer_job {
	int32_t id; /* the printer's own number */
	enum printer_job_state state;
	int32_t impressions; /* sides printed so far; -1: it does not say */
	/* keywords with a space between, "" none; the printer's own words */
	char reasons[PRINTER_TEXT_SIZE];
	char message[PRINTER_TEXT_SIZE];
};

/* Print; job gets what the printer answered.  ERR_BUSY "printer_offline",
 * "printer_busy", "printer_not_accepting"; ERR_CONFLICT "printer_uncertain",
 * "printer_needs_pdf", "printer_media", "printer_sides", "printer_copies",
 * "printer_refused"; ERR_DENIED as printer_probe, "printer_denied". */
int printer_print(struct printer *p, const struct printer_target *t,
    const struct printer_job_request *req, struct printer_job *job,
    struct err *e);

/* How the job is; ERR_NOT_FOUND "no_such_job" when the printer does not know it
 * (any more). */
int printer_job_state(struct printer *p, const struct printer_target *t,
    int32_t id, struct printer_job *job, struct err *e);

/* The newest job of that name, finished ones too; ERR_NOT_FOUND "no_such_job".
 */
int printer_find(struct printer *p, const struct printer_target *t,
    const char *name, struct printer_job *job, struct err *e);

/* Cancel; 0 also when it was canceled or aborted already.  ERR_CONFLICT
 * "job_is_over" when it is completed. */
int printer_cancel(struct printer *p, const struct printer_target *t,
    int32_t id, struct err *e);

/* Append plain words for reasons (of a printer or a job, a space between) to
 * zh and en; nothing for "". */
void printer_words(const char *reasons, struct buf *zh, struct buf *en);

#endif
