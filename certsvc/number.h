/*
 * number.h - the numbers a certificate carries: citizen numbers, unified social
 * credit codes, the identifier of GB/T 36904 and the printed number of a type.
 */
#ifndef CERTSVC_NUMBER_H
#define CERTSVC_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	NUMBER_CITIZEN_LEN = 18,
	NUMBER_USCC_LEN = 18,
	NUMBER_TYPE_LEN = 21,
	NUMBER_TEXT_MAX = 200,	/* bytes of a printed number */
	NUMBER_SCOPE_SIZE = 64, /* bytes of a scope, with NUL */
	NUMBER_SEQ_MAX = 12,	/* digits of a sequence */
	IDENTIFIER_SERIAL_SIZE = 33,
	IDENTIFIER_SIZE = 96 /* bytes of an identifier, with NUL */
};

/* 1 for a citizen number of GB 11643: area 11-82, a real date of birth that
 * is not in the future, and the check character (X in upper case). */
int number_citizen_ok(const char *s);

/* 1 for a unified social credit code of GB 32100: both check characters, its
 * own and that of the organisation code inside (GB 11714). */
int number_uscc_ok(const char *s);

/* 1 for a 证照类型代码: the code of the defining body and three digits
 * (GB/T 36904). */
int number_type_ok(const char *s);

/* The parts of a 电子证照标识 (GB/T 36904-2018). */
struct identifier {
	char type[NUMBER_TYPE_LEN + 1];
	char issuer[NUMBER_USCC_LEN + 1];    /* code, or an area code */
	char serial[IDENTIFIER_SERIAL_SIZE]; /* [0-9A-Z]{1,32} */
	unsigned int version;		     /* 1..999 */
};

/*
 * Write 1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>; the check
 * character is ISO 7064 MOD 37,36 over the parts without dots and root.
 * ERR_INPUT "bad_identifier" when a part is malformed; the check digits inside
 * type and issuer are not looked at.
 */
int identifier_write(
    const struct identifier *id, char out[IDENTIFIER_SIZE], struct err *e);
/* ERR_INPUT "bad_identifier" or "bad_check_digit". */
int identifier_parse(const char *s, struct identifier *id, struct err *e);

/* What a printed number is made of. */
struct number_source {
	const char *date;  /* day of issue, YYYY-MM-DD */
	uint64_t sequence; /* given by the store */
	/* Value of the field with this id, or NULL. */
	const char *(*field)(void *ctx, const char *id);
	void *ctx;
};

/*
 * A pattern is text with {year} {month} {day} {seq:N} (N digits, at most once)
 * and {field:ID}.  Check it: ERR_INPUT "bad_number_pattern", or
 * "unknown_field" when known() is 0 for a field.
 */
int number_pattern_check(const char *pattern,
    int (*known)(void *ctx, const char *id), void *ctx, struct err *e);

/* Append the number.  ERR_LIMIT "number_exhausted" when the sequence has more
 * digits than its place, ERR_INPUT "missing" when a field has no value. */
int number_write(const char *pattern, const struct number_source *source,
    struct buf *out, struct err *e);

/*
 * What the sequence counts: the type and the parts of the number that are not
 * fixed text, values of fields as a hash (they may be personal).  "" when the
 * pattern has no sequence.
 */
int number_scope(const char *pattern, const char *type,
    const struct number_source *source, char scope[NUMBER_SCOPE_SIZE],
    struct err *e);

#endif
