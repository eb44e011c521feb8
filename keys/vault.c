/* vault.c - see vault.h. */
#include "keys/vault.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/aead.h"

enum {
	MAGIC_SIZE = 8,
	SALT_SIZE = 32,
	HEADER_SIZE = MAGIC_SIZE + 12 + SALT_SIZE + 4,
	NONCE_SIZE = AEAD_NONCE_SIZE,
	TAG_SIZE = AEAD_TAG_SIZE,
	SCRYPT_R = 8,
	SCRYPT_P = 1,
	AAD_SIZE = HEADER_SIZE + 4 + VAULT_ID_SIZE,
	SEALED_MAX = 65536 /* bytes of one wrapped key with its x509 */
};

static const char magic[MAGIC_SIZE + 1] = "CSVAULT1";

/* One answer for every cause: what was wrong would help only an attacker. */
static int
unreadable(struct err *e)
{
	return err_set(e, ERR_STORAGE, "vault_unreadable",
	    "打不开密钥库：口令不对，或文件已损坏；请检查 --key-file "
	    "给的口令，仍不行则从备份恢复 keys/vault",
	    "cannot open the vault: wrong passphrase or damaged file; check the "
	    "passphrase given with --key-file, else restore keys/vault from a "
	    "backup");
}

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

struct vault_entry *
vault_add(struct vault *v, const char *id)
{
	struct vault_entry *grown, *entry;

	if (v->nentries >= VAULT_ENTRIES_MAX || strlen(id) >= VAULT_ID_SIZE)
		return NULL;
	grown = realloc(v->entries, (v->nentries + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	v->entries = grown;
	entry = &grown[v->nentries++];
	memset(entry, 0, sizeof(*entry));
	snprintf(entry->id, sizeof(entry->id), "%s", id);
	return entry;
}

struct vault_entry *
vault_find(const struct vault *v, const char *id)
{
	size_t i;

	for (i = 0; i < v->nentries; i++)
		if (strcmp(v->entries[i].id, id) == 0)
			return &v->entries[i];
	return NULL;
}

void
vault_release(struct vault *v)
{
	size_t i;

	for (i = 0; i < v->nentries; i++) {
		buf_wipe(&v->entries[i].pkcs8);
		buf_release(&v->entries[i].x509);
	}
	free(v->entries);
	v->entries = NULL;
	v->nentries = 0;
}

int
vault_subkey(const uint8_t kek[VAULT_KEK_SIZE], const char *purpose,
    uint8_t key[32], struct err *e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	size_t n = 32;
	int ok;

	ok = ctx != NULL && EVP_PKEY_derive_init(ctx) > 0 &&
	     EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) > 0 &&
	     EVP_PKEY_CTX_set1_hkdf_salt(
		 ctx, (const unsigned char *)"certsvc vault", 13) > 0 &&
	     EVP_PKEY_CTX_set1_hkdf_key(ctx, kek, VAULT_KEK_SIZE) > 0 &&
	     EVP_PKEY_CTX_add1_hkdf_info(ctx, (const unsigned char *)purpose,
		 (int)strlen(purpose)) > 0 &&
	     EVP_PKEY_derive(ctx, key, &n) > 0 && n == 32;
	EVP_PKEY_CTX_free(ctx);
	return ok ? 0 : err_internal(e, "HKDF");
}

/* The numbers of a header are fixed but for N, which only picks a KEK: a
 * header made weaker gives another KEK, and nothing opens. */
static int
header_kek(const uint8_t header[HEADER_SIZE], struct bytes passphrase,
    uint8_t kek[VAULT_KEK_SIZE])
{
	const uint8_t *p = header + MAGIC_SIZE;
	uint32_t log_n = get32(p);
	uint64_t n;

	if (memcmp(header, magic, MAGIC_SIZE) != 0 || log_n < VAULT_LOG_N_MIN ||
	    log_n > VAULT_LOG_N_MAX || get32(p + 4) != SCRYPT_R ||
	    get32(p + 8) != SCRYPT_P)
		return -1;
	n = (uint64_t)1 << log_n;
	/* memory is 128 * r * N bytes; the default cap is 32 MiB in all */
	return EVP_PBE_scrypt((const char *)passphrase.p, passphrase.n, p + 12,
		   SALT_SIZE, n, SCRYPT_R, SCRYPT_P,
		   n * 128 * SCRYPT_R + 4194304, kek, VAULT_KEK_SIZE) == 1
		   ? 0
		   : -1;
}

int
vault_kek(struct bytes file, struct bytes passphrase,
    uint8_t kek[VAULT_KEK_SIZE], struct err *e)
{
	if (file.n < HEADER_SIZE || header_kek(file.p, passphrase, kek) != 0)
		return unreadable(e);
	return 0;
}

static size_t
make_aad(
    uint8_t aad[AAD_SIZE], const uint8_t *header, size_t place, const char *id)
{
	size_t n = strlen(id);

	memcpy(aad, header, HEADER_SIZE);
	put32(aad + HEADER_SIZE, (uint32_t)place);
	memcpy(aad + HEADER_SIZE + 4, id, n);
	return HEADER_SIZE + 4 + n;
}

/* Split an opened entry's plain bytes; 0, or -1. */
static int
split_plain(struct bytes plain, struct vault_entry *entry)
{
	uint32_t n;

	if (plain.n < 4)
		return -1;
	n = get32(plain.p);
	if (n > plain.n - 4)
		return -1;
	buf_add(&entry->pkcs8, plain.p + 4, n);
	buf_add(&entry->x509, plain.p + 4 + n, plain.n - 4 - n);
	return buf_failed(&entry->pkcs8) || buf_failed(&entry->x509) ? -1 : 0;
}

/* Read and open the entry at *pos, moving *pos behind it; 0, or -1. */
static int
open_entry(struct bytes file, size_t *pos, const uint8_t *kek, struct vault *v)
{
	const uint8_t *p = file.p + *pos;
	uint8_t aad[AAD_SIZE];
	char id[VAULT_ID_SIZE] = "";
	size_t left = file.n - *pos, nid, nsealed, naad;
	struct vault_entry *entry;
	struct buf plain = BUF_INIT;
	int rc = -1;

	if (left < 1 || (nid = p[0]) >= VAULT_ID_SIZE ||
	    left < 1 + nid + NONCE_SIZE + 4)
		return -1;
	memcpy(id, p + 1, nid);
	nsealed = get32(p + 1 + nid + NONCE_SIZE);
	left -= 1 + nid + NONCE_SIZE + 4;
	if (strlen(id) != nid || nsealed < TAG_SIZE + 4 ||
	    nsealed > SEALED_MAX || nsealed > left)
		return -1;
	naad = make_aad(aad, file.p, v->nentries, id);
	*pos += 1 + nid + NONCE_SIZE + 4 + nsealed;
	if (buf_extend(&plain, nsealed - TAG_SIZE) != NULL &&
	    (entry = vault_add(v, id)) != NULL &&
	    aead_open(kek, p + 1 + nid, (struct bytes){aad, naad},
		(struct bytes){p + 1 + nid + NONCE_SIZE + 4, nsealed},
		plain.p) == 0)
		rc = split_plain(buf_bytes(&plain), entry);
	buf_wipe(&plain);
	return rc;
}

int
vault_open(struct bytes file, const uint8_t kek[VAULT_KEK_SIZE],
    struct vault *v, struct err *e)
{
	size_t pos = HEADER_SIZE;
	uint32_t i, n;

	if (file.n < HEADER_SIZE || file.n > VAULT_FILE_MAX)
		return unreadable(e);
	n = get32(file.p + HEADER_SIZE - 4);
	if (n == 0 || n > VAULT_ENTRIES_MAX)
		return unreadable(e);
	for (i = 0; i < n; i++)
		if (open_entry(file, &pos, kek, v) != 0)
			break;
	if (i == n && pos == file.n)
		return 0;
	vault_release(v);
	return unreadable(e);
}

static int
write_entry(const struct vault_entry *entry, size_t place, const uint8_t *kek,
    struct buf *file)
{
	uint8_t header[HEADER_SIZE], aad[AAD_SIZE], nonce[NONCE_SIZE], n4[4];
	size_t n = 4 + entry->pkcs8.n + entry->x509.n, naad;
	struct buf plain = BUF_INIT;
	uint8_t *sealed;
	int rc = -1;

	memcpy(header, file->p, HEADER_SIZE);
	naad = make_aad(aad, header, place, entry->id);
	put32(n4, (uint32_t)entry->pkcs8.n);
	buf_add(&plain, n4, 4);
	buf_add_buf(&plain, &entry->pkcs8);
	buf_add_buf(&plain, &entry->x509);
	put32(n4, (uint32_t)(n + TAG_SIZE));
	if (n + TAG_SIZE <= SEALED_MAX && RAND_bytes(nonce, NONCE_SIZE) == 1 &&
	    !buf_failed(&plain)) {
		buf_add_byte(file, (uint8_t)strlen(entry->id));
		buf_add_str(file, entry->id);
		buf_add(file, nonce, NONCE_SIZE);
		buf_add(file, n4, 4);
		sealed = buf_extend(file, n + TAG_SIZE);
		if (sealed != NULL)
			rc = aead_seal(kek, nonce, (struct bytes){aad, naad},
			    buf_bytes(&plain), sealed);
	}
	buf_wipe(&plain);
	return rc;
}

static int
write_all(const struct vault *v, const uint8_t header[HEADER_SIZE],
    const uint8_t *kek, struct buf *file, struct err *e)
{
	size_t i;

	buf_reset(file);
	buf_add(file, header, HEADER_SIZE);
	for (i = 0; i < v->nentries; i++)
		if (buf_failed(file) ||
		    write_entry(&v->entries[i], i, kek, file) != 0)
			return err_internal(e, "AES-256-GCM");
	return buf_failed(file) ? err_nomem(e) : 0;
}

int
vault_write_again(const struct vault *v, struct bytes old,
    const uint8_t kek[VAULT_KEK_SIZE], struct buf *file, struct err *e)
{
	uint8_t header[HEADER_SIZE];

	if (old.n < HEADER_SIZE)
		return unreadable(e);
	memcpy(header, old.p, HEADER_SIZE);
	put32(header + HEADER_SIZE - 4, (uint32_t)v->nentries);
	return write_all(v, header, kek, file, e);
}

int
vault_write(const struct vault *v, struct bytes passphrase, unsigned int log_n,
    struct buf *file, uint8_t kek[VAULT_KEK_SIZE], struct err *e)
{
	uint8_t header[HEADER_SIZE];

	memcpy(header, magic, MAGIC_SIZE);
	put32(header + MAGIC_SIZE, log_n);
	put32(header + MAGIC_SIZE + 4, SCRYPT_R);
	put32(header + MAGIC_SIZE + 8, SCRYPT_P);
	put32(header + HEADER_SIZE - 4, (uint32_t)v->nentries);
	if (RAND_bytes(header + MAGIC_SIZE + 12, SALT_SIZE) != 1 ||
	    header_kek(header, passphrase, kek) != 0)
		return err_internal(e, "scrypt");
	return write_all(v, header, kek, file, e);
}
