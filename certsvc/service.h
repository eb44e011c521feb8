/*
 * service.h - everything the doors may ask for, as one object wired once.
 *
 * Functions are thread-safe.  Results are JSON values the caller owns a
 * reference of; errors are in *e.  Nothing here knows HTTP.
 */
#ifndef CERTSVC_SERVICE_H
#define CERTSVC_SERVICE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "certsvc/config.h"
#include "certsvc/operator.h"
#include "certsvc/store/store.h"
#include "certsvc/verdict.h"
#include "certsvc/verify.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "keys/keeper.h"

struct service;

/*
 * Opens templates, fonts and store of the data directory; the keeper's client
 * stays the caller's.  A database older than the keeper's journal opens
 * read-only: service_health tells, issuing answers ERR_STORAGE
 * "database_rolled_back".
 */
int service_open(const struct config *config, struct keeper *keeper,
    struct service **service, struct err *e);
void service_close(struct service *service);

/* Who calls: an authenticated department (who it is, from keeper_identify, and
 * the credential it showed, which goes on to the keeper) or an operator with a
 * live session.  Functions made for one of them refuse the other:
 * ERR_DENIED "not_allowed". */
struct service_caller {
	const struct keeper_credential *cred;	 /* NULL: an operator */
	const char *address;			 /* textual IP, or "local" */
	const struct keeper_caller *who;	 /* NULL: an operator */
	const struct service_operator *operator; /* NULL: a department */
};

/* One call about certificates. */
struct service_call {
	const struct service_caller *caller;
	const char *action; /* "issue", "renew", "revoke" ... */
	const char *id;	    /* certificate it is about; NULL for issue */
	const json_t *body;
	int replayed; /* out: the same key was answered before */
};

/*
 * Issue (POST /v1/certificates).  body as in order.h.  call->replayed is 1 when
 * this (department, matter, serial) was answered before: the same answer again.
 * ERR_CONFLICT "key_reused" for another body under the same key.
 * Answer: {"id","type","type_name":{zh,en},"number","identifier","department",
 * "status","issued","valid_from","valid_to"|null,"face_digest","qr",
 * "documents":[{"format","variant","version","digest","size"}],"ledger_index"}.
 */
int service_issue(struct service *service, struct service_call *call,
    json_t **answer, struct err *e);

/*
 * Renew or correct (action "renew" | "correct"): a new certificate that
 * supersedes call->id.  body: {"reason","matter","serial","operator"?,"note"?,
 * "purpose"?,"fields":{...all fields...}}; for renew, fields may be left out
 * and those of the old certificate are taken.  Answer as service_issue plus
 * "supersedes".  ERR_CONFLICT "wrong_status" on a revoked, suspended or
 * superseded one.
 */
int service_reissue(struct service *service, struct service_call *call,
    json_t **answer, struct err *e);

/*
 * A purpose-bound copy (加注件) of the valid certificate call->id (action
 * "copy").  body: {"purpose","expires" (YYYY-MM-DD, its last day, not after the
 * original's), "matter","serial","operator"?,"maker"? (else the department)}.
 * Answer as service_issue plus "copy_of".  ERR_DENIED "copies_not_allowed" by
 * the template; ERR_CONFLICT "original_not_valid", "is_copy",
 * "template_changed"; ERR_LIMIT "too_many_copies".
 */
int service_copy(struct service *service, struct service_call *call,
    json_t **answer, struct err *e);

/*
 * revoke | suspend | resume | hand_over.  body: {"reason" (code of the table
 * in reason.h), "operator"?, "note"?}.  Answer: {"id","status","since",
 * "reason"}.  Repeating a change that is already in force with the same reason
 * gives the same answer.
 */
int service_change(struct service *service, struct service_call *call,
    json_t **answer, struct err *e);

/* All that the department may see of one of its certificates (else
 * ERR_NOT_FOUND): as service_issue plus "fields", "events", "supersedes",
 * "superseded_by", "copies" (the newest: {"id","status","issued","valid_to"});
 * of a copy "copy_of", "maker", "expires" (and "purpose"). */
int service_get(struct service *service, const struct service_caller *caller,
    const char *id, json_t **answer, struct err *e);

/*
 * The department's certificates, newest first.  query: {"type"?,"number"?,
 * "holder_code"?,"status"?,"limit"?,"cursor"?}.  Answer: {"items":[...],
 * "next": cursor | null}.
 */
int service_list(struct service *service, const struct service_caller *caller,
    const json_t *query, json_t **answer, struct err *e);

/* Which file of a certificate. */
struct service_file_name {
	const char *id;
	const char *format;   /* pdf | ofd | xml | qr (qr: the code's text) */
	const char *variant;  /* NULL: the type's first; of qr: "es256", "sm2"
			       */
	unsigned int version; /* 0: newest */
};
/* The caller releases doc->bytes. */
int service_file(struct service *service, const struct service_caller *caller,
    const struct service_file_name *name, struct store_document *doc,
    struct err *e);

/* Public, JSON text:
 * {"id","type","status","status_since","status_as_of","superseded_by"?,
 * "superseded_by_number"?} - no personal data. */
int service_status(
    struct service *service, const char *id, struct buf *json, struct err *e);

/* Public verification of uploaded bytes (see verify.h); adds the live status.
 * A `valid` that a parse process claims is confirmed here: the document's hash
 * or the code's text must be in the store, else not_in_register; of a printed
 * sheet in its record, which may be void (sheet_void). */
int service_verify(struct service *service, struct bytes file, int64_t at,
    struct verdict *v, struct err *e);

/* For departments, after service_verify: what a valid printed sheet was printed
 * for, as far as the register knows. */
int service_sheet_purpose(
    struct service *service, struct verdict *v, struct err *e);

/* Public: types with their fields, as a form needs them. */
int service_types(struct service *service, json_t **answer, struct err *e);

/* Public trust data: text of trust.json, one status list (CWT), the CRL (DER)
 * of "p256" or "sm2", the issuing CAs, or "root-p256", "root-sm2". */
int service_trust(struct service *service, struct buf *json, struct err *e);
int service_status_list(
    struct service *service, uint64_t list, struct buf *cwt, struct err *e);
int service_crl(
    struct service *service, const char *ca, struct buf *der, struct err *e);

/* {"index","size","root","leaf","proof":[hex...]} of a certificate's issue. */
int service_proof(
    struct service *service, const char *id, json_t **answer, struct err *e);

/* Self checks with what to do in words: {"ok","checks":[{"name","ok","zh",
 * "en"}]}.  deep: also sign + verify with each key and audit the store. */
int service_health(
    struct service *service, int deep, json_t **answer, struct err *e);

/* Figures for /metrics. */
int service_figures(
    struct service *service, struct store_figures *f, struct err *e);

struct keeper *service_keeper(struct service *service);

/* Is the public URL https? */
int service_is_https(const struct service *service);
/* Does a proxy on this host say where callers come from (config.h)? */
int service_behind_proxy(const struct service *service);

/* The authority table or the seals were changed: read the keeper's directory
 * again and write DIR/trust. */
int service_authority_changed(struct service *service, struct err *e);

/*
 * An administrator's request went to the keeper and this is its answer
 * (docs/keeper.md).  When it says that the authority table or the seals are
 * others than known here, service_authority_changed.  more: further requests
 * follow at once, so do it with the last of them (or within a minute, should
 * they not come).
 */
int service_administered(
    struct service *service, struct bytes answer, int more, struct err *e);

/* Give the service a spare parse process (a stream socket); it takes the
 * descriptor.  Without any, service_verify waits up to 5 s, then ERR_BUSY. */
void service_add_parser(struct service *service, int fd);

/* Go on with the print jobs of a run before this one: for a server that stays,
 * not for one that lives as long as a command. */
int service_print_waiting(struct service *service, struct err *e);

/* Give the service its printer process (a stream socket), in the place of the
 * one it had; it takes the descriptor. */
void service_take_printer(struct service *service, int fd);

#endif
