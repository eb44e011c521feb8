/*
 * verdict.h - the result of a verification, with reasons in words.
 */
#ifndef CERTSVC_VERDICT_H
#define CERTSVC_VERDICT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* Exit status of `certsvc verify`: the value. */
enum verdict_kind {
	VERDICT_VALID = 0,
	VERDICT_INVALID = 1,
	VERDICT_INDETERMINATE = 2,
	VERDICT_UNSIGNED = 3,
	VERDICT_UNREADABLE = 4
};

enum {
	VERDICT_REASONS_MAX = 16,
	VERDICT_SIGNATURES_MAX = 16
};

enum integrity {
	INTEGRITY_BROKEN,
	INTEGRITY_INTACT
};
enum coverage {
	COVERAGE_UNCLEAR,
	COVERAGE_PARTIAL,
	COVERAGE_REVISION,
	COVERAGE_WHOLE_FILE
};
enum changes {
	CHANGES_NONE,
	CHANGES_PERMITTED,
	CHANGES_FORBIDDEN
};
enum trust_state {
	TRUST_UNKNOWN,
	TRUST_TRUSTED,
	TRUST_UNTRUSTED,
	TRUST_EXPIRED,
	TRUST_REVOKED
};

struct verdict_signature {
	enum integrity integrity;
	enum coverage coverage;
	enum changes changes;
	enum trust_state trust;
	char level[8]; /* "B-B", "" */
	char algorithm[32];
	char signer[256]; /* subject of the x509, RFC 4514, UTF-8 */
	char seal[128];	  /* name of the seal, or "" */
	int64_t claimed_time, proven_time; /* UTC seconds; 0 = none */
};

/* Of a purpose-bound copy (加注件).  Who shows only its code is not told what
 * it is for. */
struct verdict_copy {
	int is_copy;
	char purpose[801], maker[801]; /* or "" */
	char made[20], until[20];      /* "YYYY-MM-DD HH:MM:SS" in China */
};

/* Of a printed sheet of the certificate itself. */
struct verdict_sheet {
	uint64_t number;   /* 0: it is none */
	char office[64];   /* where it was printed */
	char day[11];	   /* "YYYY-MM-DD" in China, or "" */
	char purpose[801]; /* or ""; only the register knows it */
};

/* What is known of one of our certificates. */
struct verdict_certificate {
	int known; /* the rest is filled */
	char id[27];
	char type[22];
	char type_zh[128], type_en[128];
	char number[128], identifier[128], holder[256], department[256];
	char status[16];      /* pending, valid ... or "" unknown */
	int64_t status_as_of; /* UTC seconds; 0 = unknown */
	char superseded_by[27], superseded_by_number[128];
	int64_t issued, valid_from, valid_to;
	uint8_t face_digest[32];
	uint64_t copy_number; /* of a purpose-bound copy, else 0 */
	struct verdict_copy copy;
	struct verdict_sheet sheet;
};

struct verdict {
	enum verdict_kind kind;
	char format[8]; /* pdf, ofd, xml, qr, seal or "" */
	const char
	    *reasons[VERDICT_REASONS_MAX]; /* codes of verdict_reason.c */
	size_t nreasons;
	struct verdict_certificate certificate;
	struct verdict_signature signatures[VERDICT_SIGNATURES_MAX];
	size_t nsignatures;
	json_t *fields; /* owned: [{name, zh, en, value}], labels null when
			   unknown; or NULL */
};

/* Text of a reason code in both languages and what to do next. */
struct verdict_reason {
	const char *code;
	enum verdict_kind kind; /* what this reason makes of a verdict */
	const char *zh, *en, *next_zh, *next_en;
};
const struct verdict_reason *verdict_reason_find(const char *code);

/* Add a reason; the verdict becomes the worst of its reasons (1, 4, 3, 2, 0).
 * An unknown code is INVALID. */
void verdict_add(struct verdict *v, const char *code);

/* The exit status of several: order 1, 4, 3, 2, 0. */
int verdict_worst(int a, int b);

/*
 * One object a file: verdict, format, reasons[] {code, text_zh, text_en,
 * next: {zh, en}}, certificate (null when it is none of ours), signatures[].
 * Times are RFC 3339, unknown values null.  Caller owns the reference; NULL
 * when out of memory.
 */
json_t *verdict_json(const struct verdict *v);

/* "valid", "invalid" ... */
const char *verdict_word(enum verdict_kind kind);

/*
 * The same object as bytes, from one process to another.  verdict_unpack
 * believes nothing: what verdict_pack would not have written for the values it
 * holds is ERR_INPUT "malformed".
 */
int verdict_pack(const struct verdict *v, struct buf *out, struct err *e);
int verdict_unpack(struct bytes packed, struct verdict *v, struct err *e);

/* Names of the states of a signature; NULL past the last. */
const char *integrity_word(enum integrity i);
const char *coverage_word(enum coverage c);
const char *changes_word(enum changes c);
const char *trust_word(enum trust_state t);

void verdict_release(struct verdict *v);

#endif
