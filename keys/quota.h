/*
 * quota.h - how many different certificates each grant was used for today
 * (the day in China), and how many sheets and copies of a type each office had
 * made.  A repeated call for the same intent, face and number counts once: it
 * can only give the same thing again.  A department's sheets count on their
 * own, against the same limit as its certificates.
 */
#ifndef KEYS_QUOTA_H
#define KEYS_QUOTA_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/err.h"
#include "keys/journal.h"

struct quota_use {
	uint8_t grant[16]; /* which grant */
	uint8_t what[16];  /* which certificate */
};

struct quota_count {
	uint8_t grant[16];
	uint64_t n;
	int used; /* the row is */
};

struct quota {
	int64_t day;		/* days since 1970-01-01 in China */
	struct quota_use *uses; /* owned, in order of time */
	size_t nuses, cap;
	uint32_t *index; /* owned: open addressing, place in uses + 1 */
	size_t nindex;
	struct quota_count *counts; /* owned: one a grant used today, in open
				       addressing: thousands of offices */
	size_t ncounts, counts_cap;
};

/* A limit that is never reached; what is taken is kept all the same, for a
 * limit may come later in the day. */
#define QUOTA_NONE UINT64_MAX

#define QUOTA_INIT                                                             \
	{                                                                      \
		.day = -1                                                      \
	}

/*
 * Count the use that `line` describes against limit (0: no limit, nothing is
 * kept).  ERR_LIMIT "quota_reached".
 */
int quota_take(struct quota *q, const struct journal_line *line, uint64_t limit,
    struct err *e);

/* Forget what was taken after nuses was n: its journal lines failed. */
void quota_give_back(struct quota *q, size_t n);

void quota_release(struct quota *q);

#endif
