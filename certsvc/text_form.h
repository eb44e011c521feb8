/*
 * text_form.h - Unicode normalisation form C, so that one name has one
 * spelling (Unicode Standard Annex 15).
 */
#ifndef CERTSVC_TEXT_FORM_H
#define CERTSVC_TEXT_FORM_H

#include <stddef.h>

/* The text in NFC, owned by the caller (free); NULL when out of memory or when
 * s is not valid UTF-8.  len in bytes; the result ends with NUL. */
char *text_nfc(const char *s, size_t len);

/* 1 when s is in NFC already. */
int text_is_nfc(const char *s);

#endif
