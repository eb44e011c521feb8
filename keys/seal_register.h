/*
 * seal_register.h - all seals of the issuer: what each is, its keys, its state
 * (DIR/keys/seals).  The file is made of records that follow each other, so
 * that a change is one synced write through a descriptor opened before
 * lock-down; an index of them is in memory, keys stay wrapped until used.
 *
 *   file     "CSSEALS1" | record ...
 *   record   body length u32 | body | secret length u32 | secret | mac 32
 *   body     keys/seal_record.h
 *   secret   of a record "made": per algorithm  nonce 12 | length u32 | sealed
 *            sealed = AES-256-GCM(wrap key, PKCS#8 DER), associated data
 *            id || 0 || generation u64 || alg u32
 *   mac      HMAC-SHA-256(key, previous mac || all of the record but the
 *            secret and the mac); the first previous mac is 32 zero bytes.
 *            The body of "made" holds the secret's digest.
 *
 * Both keys come from the vault's (vault_subkey).  The keeper's journal names
 * the mac of the last record that was answered for (its "head"): a register
 * that lacks it was set back.  What follows the head and is no whole record is
 * a crash while writing: it is cut.
 *
 * Nothing is ever changed in the file, with one exception: the secret of a
 * generation that may never sign again (seal lost, destroyed or renewed) is
 * overwritten with zeros, after the record that says so is synced; at the next
 * start again, if a crash came between.  A copy of the file made before still
 * has it.
 */
#ifndef KEYS_SEAL_REGISTER_H
#define KEYS_SEAL_REGISTER_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"
#include "crypto/x509.h"
#include "keys/name_index.h"
#include "keys/seal_record.h"

enum {
	SEAL_REGISTER_MAX = 16384,  /* seals */
	SEAL_GENERATIONS_MAX = 255, /* of one seal */
	SEAL_X509S_MAX = 1024,	    /* of one seal, all generations */
	SEAL_TYPES_MAX = 64,	    /* types of one seal's own row */
	SEAL_TYPE_SIZE = 22,	    /* 21 characters and NUL */
	SEAL_HEAD_SIZE = 32,	    /* bytes of a mac */
	SEAL_TAIL_MAX = 1048576,    /* bytes one batch may leave behind torn */
	SEAL_KEYS_CACHED = 128	    /* unwrapped keys kept */
};

#define SEAL_REGISTER_MAGIC "CSSEALS1"

/* Purposes for vault_subkey. */
#define SEAL_REGISTER_PURPOSE "seals"
#define SEAL_WRAP_PURPOSE "seals wrap"

/* Bytes in the file. */
struct seal_place {
	int64_t offset;
	size_t n;
};

/* One x509 of a seal, of any generation. */
struct seal_x509 {
	enum sign_alg alg;
	uint64_t generation;
	uint8_t sha256[32];
	int64_t not_before, not_after; /* UTC seconds */
	int64_t revoked_since;	       /* 0: it is not */
	enum seal_state revoked_for;   /* SEAL_LOST or SEAL_DESTROYED */
	struct seal_place der, issuers;
};

struct seal_row {
	char id[SEAL_ID_SIZE];
	char department[SEAL_ID_SIZE]; /* unified social credit code */
	enum seal_state state;
	char reason[SEAL_REASON_SIZE]; /* of that state */
	uint64_t generation;
	int64_t made;	 /* first generation, UTC seconds */
	int64_t changed; /* last record */
	char *meta;	 /* owned, JSON text: see seal_register_add */
	char *text;	 /* owned: what seal_json_write keeps; NULL: nothing */
	char (*types)[SEAL_TYPE_SIZE]; /* owned: the department may put it on */
	size_t ntypes;
	struct seal_x509 *x509s; /* owned, oldest first */
	size_t nx509s;
	struct seal_place object; /* of this generation; n 0: none */
	struct seal_place secret;
	int secret_whole;    /* it has the digest that it was written with */
	unsigned int tested; /* bit of each alg: key self-tested */
	uint64_t uses;	     /* signatures, counted by the journal */
	int64_t last_used;   /* 0: never */
};

/* The seals of one department. */
struct seal_department {
	char code[SEAL_ID_SIZE];
	uint32_t *rows; /* owned: places in the register */
	size_t nrows;
	char (*types)[SEAL_TYPE_SIZE]; /* owned: of all its seals, each once */
	size_t ntypes;
};

struct seal_key;

struct seal_register {
	int fd; /* the caller's, for reading and writing, not appending */
	uint8_t mac_key[32], wrap_key[32];
	int64_t size;	  /* bytes that are synced */
	uint64_t version; /* records */
	uint8_t head[SEAL_HEAD_SIZE];
	struct seal_row *rows; /* owned, in order of making */
	size_t nrows;
	struct seal_department *departments; /* owned */
	size_t ndepartments;
	struct name_index by_id, by_department;
	struct seal_place *dead; /* owned: secrets still to be overwritten */
	size_t ndead;
	struct buf batch; /* owned: records not yet written */
	uint8_t next_head[SEAL_HEAD_SIZE];
	struct seal_key *keys; /* owned: the cache */
	uint64_t clock;	       /* of the cache */
	int broken;	       /* file or index is not known any more */
};

/*
 * Read and check the whole file.  kek: the vault's.  head: as the journal last
 * named it (hex; "" for none).  r stays where it is until
 * seal_register_close.  ERR_STORAGE "seals_damaged", "seals_rolled_back".
 */
int seal_register_open(struct seal_register *r, int fd, const uint8_t kek[32],
    const char *head, struct err *e);

/* A new register in an empty file. */
int seal_register_create(
    struct seal_register *r, int fd, const uint8_t kek[32], struct err *e);

void seal_register_close(struct seal_register *r);

/* The seal, or NULL.  Valid until the next sync. */
struct seal_row *seal_register_find(
    const struct seal_register *r, const char *id);

/* The department's seals, or NULL when it has none. */
const struct seal_department *seal_register_department(
    const struct seal_register *r, const char *code);

/* 1 when the seal's own row lets its department put it on the type. */
int seal_row_allows(const struct seal_row *row, const char *type);

/* The x509 in use for an algorithm: newest of the current generation; NULL
 * when there is none. */
const struct seal_x509 *seal_row_x509(
    const struct seal_row *row, enum sign_alg alg);

/* Append bytes of the file: an x509, its issuers, a seal object. */
int seal_register_read(const struct seal_register *r, struct seal_place place,
    struct buf *out, struct err *e);

/*
 * The current generation's private key, unwrapped when first asked for, tested
 * against its x509 once a start, and kept for a while; valid until the next
 * call.  ERR_STORAGE "seals_damaged", ERR_INTERNAL "key_self_test".
 */
int seal_register_key(struct seal_register *r, struct seal_row *row,
    enum sign_alg alg, EVP_PKEY **key, struct err *e);

/*
 * Put a record into the batch: made with the two keys (PKCS#8 is wrapped
 * here), or any other with keys NULL.  meta of a made record is a JSON object
 * with "department" and "types" at least.  What the record may not say in the
 * seal's present state the caller has checked: it is found by the sync only,
 * after writing, as ERR_INTERNAL, and nothing can be added until the next
 * start.  head, when not NULL, gets the register's head with this record, in
 * hex.
 */
int seal_register_add(struct seal_register *r, struct seal_record *record,
    EVP_PKEY *const keys[SEAL_ALGS], char head[65], struct err *e);

/* Write the batch, sync it, and only then put it in force.  On failure none of
 * it counts.  ERR_STORAGE "seals_unwritable". */
int seal_register_sync(struct seal_register *r, struct err *e);

/* Drop the batch. */
void seal_register_drop(struct seal_register *r);

#endif
