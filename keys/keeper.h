/*
 * keeper.h - the client end of the keeper, the only process that ever sees a
 * private key.  It takes meaningful requests (a caller's credential and the
 * record), never a bare digest, and checks them against its own authority table
 * (keys/authority.h).  Calls are thread-safe and wait for the answer; when the
 * keeper dies they fail with ERR_BUSY "keeper_unavailable" (retryable).
 */
#ifndef KEYS_KEEPER_H
#define KEYS_KEEPER_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	KEEPER_FRAME_MAX = 294912, /* bytes of one request or answer: a status
				      list of 2^20 entries and some more */
	KEEPER_ID_SIZE = 32,	   /* key id, seal id, department: with NUL */
	KEEPER_SECRET_SIZE = 64,
	KEEPER_INTENT_SIZE = 16 /* bytes of an intent's id */
};

struct keeper;

/* A department's API key. */
struct keeper_credential {
	char id[KEEPER_ID_SIZE];
	char secret[KEEPER_SECRET_SIZE];
};

/* Takes the descriptor (SOCK_SEQPACKET).  keeper_replace swaps in a new keeper
 * after a death; calls under way fail, later calls go to the new one. */
struct keeper *keeper_new(int fd);
void keeper_replace(struct keeper *k, int fd);
void keeper_free(struct keeper *k);

/* Who a credential is, from the authority table. */
struct keeper_caller {
	char key[KEEPER_ID_SIZE];
	char department[KEEPER_ID_SIZE]; /* unified social credit code */
	char **types;			 /* owned; type codes it may use */
	size_t ntypes;
	uint64_t authority_version;
};
void keeper_caller_release(struct keeper_caller *caller);

/* address: textual IP of the peer, or "local" for the admin socket.
 * ERR_UNKNOWN "bad_credential" (one answer for every cause). */
int keeper_identify(struct keeper *k, const struct keeper_credential *cred,
    const char *address, struct keeper_caller *caller, struct err *e);

/* What a call to sign is about; the same for the code and for each seal. */
struct keeper_matter {
	const struct keeper_credential *cred;
	const char *address;
	uint8_t intent[KEEPER_INTENT_SIZE]; /* its row is durable already */
	struct bytes face;		    /* canonical bytes */
};

struct keeper_code_request {
	struct keeper_matter matter;
	uint64_t template_version;
	uint64_t list, index;
	int64_t issued, expires; /* UTC seconds; expires 0 = open */
	uint8_t cti[16];
	unsigned int form;		  /* enum qr_form */
	const char *const *public_fields; /* face names that ride, in order */
	const uint8_t *mask;		  /* 1: citizen number, mask it */
	size_t npublic;
};

/*
 * Sign the printed code.  The keeper takes type, department and values from the
 * face itself, computes the digest, falls back to the reduced form over 470
 * bytes, journals, signs.  cose gets the COSE_Sign1, digest the face digest.
 * ERR_DENIED "not_authorised" when the table does not list the triple.
 */
int keeper_code(struct keeper *k, const struct keeper_code_request *req,
    struct buf *cose, uint8_t digest[32], struct err *e);

/* Seal a document: document_digest is SHA-256 of its byte ranges. */
struct keeper_seal_request {
	struct keeper_matter matter;
	const char *seal;
	uint8_t document_digest[32];
};
int keeper_seal(struct keeper *k, const struct keeper_seal_request *req,
    struct buf *cms, struct err *e);

/* Sign a status list: bits is the uncompressed list, 2 bits an entry. */
int keeper_status_list(struct keeper *k, uint64_t list, int64_t issued,
    int64_t expires, struct bytes bits, struct buf *cwt, struct err *e);

/*
 * Everything public the keeper knows, as JSON text (docs/keeper.md): issuer
 * number, departments with their seals, types and x509s, code and status keys,
 * authority version, last journal entry.
 */
int keeper_directory(struct keeper *k, struct buf *json, struct err *e);

/* Sign and verify once with every key; ERR_INTERNAL names the one that fails.
 */
int keeper_self_test(struct keeper *k, struct err *e);

/*
 * Relay an administrator's request (made and authenticated by
 * keys/administrator.h with the passphrase) and get the keeper's answer.
 * The keeper has stored a changed authority table before it answers; *authority
 * then holds the new sealed line, for a backup elsewhere, else it is empty.
 */
int keeper_administer(struct keeper *k, struct bytes request,
    struct buf *answer, struct buf *authority, struct err *e);

#endif
