/*
 * ipp_uri.h - where a printer is: ipp://HOST[:PORT][/PATH] (RFC 3510) and
 * ipps:// (RFC 7472).
 *
 * Administrators alone write such URIs.  Even so they lead to printers only:
 * these two schemes, no user, query or fragment, requests that begin with
 * binary IPP, answers that are IPP or are thrown away, no redirects, and only
 * addresses of ipp_networks.h.
 */
#ifndef CERTSVC_PRINT_IPP_URI_H
#define CERTSVC_PRINT_IPP_URI_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	IPP_PORT = 631 /* of both schemes */
};

struct ipp_uri {
	int secure; /* ipps */
	unsigned int port;
	struct bytes host; /* views; an IPv6 address with its brackets */
	struct bytes path; /* with its slash; may be empty */
};

/* ERR_INPUT "bad_printer_uri". */
int ipp_uri_parse(const char *text, struct ipp_uri *uri, struct err *e);

/* The same as http or https, for the library that carries it. */
void ipp_uri_http(const struct ipp_uri *uri, struct buf *out);

#endif
