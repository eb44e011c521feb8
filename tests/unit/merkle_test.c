/* merkle_test.c - RFC 6962 vectors, and every small tree in full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/base/text.h"
#include "crypto/merkle.h"

enum {
	TREES = 33 /* sizes 0 to 32 in full */
};

/* The reference tree of certificate-transparency-go (merkle tests): leaves in
 * hex and the roots after each of them. */
static const char *const vector_leaves[] = {"", "00", "10", "2021", "3031",
    "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const vector_roots[] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static void
assert_hash(const uint8_t hash[32], const char *hex)
{
	uint8_t want[32];

	text_unhex(want, 32, hex, 64);
	assert_memory_equal(hash, want, 32);
}

static void
published_roots_come_out(void **state)
{
	struct merkle m = {.size = 0};
	uint8_t leaf[32], root[32];
	size_t i, n;

	(void)state;
	merkle_root(&m, root);
	assert_hash(root,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (i = 0; i < 8; i++) {
		n = strlen(vector_leaves[i]) / 2;
		text_unhex(leaf, n, vector_leaves[i], 2 * n);
		merkle_leaf((struct bytes){leaf, n}, leaf);
		assert_int_equal(merkle_add(&m, leaf), 0);
		merkle_root(&m, root);
		assert_hash(root, vector_roots[i]);
	}
}

/* Leaf hashes and the root after each, for the exhaustive tests. */
static uint8_t leaves[TREES][32];
static struct merkle_head heads[TREES];
static struct merkle_leaves source = {(const uint8_t (*)[32])leaves, TREES - 1};

static int
setup(void **state)
{
	struct merkle m = {.size = 0};
	uint8_t i;

	(void)state;
	for (i = 0; i < TREES; i++) {
		heads[i].size = i;
		merkle_root(&m, heads[i].root);
		merkle_leaf((struct bytes){&i, 1}, leaves[i]);
		merkle_add(&m, leaves[i]);
	}
	return 0;
}

static void
the_root_from_subtrees_is_that_of_the_growing_tree(void **state)
{
	struct err e = ERR_INIT;
	uint8_t root[32];
	uint64_t size;

	(void)state;
	for (size = 0; size < TREES; size++) {
		assert_int_equal(
		    merkle_root_of(merkle_leaves_node, &source, size, root, &e),
		    0);
		assert_memory_equal(root, heads[size].root, 32);
	}
}

/* A proof that was changed in any simple way must fail. */
static void
assert_inclusion_is_brittle(
    uint64_t index, uint64_t size, struct buf *proof, struct err *e)
{
	const uint8_t *root = heads[size].root;
	struct bytes v = buf_bytes(proof);
	size_t i;

	if (v.n == 0)
		return;
	for (i = 0; i < v.n; i += 13) {
		proof->p[i] ^= 1;
		assert_int_equal(merkle_verify_inclusion(
				     leaves[index], index, size, v, root, e),
		    ERR_INPUT);
		proof->p[i] ^= 1;
	}
	v.n -= 32;
	assert_int_equal(
	    merkle_verify_inclusion(leaves[index], index, size, v, root, e),
	    ERR_INPUT);
	v.n += 31;
	assert_int_equal(
	    merkle_verify_inclusion(leaves[index], index, size, v, root, e),
	    ERR_INPUT);
	buf_add(proof, root, 32);
	assert_int_equal(merkle_verify_inclusion(leaves[index], index, size,
			     buf_bytes(proof), root, e),
	    ERR_INPUT);
}

static void
every_leaf_of_every_small_tree_is_proven(void **state)
{
	struct buf proof = BUF_INIT;
	struct err e = ERR_INIT;
	uint64_t size, index, other;
	int r;

	(void)state;
	for (size = 1; size < TREES; size++)
		for (index = 0; index < size; index++) {
			buf_reset(&proof);
			assert_int_equal(
			    merkle_prove_inclusion(merkle_leaves_node, &source,
				index, size, &proof, &e),
			    0);
			for (other = 0; other < size; other++) {
				r = merkle_verify_inclusion(leaves[other],
				    index, size, buf_bytes(&proof),
				    heads[size].root, &e);
				assert_int_equal(
				    r, other == index ? 0 : ERR_INPUT);
			}
			assert_inclusion_is_brittle(index, size, &proof, &e);
		}
	assert_string_equal(e.code, "bad_proof");
	buf_release(&proof);
}

static void
every_pair_of_small_trees_is_consistent(void **state)
{
	struct buf proof = BUF_INIT;
	struct err e = ERR_INIT;
	struct merkle_head forged;
	uint64_t a, b;
	size_t i;

	(void)state;
	for (b = 1; b < TREES; b++)
		for (a = 1; a <= b; a++) {
			buf_reset(&proof);
			assert_int_equal(
			    merkle_prove_consistency(
				merkle_leaves_node, &source, a, b, &proof, &e),
			    0);
			assert_int_equal(merkle_verify_consistency(&heads[a],
					     &heads[b], buf_bytes(&proof), &e),
			    0);
			forged = heads[a];
			forged.root[5] ^= 4;
			assert_int_equal(merkle_verify_consistency(&forged,
					     &heads[b], buf_bytes(&proof), &e),
			    ERR_INPUT);
			for (i = 0; i < proof.n; i += 11) {
				proof.p[i] ^= 1;
				assert_int_equal(
				    merkle_verify_consistency(&heads[a],
					&heads[b], buf_bytes(&proof), &e),
				    ERR_INPUT);
				proof.p[i] ^= 1;
			}
			buf_add(&proof, heads[b].root, 32);
			assert_int_equal(merkle_verify_consistency(&heads[a],
					     &heads[b], buf_bytes(&proof), &e),
			    ERR_INPUT);
		}
	buf_release(&proof);
}

static void
places_outside_the_tree_are_refused(void **state)
{
	struct buf proof = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(merkle_prove_inclusion(
			     merkle_leaves_node, &source, 5, 5, &proof, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "not_in_tree");
	assert_int_equal(merkle_prove_consistency(
			     merkle_leaves_node, &source, 0, 5, &proof, &e),
	    ERR_INPUT);
	assert_int_equal(merkle_prove_consistency(
			     merkle_leaves_node, &source, 6, 5, &proof, &e),
	    ERR_INPUT);
	assert_int_equal(merkle_prove_inclusion(merkle_leaves_node, &source, 0,
			     TREES + 40, &proof, &e),
	    ERR_INPUT);
	assert_int_equal(merkle_verify_inclusion(leaves[0], 0, 0,
			     (struct bytes){NULL, 0}, heads[0].root, &e),
	    ERR_INPUT);
	buf_release(&proof);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_roots_come_out),
	    cmocka_unit_test(
		the_root_from_subtrees_is_that_of_the_growing_tree),
	    cmocka_unit_test(every_leaf_of_every_small_tree_is_proven),
	    cmocka_unit_test(every_pair_of_small_trees_is_consistent),
	    cmocka_unit_test(places_outside_the_tree_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
