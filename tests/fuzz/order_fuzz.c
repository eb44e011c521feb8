/* Orders from outside: what is read must read back to the same digest. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/json_strict.h"
#include "certsvc/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = {data, size};
	struct order order, again;
	struct err e = ERR_INIT;
	json_t *body, *copy;

	if (json_strict_read(text, 65536, &body, &e) == 0) {
		if (order_parse(body, &order, &e) == 0) {
			copy = order_body(&order);
			if (order_parse(copy, &again, &e) != 0 ||
			    memcmp(order.digest, again.digest, 32) != 0)
				abort();
			json_decref(copy);
			order_release(&again);
			order_release(&order);
		}
		json_decref(body);
	}
	err_clear(&e);
	return 0;
}
