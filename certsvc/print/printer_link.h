/*
 * printer_link.h - many calls in flight on one stream to the printer process: a
 * thread reads the answers and gives each to the call with its number.  Private
 * to printer*.c.
 */
#ifndef CERTSVC_PRINT_PRINTER_LINK_H
#define CERTSVC_PRINT_PRINTER_LINK_H

#include "certsvc/print/printer_frame.h"

/*
 * Send the frame (its number is given here) with the document behind it and
 * wait.  answer gets the whole answer's bytes, *payload a view into it.
 * ERR_BUSY "printer_unavailable" when there is no process; as printer_lost when
 * it ended with the request in its hands.
 */
int printer_call(struct printer *p, struct printer_frame *f,
    struct bytes document, struct buf *answer, struct bytes *payload,
    struct err *e);

/* The request was handed over and no answer that can be read came back: for a
 * document that is ERR_CONFLICT "printer_uncertain". */
int printer_lost(const struct printer_frame *f, struct err *e);

#endif
