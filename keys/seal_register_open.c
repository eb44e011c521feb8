/* seal_register_open.c - reading and checking the register; see
 * seal_register.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/base/text.h"
#include "keys/seal_register_parts.h"
#include "keys/vault.h"

enum {
	MAGIC_SIZE = 8,
	/* one record fits, and many are read at once */
	WINDOW_SIZE = 1048576
};

int
seal_register_damaged(struct err *e, uint64_t record)
{
	return err_set(e, ERR_STORAGE, "seals_damaged",
	    "印章册 keys/seals 第 %llu 条记录被改动或损坏；请从备份恢复",
	    "the seal register keys/seals was changed or damaged at record "
	    "%llu; restore it from a backup",
	    (unsigned long long)record);
}

static int
rolled_back(struct err *e)
{
	return err_set(e, ERR_STORAGE, "seals_rolled_back",
	    "印章册 keys/seals 比密钥进程日志记载的旧；请恢复最新的备份",
	    "the seal register keys/seals is older than the keeper's journal "
	    "says; restore the newest backup");
}

static int
unreadable(struct err *e)
{
	return err_set(e, ERR_STORAGE, "seals_unreadable",
	    "读不了印章册 keys/seals：%s",
	    "cannot read the seal register keys/seals: %s", strerror(errno));
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

int
seal_frame_read(struct bytes in, struct seal_frame *frame)
{
	size_t n;

	if (in.n < 4)
		return 0;
	frame->body.n = get32(in.p);
	if (frame->body.n == 0 || frame->body.n > SEAL_BODY_MAX)
		return -1;
	n = 4 + frame->body.n;
	if (in.n < n + 4)
		return 0;
	frame->secret.n = get32(in.p + n);
	if (frame->secret.n > SEAL_SECRET_MAX)
		return -1;
	frame->n = n + 4 + frame->secret.n + SEAL_HEAD_SIZE;
	if (in.n < frame->n)
		return 0;
	frame->body.p = in.p + 4;
	frame->secret.p = in.p + n + 4;
	frame->mac.p = frame->secret.p + frame->secret.n;
	frame->mac.n = SEAL_HEAD_SIZE;
	return 1;
}

static void
put32(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

int
seal_frame_mac(const struct seal_register *r,
    const uint8_t before[SEAL_HEAD_SIZE], struct bytes body, size_t nsecret,
    uint8_t mac[SEAL_HEAD_SIZE])
{
	uint8_t lengths[SEAL_FRAME_SIZE];
	struct buf all = BUF_INIT;
	unsigned int n;
	int ok;

	put32(lengths, body.n);
	put32(lengths + 4, nsecret);
	buf_add(&all, before, SEAL_HEAD_SIZE);
	buf_add(&all, lengths, 4);
	buf_add(&all, body.p, body.n);
	buf_add(&all, lengths + 4, 4);
	ok = !buf_failed(&all) &&
	     HMAC(EVP_sha256(), r->mac_key, sizeof(r->mac_key), all.p, all.n,
		 mac, &n) != NULL;
	buf_release(&all);
	return ok ? 0 : -1;
}

/* What is known while the file is read. */
struct reading {
	struct seal_register *r;
	uint8_t *p; /* WINDOW_SIZE bytes */
	size_t pos, n;
	int wants;		      /* there is a head to be met ... */
	uint8_t want[SEAL_HEAD_SIZE]; /* ... which is this */
	int met;
};

/* Fill the window; 0 when nothing came, -1 on an error. */
static int
fill(struct reading *w)
{
	ssize_t got;

	memmove(w->p, w->p + w->pos, w->n - w->pos);
	w->n -= w->pos;
	w->pos = 0;
	do {
		got = pread(w->r->fd, w->p + w->n, WINDOW_SIZE - w->n,
		    (off_t)(w->r->size + (int64_t)w->n));
	} while (got < 0 && errno == EINTR);
	if (got > 0)
		w->n += (size_t)got;
	return got > 0 ? 1 : (int)got;
}

/* Check the record at the window's start and put it in force; -1 when it is
 * none of ours, ERR_INTERNAL when out of memory. */
static int
take(struct reading *w, const struct seal_frame *frame)
{
	uint8_t mac[SEAL_HEAD_SIZE];
	int rc;

	if (seal_frame_mac(
		w->r, w->r->head, frame->body, frame->secret.n, mac) != 0)
		return ERR_INTERNAL;
	if (CRYPTO_memcmp(mac, frame->mac.p, sizeof(mac)) != 0)
		return -1;
	rc = seal_register_apply(w->r, frame, w->r->size);
	if (rc != 0)
		return rc;
	memcpy(w->r->head, mac, sizeof(mac));
	w->met |= w->wants && memcmp(mac, w->want, sizeof(mac)) == 0;
	w->r->size += (int64_t)frame->n;
	w->pos += frame->n;
	return 0;
}

/* Read whole records until something else comes: *rest bytes of it are seen. */
static int
read_records(struct reading *w, size_t *rest, struct err *e)
{
	struct seal_frame frame;
	int there, more = 1, rc = 0;

	for (;;) {
		there = seal_frame_read(
		    (struct bytes){w->p + w->pos, w->n - w->pos}, &frame);
		if (there == 0 && more > 0) {
			more = fill(w);
			if (more < 0)
				return unreadable(e);
			continue;
		}
		if (there <= 0 || (rc = take(w, &frame)) != 0)
			break;
	}
	*rest = w->n - w->pos;
	return rc == 0 || rc == -1 ? 0 : err_nomem(e);
}

/*
 * After the head that the journal knows, nothing was answered for yet: what is
 * no whole record there is a crash while writing.  Before it, it is damage.
 */
static int
judge_rest(struct reading *w, size_t rest, struct err *e)
{
	int64_t end = (int64_t)lseek(w->r->fd, 0, SEEK_END);

	if (end < 0)
		return unreadable(e);
	if (w->wants && !w->met)
		return rest > 0 ? seal_register_damaged(e, w->r->version + 1)
				: rolled_back(e);
	if (end == w->r->size)
		return 0;
	if (end - w->r->size > SEAL_TAIL_MAX)
		return seal_register_damaged(e, w->r->version + 1);
	if (ftruncate(w->r->fd, (off_t)w->r->size) != 0 || fsync(w->r->fd) != 0)
		return unreadable(e);
	return 0;
}

/* Keys that may sign must be there; the others must be gone. */
static int
check_secrets(struct seal_register *r, struct err *e)
{
	size_t i;

	for (i = 0; i < r->nrows; i++)
		if (r->rows[i].secret.n > 0 && !r->rows[i].secret_whole)
			return err_set(e, ERR_STORAGE, "seals_damaged",
			    "印章册 keys/seals 中印章 %s 的密钥被改动或损坏；"
			    "请从备份恢复",
			    "the keys of the seal %s in the seal register "
			    "keys/seals were changed or damaged; restore it "
			    "from a backup",
			    r->rows[i].id);
	for (i = 0; i < r->ndead; i++)
		if (seal_register_shred(r, r->dead[i]) != 0)
			return unreadable(e);
	r->ndead = 0;
	return 0;
}

static int
start(struct seal_register *r, int fd, const uint8_t kek[32], struct err *e)
{
	int rc;

	memset(r, 0, sizeof(*r));
	r->fd = fd;
	r->size = MAGIC_SIZE;
	rc = vault_subkey(kek, SEAL_REGISTER_PURPOSE, r->mac_key, e);
	if (rc == 0)
		rc = vault_subkey(kek, SEAL_WRAP_PURPOSE, r->wrap_key, e);
	return rc;
}

static int
read_all(struct seal_register *r, const char *head, struct err *e)
{
	struct reading w = {.r = r, .wants = head[0] != '\0'};
	char magic[MAGIC_SIZE];
	size_t rest = 0;
	int rc;

	if (w.wants &&
	    text_unhex(w.want, sizeof(w.want), head, strlen(head)) != 0)
		return err_internal(e, "head of the seal register");
	if (pread(r->fd, magic, sizeof(magic), 0) != sizeof(magic) ||
	    memcmp(magic, SEAL_REGISTER_MAGIC, sizeof(magic)) != 0)
		return seal_register_damaged(e, 0);
	if ((w.p = malloc(WINDOW_SIZE)) == NULL)
		return err_nomem(e);
	rc = read_records(&w, &rest, e);
	free(w.p);
	if (rc == 0)
		rc = judge_rest(&w, rest, e);
	return rc == 0 ? check_secrets(r, e) : rc;
}

int
seal_register_open(struct seal_register *r, int fd, const uint8_t kek[32],
    const char *head, struct err *e)
{
	int rc = start(r, fd, kek, e);

	if (rc == 0)
		rc = read_all(r, head, e);
	if (rc != 0)
		seal_register_close(r);
	else
		memcpy(r->next_head, r->head, sizeof(r->head));
	return rc;
}

int
seal_register_create(
    struct seal_register *r, int fd, const uint8_t kek[32], struct err *e)
{
	int rc = start(r, fd, kek, e);

	if (rc == 0 && pwrite(fd, SEAL_REGISTER_MAGIC, MAGIC_SIZE, 0) !=
			   (ssize_t)MAGIC_SIZE)
		rc = unreadable(e);
	return rc;
}
