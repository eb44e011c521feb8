/* Fields of an order against each of our types: a face that passed is whole. */
#include <stdlib.h>

#include "certsvc/json_strict.h"
#include "certsvc/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_type(const struct order *order, const struct template *t)
{
	struct face *face = face_new();
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	if (face != NULL && order_check(order, t, face, &e) == 0 &&
	    face_write(face, &out, &e) != 0 && e.class != ERR_LIMIT)
		abort();
	buf_release(&out);
	face_free(face);
	err_clear(&e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct template_set set;
	struct bytes text = {data, size};
	struct order order;
	struct err e = ERR_INIT;
	json_t *body;
	size_t i;

	if (set.n == 0 && template_set_read("templates", &set, &e) != 0)
		abort();
	if (json_strict_read(text, 65536, &body, &e) == 0) {
		if (order_parse(body, &order, &e) == 0) {
			for (i = 0; i < set.n; i++)
				try_type(&order, set.v[i]);
			order_release(&order);
		}
		json_decref(body);
	}
	err_clear(&e);
	return 0;
}
