/*
 * ipp_printer.h - an IPP printer of a few lines, for the unit tests: it
 * answers everything with the attributes of a printer and of a job, when the
 * test lets it.
 */
#ifndef TESTS_SUPPORT_IPP_PRINTER_H
#define TESTS_SUPPORT_IPP_PRINTER_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "certsvc/print/ipp_write.h"
#include "crypto/base/buf.h"

struct fake_printer {
	int listener;
	char uri[64];
	atomic_uint hold;    /* bits: answers to 1 << operation are held back */
	atomic_uint waiting; /* answers held back */
	atomic_uint print_jobs; /* Print-Jobs that were received whole */
	pthread_t thread;
};

static inline void
fake_printer_pause(void)
{
	usleep(2000);
}

static inline void
fake_printer_answer(const uint8_t number[4], struct buf *out)
{
	static const uint8_t head[4] = {1, 1, 0, 0};

	buf_add(out, head, 4);
	buf_add(out, number, 4);
	ipp_put_group(out, IPP_OPERATION_ATTRIBUTES);
	ipp_put_string(out, IPP_CHARSET, "attributes-charset", "utf-8");
	ipp_put_group(out, IPP_PRINTER_ATTRIBUTES);
	ipp_put_integer(out, IPP_ENUM, "printer-state", 3);
	ipp_put_string(
	    out, IPP_MIME_TYPE, "document-format-supported", "application/pdf");
	ipp_put_group(out, IPP_JOB_ATTRIBUTES);
	ipp_put_integer(out, IPP_INTEGER, "job-id", 5);
	ipp_put_integer(out, IPP_ENUM, "job-state", 9);
	ipp_put_string(out, IPP_NAME, "job-name", "sheet-1");
	ipp_put_end(out);
}

/* The length that a request's header lines announce, once they are all there;
 * *body is where its content begins. */
static inline long
fake_printer_length(struct buf *in, size_t *body)
{
	const char *text = buf_cstr(in), *end, *at;

	if (text == NULL || (end = strstr(text, "\r\n\r\n")) == NULL)
		return -1;
	*body = (size_t)(end - text) + 4;
	at = strcasestr(text, "Content-Length:");
	return at == NULL ? 0 : strtol(at + 15, NULL, 10);
}

static inline int
fake_printer_one(struct fake_printer *p, int fd)
{
	struct buf in = BUF_INIT, ipp = BUF_INIT, out = BUF_INIT;
	char room[65536];
	size_t body = 0;
	long length = -1;
	ssize_t n;
	int ok = 0;

	while (length < 0 || in.n < body + (size_t)length) {
		n = recv(fd, room, sizeof(room), 0);
		if (n <= 0)
			goto out;
		buf_add(&in, room, (size_t)n);
		if (length < 0)
			length = fake_printer_length(&in, &body);
	}
	if (length < 8)
		goto out;
	p->print_jobs += in.p[body + 3] == IPP_PRINT_JOB;
	p->waiting++;
	while (p->hold & 1U << (in.p[body + 3] & 31))
		fake_printer_pause();
	p->waiting--;
	fake_printer_answer(in.p + body + 4, &ipp);
	buf_printf(&out,
	    "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    ipp.n);
	buf_add_buf(&out, &ipp);
	ok = send(fd, out.p, out.n, MSG_NOSIGNAL) == (ssize_t)out.n;
out:
	buf_release(&in);
	buf_release(&ipp);
	buf_release(&out);
	return ok;
}

struct fake_call {
	struct fake_printer *printer;
	int fd;
};

static inline void *
fake_printer_serve(void *ctx)
{
	struct fake_call *call = ctx;

	while (fake_printer_one(call->printer, call->fd))
		continue;
	close(call->fd);
	free(call);
	return NULL;
}

static inline void *
fake_printer_accept(void *ctx)
{
	struct fake_printer *p = ctx;
	struct fake_call *call;
	pthread_t thread;
	int fd;

	while ((fd = accept(p->listener, NULL, NULL)) >= 0) {
		call = malloc(sizeof(*call));
		if (call == NULL)
			break;
		*call = (struct fake_call){p, fd};
		if (pthread_create(&thread, NULL, fake_printer_serve, call) ==
		    0)
			pthread_detach(thread);
	}
	return NULL;
}

/* 0, or -1 when it could not start. */
static inline int
fake_printer_start(struct fake_printer *p)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(in);

	memset(p, 0, sizeof(*p));
	p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->listener < 0 ||
	    bind(p->listener, (const struct sockaddr *)&in, sizeof(in)) != 0 ||
	    listen(p->listener, 64) != 0 ||
	    getsockname(p->listener, (struct sockaddr *)&in, &size) != 0)
		return -1;
	snprintf(p->uri, sizeof(p->uri), "ipp://127.0.0.1:%u/ipp/print",
	    (unsigned int)ntohs(in.sin_port));
	return pthread_create(&p->thread, NULL, fake_printer_accept, p);
}

static inline void
fake_printer_stop(struct fake_printer *p)
{
	p->hold = 0;
	while (p->waiting > 0)
		fake_printer_pause();
	shutdown(p->listener, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->listener);
}

#endif
