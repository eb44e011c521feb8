/* ipp_uri.c - see ipp_uri.h. */
#include "certsvc/print/ipp_uri.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/print/printer.h"

static const char host_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
static const char path_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/!$&'()*+,;=:@";

static int
refused(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_printer_uri",
	    "打印机地址应形如 ipp://主机:631/ipp/print 或 ipps://主机/ipp/print，不含账号、问号和井号",
	    "a printer's address looks like ipp://HOST:631/ipp/print or ipps://HOST/ipp/print, without user, ? and #");
}

/* [IPv6], as inet_pton reads it, without a zone. */
static size_t
literal_size(const char *s)
{
	const char *end = strchr(s, ']');
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t n;

	if (end == NULL)
		return 0;
	n = (size_t)(end - s) - 1;
	if (n >= sizeof(text))
		return 0;
	memcpy(text, s + 1, n);
	text[n] = '\0';
	return inet_pton(AF_INET6, text, &address) == 1 ? n + 2 : 0;
}

static size_t
host_size(const char *s)
{
	size_t n;

	if (*s == '[')
		return literal_size(s);
	n = strspn(s, host_characters);
	return *s == '-' || *s == '.' ? 0 : n;
}

/* ":PORT" or nothing; how many bytes it is, or -1. */
static int
parse_port(const char *s, unsigned int *port)
{
	char *end;
	unsigned long n;

	*port = IPP_PORT;
	if (*s != ':')
		return 0;
	n = strtoul(s + 1, &end, 10);
	if (!isdigit((unsigned char)s[1]) || n < 1 || n > 65535)
		return -1;
	*port = (unsigned int)n;
	return (int)(end - s);
}

/* A percent sign has two hex digits behind it. */
static size_t
path_size(const char *s)
{
	size_t n = 0;

	for (;;) {
		n += strspn(s + n, path_characters);
		if (s[n] != '%')
			return n;
		if (!isxdigit((unsigned char)s[n + 1]) ||
		    !isxdigit((unsigned char)s[n + 2]))
			return n;
		n += 3;
	}
}

int
ipp_uri_parse(const char *text, struct ipp_uri *uri, struct err *e)
{
	const char *at;
	int n;

	memset(uri, 0, sizeof(*uri));
	if (text == NULL || strlen(text) > PRINTER_URI_MAX)
		return refused(e);
	uri->secure = strncmp(text, "ipps://", 7) == 0;
	if (!uri->secure && strncmp(text, "ipp://", 6) != 0)
		return refused(e);
	at = text + (uri->secure ? 7 : 6);
	uri->host = (struct bytes){(const uint8_t *)at, host_size(at)};
	at += uri->host.n;
	if (uri->host.n == 0 || (n = parse_port(at, &uri->port)) < 0)
		return refused(e);
	at += n;
	uri->path = (struct bytes){(const uint8_t *)at, path_size(at)};
	if ((uri->path.n > 0 && *at != '/') || at[uri->path.n] != '\0')
		return refused(e);
	return 0;
}

void
ipp_uri_http(const struct ipp_uri *uri, struct buf *out)
{
	buf_add_str(out, uri->secure ? "https://" : "http://");
	buf_add(out, uri->host.p, uri->host.n);
	buf_printf(out, ":%u", uri->port);
	buf_add(out, uri->path.p, uri->path.n);
	if (uri->path.n == 0)
		buf_add_str(out, "/");
}
