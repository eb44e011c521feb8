/*
 * ipp_http_private.h - one connection to a printer, for ipp_http*.c.
 */
#ifndef CERTSVC_PRINT_IPP_HTTP_PRIVATE_H
#define CERTSVC_PRINT_IPP_HTTP_PRIVATE_H

#include <curl/curl.h>

#include "certsvc/print/ipp_http.h"

struct ipp_http {
	CURL *curl;
	struct buf url;
	struct buf pin; /* as libcurl wants it; empty: not pinned */
	int secure;
	struct curl_slist *headers;
	/* of the call under way */
	const struct ipp_http_request *req;
	struct buf *answer;
	size_t sent; /* bytes of the request that libcurl took */
	size_t headers_size;
	int refused;   /* an address that no printer may have */
	int too_large; /* the answer, or its headers */
};

/* What both kinds of connection have in common: where, which limits, and none
 * of what libcurl would do by itself.  0, or -1. */
int ipp_http_common(struct ipp_http *http, CURL *curl);

/* ipp_http_error.c: why no answer came. */
int ipp_http_failed(struct ipp_http *http, CURLcode code, struct err *e);
/* An answer came, but not an IPP message with status 200. */
int ipp_http_status(long status, struct err *e);

/* ipp_http_key.c: the key of the x509 that this handle's last connection was
 * shown. */
int ipp_http_key(CURL *curl, uint8_t out[PRINTER_FINGERPRINT_SIZE]);
/* Ask the printer for its key on a connection of its own that believes anybody
 * and sends nothing. */
int ipp_http_ask_key(
    struct ipp_http *http, uint8_t out[PRINTER_FINGERPRINT_SIZE]);

/* ipp_http_memory.c: start libcurl, once. */
void ipp_http_start_library(void);

#endif
