/* parser.c - the two ends of a parse process; see parser.h. */
#include "certsvc/parser.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "certsvc/verify_picture.h"
#include "crypto/base/clock.h"
#include "crypto/base/sandbox.h"

enum {
	PARSER_MAGIC = 0x63657274,
	PARSER_PARTS_MAX = TRUST_ANCHORS_MAX + TRUST_X509S_MAX +
			   TRUST_CRLS_MAX + TRUST_LISTS_MAX,
	PARSER_TRUST_MAX = 67108864 /* bytes of trust data together */
};

/* The process itself waits for as long as its asker lives. */
#define NO_DEADLINE INT64_MAX

/* One machine, one program: native byte order. */
struct header {
	uint32_t magic, profile;
	int64_t at;
	uint32_t status_later, nanchors, nx509s, ncrls, nlists, unused;
	uint64_t trust, seals, file; /* bytes */
};

struct answer_header {
	uint32_t verdict, code; /* bytes */
};

/* Milliseconds until the deadline, for poll; -1 for NO_DEADLINE. */
static int
left_ms(int64_t deadline)
{
	int64_t left;

	if (deadline == NO_DEADLINE)
		return -1;
	left = deadline - clock_monotonic_ms();
	return left < 0 ? 0 : (int)left;
}

/* Write all of it, or fail once `deadline` (clock_monotonic_ms) is past. */
static int
send_all(int fd, const void *p, size_t n, int64_t deadline)
{
	const uint8_t *at = p;
	struct pollfd wait = {fd, POLLOUT, 0};
	ssize_t done;

	while (n > 0) {
		if (poll(&wait, 1, left_ms(deadline)) <= 0)
			return -1;
		done = send(fd, at, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (done < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (done < 0)
			return -1;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

static int
receive_all(int fd, void *p, size_t n, int64_t deadline)
{
	uint8_t *at = p;
	struct pollfd wait = {fd, POLLIN, 0};
	ssize_t done;

	while (n > 0) {
		if (poll(&wait, 1, left_ms(deadline)) <= 0)
			return -1;
		done = recv(fd, at, n, MSG_DONTWAIT);
		if (done < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (done <= 0)
			return -1;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

static int
send_parts(int fd, const struct bytes *parts, size_t n, int64_t deadline)
{
	uint64_t size;
	size_t i;

	for (i = 0; i < n; i++) {
		size = parts[i].n;
		if (send_all(fd, &size, sizeof(size), deadline) != 0 ||
		    send_all(fd, parts[i].p, parts[i].n, deadline) != 0)
			return -1;
	}
	return 0;
}

static int
send_request(int fd, const struct parser_request *req, int64_t deadline)
{
	const struct trust_parts *t = &req->trust;
	struct header h = {PARSER_MAGIC, req->profile, req->at,
	    (uint32_t)req->status_later, (uint32_t)t->nanchors,
	    (uint32_t)t->nx509s, (uint32_t)t->ncrls, (uint32_t)t->nlists, 0,
	    t->json.n, t->seals.n, req->file.n};

	if (send_all(fd, &h, sizeof(h), deadline) != 0 ||
	    send_all(fd, t->json.p, t->json.n, deadline) != 0 ||
	    send_all(fd, t->seals.p, t->seals.n, deadline) != 0 ||
	    send_parts(fd, t->anchors, t->nanchors, deadline) != 0 ||
	    send_parts(fd, t->x509s, t->nx509s, deadline) != 0 ||
	    send_parts(fd, t->crls, t->ncrls, deadline) != 0 ||
	    send_parts(fd, t->lists, t->nlists, deadline) != 0)
		return -1;
	return send_all(fd, req->file.p, req->file.n, deadline);
}

static int
receive_answer(int fd, struct verdict *v, struct buf *code, int64_t deadline)
{
	struct answer_header h;
	struct buf packed = BUF_INIT;
	struct err e = ERR_INIT;
	uint8_t *room;
	int rc = -1;

	if (receive_all(fd, &h, sizeof(h), deadline) != 0 ||
	    h.verdict > PARSER_ANSWER_MAX || h.code > PARSER_ANSWER_MAX)
		return -1;
	room = buf_extend(&packed, h.verdict);
	if (room == NULL || receive_all(fd, room, h.verdict, deadline) != 0)
		goto out;
	room = buf_extend(code, h.code);
	if (room == NULL || receive_all(fd, room, h.code, deadline) != 0)
		goto out;
	rc = verdict_unpack(buf_bytes(&packed), v, &e);
	err_clear(&e);
out:
	buf_release(&packed);
	return rc;
}

void
parser_ask(int fd, const struct parser_request *req, struct verdict *v,
    struct buf *code)
{
	int64_t deadline = clock_monotonic_ms() + PARSER_DEADLINE * 1000;

	memset(v, 0, sizeof(*v));
	if (send_request(fd, req, deadline) != 0 ||
	    receive_answer(fd, v, code, deadline) != 0) {
		verdict_release(v);
		memset(v, 0, sizeof(*v));
		buf_reset(code);
		verdict_add(v, "parser_died");
	}
	close(fd);
}

/* What the process received; all memory goes with the process. */
struct received {
	struct header h;
	uint8_t *trust, *seals, *file;
	struct bytes parts[PARSER_PARTS_MAX];
};

static uint8_t *
receive_bytes(int fd, uint64_t n, uint64_t max)
{
	uint8_t *p;

	if (n > max || (p = malloc(n + 1)) == NULL)
		return NULL;
	if (receive_all(fd, p, n, NO_DEADLINE) != 0) {
		free(p);
		return NULL;
	}
	return p;
}

/* How many parts follow trust.json, at most PARSER_PARTS_MAX + 1. */
static size_t
parts_count(const struct header *h)
{
	uint64_t n = (uint64_t)h->nanchors + h->nx509s + h->ncrls + h->nlists;

	return n > PARSER_PARTS_MAX ? PARSER_PARTS_MAX + 1 : (size_t)n;
}

static int
receive_request(int fd, struct received *r)
{
	struct header *h = &r->h;
	uint64_t size;
	size_t i;

	if (receive_all(fd, h, sizeof(*h), NO_DEADLINE) != 0 ||
	    h->magic != PARSER_MAGIC || parts_count(h) > PARSER_PARTS_MAX)
		return -1;
	if ((r->trust = receive_bytes(fd, h->trust, PARSER_TRUST_MAX)) ==
		NULL ||
	    (r->seals = receive_bytes(fd, h->seals, PARSER_TRUST_MAX)) == NULL)
		return -1;
	for (i = 0; i < parts_count(h); i++) {
		if (receive_all(fd, &size, sizeof(size), NO_DEADLINE) != 0)
			return -1;
		r->parts[i].p = receive_bytes(fd, size, PARSER_TRUST_MAX);
		r->parts[i].n = size;
		if (r->parts[i].p == NULL)
			return -1;
	}
	r->file = receive_bytes(fd, h->file, VERIFY_FILE_MAX);
	return r->file == NULL ? -1 : 0;
}

static void
verify_received(struct received *r, struct verdict *v, struct buf *code)
{
	struct bytes file = {r->file, r->h.file};
	struct trust_parts parts = {.json = {r->trust, r->h.trust},
	    .seals = {r->seals, r->h.seals},
	    .anchors = r->parts,
	    .nanchors = r->h.nanchors,
	    .nx509s = r->h.nx509s,
	    .ncrls = r->h.ncrls,
	    .nlists = r->h.nlists};
	struct verify_options opt = {
	    .profile = (enum verify_profile)r->h.profile,
	    .at = r->h.at,
	    .status_later = (int)r->h.status_later};
	struct trust *trust = NULL;
	struct err e = ERR_INIT;

	parts.x509s = parts.anchors + parts.nanchors;
	parts.crls = parts.x509s + parts.nx509s;
	parts.lists = parts.crls + parts.ncrls;
	if (parts.json.n > 0 && trust_parse(&parts, &trust, &e) != 0) {
		verdict_add(v, "bad_trust");
		return;
	}
	opt.trust = trust;
	verify_bytes(file, &opt, v);
	if (verify_is_picture(file))
		verify_picture_code(file, code, &e);
	err_clear(&e);
}

static int
answer(int fd, const struct verdict *v, const struct buf *code)
{
	struct buf packed = BUF_INIT;
	struct answer_header h;
	struct err e = ERR_INIT;

	if (verdict_pack(v, &packed, &e) != 0)
		return 1;
	h.verdict = (uint32_t)packed.n;
	h.code = (uint32_t)code->n;
	if (send_all(fd, &h, sizeof(h), NO_DEADLINE) != 0 ||
	    send_all(fd, packed.p, packed.n, NO_DEADLINE) != 0 ||
	    send_all(fd, code->p, code->n, NO_DEADLINE) != 0)
		return 1;
	return 0;
}

/* Current address space in bytes, from /proc; 0 when unknown. */
static uint64_t
address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f != NULL) {
		if (fscanf(f, "%lu", &pages) != 1)
			pages = 0;
		fclose(f);
	}
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int
confine(struct err *e)
{
	int enforced;

	/* Touch what OpenSSL, jansson, libc and zbar load lazily from files. */
	OPENSSL_init_crypto(
	    OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
	EVP_MD_free(EVP_MD_fetch(NULL, "SHA256", NULL));
	json_object_seed(0);
	tzset();
	verify_picture_prepare();
	if (sandbox_private(e) != 0 ||
	    sandbox_limits(address_space() + PARSER_MEMORY, PARSER_CPU, e) !=
		0 ||
	    sandbox_files(NULL, 0, &enforced, e) != 0)
		return -1;
	return sandbox_compute_only(e);
}

int
parser_main(int fd)
{
	static struct received received;
	struct verdict v = {.kind = VERDICT_VALID};
	struct buf code = BUF_INIT;
	struct err e = ERR_INIT;

	if (confine(&e) != 0)
		return 1;
	if (receive_request(fd, &received) != 0)
		return 1;
	verify_received(&received, &v, &code);
	return answer(fd, &v, &code);
}

void
parser_run(
    const struct parser_request *req, struct verdict *v, struct buf *code)
{
	int pair[2], status, ppid = (int)getpid();
	pid_t pid;

	memset(v, 0, sizeof(*v));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		verdict_add(v, "parser_died");
		return;
	}
	if ((pid = fork()) == 0) {
		close(pair[0]);
		sandbox_follow_parent(ppid);
		_exit(parser_main(pair[1]));
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		verdict_add(v, "parser_died");
		return;
	}
	parser_ask(pair[0], req, v, code);
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
}
