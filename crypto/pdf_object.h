/*
 * pdf_object.h - strict reader of PDF objects (ISO 32000-1, 7.2 and 7.3).
 * No recovery of any kind: what is not exactly as the standard says is
 * ERR_INPUT "malformed".  Values and decoded strings live in an arena and are
 * freed together.
 */
#ifndef CRYPTO_PDF_OBJECT_H
#define CRYPTO_PDF_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	PDF_DEPTH_MAX = 64,	   /* arrays and dictionaries in each other */
	PDF_VALUES_MAX = 1000000,  /* values of one file */
	PDF_KEYS_MAX = 1024,	   /* keys of one dictionary */
	PDF_NAME_MAX = 255,	   /* bytes of a name */
	PDF_NUMBER_DIGITS_MAX = 15 /* digits of a number */
};

enum pdf_kind {
	PDF_NULL,
	PDF_BOOL,
	PDF_INT,
	PDF_REAL,
	PDF_NAME,
	PDF_STRING,
	PDF_ARRAY,
	PDF_DICT,
	PDF_REF
};

/* Views and pointers are owned by the arena and the bytes parsed. */
struct pdf_value {
	enum pdf_kind kind;
	uint32_t gen;		 /* REF: generation; NAME: hash of the text */
	int64_t number;		 /* BOOL, INT; REF: object number */
	double real;		 /* INT, REAL */
	struct bytes text;	 /* NAME, STRING: decoded */
	struct bytes raw;	 /* as it stands in the bytes parsed */
	struct pdf_value *first; /* ARRAY: items; DICT: key, value, key ... */
	struct pdf_value *next;
	size_t nitems; /* ARRAY: items; DICT: pairs */
};

struct pdf_block;
struct pdf_arena {
	struct pdf_block *blocks; /* owned */
	size_t values;		  /* values made so far */
};

/* n zero bytes, or NULL when out of memory. */
void *pdf_arena_alloc(struct pdf_arena *a, size_t n);
void pdf_arena_release(struct pdf_arena *a);

struct pdf_lexer {
	struct bytes in;
	size_t pos; /* next byte, at most in.n */
	struct pdf_arena *arena;
};

/* White space of ISO 32000-1, table 1. */
int pdf_is_space(int c);

/* Skip white space and comments. */
void pdf_lexer_skip(struct pdf_lexer *lx);

/* 1 and past it when the keyword stands at pos and ends there. */
int pdf_lexer_keyword(struct pdf_lexer *lx, const char *word);

/* An unsigned integer at pos (digits only); 0 or -1, quiet. */
int pdf_lexer_uint(struct pdf_lexer *lx, uint64_t *value);

/* The value at pos (blanks before it are skipped). */
int pdf_lexer_value(
    struct pdf_lexer *lx, struct pdf_value **value, struct err *e);

/* ERR_INPUT "malformed" at byte pos; `what` is a short English noun. */
int pdf_malformed(struct err *e, size_t pos, const char *what);

/* Value of a key of a dictionary, or NULL (also when v is no dictionary). */
struct pdf_value *pdf_get(const struct pdf_value *v, const char *key);
/* 1 when v is the name `name`. */
int pdf_is_name(const struct pdf_value *v, const char *name);
/* 1 and *out when v is an integer from 0 to max. */
int pdf_uint(const struct pdf_value *v, uint64_t max, uint64_t *out);

#endif
