/*
 * ipp_http.h - IPP messages to a printer and back over HTTP/1.1 (RFC 8010, 4),
 * by libcurl: TLS, names, time limits and nothing else.  No redirects, no
 * proxies, no cookies, no passwords, no compression, nothing from the
 * environment or from files of the user.
 */
#ifndef CERTSVC_PRINT_IPP_HTTP_H
#define CERTSVC_PRINT_IPP_HTTP_H

#include "certsvc/print/printer.h"

struct ipp_http;

/* No byte is sent yet.  ERR_INPUT "bad_printer_uri". */
int ipp_http_open(
    const struct printer_target *target, struct ipp_http **out, struct err *e);
void ipp_http_close(struct ipp_http *http);

/* A request: its message, and the document that follows it (may be empty). */
struct ipp_http_request {
	struct bytes message, document;
	/* It must not reach the printer twice: a fresh connection, and no
	 * second try when that breaks. */
	int once;
	/* out, when the call failed: the printer may have acted on it */
	int uncertain;
};

/*
 * Send it and append the answer's IPP message.  ERR_BUSY "printer_offline",
 * "printer_busy"; ERR_DENIED "printer_untrusted", "printer_key_changed",
 * "printer_denied"; ERR_CONFLICT "printer_tls", "not_a_printer"; ERR_INPUT
 * "printer_address".
 */
int ipp_http_send(struct ipp_http *http, struct ipp_http_request *req,
    struct buf *answer, struct err *e);

/* SHA-256 of the key that an ipps printer showed in the last call; 0, or -1
 * when it showed none. */
int ipp_http_fingerprint(
    struct ipp_http *http, uint8_t out[PRINTER_FINGERPRINT_SIZE]);

#endif
