/* qr.c - the code of a certificate as text and as a picture; see format.h. */
#include <string.h>

#include "certsvc/format/format.h"

enum {
	PIXELS_PER_MODULE = 8
};

/* The text and one line break, as a text file has it. */
static int
write_text(const struct format_request *req, struct buf *out, struct err *e)
{
	buf_add_str(out, req->qr_text);
	buf_add_byte(out, '\n');
	return buf_failed(out) ? err_nomem(e) : 0;
}

static int
write_png(const struct format_request *req, struct buf *out, struct err *e)
{
	return qr_symbol_png(req->qr, PIXELS_PER_MODULE, out, e);
}

const struct format format_qr = {
    .name = "qr",
    .extension = "qr.txt",
    .mime = "text/plain; charset=utf-8",
    .write = write_text,
};

const struct format format_qr_png = {
    .name = "qr.png",
    .extension = "qr.png",
    .mime = "image/png",
    .write = write_png,
};
