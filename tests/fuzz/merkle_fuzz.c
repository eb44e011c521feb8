/* merkle_fuzz.c - proofs as received: no bytes prove a leaf that is not there
 * (first 16 bytes: index and size; the rest: the proof). */
#include <stdlib.h>
#include <string.h>

#include "crypto/merkle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t leaf[MERKLE_HASH_SIZE] = {1}, root[32] = {2};
	struct merkle_head older = {1, {3}}, newer = {2, {4}};
	struct err e = ERR_INIT;
	struct bytes proof;

	if (size < 16)
		return 0;
	memcpy(&older.size, data, 8);
	memcpy(&newer.size, data + 8, 8);
	proof.p = data + 16;
	proof.n = size - 16;
	if (merkle_verify_inclusion(
		leaf, older.size, newer.size, proof, root, &e) == 0 ||
	    merkle_verify_consistency(&older, &newer, proof, &e) == 0)
		abort();
	err_clear(&e);
	return 0;
}
