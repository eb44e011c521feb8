/*
 * seal_register_parts.h - what the files of the register share; private to
 * seal_register*.c and seal_key.c.
 */
#ifndef KEYS_SEAL_REGISTER_PARTS_H
#define KEYS_SEAL_REGISTER_PARTS_H

#include "keys/seal_register.h"

enum {
	SEAL_FRAME_SIZE = 8 /* the two lengths */
};

/* One record as bytes; views. */
struct seal_frame {
	struct bytes body, secret, mac;
	size_t n; /* of the whole record */
};

/* Find the record at the start of in: 1, 0 when it is not all there, -1 when
 * no record can start so. */
int seal_frame_read(struct bytes in, struct seal_frame *frame);

/* The mac of a record after `before`; 0, or -1. */
int seal_frame_mac(const struct seal_register *r,
    const uint8_t before[SEAL_HEAD_SIZE], struct bytes body, size_t nsecret,
    uint8_t mac[SEAL_HEAD_SIZE]);

/*
 * Put one record in force: at is its offset in the file.  0, -1 when it does
 * not fit what came before, ERR_INTERNAL when out of memory.
 */
int seal_register_apply(
    struct seal_register *r, const struct seal_frame *frame, int64_t at);

/* Overwrite the secret of a generation that may not sign any more.  Nothing
 * for one that is gone already. */
int seal_register_shred(
    const struct seal_register *r, struct seal_place secret);

int seal_register_damaged(struct err *e, uint64_t record);

/* Wrap both keys into the bytes of a secret. */
int seal_secret_write(const struct seal_register *r,
    const struct seal_record *record, EVP_PKEY *const keys[SEAL_ALGS],
    struct buf *secret, struct err *e);

/* Free the unwrapped keys of a seal. */
void seal_keys_forget(struct seal_register *r, const char *id);
void seal_keys_release(struct seal_register *r);

#endif
