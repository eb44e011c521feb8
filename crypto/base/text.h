/*
 * text.h - bytes as text and back: hex, base32, base64, UTF-8.
 * Decoders accept one form only (no blanks, no line breaks, canonical padding).
 */
#ifndef CRYPTO_BASE_TEXT_H
#define CRYPTO_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"

/* Append lower- or upper-case hex of v. */
void text_hex(struct buf *out, struct bytes v);
void text_hex_upper(struct buf *out, struct bytes v);

/* Decode exactly n bytes from 2n hex digits (either case); 0, or -1. */
int text_unhex(uint8_t *out, size_t n, const char *hex, size_t len);

/* RFC 4648 base32 (A-Z2-7), no padding: 16 bytes make 26 characters. */
void text_base32(struct buf *out, struct bytes v);
/* Decode exactly n bytes; unused trailing bits must be 0; 0, or -1. */
int text_unbase32(uint8_t *out, size_t n, const char *s, size_t len);

/* RFC 4648 base64 with padding. */
void text_base64(struct buf *out, struct bytes v);
/* Append the decoded bytes; canonical padding only; 0, or -1. */
int text_unbase64(struct buf *out, const char *s, size_t len);

/*
 * Next code point of valid UTF-8 (RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF) at s[*pos], advancing *pos; -1 when malformed.
 */
int32_t text_utf8_next(const char *s, size_t len, size_t *pos);

/* A code point as UTF-8; how many bytes. */
size_t text_utf8_encode(uint32_t cp, uint8_t out[4]);

/* Append one code point as UTF-8. */
void text_utf8_put(struct buf *out, uint32_t cp);

/* Number of code points, or -1 when s is not valid UTF-8. */
long text_utf8_count(const char *s, size_t len);

/*
 * 1 for a code point that must not appear in a value that people read: C0 and
 * C1 controls, DEL, bidirectional overrides and isolates (U+202A-202E,
 * U+2066-2069, U+200E, U+200F, U+061C), line separators, non-characters,
 * private use, tags, U+FEFF and zero-width characters U+200B-200D, U+2060.
 */
int text_cp_forbidden(uint32_t cp);

/* Append s with & < > " escaped for XML text and attributes; CR as &#xD;. */
void text_xml_escape(struct buf *out, const char *s);

/* strdup that tolerates NULL (returns NULL). */
char *text_dup(const char *s);

/* As much of s (UTF-8; NULL is "") as fits with its NUL, whole characters. */
void text_copy(char *out, size_t size, const char *s);

/* 1 when s is more than that end and ends with it. */
int text_ends_with(const char *s, const char *end);

#endif
