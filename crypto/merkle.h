/*
 * merkle.h - the ledger's tree: RFC 6962 hashing (2.1; RFC 9162, 2.1), an
 * incremental root, inclusion and consistency proofs.
 *
 * A hash is 32 bytes of SHA-256.  The building blocks are perfect subtrees:
 * node (level, index) covers the leaves index * 2^level up to, not including,
 * (index + 1) * 2^level; level 0 is a leaf hash.
 */
#ifndef CRYPTO_MERKLE_H
#define CRYPTO_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	MERKLE_HASH_SIZE = 32,
	MERKLE_LEVELS = 63,    /* a tree has less than 2^63 leaves */
	MERKLE_PROOF_MAX = 128 /* hashes of one proof */
};

/* Hash of a leaf's bytes: SHA-256(00 || leaf). */
int merkle_leaf(struct bytes leaf, uint8_t out[MERKLE_HASH_SIZE]);
/* SHA-256(01 || left || right); out may be one of them. */
int merkle_node(const uint8_t left[MERKLE_HASH_SIZE],
    const uint8_t right[MERKLE_HASH_SIZE], uint8_t out[MERKLE_HASH_SIZE]);

/* The right edge of a growing tree: all that is needed to add leaves and to
 * know the root.  All zeros is the empty tree; plain data, may be copied and
 * stored (only peaks whose bit is set in size have a meaning). */
struct merkle {
	uint64_t size;					/* leaves */
	uint8_t peaks[MERKLE_LEVELS][MERKLE_HASH_SIZE]; /* by level */
};

/* Add a leaf by its hash; 0, or -1 (hashing failed, or the tree is full). */
int merkle_add(struct merkle *m, const uint8_t hash[MERKLE_HASH_SIZE]);
/* Root; of the empty tree SHA-256 of nothing.  0, or -1. */
int merkle_root(const struct merkle *m, uint8_t root[MERKLE_HASH_SIZE]);

/*
 * Where proofs take their hashes from: write the hash of a perfect subtree to
 * out.  0, or a class of e.  Only complete subtrees inside the tree are asked.
 */
typedef int (*merkle_node_fn)(void *ctx, unsigned int level, uint64_t index,
    uint8_t out[MERKLE_HASH_SIZE], struct err *e);

/* A merkle_node_fn over leaf hashes in memory; ctx is a struct merkle_leaves.
 * Takes time in the number of leaves below the node. */
struct merkle_leaves {
	const uint8_t (*hashes)[MERKLE_HASH_SIZE];
	uint64_t n;
};
int merkle_leaves_node(void *ctx, unsigned int level, uint64_t index,
    uint8_t out[MERKLE_HASH_SIZE], struct err *e);

/* Root of the first `size` leaves. */
int merkle_root_of(merkle_node_fn node, void *ctx, uint64_t size,
    uint8_t root[MERKLE_HASH_SIZE], struct err *e);

/* Append the hashes (32 bytes each) that prove that leaf `index` is in the tree
 * of `size` leaves.  ERR_INPUT "not_in_tree" when index >= size. */
int merkle_prove_inclusion(merkle_node_fn node, void *ctx, uint64_t index,
    uint64_t size, struct buf *proof, struct err *e);

/* Append the hashes that prove that the tree of `size1` leaves is the start of
 * that of `size2`.  ERR_INPUT "not_in_tree" unless 0 < size1 <= size2. */
int merkle_prove_consistency(merkle_node_fn node, void *ctx, uint64_t size1,
    uint64_t size2, struct buf *proof, struct err *e);

/* Check proofs as received (RFC 9162, 2.1.3.2 and 2.1.4.2).  0, or ERR_INPUT
 * "bad_proof". */
int merkle_verify_inclusion(const uint8_t leaf[MERKLE_HASH_SIZE],
    uint64_t index, uint64_t size, struct bytes proof,
    const uint8_t root[MERKLE_HASH_SIZE], struct err *e);

/* A tree and its root at one time. */
struct merkle_head {
	uint64_t size;
	uint8_t root[MERKLE_HASH_SIZE];
};
int merkle_verify_consistency(const struct merkle_head *older,
    const struct merkle_head *newer, struct bytes proof, struct err *e);

#endif
