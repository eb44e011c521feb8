/*
 * check_sheet.h - what the register says of a printed sheet (a record of kind
 * `sheet`, docs/desk.md); private to check*.c.
 */
#ifndef CERTSVC_CHECK_SHEET_H
#define CERTSVC_CHECK_SHEET_H

#include "certsvc/service_state.h"

enum check_sheet {
	SHEET_STRANGE, /* no such sheet, or not with these bytes */
	SHEET_LIVE,
	SHEET_VOID /* it failed or was spoiled */
};

/* Look for the sheet that v speaks of; bytes are its document (format pdf) or
 * its code's text (format qr).  Errors are the store's alone. */
int check_sheet(struct service *s, const struct verdict *v, struct bytes bytes,
    enum check_sheet *found, struct err *e);

#endif
