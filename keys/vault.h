/*
 * vault.h - all private keys in one file (DIR/keys/vault), each wrapped on its
 * own; and the keys derived from the passphrase for other uses.
 *
 * Bytes, big-endian:
 *   header   "CSVAULT1" | log2 N u32 | r u32 | p u32 | salt 32 | entries u32
 *   entry    id length u8 | id | nonce 12 | sealed length u32 | sealed
 * KEK = scrypt(passphrase, salt, N, r, p) (RFC 7914).  sealed = AES-256-GCM
 * (SP 800-38D) of  PKCS#8 length u32 | PKCS#8 DER | x509 DER  with the whole
 * header, the entry's place u32 and its id as associated data: no entry can be
 * changed, moved, dropped or brought from another vault.
 */
#ifndef KEYS_VAULT_H
#define KEYS_VAULT_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	VAULT_LOG_N = 15, /* 32 MiB, about 0.1 s; written by init */
	VAULT_LOG_N_MIN = 10,
	VAULT_LOG_N_MAX = 17,
	VAULT_KEK_SIZE = 32,
	VAULT_ID_SIZE = 48, /* with NUL */
	VAULT_ENTRIES_MAX = 8192,
	VAULT_FILE_MAX = 16777216 /* bytes */
};

struct vault_entry {
	char id[VAULT_ID_SIZE]; /* "root", "ca", "seal/<id>", "code/1" ... */
	struct buf pkcs8;	/* secret, wiped by vault_release */
	struct buf x509;	/* DER */
};

struct vault {
	struct vault_entry *entries; /* owned */
	size_t nentries;
};

#define VAULT_INIT                                                             \
	{                                                                      \
		.entries = NULL                                                \
	}

/* Append an empty entry; NULL when out of memory or the id does not fit. */
struct vault_entry *vault_add(struct vault *v, const char *id);
/* The entry of this id, or NULL; valid until the next vault_add. */
struct vault_entry *vault_find(const struct vault *v, const char *id);
void vault_release(struct vault *v);

/*
 * The KEK of a vault's header.  A wrong passphrase shows only when something
 * is opened with it.  ERR_STORAGE "vault_unreadable".
 */
int vault_kek(struct bytes file, struct bytes passphrase,
    uint8_t kek[VAULT_KEK_SIZE], struct err *e);

/*
 * Open every entry.  A wrong passphrase and any changed, missing or added
 * byte are the same error: ERR_STORAGE "vault_unreadable".
 */
int vault_open(struct bytes file, const uint8_t kek[VAULT_KEK_SIZE],
    struct vault *v, struct err *e);

/* Append the file's bytes, under a fresh salt (2^log_n); kek gets its KEK. */
int vault_write(const struct vault *v, struct bytes passphrase,
    unsigned int log_n, struct buf *file, uint8_t kek[VAULT_KEK_SIZE],
    struct err *e);

/* As vault_write for a vault that was opened from `old`: the same salt and KEK,
 * so that the keys derived from it stay. */
int vault_write_again(const struct vault *v, struct bytes old,
    const uint8_t kek[VAULT_KEK_SIZE], struct buf *file, struct err *e);

/* HKDF-SHA-256 (RFC 5869) of the KEK, one key per purpose. */
int vault_subkey(const uint8_t kek[VAULT_KEK_SIZE], const char *purpose,
    uint8_t key[32], struct err *e);

#endif
