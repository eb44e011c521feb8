/* ipp_http.c - see ipp_http.h. */
#include "certsvc/print/ipp_http_private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "certsvc/print/ipp.h"
#include "certsvc/print/ipp_networks.h"
#include "certsvc/print/ipp_uri.h"
#include "crypto/base/text.h"

enum {
	HEADERS_MAX = 65536, /* bytes of all header lines of an answer */
	CALL_SECONDS = 30,   /* a question and its answer */
	PRINT_SECONDS = 60,  /* the same with a document ... */
	SLOWEST = 16384,     /* ... and a second more for so many bytes of it */
	CALL_SECONDS_MAX = 600
};

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* libcurl wants up to `room` more bytes of message and document. */
static size_t
give(char *p, size_t size, size_t n, void *ctx)
{
	struct ipp_http *http = ctx;
	const struct ipp_http_request *req = http->req;
	size_t room = size * n, at = http->sent, part = 0;

	if (at < req->message.n) {
		part = least(room, req->message.n - at);
		memcpy(p, req->message.p + at, part);
	} else if (at - req->message.n < req->document.n) {
		at -= req->message.n;
		part = least(room, req->document.n - at);
		memcpy(p, req->document.p + at, part);
	}
	http->sent += part;
	return part;
}

/* A kept connection turned out to be closed: from the beginning again. */
static int
rewind_request(void *ctx, curl_off_t offset, int origin)
{
	struct ipp_http *http = ctx;

	if (http->req->once || origin != SEEK_SET || offset != 0)
		return CURL_SEEKFUNC_FAIL;
	http->sent = 0;
	return CURL_SEEKFUNC_OK;
}

static size_t
take(char *p, size_t size, size_t n, void *ctx)
{
	struct ipp_http *http = ctx;

	if (http->answer->n + size * n > IPP_MESSAGE_MAX) {
		http->too_large = 1;
		return 0;
	}
	buf_add(http->answer, p, size * n);
	return buf_failed(http->answer) ? 0 : size * n;
}

/* Header lines are not looked at here, but they must come to an end. */
static size_t
take_header(char *p, size_t size, size_t n, void *ctx)
{
	struct ipp_http *http = ctx;

	(void)p;
	http->headers_size += size * n;
	if (http->headers_size > HEADERS_MAX) {
		http->too_large = 1;
		return 0;
	}
	return size * n;
}

/* The last look at the address, after names were resolved. */
static curl_socket_t
open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct ipp_http *http = ctx;

	(void)purpose;
	if (!ipp_networks_allow(&address->addr, address->addrlen)) {
		http->refused = 1;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

int
ipp_http_common(struct ipp_http *http, CURL *curl)
{
	if (curl_easy_setopt(curl, CURLOPT_URL, (char *)http->url.p) !=
		CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
		http->secure ? "https" : "http") != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_PROXY, "") != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) !=
		CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
		(long)PRINTER_CONNECT_MS) != CURLE_OK)
		return -1;
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* a name server that does not answer must not hold the call */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(
	    curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_CERTINFO, (long)http->secure);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, http);
	return 0;
}

/* A pinned printer is known by its key and by nothing else. */
static int
set_trust(struct ipp_http *http)
{
	long verify = http->pin.n == 0;

	if (!http->secure)
		return 0;
	if (http->pin.n > 0 &&
	    curl_easy_setopt(http->curl, CURLOPT_PINNEDPUBLICKEY,
		(char *)http->pin.p) != CURLE_OK)
		return -1;
	return curl_easy_setopt(http->curl, CURLOPT_SSL_VERIFYPEER, verify) ==
			   CURLE_OK &&
		       curl_easy_setopt(http->curl, CURLOPT_SSL_VERIFYHOST,
			   verify ? 2L : 0L) == CURLE_OK
		   ? 0
		   : -1;
}

static int
set_up(struct ipp_http *http)
{
	CURL *curl = http->curl;
	struct curl_slist *more;

	http->headers =
	    curl_slist_append(NULL, "Content-Type: application/ipp");
	/* the printer's answer to the attributes asked first is better than
	 * waiting for its leave to send */
	more = curl_slist_append(http->headers, "Expect:");
	if (http->headers == NULL || more == NULL ||
	    ipp_http_common(http, curl) != 0 || set_trust(http) != 0)
		return -1;
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, http->headers);
	curl_easy_setopt(
	    curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, http);
	curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_request);
	curl_easy_setopt(curl, CURLOPT_SEEKDATA, http);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, http);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(
	    curl, CURLOPT_LOW_SPEED_TIME, (long)(PRINTER_STALL_MS / 1000));
	return 0;
}

int
ipp_http_open(
    const struct printer_target *target, struct ipp_http **out, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct ipp_http *http;
	struct ipp_uri uri;
	int rc;

	*out = NULL;
	if ((rc = ipp_uri_parse(target->uri, &uri, e)) != 0)
		return rc;
	pthread_once(&once, ipp_http_start_library);
	if ((http = calloc(1, sizeof(*http))) == NULL)
		return err_nomem(e);
	http->secure = uri.secure;
	ipp_uri_http(&uri, &http->url);
	if (target->pinned) {
		buf_add_str(&http->pin, "sha256//");
		text_base64(&http->pin, (struct bytes){target->fingerprint,
					    sizeof(target->fingerprint)});
	}
	http->curl = curl_easy_init();
	if (http->curl == NULL || buf_cstr(&http->url) == NULL ||
	    buf_cstr(&http->pin) == NULL || set_up(http) != 0) {
		ipp_http_close(http);
		return err_nomem(e);
	}
	*out = http;
	return 0;
}

void
ipp_http_close(struct ipp_http *http)
{
	if (http == NULL)
		return;
	curl_easy_cleanup(http->curl);
	curl_slist_free_all(http->headers);
	buf_release(&http->url);
	buf_release(&http->pin);
	free(http);
}

static int
prepare(struct ipp_http *http, struct ipp_http_request *req)
{
	size_t size = req->message.n + req->document.n;
	long seconds =
	    (req->once ? PRINT_SECONDS : CALL_SECONDS) + (long)(size / SLOWEST);

	http->req = req;
	http->sent = http->headers_size = 0;
	http->refused = http->too_large = 0;
	req->uncertain = 0;
	if (seconds > CALL_SECONDS_MAX)
		seconds = CALL_SECONDS_MAX;
	return curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		   (curl_off_t)size) == CURLE_OK &&
		       curl_easy_setopt(http->curl, CURLOPT_FRESH_CONNECT,
			   (long)req->once) == CURLE_OK &&
		       curl_easy_setopt(http->curl, CURLOPT_FORBID_REUSE,
			   (long)req->once) == CURLE_OK &&
		       curl_easy_setopt(http->curl, CURLOPT_TIMEOUT, seconds) ==
			   CURLE_OK
		   ? 0
		   : -1;
}

static int
is_ipp(CURL *curl)
{
	static const char want[] = "application/ipp";
	char *type = NULL;

	return curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type) ==
		   CURLE_OK &&
	       type != NULL && strncasecmp(type, want, sizeof(want) - 1) == 0;
}

int
ipp_http_send(struct ipp_http *http, struct ipp_http_request *req,
    struct buf *answer, struct err *e)
{
	long status = 0;
	CURLcode code;

	http->answer = answer;
	if (prepare(http, req) != 0)
		return err_nomem(e);
	code = curl_easy_perform(http->curl);
	if (code != CURLE_OK) {
		req->uncertain = http->sent > 0;
		return ipp_http_failed(http, code, e);
	}
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200 && is_ipp(http->curl))
		return 0;
	/* a printer that failed may have begun; one that refused has not */
	req->uncertain = status < 300 || (status >= 500 && status != 503);
	return ipp_http_status(status, e);
}

int
ipp_http_fingerprint(
    struct ipp_http *http, uint8_t out[PRINTER_FINGERPRINT_SIZE])
{
	return http->secure ? ipp_http_key(http->curl, out) : -1;
}
