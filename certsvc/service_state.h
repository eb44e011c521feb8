/*
 * service_state.h - the inside of struct service, for the files of the service
 * itself (issue, change, lookup, check, publish, health).
 */
#ifndef CERTSVC_SERVICE_STATE_H
#define CERTSVC_SERVICE_STATE_H

#include <pthread.h>

#include "certsvc/directory.h"
#include "certsvc/order.h"
#include "certsvc/print/printer.h"
#include "certsvc/service.h"
#include "certsvc/status_cache.h"
#include "certsvc/template.h"

struct font_set;
struct spooler;
struct desk_memory; /* certsvc/desk_memory.h */

enum {
	SERVICE_PARSERS_MAX = 16,
	SERVICE_UNDER_WAY_MAX = 256, /* issue calls at one time */
	SERVICE_LISTS_MAX = 1024,    /* status lists of one issuer */
	SERVICE_CRLS = 12, /* of two issuing CAs, two roots, and up to four
			      older CAs of each kind */
	SERVICE_OUTSIDE_CRLS = 32, /* of CAs elsewhere */
	SERVICE_PRINT_LOCKS = 64   /* for the certificates being printed */
};

/* Keys (department, matter, serial) being issued right now, by intent. */
struct under_way {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint8_t intents[SERVICE_UNDER_WAY_MAX][16];
	size_t n;
};

/* Spare parse processes. */
struct parser_pool {
	pthread_mutex_t lock;
	pthread_cond_t added;
	int fds[SERVICE_PARSERS_MAX];
	size_t n;
};

/* What was signed and written to DIR/trust last. */
struct published {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	int running, stopping, dirty;
	struct buf trust;	       /* text of trust.json */
	struct buf head, seals;	       /* the same, by trust_pack */
	struct buf anchors, x509s;     /* PEM, all of them */
	struct buf crls[SERVICE_CRLS]; /* DER */
	struct buf outside_crls[SERVICE_OUTSIDE_CRLS]; /* DER, as many as n */
	size_t noutside_crls;
	struct buf lists[SERVICE_LISTS_MAX]; /* CWT of list i + 1 */
	uint64_t last_event[SERVICE_LISTS_MAX];
	int64_t signed_at[SERVICE_LISTS_MAX];
	size_t nlists;
};

struct service {
	struct config config;
	struct keeper *keeper; /* the caller's */
	struct printer *printer;
	struct desk_printers *board; /* certsvc/desk_printers.h */
	struct spooler *spooler;     /* NULL: read-only */
	pthread_mutex_t print_locks[SERVICE_PRINT_LOCKS];
	pthread_mutex_t lookup_locks[SERVICE_PRINT_LOCKS];
	struct template_set templates;
	struct font_set *fonts;
	const struct store_ops *ops;
	struct store *store;
	struct directory *directory; /* guarded by directory_lock */
	pthread_rwlock_t directory_lock;
	pthread_mutex_t authority_lock; /* service_administered */
	int stale; /* the directory was not read again after a change */
	struct under_way under_way;
	struct parser_pool parsers;
	struct published published;
	struct status_cache statuses;
	struct desk_memory *desk;
	int rolled_back; /* database older than the keeper's journal */
};

/* print_desk.c: begin to print what waits; end. */
int print_desk_open(struct service *s, struct err *e);
void print_desk_close(struct service *s);

/* publish.c: write DIR/trust now, and keep it fresh in a thread. */
int publish_start(struct service *s, struct err *e);
void publish_stop(struct service *s);
/* A status changed: the thread signs and writes the lists within a second. */
void publish_soon(struct service *s);
/* A certificate was issued: publish when its list does not say so yet. */
void publish_issued(struct service *s, enum store_status status, uint64_t list);
/* trust.json, anchors and the CAs below them, from the keeper's directory. */
int publish_trust(struct service *s, struct err *e);
/* administered.c: was the directory not read again though something in it
 * changed? */
int publish_is_stale(struct service *s);
/* publish_crl.c: ask the keeper for the CRLs and write those that are new. */
int publish_crls(struct service *s, struct err *e);
/* Take what DIR/trust has of the CAs elsewhere. */
int publish_outside_crls(struct service *s, struct err *e);
/* Read the keeper's directory again. */
int service_directory_refresh(struct service *s, struct err *e);

/* health_seals.c: add checks of the seals' ends and of the CRLs; 1 when all is
 * well. */
int health_seals(struct service *s, json_t *checks);

/* answer.c: the JSON of a certificate as service.h describes it. */
int answer_certificate(struct service *s, const struct store_certificate *c,
    json_t **answer, struct err *e);
/* The same when its documents are known already (format, variant, version,
 * digest, size). */
int answer_documents(struct service *s, const struct store_certificate *c,
    const struct store_document *docs, size_t ndocs, json_t **answer,
    struct err *e);
/* The word of a status; expired when its time is over. */
const char *answer_status(
    enum store_status status, int64_t valid_to, int64_t now);
json_t *answer_time(int64_t t);
json_t *answer_hex(const uint8_t *p, size_t n);
/* The looks of a type: [{id, zh, en}]; NULL: no memory. */
json_t *answer_variants(const struct template *t);

/* ERR_STORAGE "database_rolled_back" when the database is an old one: nothing
 * is issued or changed then, and no status list is signed from it. */
int service_check_writable(const struct service *s, struct err *e);

/* service.c: ERR_DENIED "not_allowed" unless the caller is a department. */
int service_department_only(const struct service_caller *caller, struct err *e);

/* change.c: a free text of a body (NULL: none) has at most ORDER_TEXT_MAX
 * characters, none forbidden; what is wrong is added to e. */
void service_check_text(const char *text, const char *pointer, struct err *e);
/* Give an event its own copies of operator and note (either may be NULL). */
int service_event_texts(
    struct store_event *event, const char *op, const char *note, struct err *e);

/* change.c: service_change for a certificate that the caller was found to be
 * allowed to change. */
int change_certificate(struct service *s, struct service_call *call,
    const struct store_certificate *c, json_t **answer, struct err *e);

/* change.c: the status of a certificate changed, or may have; its copies'
 * too. */
void service_status_changed(struct service *s, const char *id);

/* issue_copy.c: service_copy for an operator with an office's key, who may
 * print call->id: whoever calls this looked.  The office is the maker. */
int service_copy_at_office(struct service *s, struct service_call *call,
    json_t **answer, struct err *e);

/* lookup.c: is it the form of a certificate's id; the answer when there is no
 * such certificate. */
int lookup_id_ok(const char *id);
int lookup_not_found(struct err *e);

/* lookup.c: one certificate that the caller may see, else ERR_NOT_FOUND. */
int lookup_certificate(struct service *s, const struct service_caller *caller,
    const char *id, struct store_certificate *c, struct err *e);

#endif
