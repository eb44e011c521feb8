/* authority_fuzz.c - an authority table: what is accepted can be asked. */
#include <stdlib.h>
#include <string.h>

#include "keys/authority.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keeper_credential cred = {.id = "A", .secret = "B"};
	struct authority_caller caller;
	struct authority authority;
	struct buf again = BUF_INIT;
	struct err e = ERR_INIT;
	uint64_t quota;

	if (authority_parse((struct bytes){data, size}, &authority, &e) == 0) {
		if (authority_identify(
			&authority, &cred, "10.0.0.1", 0, &caller, &e) == 0)
			authority_grant_find(&caller, "11990000MB9A010097001",
			    "market-1", 0, &quota);
		if (authority_write(&authority, &again, &e) != 0)
			abort();
		authority_release(&authority);
	}
	buf_release(&again);
	err_clear(&e);
	return 0;
}
