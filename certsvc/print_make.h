/*
 * print_make.h - one making of a print job, shared by its steps: what was asked
 * for, what is printed and where it goes.  The order of the steps is known to
 * print_make.c only.
 */
#ifndef CERTSVC_PRINT_MAKE_H
#define CERTSVC_PRINT_MAKE_H

#include "certsvc/print_desk_state.h"
#include "certsvc/print_rule.h"
#include "certsvc/sheet.h"

enum {
	PRINT_KEY_MAX = 128 /* bytes of an Idempotency-Key */
};

/* The body of the call; views into it, NULL where nothing was given. */
struct print_order {
	const char *certificate, *kind_word, *channel, *printer, *office;
	const char *lookup, *purpose, *reason, *expires, *matter, *blank;
	const char *variant;
	enum print_kind kind;
	int browser;
};

struct print_make {
	struct service *service;
	struct print_call *call;
	struct print_order order;
	char key[65];	 /* id of the key's record */
	char digest[65]; /* of the body, hex */
	struct store_certificate certificate;
	char *purpose;		   /* of the look-up; owned */
	struct desk_office office; /* whose printer it is; id NULL: none */
	struct print_job job;	   /* grows step by step */
	struct printer_target target;
	float dx, dy;
	const char *paper;    /* that is in the printer; NULL: unknown */
	struct buf pdf, code; /* of a new sheet */
};

/* print_order.c: read the body; every wrong member is named. */
int print_order_read(struct print_make *make, struct err *e);
/* The key's record and the body's digest.  ERR_INPUT
 * "idempotency_key_needed". */
int print_order_key(struct print_make *make, struct err *e);
/* The job that this key led to before: 1, 0 when there is none, or a class
 * (ERR_CONFLICT "key_reused"). */
int print_order_replay(struct print_make *make, struct err *e);

/* print_place.c: may the caller print this certificate; where it goes. */
int print_place_certificate(struct print_make *make, struct err *e);
int print_place_printer(struct print_make *make, struct err *e);

/* print_make_put.c: everything of the job in one transaction. */
int print_make_put(struct print_make *make, struct err *e);

#endif
