/* seal_register_add.c - adding records to the register; see seal_register.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "crypto/base/text.h"
#include "keys/seal_register_parts.h"

static void
put32(struct buf *out, size_t v)
{
	uint8_t p[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v};

	buf_add(out, p, sizeof(p));
}

/* Append the record to the batch, under the next head. */
static int
frame_write(struct seal_register *r, struct bytes body, struct bytes secret,
    struct err *e)
{
	uint8_t mac[SEAL_HEAD_SIZE];

	if (body.n > SEAL_BODY_MAX || secret.n > SEAL_SECRET_MAX)
		return err_set(e, ERR_LIMIT, "seal_too_large",
		    "印章数据过大（上限 %d 字节）",
		    "the seal's data is too large (over %d bytes)",
		    SEAL_BODY_MAX);
	if (seal_frame_mac(r, r->next_head, body, secret.n, mac) != 0)
		return err_internal(e, "HMAC");
	put32(&r->batch, body.n);
	buf_add(&r->batch, body.p, body.n);
	put32(&r->batch, secret.n);
	buf_add(&r->batch, secret.p, secret.n);
	buf_add(&r->batch, mac, sizeof(mac));
	if (buf_failed(&r->batch))
		return err_nomem(e);
	memcpy(r->next_head, mac, sizeof(mac));
	return 0;
}

static int
add(struct seal_register *r, struct seal_record *record,
    EVP_PKEY *const keys[SEAL_ALGS], struct buf *body, struct err *e)
{
	struct buf secret = BUF_INIT;
	struct seal_record again;
	int rc = 0;

	if (keys != NULL) {
		rc = seal_secret_write(r, record, keys, &secret, e);
		if (rc == 0 &&
		    EVP_Digest(secret.p, secret.n, record->secret_digest, NULL,
			EVP_sha256(), NULL) != 1)
			rc = err_internal(e, "SHA-256");
	}
	if (rc == 0) {
		seal_record_write(record, body);
		if (buf_failed(body))
			rc = err_nomem(e);
		else if (seal_record_read(buf_bytes(body), &again) != 0)
			rc = err_set(e, ERR_LIMIT, "seal_too_large",
			    "印章数据过大或不合规定",
			    "the seal's data is too large or not well formed");
	}
	if (rc == 0)
		rc = frame_write(r, buf_bytes(body), buf_bytes(&secret), e);
	buf_release(&secret);
	return rc;
}

int
seal_register_add(struct seal_register *r, struct seal_record *record,
    EVP_PKEY *const keys[SEAL_ALGS], char head[65], struct err *e)
{
	struct buf body = BUF_INIT, hex = BUF_INIT;
	int rc;

	rc = add(r, record, keys, &body, e);
	if (rc == 0 && head != NULL) {
		text_hex(
		    &hex, (struct bytes){r->next_head, sizeof(r->next_head)});
		if (buf_failed(&hex))
			rc = err_nomem(e);
		else
			memcpy(head, buf_cstr(&hex), 65);
	}
	buf_release(&body);
	buf_release(&hex);
	return rc;
}

void
seal_register_drop(struct seal_register *r)
{
	buf_reset(&r->batch);
	r->batch.failed = 0;
	memcpy(r->next_head, r->head, sizeof(r->head));
}

/* Nothing of the batch is in the file. */
static int
refuse(struct seal_register *r, int error, struct err *e)
{
	seal_register_drop(r);
	return err_set(e, ERR_STORAGE, "seals_unwritable",
	    "写不了印章册 keys/seals：%s；请检查磁盘空间",
	    "cannot write the seal register keys/seals: %s; check free space "
	    "on the disk",
	    strerror(error));
}

/* A part of it may be: that is cut off again. */
static int
unwritable(struct seal_register *r, struct err *e)
{
	int saved = errno;

	if (ftruncate(r->fd, (off_t)r->size) != 0)
		r->broken = 1;
	return refuse(r, saved, e);
}

static int
write_at(int fd, struct bytes v, int64_t at)
{
	size_t done = 0;
	ssize_t n;

	while (done < v.n) {
		n = pwrite(
		    fd, v.p + done, v.n - done, (off_t)(at + (int64_t)done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

int
seal_register_shred(const struct seal_register *r, struct seal_place secret)
{
	uint8_t zeros[SEAL_SECRET_MAX] = {0};
	struct buf now = BUF_INIT;
	struct err ignored = ERR_INIT;
	int gone;

	gone = seal_register_read(r, secret, &now, &ignored) == 0 &&
	       memcmp(now.p, zeros, secret.n) == 0;
	buf_release(&now);
	if (gone)
		return 0;
	return write_at(r->fd, (struct bytes){zeros, secret.n},
		   secret.offset) == 0 &&
		       fdatasync(r->fd) == 0
		   ? 0
		   : -1;
}

/* The records that were written, one after the other. */
static int
apply_batch(struct seal_register *r)
{
	struct bytes left = buf_bytes(&r->batch);
	struct seal_frame frame;

	while (left.n > 0) {
		if (seal_frame_read(left, &frame) != 1 ||
		    seal_register_apply(r, &frame, r->size) != 0)
			return -1;
		r->size += (int64_t)frame.n;
		left.p += frame.n;
		left.n -= frame.n;
	}
	memcpy(r->head, r->next_head, sizeof(r->head));
	return 0;
}

int
seal_register_sync(struct seal_register *r, struct err *e)
{
	/* Of a broken one r->size may be less than what was synced: nothing is
	 * cut off. */
	if (r->broken || buf_failed(&r->batch))
		return refuse(r, EIO, e);
	if (r->batch.n == 0)
		return 0;
	if (write_at(r->fd, buf_bytes(&r->batch), r->size) != 0)
		return unwritable(r, e);
	if (fdatasync(r->fd) != 0) {
		/* only reading the file again tells what is there */
		r->broken = 1;
		return unwritable(r, e);
	}
	if (apply_batch(r) != 0) {
		/* stored, but the index is not what the file says */
		r->broken = 1;
		return err_internal(e, "index of the seal register");
	}
	buf_reset(&r->batch);
	/* one that cannot be overwritten now is at the next start */
	while (
	    r->ndead > 0 && seal_register_shred(r, r->dead[r->ndead - 1]) == 0)
		r->ndead--;
	return 0;
}
