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
#include "crypto/sign.h"

enum {
	KEEPER_FRAME_MAX = 294912, /* bytes of one request or answer: a status
				      list of 2^20 entries and some more */
	KEEPER_ID_SIZE = 32,	   /* key id, seal id, department: with NUL */
	KEEPER_SECRET_SIZE = 64,
	KEEPER_PLACE_MAX = 15,	    /* number of a seal place in a template */
	KEEPER_PROPERTY_SIZE = 128, /* a path inside an OFD, with NUL */
	KEEPER_PROOF_MAX = 2048,    /* bytes of a code shown as a proof */
	KEEPER_INTENT_SIZE = 16	    /* bytes of an intent's id */
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

/* What an office shows in place of a department's key: it cannot issue, only
 * make sheets and copies of what was issued (docs/desk.md). */
struct keeper_office {
	const char *key;     /* base32 of the office key, 52 characters */
	struct bytes ticket; /* keys/ticket.h */
};

/* What a call to sign is about; the same for the code and for each seal. */
struct keeper_matter {
	const struct keeper_credential *cred;
	const char *address;
	const struct keeper_office *office; /* not NULL: in place of cred */
	uint8_t intent[KEEPER_INTENT_SIZE]; /* its row is durable already */
	struct bytes face;		    /* canonical bytes */
	/* COSE of a code of ours.  For the code of a sheet, and of an office's
	 * copy: the original's.  For a seal on either: that new code.  Else
	 * empty. */
	struct bytes proof;
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
	enum sign_alg alg; /* 0: SIGN_ES256 */
	uint64_t copy;	   /* its number, when the face is a copy's; else 0 */
	/* Number of a printed sheet of the certificate that the proof is the
	 * code of, else 0.  Of this request only matter, alg and sheet count
	 * then: all claims are the proof's. */
	uint64_t sheet;
};

/*
 * Sign the printed code.  The keeper takes type, department and values from the
 * face itself, computes the digest, falls back to the reduced form over 470
 * bytes, journals, signs with its newest code key of the algorithm.  cose gets
 * the COSE_Sign1, digest the face digest.  ERR_DENIED "not_authorised" when the
 * table does not list the triple, "no_key_in_force".  The code of a copy says
 * so: number, maker (at most 63 bytes) and day; ERR_INPUT "bad_copy" when the
 * face is a copy's and has no number, or the reverse.
 */
int keeper_code(struct keeper *k, const struct keeper_code_request *req,
    struct buf *cose, uint8_t digest[32], struct err *e);

/*
 * Seal a PDF: CMS with the seal's ES256 key; document_digest is SHA-256 of its
 * byte ranges.  place: number of the seal place in the template; 0 is the
 * issuing department's own, the others need a grant that names seal and place
 * (the only way to use another department's seal).
 * ERR_DENIED "not_authorised"; "seal_suspended", "seal_lost",
 * "seal_destroyed"; "seal_x509_expired".  ERR_LIMIT "quota_reached".
 */
struct keeper_seal_request {
	struct keeper_matter matter;
	const char *seal;
	unsigned int place;
	uint8_t document_digest[32];
};
int keeper_seal(struct keeper *k, const struct keeper_seal_request *req,
    struct buf *cms, struct err *e);

/*
 * Seal an OFD: SES_Signature (GB/T 38540-2020) with the seal's SM2 key.  The
 * keeper builds TBS_Sign itself: the seal object of the seal's current
 * generation, its own clock, both face digests computed from the face.
 * Errors as keeper_seal.
 */
struct keeper_ses_request {
	struct keeper_matter matter;
	const char *seal;
	unsigned int place;
	uint8_t document_digest[32]; /* SM3 of Signature.xml */
	uint8_t package_digest[32];  /* SHA-256 of the package before this
					signature's SignedValue.dat */
	const char *property;	     /* absolute path of Signature.xml */
};
int keeper_seal_ses(struct keeper *k, const struct keeper_ses_request *req,
    struct buf *ses, struct err *e);

/* The SES seal object (DER of SESeal) of the seal's current generation, as it
 * goes into Seal.esl; public.  ERR_NOT_FOUND "no_seal_object". */
int keeper_seal_object(
    struct keeper *k, const char *seal, struct buf *der, struct err *e);

/*
 * Uses of a seal and changes of it, oldest first, from the journal, as JSON:
 * {"uses":[{"seq","time","op","type","department","intent","office"?,
 * "number"?}],"cursor":N,"count":N,"last_used":seconds}; the last two of the
 * whole seal as of now.  office: that had it sealed; number: of a printed sheet
 * or an office's copy.
 * cursor: 0, then the one of the answer before; the answer has none at the end.
 * An answer may be empty and still have a cursor.  INT64_MAX asks for nothing
 * but the counts.  No personal data.
 */
int keeper_seal_uses(struct keeper *k, const char *seal, uint64_t cursor,
    struct buf *json, struct err *e);

/*
 * The list of revoked x509s (DER) of the issuing CA of that algorithm: signed
 * anew when it is older than a day or does not name all lost and destroyed
 * seals; good for 7 days.  Needs no credential.
 */
int keeper_crl(
    struct keeper *k, enum sign_alg alg, struct buf *der, struct err *e);

/* As keeper_crl for the number-th CA that was followed by another, from 1.
 * ERR_NOT_FOUND "no_crl" past the last. */
int keeper_older_crl(struct keeper *k, enum sign_alg alg, unsigned int number,
    struct buf *der, struct err *e);

/* The root's list, as it was made when its key was last at hand.
 * ERR_NOT_FOUND "no_crl". */
int keeper_root_crl(
    struct keeper *k, enum sign_alg alg, struct buf *der, struct err *e);

/* Sign a status list: bits is the uncompressed list, 2 bits an entry. */
int keeper_status_list(struct keeper *k, uint64_t list, int64_t issued,
    int64_t expires, struct bytes bits, struct buf *cwt, struct err *e);

/*
 * Everything public the keeper knows, as JSON text (docs/keeper.md): issuer
 * number, departments with their seals, types and x509s, code and status keys,
 * authority version, last journal entry.
 */
int keeper_directory(struct keeper *k, struct buf *json, struct err *e);

/* 0 when the keeper answers; costs it nothing. */
int keeper_ping(struct keeper *k, struct err *e);

/* Sign and verify with every key of the issuer, and with those of the next 64
 * seals (all of them in turns, call by call); ERR_INTERNAL names the one that
 * fails. */
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
