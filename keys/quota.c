/* quota.c - see quota.h. */
#include "keys/quota.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"

static int
make_use(const struct journal_line *line, struct quota_use *use)
{
	uint8_t digest[32];
	char text[160];
	int n;

	n = snprintf(text, sizeof(text), "%s %s %s %s", line->op,
	    line->department, line->type, line->seal);
	if (EVP_Digest(text, (size_t)n, digest, NULL, EVP_sha256(), NULL) != 1)
		return -1;
	memcpy(use->grant, digest, sizeof(use->grant));
	n = snprintf(text, sizeof(text), "%s %s", line->intent, line->face);
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

/* The counter of a grant, made when missing; NULL when out of memory. */
static struct quota_count *
counter(struct quota *q, const struct quota_use *use)
{
	struct quota_count *grown;
	size_t i;

	for (i = 0; i < q->ncounts; i++)
		if (memcmp(q->counts[i].grant, use->grant,
			sizeof(use->grant)) == 0)
			return &q->counts[i];
	grown = realloc(q->counts, (q->ncounts + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	q->counts = grown;
	memcpy(grown[q->ncounts].grant, use->grant, sizeof(use->grant));
	grown[q->ncounts].n = 0;
	return &grown[q->ncounts++];
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
	if (day != q->day) {
		q->day = day;
		quota_give_back(q, 0);
		q->ncounts = 0;
	}
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
