/* journal.c - adding to the journal; reading it is in journal_read.c. */
#include "keys/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "crypto/base/text.h"
#include "keys/journal_line.h"

static const char *
or_dash(const char *s)
{
	return s[0] == '\0' ? "-" : s;
}

void
journal_line_write(const struct journal_line *line, struct buf *out)
{
	buf_printf(out,
	    "%" PRIu64 " %" PRId64 " %s %s %s %s %s %s %" PRIu64 " ", line->seq,
	    line->time, or_dash(line->op), or_dash(line->intent),
	    or_dash(line->type), or_dash(line->department), or_dash(line->seal),
	    or_dash(line->face), line->authority);
	if (line->office[0] != '\0' || line->number != 0)
		buf_printf(out, "%s %" PRIu64 " ", or_dash(line->office),
		    line->number);
}

int
journal_chain(EVP_MAC_CTX *mac, const uint8_t before[JOURNAL_CHAIN_SIZE],
    struct bytes line, uint8_t after[JOURNAL_CHAIN_SIZE])
{
	size_t n;

	return EVP_MAC_init(mac, NULL, 0, NULL) == 1 &&
		       EVP_MAC_update(mac, before, JOURNAL_CHAIN_SIZE) == 1 &&
		       EVP_MAC_update(mac, line.p, line.n) == 1 &&
		       EVP_MAC_final(mac, after, &n, JOURNAL_CHAIN_SIZE) == 1
		   ? 0
		   : -1;
}

int
journal_line_issues(const struct journal_line *line)
{
	if (line->intent[0] == '\0' || strcmp(line->op, "sheet") == 0)
		return 0;
	/* seals with a number follow the code with the same number */
	return line->number == 0 || strcmp(line->op, "code") == 0;
}

int
journal_is_seals(const struct journal_line *line)
{
	return strncmp(line->op, "seal.", 5) == 0;
}

/* A field is one word of printable ASCII, or the line would not be one. */
static int
word_ok(const char *s)
{
	while (*s > ' ' && *s < 0x7f)
		s++;
	return *s == '\0';
}

int
journal_add(struct journal *j, struct journal_line *line, struct err *e)
{
	uint8_t chain[JOURNAL_CHAIN_SIZE];
	size_t start = j->batch.n;

	if (!word_ok(line->op) || !word_ok(line->intent) ||
	    !word_ok(line->type) || !word_ok(line->department) ||
	    !word_ok(line->seal) || !word_ok(line->face) ||
	    !word_ok(line->office))
		return err_internal(e, "journal field");
	line->seq = j->next.seq + 1;
	journal_line_write(line, &j->batch);
	if (buf_failed(&j->batch))
		return err_nomem(e);
	if (journal_chain(j->mac, j->next.chain,
		(struct bytes){j->batch.p + start, j->batch.n - start},
		chain) != 0) {
		/* Half a line would spoil the lines of others. */
		j->batch.n = start;
		return err_internal(e, "HMAC");
	}
	text_hex(&j->batch, (struct bytes){chain, sizeof(chain)});
	buf_add_byte(&j->batch, '\n');
	if (buf_failed(&j->batch))
		return err_nomem(e);
	j->next.seq = line->seq;
	memcpy(j->next.chain, chain, sizeof(chain));
	j->next_last = *line;
	if (journal_line_issues(line))
		memcpy(j->next_intent, line->intent, sizeof(j->next_intent));
	if (journal_is_seals(line))
		memcpy(j->next_seals, line->face, sizeof(j->next_seals));
	return 0;
}

static int
write_all(int fd, struct bytes v)
{
	size_t done = 0;
	ssize_t n;

	while (done < v.n) {
		n = write(fd, v.p + done, v.n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

/* The batch is off: nothing of it may stay in the file, or the chain of the
 * next batch would not fit. */
static int
batch_failed(struct journal *j, struct err *e)
{
	int saved = errno;

	if (ftruncate(j->fd, j->size) != 0)
		j->broken = 1;
	buf_reset(&j->batch);
	j->batch.failed = 0;
	j->next = j->mark;
	j->next_last = j->last;
	memcpy(j->next_intent, j->intent, sizeof(j->next_intent));
	memcpy(j->next_seals, j->seals, sizeof(j->next_seals));
	return err_set(e, ERR_STORAGE, "journal_unwritable",
	    "写不了密钥进程的日志 keys/journal：%s；请检查磁盘空间",
	    "cannot write the keeper's journal keys/journal: %s; check free "
	    "space on the disk",
	    strerror(saved));
}

int
journal_sync(struct journal *j, struct err *e)
{
	errno = EIO;
	if (j->broken || buf_failed(&j->batch))
		return batch_failed(j, e);
	if (j->batch.n == 0)
		return 0;
	if (write_all(j->fd, buf_bytes(&j->batch)) != 0)
		return batch_failed(j, e);
	if (fdatasync(j->fd) != 0) {
		/* a later sync may report success for pages that were lost:
		 * only reading the file again tells, at the next start */
		j->broken = 1;
		return batch_failed(j, e);
	}
	j->size += (int64_t)j->batch.n;
	j->mark = j->next;
	j->last = j->next_last;
	memcpy(j->intent, j->next_intent, sizeof(j->intent));
	memcpy(j->seals, j->next_seals, sizeof(j->seals));
	buf_reset(&j->batch);
	return 0;
}

void
journal_close(struct journal *j)
{
	EVP_MAC_CTX_free(j->mac);
	j->mac = NULL;
	buf_release(&j->batch);
}
