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

enum {
	KEEPER_BATCH_MAX = 64, /* requests behind one sync */
	KEEPER_NONCES = 16,    /* administrators' nonces not yet used */
	KEEPER_NONCE_SIZE = 16,
	KEEPER_NONCE_SECONDS = 300,
	KEEPER_LATE_DAYS = 7, /* an intent is finished by then, or never */
	KEEPER_EARLY_SECONDS = 300, /* clocks of front and keeper are one */
	KEEPER_STATUS_DAYS = 31	    /* longest life of a status list */
};

struct keeper_nonce {
	uint8_t value[KEEPER_NONCE_SIZE];
	int64_t made; /* clock_monotonic_ms; 0 = free */
};

struct keeper_state {
	struct authority authority;
	struct authority_file file;
	struct journal journal;
	struct quota quota;
	struct key_store store;
	struct buf ca_x509, root_x509; /* DER */
	uint8_t admin_key[32];
	struct keeper_nonce nonces[KEEPER_NONCES];
	struct buf directory; /* last rendering */
	uint64_t snapshot;    /* its number */
};

/* One request on its way through a batch. */
struct keeper_job {
	struct buf bytes; /* owned: the frame as received */
	struct keeper_frame frame;
	struct err e; /* class set: answer this */
	int signs;    /* its line is in the batch; sign after the sync */
	long key;     /* place of its key */
	uint8_t face_digest[32];
	struct buf claims;  /* CODE, STATUS_LIST: what will be signed */
	struct buf payload; /* of the answer */
};

/* Everything a request may do before the sync: check, answer what needs no
 * signature, put a line into the journal's batch.  Errors go to job->e. */
void keeper_prepare(struct keeper_state *s, struct keeper_job *job);

/* After the sync: sign. */
void keeper_finish(struct keeper_state *s, struct keeper_job *job);

/* keeper_code.c */
int keeper_code_prepare(struct keeper_state *s, struct keeper_job *job);
int keeper_code_finish(struct keeper_state *s, struct keeper_job *job);

/* keeper_status.c */
int keeper_status_prepare(struct keeper_state *s, struct keeper_job *job);
int keeper_status_finish(struct keeper_state *s, struct keeper_job *job);

/* keeper_identify.c */
int keeper_identify_job(struct keeper_state *s, struct keeper_job *job);
int keeper_self_test_job(struct keeper_state *s, struct keeper_job *job);

/* keeper_seal.c */
int keeper_seal_prepare(struct keeper_state *s, struct keeper_job *job);
int keeper_seal_finish(struct keeper_state *s, struct keeper_job *job);

/* keeper_directory.c */
int keeper_directory_piece(struct keeper_state *s, struct keeper_job *job);

/* keeper_admin.c */
int keeper_administer_job(struct keeper_state *s, struct keeper_job *job);

/* keeper_matter.c: what code and seal have in common. */
struct keeper_matter_check {
	struct face *face; /* owned by the caller: face_free */
	const char *type;  /* views into face */
	const char *department;
	struct authority_caller caller;
};
int keeper_matter_check(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m);
/* Take the quota and add the line of the job (op "code" | "seal"). */
int keeper_matter_line(struct keeper_state *s, struct keeper_job *job,
    const struct keeper_matter_check *m, const char *op, uint64_t quota);

/* sign_fn over a job's key; ctx is this struct. */
struct keeper_signer {
	struct keeper_state *state;
	long key;
};
int keeper_sign(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e);

/* Choose the newest of the issuer's own keys ("code_keys" | "status_keys") that
 * is in force for the job; ERR_DENIED "no_key_in_force". */
int keeper_issuer_key(
    const struct keeper_state *s, struct keeper_job *job, const char *list);

#endif
