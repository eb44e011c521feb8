/*
 * parser.h - the two ends of a parse process: the asker hands over one upload
 * and waits; the process verifies it with no files, no network and little
 * memory, answers once and exits.  When it dies or is late, the upload is
 * unreadable and the service lives on.
 */
#ifndef CERTSVC_PARSER_H
#define CERTSVC_PARSER_H

#include <stdint.h>

#include "certsvc/trust.h"
#include "certsvc/verdict.h"
#include "certsvc/verify.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	PARSER_MEMORY = 268435456, /* bytes of address space beyond the start */
	PARSER_CPU = 2,		   /* seconds */
	PARSER_DEADLINE = 10,	   /* seconds the asker waits */
	PARSER_ANSWER_MAX = 262144 /* bytes of an answer */
};

/* What to verify and what to believe. */
struct parser_request {
	struct bytes file;
	int64_t at; /* UTC seconds the verdict is for */
	enum verify_profile profile;
	int status_later;	  /* the asker adds the live status */
	struct trust_parts trust; /* its json empty: no trust */
};

/*
 * Ask over the stream socket fd (closed afterwards).  Always fills v: a dead,
 * late or babbling process makes it unreadable.  code gets the text of the
 * printed code when the upload was one (text or picture), else stays empty.
 */
void parser_ask(int fd, const struct parser_request *req, struct verdict *v,
    struct buf *code);

/* The process: confine, read one request from fd, verify, answer.  Returns
 * the exit status. */
int parser_main(int fd);

/* Fork a parse process of our own for one request (command line). */
void parser_run(
    const struct parser_request *req, struct verdict *v, struct buf *code);

#endif
