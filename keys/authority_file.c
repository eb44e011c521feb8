/* authority_file.c - see authority_file.h. */
#include "keys/authority_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/base/file.h"
#include "crypto/base/text.h"

enum {
	MAC_SIZE = 32,
	MAC_HEX = 64
};

static int
damaged(struct err *e)
{
	return err_set(e, ERR_STORAGE, "authority_damaged",
	    "权限表 keys/authority 被改动或损坏；请从备份恢复",
	    "the authority table keys/authority was changed or damaged; restore "
	    "it from a backup");
}

static int
line_mac(
    const struct authority_file *f, struct bytes line, uint8_t mac[MAC_SIZE])
{
	struct buf v = BUF_INIT;
	unsigned int n;
	int ok;

	buf_add(&v, f->mac, MAC_SIZE);
	buf_add(&v, line.p, line.n);
	ok = !buf_failed(&v) && HMAC(EVP_sha256(), f->key, sizeof(f->key), v.p,
				    v.n, mac, &n) != NULL;
	buf_release(&v);
	return ok ? 0 : -1;
}

/* Read "J <seq> <chain> "; 0, or -1. */
static int
read_mark(struct bytes line, struct journal_mark *mark)
{
	char text[128], again[128];
	unsigned long long seq;
	int n = 0;

	if (line.n >= sizeof(text) || line.n < MAC_HEX + 3)
		return -1;
	memcpy(text, line.p, line.n);
	text[line.n] = '\0';
	if (sscanf(text, "J %llu %n", &seq, &n) != 1 ||
	    line.n != (size_t)n + MAC_HEX + 1 ||
	    text_unhex(mark->chain, sizeof(mark->chain), text + n, MAC_HEX) !=
		0)
		return -1;
	mark->seq = seq;
	n = snprintf(again, sizeof(again), "J %llu ", seq);
	return strncmp(text, again, (size_t)n) == 0 ? 0 : -1;
}

/* Check one line without its line break and take what it says; 0, or -1. */
static int
take_line(struct authority_file *f, struct bytes line, struct bytes *json,
    struct journal_mark *mark)
{
	uint8_t written[MAC_SIZE], mac[MAC_SIZE];

	if (line.n < MAC_HEX + 4 ||
	    text_unhex(written, MAC_SIZE,
		(const char *)line.p + line.n - MAC_HEX, MAC_HEX) != 0)
		return -1;
	line.n -= MAC_HEX;
	if (line_mac(f, line, mac) != 0 ||
	    CRYPTO_memcmp(mac, written, MAC_SIZE) != 0)
		return -1;
	memcpy(f->mac, mac, MAC_SIZE);
	if (memcmp(line.p, "A ", 2) == 0) {
		json->p = line.p + 2;
		json->n = line.n - 3;
		return 0;
	}
	return read_mark(line, mark);
}

/* Hex digits have two cases; ours are lower, so a flipped case is damage. */
static int
lower_hex(struct bytes line)
{
	size_t i;

	for (i = line.n - MAC_HEX; i < line.n; i++)
		if (line.p[i] >= 'A' && line.p[i] <= 'F')
			return 0;
	return 1;
}

static int
take_lines(struct authority_file *f, struct bytes all, struct bytes *json,
    struct journal_mark *mark)
{
	struct bytes line;
	const uint8_t *nl;

	while ((size_t)f->size < all.n) {
		line.p = all.p + f->size;
		nl = memchr(line.p, '\n', all.n - (size_t)f->size);
		if (nl == NULL)
			break;
		line.n = (size_t)(nl - line.p);
		if (take_line(f, line, json, mark) != 0 || !lower_hex(line))
			return -1;
		f->size += (int64_t)line.n + 1;
	}
	return json->p == NULL ? -1 : 0;
}

int
authority_file_open(struct authority_file *f, int fd, const uint8_t key[32],
    struct buf *json, struct journal_mark *mark, struct err *e)
{
	struct bytes last = {NULL, 0};
	struct buf all = BUF_INIT;
	int rc;

	memset(f, 0, sizeof(*f));
	memset(mark, 0, sizeof(*mark));
	f->fd = fd;
	memcpy(f->key, key, sizeof(f->key));
	rc = file_read_fd(fd, "keys/authority", AUTHORITY_FILE_MAX, &all, e);
	if (rc == 0 && take_lines(f, buf_bytes(&all), &last, mark) != 0)
		rc = damaged(e);
	if (rc == 0 && (size_t)f->size < all.n &&
	    (ftruncate(fd, (off_t)f->size) != 0 || fsync(fd) != 0))
		rc = damaged(e);
	if (rc == 0) {
		buf_add(json, last.p, last.n);
		rc = buf_failed(json) ? err_nomem(e) : 0;
	}
	buf_release(&all);
	return rc;
}

static int
unwritable(struct authority_file *f, struct err *e)
{
	int saved = errno;

	/* a torn line is cut at the next start too */
	if (ftruncate(f->fd, (off_t)f->size) != 0)
		saved = errno;
	return err_set(e, ERR_STORAGE, "authority_unwritable",
	    "写不了权限表 keys/authority：%s；请检查磁盘空间",
	    "cannot write the authority table keys/authority: %s; check free "
	    "space on the disk",
	    strerror(saved));
}

/* Finish the line (which ends with a space), write and sync it. */
static int
append(struct authority_file *f, struct buf *line, struct err *e)
{
	uint8_t mac[MAC_SIZE];
	ssize_t n;

	if (buf_failed(line) || line_mac(f, buf_bytes(line), mac) != 0)
		return err_nomem(e);
	text_hex(line, (struct bytes){mac, MAC_SIZE});
	buf_add_byte(line, '\n');
	if (buf_failed(line))
		return err_nomem(e);
	errno = ENOSPC;
	do {
		n = write(f->fd, line->p, line->n);
	} while (n < 0 && errno == EINTR);
	if (n < 0 || (size_t)n != line->n || fdatasync(f->fd) != 0)
		return unwritable(f, e);
	memcpy(f->mac, mac, MAC_SIZE);
	f->size += (int64_t)line->n;
	return 0;
}

int
authority_file_add(struct authority_file *f, struct bytes json,
    struct buf *sealed, struct err *e)
{
	struct buf line = BUF_INIT;
	int rc;

	buf_add_str(&line, "A ");
	buf_add(&line, json.p, json.n);
	buf_add_byte(&line, ' ');
	rc = append(f, &line, e);
	if (rc == 0 && sealed != NULL)
		buf_add_buf(sealed, &line);
	buf_release(&line);
	return rc;
}

int
authority_file_mark(
    struct authority_file *f, const struct journal_mark *mark, struct err *e)
{
	struct buf line = BUF_INIT;
	int rc;

	buf_printf(&line, "J %" PRIu64 " ", mark->seq);
	text_hex(&line, (struct bytes){mark->chain, sizeof(mark->chain)});
	buf_add_byte(&line, ' ');
	rc = append(f, &line, e);
	buf_release(&line);
	return rc;
}
