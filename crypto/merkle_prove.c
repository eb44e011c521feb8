/* merkle_prove.c - see merkle.h: making proofs (RFC 9162, 2.1.3.1, 2.1.4.1)
 * from the hashes of perfect subtrees. */
#include "crypto/merkle.h"

#include <string.h>

enum {
	H = MERKLE_HASH_SIZE
};

/* Where hashes come from. */
struct source {
	merkle_node_fn node;
	void *ctx;
};

/* Largest power of two smaller than n (n >= 2), as its exponent. */
static unsigned int
split_level(uint64_t n)
{
	unsigned int level = 0;

	while ((uint64_t)2 << level < n)
		level++;
	return level;
}

/*
 * Root over the n leaves from `first` on, which is a multiple of the largest
 * power of two not above n.  The perfect subtrees of n, the smallest (the
 * rightmost) first, are folded from the right.
 */
static int
range_root(const struct source *s, uint64_t first, uint64_t n, uint8_t out[H],
    struct err *e)
{
	uint64_t end = first + n;
	unsigned int level;
	uint8_t left[H];
	int r, started = 0;

	for (level = 0; n >> level != 0; level++) {
		if ((n >> level & 1) == 0)
			continue;
		end -= (uint64_t)1 << level;
		r = s->node(
		    s->ctx, level, end >> level, started ? left : out, e);
		if (r != 0)
			return r;
		if (started && merkle_node(left, out, out) != 0)
			return err_internal(e, "SHA-256");
		started = 1;
	}
	return 0;
}

int
merkle_root_of(merkle_node_fn node, void *ctx, uint64_t size, uint8_t root[H],
    struct err *e)
{
	static const struct merkle empty;
	struct source s = {node, ctx};

	if (size == 0)
		return merkle_root(&empty, root) == 0
			   ? 0
			   : err_internal(e, "SHA-256");
	return range_root(&s, 0, size, root, e);
}

static int
not_in_tree(struct err *e, uint64_t what, uint64_t size)
{
	return err_set(e, ERR_INPUT, "not_in_tree",
	    "账本中没有第 %llu 项（共 %llu 项）。",
	    "The ledger has no entry %llu (its size is %llu).",
	    (unsigned long long)what, (unsigned long long)size);
}

/* Proofs are found from the root down but written from the leaf up. */
struct path {
	uint8_t hashes[MERKLE_PROOF_MAX][H];
	size_t n;
};

static int
path_push(struct path *path, const struct source *s, uint64_t first, uint64_t n,
    struct err *e)
{
	if (path->n == MERKLE_PROOF_MAX)
		return err_internal(e, "merkle: proof");
	return range_root(s, first, n, path->hashes[path->n++], e);
}

static int
path_write(const struct path *path, struct buf *proof, struct err *e)
{
	size_t i;

	for (i = path->n; i > 0; i--)
		buf_add(proof, path->hashes[i - 1], H);
	return buf_failed(proof) ? err_nomem(e) : 0;
}

int
merkle_prove_inclusion(merkle_node_fn node, void *ctx, uint64_t index,
    uint64_t size, struct buf *proof, struct err *e)
{
	struct source s = {node, ctx};
	struct path path = {.n = 0};
	uint64_t first = 0, n = size, k;
	int r = 0;

	if (index >= size)
		return not_in_tree(e, index, size);
	while (n > 1 && r == 0) {
		k = (uint64_t)1 << split_level(n);
		if (index - first < k) {
			r = path_push(&path, &s, first + k, n - k, e);
			n = k;
		} else {
			r = path_push(&path, &s, first, k, e);
			first += k;
			n -= k;
		}
	}
	return r != 0 ? r : path_write(&path, proof, e);
}

int
merkle_prove_consistency(merkle_node_fn node, void *ctx, uint64_t size1,
    uint64_t size2, struct buf *proof, struct err *e)
{
	struct source s = {node, ctx};
	struct path path = {.n = 0};
	uint64_t first = 0, n = size2, k;
	int r = 0;

	if (size1 == 0 || size1 > size2)
		return not_in_tree(e, size1, size2);
	/* SUBPROOF: go down to where the older tree ends. */
	while (first + n != size1 && r == 0) {
		k = (uint64_t)1 << split_level(n);
		if (size1 - first <= k) {
			r = path_push(&path, &s, first + k, n - k, e);
			n = k;
		} else {
			r = path_push(&path, &s, first, k, e);
			first += k;
			n -= k;
		}
	}
	/* A subtree that is the whole older tree is known to the reader. */
	if (r == 0 && first != 0)
		r = path_push(&path, &s, first, n, e);
	return r != 0 ? r : path_write(&path, proof, e);
}

int
merkle_leaves_node(void *ctx, unsigned int level, uint64_t index,
    uint8_t out[H], struct err *e)
{
	const struct merkle_leaves *leaves = ctx;
	struct merkle m = {.size = 0};
	uint64_t i, n;

	n = level < MERKLE_LEVELS ? (uint64_t)1 << level : 0;
	if (n == 0 || index >= leaves->n >> level)
		return not_in_tree(e, index, leaves->n >> (level & 63));
	for (i = 0; i < n; i++)
		if (merkle_add(&m, leaves->hashes[index * n + i]) != 0)
			return err_internal(e, "SHA-256");
	return merkle_root(&m, out) == 0 ? 0 : err_internal(e, "SHA-256");
}
