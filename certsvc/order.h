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
	ORDER_KEY_MAX = 128,	  /* bytes of matter and of serial */
	ORDER_TEXT_MAX = 200,	  /* code points of purpose and operator */
	ORDER_MEMBERS_MAX = 8192, /* values in fields, tables included */
	ORDER_FIELDS_DEPTH = 4	  /* fields, table, row, cell */
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
 * All text is brought to NFC.  matter and serial are [0-9A-Za-z._:/-]{1,128}.
 * ERR_INPUT "order_invalid" with items, their pointers from the body's root.
 */
int order_parse(const json_t *body, struct order *order, struct err *e);
void order_release(struct order *order);

/* The order as a new JSON body that order_parse reads back to the same digest;
 * NULL when out of memory. */
json_t *order_body(const struct order *order);

/* The sample of a type, folder/sample.json, as a body.  Caller owns it. */
int order_sample(const char *folder, json_t **body, struct err *e);

/*
 * Check the fields against the template (types, lengths, patterns, check
 * digits, checks across fields) and write them normalised (NFC, numbers and
 * dates canonical) as face fields in schema order.  Fields of level
 * DEPARTMENT are checked but left out of the face.  Every wrong field is an
 * item of *e with the pointer /fields/<id>[/<row>/<column>]; codes: missing,
 * unknown_field, bad_type, too_long, too_many_rows, invalid_utf8,
 * forbidden_character, blank_around, bad_pattern, bad_date, bad_number,
 * bad_enum, bad_check_digit, check_failed.  Texts never repeat the value.
 * ERR_INPUT "fields_invalid"; face is empty then.  face: from face_new.
 */
int order_check(const struct order *order, const struct template *t,
    struct face *face, struct err *e);

#endif
