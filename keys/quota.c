/* quota.c - see quota.h. */
#include "keys/quota.h"

#include <openssl/evp.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"

static int
make_use(const struct journal_line *line, struct quota_use *use)
{
	uint8_t digest[32];
	char text[192];
	int n;

	n = snprintf(text, sizeof(text), "%s %s %s %s %s", line->op,
	    line->office[0] == '\0' ? line->department : line->office,
	    line->type, line->seal,
	    line->office[0] != '\0' ? "office"
	    : line->number != 0	    ? "sheet"
				    : "");
	if (EVP_Digest(text, (size_t)n, digest, NULL, EVP_sha256(), NULL) != 1)
		return -1;
	memcpy(use->grant, digest, sizeof(use->grant));
	n = snprintf(text, sizeof(text), "%s %s %" PRIu64, line->intent,
	    line->face, line->number);
	if (EVP_Digest(text, (size_t)n, digest, NULL, EVP_sha256(), NULL) != 1)
		return -1;
	memcpy(use->what, digest, sizeof(use->what));
	return 0;
}

/* Place of the use in the index, or the free place where it belongs. */
static size_t
find(const struct quota *q, const struct quota_use *use)
{
	size_t at;
	uint32_t h, i;

	memcpy(&h, use->what, sizeof(h));
	memcpy(&i, use->grant, sizeof(i));
	at = (h ^ i) & (q->nindex - 1);
	while (q->index[at] != 0 &&
	       memcmp(&q->uses[q->index[at] - 1], use, sizeof(*use)) != 0)
		at = (at + 1) & (q->nindex - 1);
	return at;
}

static void
reindex(struct quota *q)
{
	size_t i;

	memset(q->index, 0, q->nindex * sizeof(*q->index));
	for (i = 0; i < q->nuses; i++)
		q->index[find(q, &q->uses[i])] = (uint32_t)(i + 1);
}

static int
grow(struct quota *q)
{
	size_t cap = q->cap ? q->cap * 2 : 256;
	struct quota_use *uses;
	uint32_t *index;

	uses = realloc(q->uses, cap * sizeof(*uses));
	if (uses == NULL)
		return -1;
	q->uses = uses;
	index = realloc(q->index, cap * 2 * sizeof(*index));
	if (index == NULL)
		return -1;
	q->index = index;
	q->nindex = cap * 2;
	q->cap = cap;
	reindex(q);
	return 0;
}

/* The row of a grant's counter, or the free row where it belongs. */
static struct quota_count *
count_find(const struct quota *q, const uint8_t grant[16])
{
	size_t at;
	uint32_t h;

	memcpy(&h, grant, sizeof(h));
	at = h & (q->counts_cap - 1);
	while (q->counts[at].used && memcmp(q->counts[at].grant, grant,
					 sizeof(q->counts[at].grant)) != 0)
		at = (at + 1) & (q->counts_cap - 1);
	return &q->counts[at];
}

/* At most half of the rows are used. */
static int
counts_grow(struct quota *q)
{
	struct quota old = *q;
	struct quota_count *rows;
	size_t i, cap = q->counts_cap ? q->counts_cap * 2 : 64;

	if (q->ncounts * 2 < q->counts_cap)
		return 0;
	rows = calloc(cap, sizeof(*rows));
	if (rows == NULL)
		return -1;
	q->counts = rows;
	q->counts_cap = cap;
	for (i = 0; i < old.counts_cap; i++)
		if (old.counts[i].used)
			*count_find(q, old.counts[i].grant) = old.counts[i];
	free(old.counts);
	return 0;
}

/* The counter of a grant, made when missing; NULL when out of memory. */
static struct quota_count *
counter(struct quota *q, const struct quota_use *use)
{
	struct quota_count *row;

	if (counts_grow(q) != 0)
		return NULL;
	row = count_find(q, use->grant);
	if (row->used)
		return row;
	memcpy(row->grant, use->grant, sizeof(row->grant));
	row->n = 0;
	row->used = 1;
	q->ncounts++;
	return row;
}

static void
new_day(struct quota *q, int64_t day)
{
	q->day = day;
	quota_give_back(q, 0);
	if (q->counts_cap > 0)
		memset(q->counts, 0, q->counts_cap * sizeof(*q->counts));
	q->ncounts = 0;
}

int
quota_take(struct quota *q, const struct journal_line *line, uint64_t limit,
    struct err *e)
{
	int64_t day = (line->time + CLOCK_CST_OFFSET) / 86400;
	struct quota_count *counted;
	struct quota_use use;
	size_t at;

	if (limit == 0)
		return 0;
	if (make_use(line, &use) != 0)
		return err_internal(e, "SHA-256");
	if (day != q->day)
		new_day(q, day);
	if (q->nuses == q->cap && grow(q) != 0)
		return err_nomem(e);
	if ((counted = counter(q, &use)) == NULL)
		return err_nomem(e);
	at = find(q, &use);
	if (q->index[at] != 0)
		return 0;
	if (counted->n >= limit)
		return err_set(e, ERR_LIMIT, "quota_reached",
		    "今日签发数量已达上限（%llu）；明日零时重新计数，或请管理员"
		    "调整",
		    "today's quota (%llu) is used up; it starts again at "
		    "midnight, or an administrator may raise it",
		    (unsigned long long)limit);
	q->uses[q->nuses++] = use;
	q->index[at] = (uint32_t)q->nuses;
	counted->n++;
	return 0;
}

void
quota_give_back(struct quota *q, size_t n)
{
	struct quota_count *counted;

	if (q->nuses <= n)
		return;
	while (q->nuses > n)
		if ((counted = counter(q, &q->uses[--q->nuses])) != NULL)
			counted->n--;
	reindex(q);
}

void
quota_release(struct quota *q)
{
	free(q->uses);
	free(q->index);
	free(q->counts);
	memset(q, 0, sizeof(*q));
	q->day = -1;
}
