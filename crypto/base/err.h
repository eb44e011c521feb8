/*
 * err.h - the error value every function that can fail for an outside reason
 * fills in: a class the caller may act on, a stable code, and one sentence in
 * Chinese and in English for the person who can act.
 *
 * Texts say what and which; they never carry secrets or personal data.  The
 * function that sees the problem sets the text; everybody above returns the
 * negative class and adds nothing, or logs once at the door.
 */
#ifndef CRYPTO_BASE_ERR_H
#define CRYPTO_BASE_ERR_H

#include <stddef.h>

/* Each class maps to exactly one HTTP status (api/problem.c). */
enum err_class {
	ERR_OK = 0,
	ERR_INPUT = -1,	    /* 400/422: the request itself is wrong */
	ERR_DENIED = -2,    /* 403: known caller, not allowed */
	ERR_UNKNOWN = -3,   /* 401: caller not recognised */
	ERR_NOT_FOUND = -4, /* 404 */
	ERR_CONFLICT = -5,  /* 409: state or an earlier call forbids it */
	ERR_LIMIT = -6,	    /* 413/429: over a published limit */
	ERR_BUSY = -7,	    /* 503: try again later */
	ERR_STORAGE = -8,   /* 507: disk full, read-only, damaged */
	ERR_INTERNAL = -9   /* 500: our fault */
};

enum {
	ERR_CODE_SIZE = 40,	/* stable code, ASCII, with NUL */
	ERR_TEXT_SIZE = 512,	/* one sentence, UTF-8, with NUL */
	ERR_POINTER_SIZE = 128, /* RFC 6901 JSON Pointer, with NUL */
	ERR_ITEMS_MAX = 64	/* fields named in one answer */
};

/* One wrong field of a request. */
struct err_item {
	char code[ERR_CODE_SIZE];
	char pointer[ERR_POINTER_SIZE];
	char zh[ERR_TEXT_SIZE];
	char en[ERR_TEXT_SIZE];
};

struct err {
	enum err_class class;
	int retryable; /* the same call may succeed later */
	char code[ERR_CODE_SIZE];
	char zh[ERR_TEXT_SIZE];
	char en[ERR_TEXT_SIZE];
	struct err_item *items; /* owned; NULL when there are none */
	size_t nitems;
};

#define ERR_INIT                                                               \
	{                                                                      \
		.class = ERR_OK                                                \
	}

/*
 * Set class, code and both texts; the arguments fill BOTH formats, in the same
 * order.  An error already set is replaced (items are kept).  Returns class.
 */
int err_set(struct err *e, enum err_class class, const char *code,
    const char *zh, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

/*
 * Add one wrong field.  Past ERR_ITEMS_MAX items are dropped; without memory
 * there is at least one, "out_of_memory".  Does not set the class: the caller
 * ends with err_set once all fields were looked at.
 */
void err_add(struct err *e, const char *code, const char *pointer,
    const char *zh, const char *en, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

/* Out of memory: ERR_INTERNAL, code out_of_memory, retryable. */
int err_nomem(struct err *e);

/* An OpenSSL, SQLite ... call failed that cannot fail on valid input. */
int err_internal(struct err *e, const char *what);

/* Forget the error and free its items; e may be used again. */
void err_clear(struct err *e);

#endif
