/*
 * ipp.h - messages of the Internet Printing Protocol, as bytes (RFC 8010, 3.1)
 * and what their attributes say (RFC 8011, 5.1).
 *
 * The parser takes what a printer sends and believes nothing: lengths, the size
 * of each value, nesting and numbers of values are checked before anything is
 * looked at.  Groups and values of tags it does not know are skipped by their
 * length, as RFC 8010, 3.5 asks.  What collections hold is checked for form
 * only: no question of ours is answered there.
 */
#ifndef CERTSVC_PRINT_IPP_H
#define CERTSVC_PRINT_IPP_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	IPP_MESSAGE_MAX = 1048576, /* bytes of an answer */
	IPP_VALUES_MAX = 16384,	   /* values of a message */
	IPP_NAME_MAX = 255,	   /* bytes of an attribute's name */
	IPP_STRING_MAX = 1023,	   /* bytes of the longest kind of text */
	IPP_DEPTH_MAX = 8	   /* collections inside each other */
};

/* Operations (RFC 8011, 5.4.15). */
enum ipp_operation {
	IPP_PRINT_JOB = 0x0002,
	IPP_VALIDATE_JOB = 0x0004,
	IPP_CANCEL_JOB = 0x0008,
	IPP_GET_JOB_ATTRIBUTES = 0x0009,
	IPP_GET_JOBS = 0x000a,
	IPP_GET_PRINTER_ATTRIBUTES = 0x000b
};

/* Delimiters: the group that follows. */
enum ipp_group {
	IPP_OPERATION_ATTRIBUTES = 0x01,
	IPP_JOB_ATTRIBUTES = 0x02,
	IPP_END = 0x03,
	IPP_PRINTER_ATTRIBUTES = 0x04,
	IPP_UNSUPPORTED_ATTRIBUTES = 0x05
};

/* Syntaxes of values; others exist and are passed by. */
enum ipp_tag {
	IPP_INTEGER = 0x21,
	IPP_BOOLEAN = 0x22,
	IPP_ENUM = 0x23,
	IPP_OCTETS = 0x30,
	IPP_DATE_TIME = 0x31,
	IPP_RESOLUTION = 0x32,
	IPP_RANGE = 0x33,
	IPP_COLLECTION = 0x34,
	IPP_TEXT_LANGUAGE = 0x35,
	IPP_NAME_LANGUAGE = 0x36,
	IPP_END_COLLECTION = 0x37,
	IPP_TEXT = 0x41,
	IPP_NAME = 0x42,
	IPP_KEYWORD = 0x44,
	IPP_URI = 0x45,
	IPP_URI_SCHEME = 0x46,
	IPP_CHARSET = 0x47,
	IPP_LANGUAGE = 0x48,
	IPP_MIME_TYPE = 0x49,
	IPP_MEMBER_NAME = 0x4a
};

/* One value.  Views are into the bytes that were parsed. */
struct ipp_value {
	uint8_t group; /* enum ipp_group, or one we do not know */
	uint8_t tag;
	uint16_t index; /* which group of the message, from 0 */
	struct bytes name;
	struct bytes value; /* of a collection: empty; of a text with its
			       language: the text */
};

struct ipp_message {
	unsigned int code; /* operation, or status of an answer */
	uint32_t request;
	struct ipp_value *values; /* owned; in the order of the message */
	size_t n;
	size_t groups;
	struct bytes document; /* what follows the attributes */
};

/* Read a message; `in` must outlive it.  ERR_CONFLICT "bad_ipp". */
int ipp_parse(struct bytes in, struct ipp_message *m, struct err *e);
void ipp_release(struct ipp_message *m);

/* The first value of an attribute: in the first group of that kind that has it;
 * in the message's group number `index`.  NULL: there is none. */
const struct ipp_value *ipp_find(
    const struct ipp_message *m, enum ipp_group group, const char *name);
const struct ipp_value *ipp_find_in(
    const struct ipp_message *m, size_t index, const char *name);
/* The next value of the same attribute, or NULL. */
const struct ipp_value *ipp_next(
    const struct ipp_message *m, const struct ipp_value *v);

/* An integer or enum of a value; 0, or -1 when it is none (or v is NULL). */
int ipp_integer(const struct ipp_value *v, int32_t *out);
/* A boolean; `otherwise` when it is none. */
int ipp_boolean(const struct ipp_value *v, int otherwise);
/* The upper end of a range, or an integer; 0, or -1. */
int ipp_upper(const struct ipp_value *v, int32_t *out);
/* The characters of any kind of string that is UTF-8 without characters that
 * must not be shown, at most IPP_STRING_MAX; empty when it is none. */
struct bytes ipp_string(const struct ipp_value *v);
/* 1 when one of the attribute's values is this string. */
int ipp_has(
    const struct ipp_message *m, const struct ipp_value *v, const char *string);

#endif
