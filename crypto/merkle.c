/* merkle.c - see merkle.h: hashing, growing and checking proofs. */
#include "crypto/merkle.h"

#include <openssl/evp.h>

#include <string.h>

enum {
	H = MERKLE_HASH_SIZE
};

static int
sha256(struct bytes v, uint8_t out[H])
{
	return EVP_Q_digest(NULL, "SHA256", NULL, v.p, v.n, out, NULL) == 1
		   ? 0
		   : -1;
}

int
merkle_leaf(struct bytes leaf, uint8_t out[H])
{
	struct buf prefixed = BUF_INIT;
	int r;

	buf_add_byte(&prefixed, 0x00);
	buf_add(&prefixed, leaf.p, leaf.n);
	r = buf_failed(&prefixed) ? -1 : sha256(buf_bytes(&prefixed), out);
	buf_release(&prefixed);
	return r;
}

int
merkle_node(const uint8_t left[H], const uint8_t right[H], uint8_t out[H])
{
	uint8_t prefixed[1 + 2 * H];

	prefixed[0] = 0x01;
	memcpy(prefixed + 1, left, H);
	memcpy(prefixed + 1 + H, right, H);
	return sha256((struct bytes){prefixed, sizeof(prefixed)}, out);
}

int
merkle_add(struct merkle *m, const uint8_t hash[H])
{
	uint8_t carry[H];
	unsigned int level;

	memcpy(carry, hash, H);
	for (level = 0; m->size >> level & 1; level++)
		if (merkle_node(m->peaks[level], carry, carry) != 0)
			return -1;
	if (level >= MERKLE_LEVELS)
		return -1;
	memcpy(m->peaks[level], carry, H);
	m->size++;
	return 0;
}

int
merkle_root(const struct merkle *m, uint8_t root[H])
{
	unsigned int level;
	int started = 0;

	if (m->size == 0)
		return sha256((struct bytes){NULL, 0}, root);
	for (level = 0; level < MERKLE_LEVELS; level++) {
		if ((m->size >> level & 1) == 0)
			continue;
		if (!started)
			memcpy(root, m->peaks[level], H);
		else if (merkle_node(m->peaks[level], root, root) != 0)
			return -1;
		started = 1;
	}
	return 0;
}

static int
bad_proof(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_proof", "账本证明不成立。",
	    "The ledger proof does not hold.");
}

/* Next hash of a proof, or NULL at its end. */
static const uint8_t *
next_hash(struct bytes *proof)
{
	const uint8_t *hash = proof->p;

	if (proof->n < H)
		return NULL;
	proof->p += H;
	proof->n -= H;
	return hash;
}

/* RFC 9162, 2.1.3.2; fn and sn are its names. */
int
merkle_verify_inclusion(const uint8_t leaf[H], uint64_t index, uint64_t size,
    struct bytes proof, const uint8_t root[H], struct err *e)
{
	uint64_t fn = index, sn = size - 1;
	const uint8_t *p;
	uint8_t r[H];
	int done;

	if (index >= size || proof.n % H != 0)
		return bad_proof(e);
	memcpy(r, leaf, H);
	while ((p = next_hash(&proof)) != NULL) {
		if (sn == 0)
			return bad_proof(e);
		if ((fn & 1) != 0 || fn == sn) {
			done = merkle_node(p, r, r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			done = merkle_node(r, p, r);
		}
		if (done != 0)
			return err_internal(e, "SHA-256");
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && memcmp(r, root, H) == 0 ? 0 : bad_proof(e);
}

/* Steps 4 to 6 of RFC 9162, 2.1.4.2: fold the proof into both roots. */
static int
fold_consistency(uint64_t size1, uint64_t size2, struct bytes proof,
    uint8_t fr[H], uint8_t sr[H])
{
	uint64_t fn = size1 - 1, sn = size2 - 1;
	const uint8_t *p;

	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	while ((p = next_hash(&proof)) != NULL) {
		if (sn == 0)
			return -1;
		if ((fn & 1) != 0 || fn == sn) {
			if (merkle_node(p, fr, fr) != 0 ||
			    merkle_node(p, sr, sr) != 0)
				return -1;
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else if (merkle_node(sr, p, sr) != 0) {
			return -1;
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 ? 0 : -1;
}

int
merkle_verify_consistency(const struct merkle_head *older,
    const struct merkle_head *newer, struct bytes proof, struct err *e)
{
	uint8_t fr[H], sr[H];
	const uint8_t *first;

	if (older->size == 0 || older->size > newer->size || proof.n % H != 0)
		return bad_proof(e);
	if (older->size == newer->size)
		return proof.n == 0 && memcmp(older->root, newer->root, H) == 0
			   ? 0
			   : bad_proof(e);
	/* When the older tree is perfect its root is the first hash. */
	first = (older->size & (older->size - 1)) == 0 ? older->root
						       : next_hash(&proof);
	if (first == NULL)
		return bad_proof(e);
	memcpy(fr, first, H);
	memcpy(sr, first, H);
	if (proof.n == 0 ||
	    fold_consistency(older->size, newer->size, proof, fr, sr) != 0 ||
	    memcmp(fr, older->root, H) != 0 || memcmp(sr, newer->root, H) != 0)
		return bad_proof(e);
	return 0;
}
