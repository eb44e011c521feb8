/*
 * keeper_state.h - what the keeper process holds, and the steps of one batch
 * of requests; private to keeper_*.c.
 */
#ifndef KEYS_KEEPER_STATE_H
#define KEYS_KEEPER_STATE_H

#include <stdint.h>

#include "crypto/qr_claims.h"
#include "keys/authority.h"
#include "keys/authority_file.h"
#include "keys/journal.h"
#include "keys/keeper_frame.h"
#include "keys/key_store.h"
#include "keys/quota.h"
#include "keys/seal_make.h"
#include "keys/seal_register.h"
#include "keys/ticket.h"

enum {
	KEEPER_BATCH_MAX = 64, /* requests behind one sync */
	KEEPER_NONCES = 16,    /* administrators' nonces not yet used */
	KEEPER_NONCE_SIZE = 16,
	KEEPER_NONCE_SECONDS = 300,
	KEEPER_LATE_DAYS = 7, /* an intent is finished by then, or never */
	KEEPER_EARLY_SECONDS = 300, /* clocks of front and keeper are one */
	KEEPER_TEST_SEALS = 64,	    /* seals in one self-test */
	KEEPER_STATUS_DAYS = 31,    /* longest life of a status list */
	KEEPER_OLDER_MAX = 4	    /* CAs before the present one, each kind */
};

struct keeper_nonce {
	uint8_t value[KEEPER_NONCE_SIZE];
	int64_t made; /* clock_monotonic_ms; 0 = free */
};

/* A list of revoked x509s, as it was last made or read. */
struct keeper_list {
	struct buf der;
	int64_t made;		/* UTC seconds */
	uint64_t number;	/* grows with each */
	uint64_t seals_version; /* register it was made from */
	size_t nrevoked;	/* revoked x509s in that, others' too */
	uint64_t snapshot;	/* counts the lists */
};

/* A hierarchy: its issuing CA, and the root as far as it is known here (the
 * root's key is elsewhere). */
struct keeper_issuer {
	enum sign_alg alg;
	EVP_PKEY *key;	       /* of the issuing CA, owned */
	struct buf x509, root; /* DER */
	struct keeper_list list, root_list;
};

struct keeper_state {
	struct authority authority;
	struct authority_file file;
	struct journal journal;
	struct quota quota;
	struct key_store store;
	struct seal_register seals;
	struct keeper_issuer issuers[SEAL_ALGS]; /* ES256, SM2 */
	/* CAs that give no more x509s, but still their lists */
	struct keeper_issuer older[SEAL_ALGS][KEEPER_OLDER_MAX];
	size_t nolder[SEAL_ALGS];
	struct bytes older_makers[KEEPER_OLDER_MAX]; /* x509s, into: */
	size_t nolder_makers;
	struct buf older_makers_der; /* owned */
	uint8_t admin_key[32];
	uint8_t ticket_key[32];
	const struct x509 **code_x509s; /* owned: of all keys for codes */
	size_t ncode_x509s;
	struct keeper_nonce nonces[KEEPER_NONCES];
	size_t tested;	      /* seal that a self-test came to */
	struct buf directory; /* last rendering */
	uint64_t snapshot;    /* its number */
};

/* One request on its way through a batch. */
struct keeper_job {
	struct buf bytes; /* owned: the frame as received */
	struct keeper_frame frame;
	struct err e; /* class set: answer this */
	int signs;    /* its line is in the batch; sign after the sync */
	long key;     /* CODE, STATUS_LIST: place of its key */
	int64_t time; /* of its line */
	uint8_t face_digest[32];
	struct buf claims;  /* CODE, STATUS_LIST: what will be signed */
	struct buf payload; /* of the answer */
};

/* keeper_code.c */
int keeper_code_prepare(struct keeper_state *s, struct keeper_job *job);
int keeper_code_finish(struct keeper_state *s, struct keeper_job *job);

/* keeper_status.c */
int keeper_status_prepare(struct keeper_state *s, struct keeper_job *job);
int keeper_status_finish(struct keeper_state *s, struct keeper_job *job);

/* keeper_identify.c */
int keeper_identify_job(struct keeper_state *s, struct keeper_job *job);
int keeper_ping_job(struct keeper_state *s, struct keeper_job *job);
int keeper_self_test_job(struct keeper_state *s, struct keeper_job *job);

/* keeper_seal.c: SEAL and SEAL_SES are prepared alike */
int keeper_seal_prepare(struct keeper_state *s, struct keeper_job *job);
int keeper_seal_finish(struct keeper_state *s, struct keeper_job *job);
int keeper_ses_finish(struct keeper_state *s, struct keeper_job *job);
int keeper_seal_object_job(struct keeper_state *s, struct keeper_job *job);

/* keeper_uses.c */
int keeper_uses_job(struct keeper_state *s, struct keeper_job *job);

/* keeper_issuer.c: CAs and the seal maker */
struct vault;
int keeper_issuers_take(
    struct keeper_state *s, const struct vault *vault, struct err *e);
/* The roots' lists, from DIR/keys; ERR_STORAGE "root_crl_damaged". */
int keeper_root_lists_read(
    struct keeper_state *s, const char *dir, struct err *e);
void keeper_issuers_release(struct keeper_state *s);
const struct keeper_issuer *keeper_issuer(
    const struct keeper_state *s, enum sign_alg alg);
/* The CA of ours, present or older, that gave this x509; NULL when none. */
const struct keeper_issuer *keeper_issuer_of(
    const struct keeper_state *s, struct bytes x509);
/* A maker over the keeper's own; signer must live as long as it is used. */
struct keeper_signer;
int keeper_maker(struct keeper_state *s, struct keeper_signer *signer,
    struct seal_maker *maker, struct err *e);

/* keeper_crl.c; the action "root_crl" brings new lists of the roots */
int keeper_root_crl_act(struct keeper_state *s, const json_t *action,
    json_t **answer, struct err *e);
int keeper_crl_prepare(struct keeper_state *s, struct keeper_job *job);
int keeper_crl_finish(struct keeper_state *s, struct keeper_job *job);

/* keeper_seal_admin.c: an action whose name starts with "seal_" */
int keeper_seal_act(struct keeper_state *s, const json_t *action,
    json_t **answer, struct err *e);

/* keeper_authorise.c: seals' own rows and grants together */

/* May a caller use a type at all: some grant or own seal gives it? */
int keeper_may_use(const struct keeper_state *s,
    const struct authority_caller *caller, const char *type);

/*
 * May the caller put the seal on the type at the place?  By a grant that names
 * all three (another department's seal: at place 1 or higher only), or at place
 * 0 by the own row of a seal of its department.  *quota: certificates a day, 0
 * = no limit.  ERR_DENIED "not_authorised", "seal_suspended", "seal_lost",
 * "seal_destroyed".
 */
struct keeper_use {
	const char *type, *seal;
	unsigned int place;
};
int keeper_may_seal(const struct keeper_state *s,
    const struct authority_caller *caller, const struct keeper_use *use,
    uint64_t *quota, struct err *e);

/* May the caller have a code of this type?  It may when a seal in force may go
 * on it at place 0; *quota is the sum of their quotas.  Errors as above. */
int keeper_may_code(const struct keeper_state *s,
    const struct authority_caller *caller, const char *type, uint64_t *quota,
    struct err *e);

/* May this seal be granted to this department at this place?  ERR_NOT_FOUND
 * "no_such_seal", ERR_INPUT "bad_action". */
int keeper_grant_check(const struct keeper_state *s, const char *department,
    const char *seal, int64_t place, struct err *e);

/* 0, or ERR_DENIED for a seal that is not active: its state as the code. */
int keeper_seal_in_force(const struct seal_row *row, struct err *e);

/* keeper_expires.c: [{"id","not_after"}], a new reference */
json_t *keeper_expires_json(const struct keeper_state *s);

/* keeper_directory.c */
int keeper_directory_piece(struct keeper_state *s, struct keeper_job *job);

/* keeper_admin.c */
int keeper_administer_job(struct keeper_state *s, struct keeper_job *job);

/* keeper_matter.c: what code and seal have in common. */
struct keeper_matter_check {
	struct face *face; /* owned */
	const char *type;  /* views into face */
	const char *department;
	struct authority_caller caller; /* who asks; for an office the
					   department of the face, with all
					   its rights */
	int by_office;
	struct ticket ticket;	/* of the office */
	uint64_t quota;		/* the office's for the type, 0 = no limit */
	struct qr_claims proof; /* owned; when there is one */
	uint64_t number;	/* of the copy or sheet; 0: no proof */
};
/* The caller ends with keeper_matter_release, also after a failure. */
int keeper_matter_check(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m);
void keeper_matter_release(struct keeper_matter_check *m);
/* Take the quota (the department's: quota; an office's own instead) and add
 * the line of the job (op "code" | "sheet" | "seal" | "ses"). */
int keeper_matter_line(struct keeper_state *s, struct keeper_job *job,
    const struct keeper_matter_check *m, const char *op, uint64_t quota);

/* keeper_office.c: the frame's ticket and office key; ERR_DENIED "bad_ticket",
 * "office_stopped". */
int keeper_office_open(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m);
/* Then: may the office make something of this face?  Fills quota and caller.
 * ERR_DENIED "not_authorised". */
int keeper_office_check(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m);
/* The action "office_ticket". */
int keeper_office_ticket_act(struct keeper_state *s, const json_t *action,
    json_t **answer, struct err *e);

/* keeper_proof.c: the x509s of all keys for codes, once */
int keeper_proof_keys(struct keeper_state *s, struct err *e);
void keeper_proof_release(struct keeper_state *s);
/*
 * Read the frame's proof and check that it is ours, of this face, and of what
 * the frame makes: the original's code for a code, the new code for a seal.
 * Nothing to do for a department's call without one that makes no sheet.
 * ERR_DENIED "bad_proof".
 */
int keeper_proof_check(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m);

/* sign_fn over a job's key; ctx is this struct. */
struct keeper_signer {
	struct keeper_state *state;
	long key; /* a place in the store, or -1: */
	EVP_PKEY *own;
	enum sign_alg alg; /* of own */
};
int keeper_sign(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e);

/* The place of the newest of the issuer's own keys of a list that is in force;
 * -1 when there is none. */
long keeper_key_in_force(
    const struct keeper_state *s, const char *list, enum sign_alg alg);
/* Choose the newest of the issuer's own keys ("code_keys" | "status_keys") of
 * the algorithm that is in force for the job; ERR_DENIED "no_key_in_force". */
int keeper_issuer_key(const struct keeper_state *s, struct keeper_job *job,
    const char *list, enum sign_alg alg);

#endif
