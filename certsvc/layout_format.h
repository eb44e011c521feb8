/*
 * layout_format.h - how a value of the face is written on the page.
 */
#ifndef CERTSVC_LAYOUT_FORMAT_H
#define CERTSVC_LAYOUT_FORMAT_H

#include "crypto/base/buf.h"

enum layout_format {
	FORMAT_TEXT,	    /* as it is */
	FORMAT_DATE,	    /* 2026-11-22 -> 2026年11月22日 */
	FORMAT_DATE_DOTS,   /* 2026-11-22 -> 2026.11.22 */
	FORMAT_MONEY,	    /* 1234567.5 -> 1,234,567.50 */
	FORMAT_MONEY_UPPER, /* 812.00 -> 捌佰壹拾贰元整 */
	FORMAT_PAGE,	    /* number of this page; no field */
	FORMAT_PAGES	    /* number of pages; no field */
};

/* By its name in a template ("date" ...); 0, or -1. */
int layout_format_find(const char *name, enum layout_format *format);

/*
 * Append the value, written as the format says.  A value that is no date or
 * no amount (长期) is appended as it is.
 */
void layout_format_value(
    struct buf *out, enum layout_format format, const char *value);

#endif
