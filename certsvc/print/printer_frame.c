/* printer_frame.c - see printer_frame.h. */
#include "certsvc/print/printer_frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/cbor.h"
#include "keys/keeper_frame.h"

enum {
	VERSION = 1
};

static void
put_size(uint8_t *p, size_t n)
{
	p[0] = (uint8_t)(n >> 24);
	p[1] = (uint8_t)(n >> 16);
	p[2] = (uint8_t)(n >> 8);
	p[3] = (uint8_t)n;
}

static size_t
get_size(const uint8_t *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	       p[3];
}

static void
put_arguments(const struct printer_frame *f, struct buf *out)
{
	switch (f->op) {
	case PRINTER_PRINT:
		cbor_put_array(out, 4);
		cbor_put_str(out, f->name);
		cbor_put_str(out, f->media);
		cbor_put_str(out, f->sides);
		cbor_put_uint(out, f->copies);
		return;
	case PRINTER_FIND:
		cbor_put_array(out, 1);
		cbor_put_str(out, f->name);
		return;
	case PRINTER_JOB_STATE:
	case PRINTER_CANCEL:
		cbor_put_array(out, 1);
		cbor_put_int(out, f->job);
		return;
	case PRINTER_PROBE:
		break;
	}
	cbor_put_array(out, 0);
}

void
printer_frame_write(
    const struct printer_frame *f, size_t document, struct buf *out)
{
	size_t start = out->n;

	if (buf_extend(out, PRINTER_FRAME_HEADER) == NULL)
		return;
	cbor_put_array(out, 6);
	cbor_put_uint(out, VERSION);
	cbor_put_uint(out, f->number);
	cbor_put_uint(out, (uint64_t)f->op);
	cbor_put_str(out, f->uri);
	cbor_put_bstr(out, (struct bytes){f->fingerprint,
			       f->pinned ? sizeof(f->fingerprint) : 0});
	put_arguments(f, out);
	if (buf_failed(out))
		return;
	put_size(out->p + start, out->n - start - PRINTER_FRAME_HEADER);
	put_size(out->p + start + 4, document);
}

int
printer_frame_sizes(const uint8_t header[PRINTER_FRAME_HEADER], size_t *message,
    size_t *document)
{
	*message = get_size(header);
	*document = get_size(header + 4);
	return *message <= PRINTER_FRAME_MAX &&
		       *document <= PRINTER_DOCUMENT_MAX
		   ? 0
		   : -1;
}

static void
get_job_number(struct cbor *r, int32_t *job)
{
	int64_t n = cbor_get_int(r);

	if (n < 1 || n > INT32_MAX)
		cbor_refuse(r);
	else
		*job = (int32_t)n;
}

static void
get_print(struct cbor *r, struct printer_frame *f)
{
	uint64_t copies;

	cbor_get_tuple(r, 4);
	cbor_get_str(r, f->name, sizeof(f->name));
	cbor_get_str(r, f->media, sizeof(f->media));
	cbor_get_str(r, f->sides, sizeof(f->sides));
	copies = cbor_get_uint(r);
	if (copies < 1 || copies > PRINTER_COPIES_MAX)
		cbor_refuse(r);
	else
		f->copies = (unsigned int)copies;
}

static void
get_arguments(struct cbor *r, struct printer_frame *f)
{
	switch (f->op) {
	case PRINTER_PRINT:
		get_print(r, f);
		break;
	case PRINTER_FIND:
		cbor_get_tuple(r, 1);
		cbor_get_str(r, f->name, sizeof(f->name));
		break;
	case PRINTER_JOB_STATE:
	case PRINTER_CANCEL:
		cbor_get_tuple(r, 1);
		get_job_number(r, &f->job);
		break;
	case PRINTER_PROBE:
		cbor_get_tuple(r, 0);
		break;
	}
	cbor_end(r);
}

int
printer_frame_read(struct bytes message, struct printer_frame *f)
{
	struct cbor r;
	struct bytes pin;
	uint64_t op;

	memset(f, 0, sizeof(*f));
	cbor_init(&r, message);
	cbor_get_tuple(&r, 6);
	if (cbor_get_uint(&r) != VERSION)
		return -1;
	f->number = cbor_get_uint(&r);
	op = cbor_get_uint(&r);
	cbor_get_str(&r, f->uri, sizeof(f->uri));
	pin = cbor_get_bstr(&r);
	if (op < PRINTER_PROBE || op > PRINTER_CANCEL ||
	    (pin.n != 0 && pin.n != sizeof(f->fingerprint)))
		return -1;
	f->op = (enum printer_op)op;
	f->pinned = pin.n > 0;
	if (f->pinned)
		memcpy(f->fingerprint, pin.p, pin.n);
	get_arguments(&r, f);
	cbor_end(&r);
	return cbor_done(&r);
}

void
printer_job_write(const struct printer_job *job, struct buf *out)
{
	cbor_put_array(out, 5);
	cbor_put_int(out, job->id);
	cbor_put_uint(out, (uint64_t)job->state);
	cbor_put_int(out, job->impressions);
	cbor_put_str(out, job->reasons);
	cbor_put_str(out, job->message);
}

int
printer_job_read(struct bytes in, struct printer_job *job)
{
	struct cbor r;
	int64_t impressions;
	uint64_t state;

	memset(job, 0, sizeof(*job));
	cbor_init(&r, in);
	cbor_get_tuple(&r, 5);
	get_job_number(&r, &job->id);
	state = cbor_get_uint(&r);
	impressions = cbor_get_int(&r);
	cbor_get_str(&r, job->reasons, sizeof(job->reasons));
	cbor_get_str(&r, job->message, sizeof(job->message));
	cbor_end(&r);
	if (state < PRINTER_JOB_PENDING || state > PRINTER_JOB_COMPLETED ||
	    impressions < INT32_MIN || impressions > INT32_MAX)
		return -1;
	job->state = (enum printer_job_state)state;
	job->impressions = (int32_t)impressions;
	return cbor_done(&r);
}

void
printer_answer_write(
    uint64_t number, struct bytes payload, const struct err *e, struct buf *out)
{
	size_t start = out->n;

	if (buf_extend(out, PRINTER_ANSWER_HEADER) == NULL)
		return;
	keeper_answer_write(number, payload, e, out);
	if (!buf_failed(out))
		put_size(
		    out->p + start, out->n - start - PRINTER_ANSWER_HEADER);
}

int
printer_read_all(int fd, void *p, size_t n)
{
	uint8_t *at = p;
	ssize_t done;

	while (n > 0) {
		done = recv(fd, at, n, 0);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

int
printer_write_all(int fd, const void *p, size_t n)
{
	const uint8_t *at = p;
	ssize_t done;

	while (n > 0) {
		done = send(fd, at, n, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}
