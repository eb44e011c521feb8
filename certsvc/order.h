/*
 * order.h - what a department asks for: one certificate of one type for one
 * holder, with who and why (matter, serial, operator, purpose).
 */
#ifndef CERTSVC_ORDER_H
#define CERTSVC_ORDER_H

#include <jansson.h>
#include <stdint.h>

#include "certsvc/template.h"
#include "crypto/base/err.h"
#include "crypto/face.h"

enum {
	ORDER_KEY_MAX = 128, /* bytes of matter and of serial */
	ORDER_TEXT_MAX = 200 /* code points of purpose and operator */
};

struct order {
	char *type;	/* type code or template folder */
	char *matter;	/* 事项编码 */
	char *serial;	/* 办件流水号, unique per department and matter */
	char *op;	/* operator, may be NULL */
	char *purpose;	/* may be NULL */
	json_t *fields; /* owned reference: object of field id -> value */
	uint8_t digest[32]; /* SHA-256 over the canonical form of all above */
};

/*
 * From a JSON body {"type","matter","serial","operator"?,"purpose"?,
 * "fields":{...}}; unknown members are refused, every wrong one is named.
 */
int order_parse(const json_t *body, struct order *order, struct err *e);
void order_release(struct order *order);

/*
 * Check the fields against the template (types, lengths, patterns, check
 * digits, checks across fields) and write them normalised (NFC, numbers and
 * dates canonical) as face fields in schema order.  Fields of level
 * DEPARTMENT are checked but left out of the face.  Every wrong field is an
 * item of *e with the pointer /fields/<id>[/<row>/<column>].
 */
int order_check(const struct order *order, const struct template *t,
    struct face *face, struct err *e);

#endif
