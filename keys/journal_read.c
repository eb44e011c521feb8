/* journal_read.c - reading and checking the journal; see journal.h. */
#include "keys/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "crypto/base/text.h"
#include "keys/journal_line.h"

enum {
	WINDOW_SIZE = 65536
}; /* bytes read at once */

static int
damaged(struct err *e, uint64_t seq)
{
	return err_set(e, ERR_STORAGE, "journal_damaged",
	    "密钥进程的日志 keys/journal 第 %llu "
	    "行被改动或损坏；请从备份恢复，并核对其后签发的证照",
	    "the keeper's journal keys/journal was changed or damaged at line "
	    "%llu; restore it from a backup and compare what was issued since",
	    (unsigned long long)seq);
}

/* Next field up to a space, or the rest; NULL when it does not fit. */
static const char *
field(struct bytes text, size_t *pos, char *out, size_t size)
{
	size_t n = 0;

	while (*pos + n < text.n && text.p[*pos + n] > ' ' &&
	       text.p[*pos + n] < 0x7f)
		n++;
	if (*pos + n < text.n && text.p[*pos + n] != ' ')
		return NULL;
	if (n == 0 || n >= size)
		return NULL;
	memcpy(out, text.p + *pos, n);
	out[n] = '\0';
	*pos += n + 1;
	if (strcmp(out, "-") == 0)
		out[0] = '\0';
	return out;
}

static uint64_t
number(struct bytes text, size_t *pos)
{
	char digits[24];

	return field(text, pos, digits, sizeof(digits)) == NULL
		   ? 0
		   : strtoull(digits, NULL, 10);
}

/* The last field, before which there may be an office and a number: an office's
 * id is shorter than a chain. */
static int
parse_end(struct bytes text, size_t *pos, struct journal_line *line,
    char hex[2 * JOURNAL_CHAIN_SIZE + 1])
{
	size_t at = *pos;

	if (text.n >= at && text.n - at > 2 * JOURNAL_CHAIN_SIZE) {
		if (field(text, pos, line->office, sizeof(line->office)) ==
		    NULL)
			return -1;
		line->number = number(text, pos);
	}
	return field(text, pos, hex, 2 * JOURNAL_CHAIN_SIZE + 1) == NULL ? -1
									 : 0;
}

/* The fields, without asking whether there is another way to write them. */
static int
parse_fields(struct bytes text, struct journal_line *line,
    uint8_t chain[JOURNAL_CHAIN_SIZE])
{
	char hex[2 * JOURNAL_CHAIN_SIZE + 1];
	size_t pos = 0;
	int ok;

	memset(line, 0, sizeof(*line));
	line->seq = number(text, &pos);
	line->time = (int64_t)number(text, &pos);
	ok = field(text, &pos, line->op, sizeof(line->op)) &&
	     field(text, &pos, line->intent, sizeof(line->intent)) &&
	     field(text, &pos, line->type, sizeof(line->type)) &&
	     field(text, &pos, line->department, sizeof(line->department)) &&
	     field(text, &pos, line->seal, sizeof(line->seal)) &&
	     field(text, &pos, line->face, sizeof(line->face));
	line->authority = ok ? number(text, &pos) : 0;
	ok = ok && parse_end(text, &pos, line, hex) == 0 &&
	     text_unhex(chain, JOURNAL_CHAIN_SIZE, hex, strlen(hex)) == 0;
	return ok ? 0 : -1;
}

int
journal_parse(struct bytes text, struct journal_line *line,
    uint8_t chain[JOURNAL_CHAIN_SIZE])
{
	struct buf again = BUF_INIT;
	int ok = parse_fields(text, line, chain) == 0;

	if (ok) {
		journal_line_write(line, &again);
		text_hex(&again, (struct bytes){chain, JOURNAL_CHAIN_SIZE});
		ok =
		    !buf_failed(&again) && bytes_equal(buf_bytes(&again), text);
	}
	buf_release(&again);
	return ok ? 0 : -1;
}

/* A window over the file that slides line by line. */
struct window {
	int fd;
	int64_t start; /* offset in the file of p[pos] */
	uint8_t p[WINDOW_SIZE];
	size_t pos, n;
};

/* Next line without its break: 1; 0 at the end of whole lines; -1 on error. */
static int
window_line(struct window *w, struct bytes *line)
{
	uint8_t *nl;
	ssize_t got;

	for (;;) {
		nl = memchr(w->p + w->pos, '\n', w->n - w->pos);
		if (nl != NULL) {
			line->p = w->p + w->pos;
			line->n = (size_t)(nl - line->p);
			w->start += (int64_t)line->n + 1;
			w->pos += line->n + 1;
			return 1;
		}
		memmove(w->p, w->p + w->pos, w->n - w->pos);
		w->n -= w->pos;
		w->pos = 0;
		if (w->n > JOURNAL_LINE_MAX)
			return 0;
		got = pread(w->fd, w->p + w->n, WINDOW_SIZE - w->n,
		    (off_t)(w->start + (int64_t)w->n));
		if (got < 0 && errno != EINTR)
			return -1;
		if (got == 0)
			return 0;
		if (got > 0)
			w->n += (size_t)got;
	}
}

static int
unreadable(struct err *e)
{
	return err_set(e, ERR_STORAGE, "journal_unreadable",
	    "读不了密钥进程的日志 keys/journal：%s",
	    "cannot read the keeper's journal keys/journal: %s",
	    strerror(errno));
}

/* One more line of the chain; 0, or -1 when it does not fit.  What the chain
 * vouches for was written by journal_add, but for the case of its own hex. */
static int
check_line(struct journal *j, struct bytes text)
{
	uint8_t written[JOURNAL_CHAIN_SIZE], chain[JOURNAL_CHAIN_SIZE];
	struct journal_line line;
	size_t i;

	if (text.n <= 2 * JOURNAL_CHAIN_SIZE || text.n >= JOURNAL_LINE_MAX ||
	    parse_fields(text, &line, written) != 0 ||
	    line.seq != j->mark.seq + 1 || line.authority < j->last.authority)
		return -1;
	text.n -= 2 * JOURNAL_CHAIN_SIZE;
	for (i = 0; i < 2 * JOURNAL_CHAIN_SIZE; i++)
		if (text.p[text.n + i] >= 'A' && text.p[text.n + i] <= 'F')
			return -1;
	if (journal_chain(j->mac, j->mark.chain, text, chain) != 0 ||
	    CRYPTO_memcmp(chain, written, sizeof(chain)) != 0)
		return -1;
	j->mark.seq = line.seq;
	memcpy(j->mark.chain, chain, sizeof(chain));
	j->last = line;
	if (journal_line_issues(&line))
		memcpy(j->intent, line.intent, sizeof(j->intent));
	if (journal_is_seals(&line))
		memcpy(j->seals, line.face, sizeof(j->seals));
	return 0;
}

/* Read all whole lines; j->size is where they end. */
static int
read_lines(struct journal *j, const struct journal_mark *known, struct err *e)
{
	struct window *w = calloc(1, sizeof(*w));
	int seen = known->seq == 0, rc;
	struct bytes text;

	if (w == NULL)
		return err_nomem(e);
	w->fd = j->fd;
	while ((rc = window_line(w, &text)) > 0) {
		if (check_line(j, text) != 0) {
			rc = damaged(e, j->mark.seq + 1);
			goto out;
		}
		if (j->mark.seq == known->seq)
			seen = memcmp(j->mark.chain, known->chain,
				   JOURNAL_CHAIN_SIZE) == 0;
	}
	j->size = w->start;
	if (rc < 0)
		rc = unreadable(e);
	else if (!seen)
		rc = err_set(e, ERR_STORAGE, "journal_rolled_back",
		    "密钥进程的日志 keys/journal 比密钥进程记得的旧（应有 %llu "
		    "行）；请恢复最新的备份",
		    "the keeper's journal keys/journal is older than the keeper "
		    "remembers (%llu lines expected); restore the newest backup",
		    (unsigned long long)known->seq);
out:
	free(w);
	return rc;
}

/* What follows the last whole line was never synced, so nothing was signed
 * for it: a crash while writing.  More than one line of it is not. */
static int
cut_tail(struct journal *j, struct err *e)
{
	int64_t end = (int64_t)lseek(j->fd, 0, SEEK_END);

	if (end < 0)
		return unreadable(e);
	if (end == j->size)
		return 0;
	if (end - j->size > (int64_t)64 * JOURNAL_LINE_MAX)
		return damaged(e, j->mark.seq + 1);
	if (ftruncate(j->fd, (off_t)j->size) != 0 || fsync(j->fd) != 0)
		return unreadable(e);
	return 0;
}

static EVP_MAC_CTX *
mac_new(const uint8_t key[32])
{
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(
		OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
	    OSSL_PARAM_construct_end()};
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = hmac ? EVP_MAC_CTX_new(hmac) : NULL;

	EVP_MAC_free(hmac);
	if (ctx != NULL && EVP_MAC_init(ctx, key, 32, params) == 1)
		return ctx;
	EVP_MAC_CTX_free(ctx);
	return NULL;
}

int
journal_open(struct journal *j, int fd, const uint8_t key[32],
    const struct journal_mark *known, struct err *e)
{
	int rc;

	memset(j, 0, sizeof(*j));
	j->fd = fd;
	if ((j->mac = mac_new(key)) == NULL)
		return err_internal(e, "HMAC");
	rc = read_lines(j, known, e);
	if (rc == 0)
		rc = cut_tail(j, e);
	if (rc != 0)
		journal_close(j);
	j->next = j->mark;
	j->next_last = j->last;
	memcpy(j->next_intent, j->intent, sizeof(j->next_intent));
	memcpy(j->next_seals, j->seals, sizeof(j->next_seals));
	return rc;
}

int
journal_walk(
    const struct journal *j, journal_each each, void *ctx, struct err *e)
{
	uint8_t chain[JOURNAL_CHAIN_SIZE];
	struct window *w = calloc(1, sizeof(*w));
	struct journal_line line;
	struct bytes text;
	int rc;

	if (w == NULL)
		return err_nomem(e);
	w->fd = j->fd;
	while ((rc = window_line(w, &text)) > 0)
		if (parse_fields(text, &line, chain) == 0)
			each(ctx, &line);
	free(w);
	return rc < 0 ? unreadable(e) : 0;
}

int
journal_look(const struct journal *j, uint64_t *cursor, journal_while each,
    void *ctx, struct err *e)
{
	int64_t from = (int64_t)*cursor, end = j->size;
	uint8_t chain[JOURNAL_CHAIN_SIZE];
	struct window *w = calloc(1, sizeof(*w));
	struct journal_line line;
	struct bytes text;
	int rc, stop = 0;

	if (w == NULL)
		return err_nomem(e);
	if (from < 0 || from > end)
		from = end;
	if (end - from > JOURNAL_LOOK_MAX)
		end = from + JOURNAL_LOOK_MAX;
	w->fd = j->fd;
	w->start = from;
	rc = 1;
	while (!stop && w->start < end && (rc = window_line(w, &text)) > 0)
		if (parse_fields(text, &line, chain) == 0)
			stop = each(ctx, &line);
	*cursor = rc > 0 && w->start < j->size ? (uint64_t)w->start : 0;
	free(w);
	return rc < 0 ? unreadable(e) : 0;
}
