/*
 * keeper_frame.h - the frames between the keeper and its client, as bytes
 * (docs/keeper.md): deterministic CBOR, one a message of the socket.
 *
 *   request  [ 1, number, op, [ arguments by op ] ]
 *   answer   [ 1, number, 0, bstr payload ]
 *            [ 1, number, class, code, zh, en, retryable ]
 *
 * number is the client's; an answer with number 0 answers no request: the
 * keeper could not start, and says why.
 */
#ifndef KEYS_KEEPER_FRAME_H
#define KEYS_KEEPER_FRAME_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/face.h"
#include "crypto/qr_claims.h"
#include "keys/keeper.h"

enum {
	KEEPER_FRAME_VERSION = 1,
	KEEPER_ADDRESS_SIZE = 64, /* textual address with NUL */
	KEEPER_CHUNK_MAX = 65536  /* bytes of the directory in one answer */
};

/* Whose list of revoked x509s; older CAs count on from KEEPER_CRL_OLDER. */
enum {
	KEEPER_CRL_CA = 0,
	KEEPER_CRL_ROOT = 1,
	KEEPER_CRL_OLDER = 2,
	KEEPER_CRL_MAX = 15
};

enum keeper_op {
	KEEPER_IDENTIFY = 1,
	KEEPER_CODE = 2,
	KEEPER_SEAL = 3,
	KEEPER_STATUS_LIST = 4,
	KEEPER_DIRECTORY = 5,
	KEEPER_SELF_TEST = 6,
	KEEPER_ADMINISTER = 7,
	KEEPER_SEAL_SES = 8,
	KEEPER_SEAL_OBJECT = 9,
	KEEPER_SEAL_USES = 10,
	KEEPER_CRL = 11,
	KEEPER_PING = 12
};

/* One request; which members count depends on op.  Views are into the frame
 * that was read, or the caller's. */
struct keeper_frame {
	uint64_t number;
	enum keeper_op op;
	/* IDENTIFY, CODE, SEAL, SEAL_SES: who */
	struct keeper_credential cred;
	char address[KEEPER_ADDRESS_SIZE];
	/* CODE, SEAL, SEAL_SES: an office calls (docs/desk.md), its key is in
	 * cred.secret; empty: a department, by cred */
	struct bytes ticket;
	/* CODE, SEAL, SEAL_SES: about what */
	uint8_t intent[KEEPER_INTENT_SIZE];
	struct bytes face;
	struct bytes proof; /* a code of ours; may be empty */
	/* CODE; list, issued, expires also STATUS_LIST */
	uint64_t template_version;
	uint64_t list, index;
	int64_t issued, expires;
	uint8_t cti[QR_CTI_SIZE];
	unsigned int form;
	char names[QR_VALUES_MAX][FACE_NAME_SIZE];
	uint8_t mask[QR_VALUES_MAX];
	size_t nnames;
	enum sign_alg alg;
	uint64_t copy;
	uint64_t sheet;
	/* SEAL, SEAL_SES; seal also SEAL_OBJECT, SEAL_USES */
	char seal[KEEPER_ID_SIZE];
	unsigned int place;
	uint8_t document_digest[32];
	/* SEAL_SES */
	uint8_t package_digest[32];
	char property[KEEPER_PROPERTY_SIZE];
	/* SEAL_USES */
	uint64_t cursor;
	/* CRL, with alg: whose list */
	unsigned int which;
	/* DIRECTORY, CRL: a piece of which rendering of it (0: a fresh one) */
	uint64_t snapshot, offset;
	/* STATUS_LIST: the entries; ADMINISTER: the request */
	struct bytes body;
};

/* Append a request's bytes. */
void keeper_frame_write(const struct keeper_frame *f, struct buf *out);

/* Read one; anything but the one form is a failure.  0, or -1.  The number is
 * set whenever it could be read, so that the failure can be answered. */
int keeper_frame_read(struct bytes in, struct keeper_frame *f);

/* Append an answer: payload when e is NULL or without a class, else e. */
void keeper_answer_write(uint64_t number, struct bytes payload,
    const struct err *e, struct buf *out);

/* Read one: 0 with payload (a view), a class of *e, or ERR_INTERNAL for bytes
 * that are no answer (number 0 then). */
int keeper_answer_read(
    struct bytes in, uint64_t *number, struct bytes *payload, struct err *e);

#endif
