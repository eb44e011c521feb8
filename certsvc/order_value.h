/*
 * order_value.h - one value of an order against its field.  Private to
 * certsvc/order*.c.
 */
#ifndef CERTSVC_ORDER_VALUE_H
#define CERTSVC_ORDER_VALUE_H

#include <jansson.h>

#include "certsvc/template.h"

/* Why a value is wrong; texts are fragments behind the field's label. */
struct value_fault {
	const char *code; /* NULL: nothing wrong */
	char zh[160], en[160];
};

/*
 * The canonical text of a value (owned by the caller), or NULL: absent (null,
 * "" - then fault->code is NULL), or wrong.  Not for tables.  ERR codes as in
 * order.h; "out_of_memory" when an allocation failed.
 */
char *order_value(const struct template_field *field, const json_t *value,
    struct value_fault *fault);

/* left OP right on canonical texts of one datatype: -1, 0, 1.  长期 is later
 * than any date. */
int order_value_compare(
    enum datatype type, const char *left, const char *right);

#endif
