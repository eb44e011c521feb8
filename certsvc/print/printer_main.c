/* printer_main.c - see printer_main.h. */
#include "certsvc/print/printer_main.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "certsvc/print/ipp_client.h"
#include "certsvc/print/ipp_networks.h"
#include "certsvc/print/printer_frame.h"
#include "crypto/base/sandbox.h"

enum {
	STACK_SIZE = 524288,
	DISCARD = 65536 /* bytes of a refused document at a time */
};

/* Who answers for names; the system replaces it when the network changes. */
static const char names_file[] = "/etc/resolv.conf";

/* One call under way. */
struct work {
	struct server *server;
	struct printer_frame frame;
	uint8_t *document;
	size_t size;
	struct work *next;
};

struct server {
	int fd;
	pthread_mutex_t lock; /* guards the list and the sums */
	struct work *works;
	size_t documents;
	unsigned int calls;
	pthread_mutex_t answering; /* one answer at a time */
};

static void
send_answer(
    struct server *s, uint64_t number, struct bytes payload, struct err *e)
{
	struct buf out = BUF_INIT;

	printer_answer_write(number, payload, e, &out);
	if (out.n > PRINTER_ANSWER_HEADER + PRINTER_ANSWER_MAX) {
		buf_reset(&out);
		err_internal(e, "printer answer");
		printer_answer_write(number, (struct bytes){NULL, 0}, e, &out);
	}
	pthread_mutex_lock(&s->answering);
	/* a call without its answer would wait for ever; nobody reading any
	 * more is the end of this process too */
	if (buf_failed(&out) || printer_write_all(s->fd, out.p, out.n) != 0)
		_exit(1);
	pthread_mutex_unlock(&s->answering);
	buf_release(&out);
}

static int
probe(const struct printer_target *target, struct buf *payload, struct err *e)
{
	json_t *json;
	char *text;
	int rc = ipp_client_probe(target, &json, e);

	if (rc != 0)
		return rc;
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (text == NULL)
		return err_nomem(e);
	buf_add_str(payload, text);
	free(text);
	return 0;
}

static int
print(const struct work *w, const struct printer_target *target,
    struct printer_job *job, struct err *e)
{
	const struct printer_frame *f = &w->frame;
	const struct printer_job_request req = {.name = f->name,
	    .media = f->media[0] != '\0' ? f->media : NULL,
	    .sides = f->sides[0] != '\0' ? f->sides : NULL,
	    .copies = f->copies,
	    .document = {w->document, w->size}};

	return ipp_client_print(target, &req, job, e);
}

static int
act(const struct work *w, struct buf *payload, struct err *e)
{
	const struct printer_frame *f = &w->frame;
	struct printer_target target = {.uri = f->uri, .pinned = f->pinned};
	struct printer_job job;
	int rc = 0;

	memcpy(target.fingerprint, f->fingerprint, sizeof(f->fingerprint));
	switch (f->op) {
	case PRINTER_PROBE:
		return probe(&target, payload, e);
	case PRINTER_CANCEL:
		return ipp_client_cancel(&target, f->job, e);
	case PRINTER_PRINT:
		rc = print(w, &target, &job, e);
		break;
	case PRINTER_JOB_STATE:
		rc = ipp_client_job_state(&target, f->job, &job, e);
		break;
	case PRINTER_FIND:
		rc = ipp_client_find(&target, f->name, &job, e);
		break;
	}
	if (rc == 0)
		printer_job_write(&job, payload);
	return rc;
}

static void
wipe_document(struct work *w)
{
	if (w->document != NULL)
		OPENSSL_cleanse(w->document, w->size);
	free(w->document);
	w->document = NULL;
}

static void
delist(struct server *s, struct work *w)
{
	struct work **at;

	pthread_mutex_lock(&s->lock);
	for (at = &s->works; *at != w; at = &(*at)->next)
		continue;
	*at = w->next;
	s->calls--;
	s->documents -= w->size;
	pthread_mutex_unlock(&s->lock);
}

/* The file was replaced after this process had been confined to the old one:
 * another process, started now, may read the new one. */
static int
names_are_closed(void)
{
	int fd = open(names_file, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EACCES;
}

/* An address could not be found for a reason that will stay: end, with nobody
 * waiting. */
static void
end_if_blind(struct server *s, const struct err *e)
{
	int idle;

	if (strcmp(e->code, "printer_offline") != 0 || !names_are_closed())
		return;
	pthread_mutex_lock(&s->lock);
	idle = s->calls == 0;
	pthread_mutex_unlock(&s->lock);
	if (idle)
		_exit(0);
}

static void *
do_work(void *ctx)
{
	struct work *w = ctx;
	struct server *s = w->server;
	struct buf payload = BUF_INIT;
	struct err e = ERR_INIT;

	act(w, &payload, &e);
	if (buf_failed(&payload))
		err_nomem(&e);
	wipe_document(w);
	/* there is room again before the front hears of it */
	delist(s, w);
	send_answer(s, w->frame.number, buf_bytes(&payload), &e);
	end_if_blind(s, &e);
	buf_release(&payload);
	err_clear(&e);
	free(w);
	return NULL;
}

/* Room for one more call, its document, and one more of the same printer. */
static int
enlist(struct server *s, struct work *w)
{
	const struct work *other;
	unsigned int same = 0;
	int room;

	pthread_mutex_lock(&s->lock);
	for (other = s->works; other != NULL; other = other->next)
		same += strcmp(other->frame.uri, w->frame.uri) == 0;
	room = s->calls < PRINTER_CALLS_MAX && same < PRINTER_CALLS_TO_ONE &&
	       s->documents + w->size <= PRINTER_DOCUMENTS_MAX;
	if (room) {
		w->next = s->works;
		s->works = w;
		s->calls++;
		s->documents += w->size;
	}
	pthread_mutex_unlock(&s->lock);
	return room;
}

static int
discard(int fd, size_t n)
{
	uint8_t room[DISCARD];
	size_t part;
	int rc = 0;

	for (; n > 0 && rc == 0; n -= part) {
		part = n < sizeof(room) ? n : sizeof(room);
		rc = printer_read_all(fd, room, part);
	}
	OPENSSL_cleanse(room, sizeof(room));
	return rc;
}

/* Too much at once: the document is read away, nothing was done. */
static int
refuse(struct server *s, const struct work *w)
{
	struct err e = ERR_INIT;
	int rc = discard(s->fd, w->size);

	err_set(&e, ERR_BUSY, "printer_busy", "同时打印的太多，请稍后重试",
	    "too much is being printed at once: try again in a moment");
	if (rc == 0)
		send_answer(s, w->frame.number, (struct bytes){NULL, 0}, &e);
	return rc;
}

static int
read_request(int fd, struct work *w)
{
	uint8_t header[PRINTER_FRAME_HEADER], message[PRINTER_FRAME_MAX];
	size_t n;

	if (printer_read_all(fd, header, sizeof(header)) != 0 ||
	    printer_frame_sizes(header, &n, &w->size) != 0 ||
	    printer_read_all(fd, message, n) != 0)
		return -1;
	return printer_frame_read((struct bytes){message, n}, &w->frame);
}

static int
start_work(struct work *w)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&thread, &attr, do_work, w);
	pthread_attr_destroy(&attr);
	return rc == 0 ? 0 : -1;
}

/* One request from the front; -1 at the end, or when it makes no sense. */
static int
serve_one(struct server *s)
{
	struct work *w = calloc(1, sizeof(*w));
	int rc;

	if (w == NULL || read_request(s->fd, w) != 0) {
		free(w);
		return -1;
	}
	w->server = s;
	if (!enlist(s, w)) {
		rc = refuse(s, w);
		free(w);
		return rc;
	}
	w->document = malloc(w->size + 1);
	if (w->document == NULL) {
		delist(s, w);
		rc = refuse(s, w);
		free(w);
		return rc;
	}
	if (printer_read_all(s->fd, w->document, w->size) != 0)
		return -1;
	if (start_work(w) == 0)
		return 0;
	wipe_document(w);
	delist(s, w);
	w->size = 0;
	rc = refuse(s, w);
	free(w);
	return rc;
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

/* Where names and trusted authorities are looked up. */
static int
confine(struct err *e)
{
	static const struct sandbox_path paths[] = {
	    {names_file, SANDBOX_READ},
	    {"/run/systemd/resolve", SANDBOX_READ},
	    {"/run/NetworkManager", SANDBOX_READ},
	    {"/run/resolvconf", SANDBOX_READ},
	    {"/etc/hosts", SANDBOX_READ},
	    {"/etc/host.conf", SANDBOX_READ},
	    {"/etc/nsswitch.conf", SANDBOX_READ},
	    {"/etc/gai.conf", SANDBOX_READ},
	    {"/etc/ssl/certs", SANDBOX_READ},
	    {"/etc/ssl/openssl.cnf", SANDBOX_READ},
	    {"/usr/lib/ssl", SANDBOX_READ},
	    {"/usr/share/ca-certificates", SANDBOX_READ},
	    {"/usr/local/share/ca-certificates", SANDBOX_READ},
	    {"/dev/urandom", SANDBOX_READ},
	};
	pthread_attr_t attr;
	int enforced;

	/* libcurl's own threads get their stacks from here, and each arena of
	 * malloc takes 64 MiB of addresses */
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_setattr_default_np(&attr);
	pthread_attr_destroy(&attr);
	mallopt(M_ARENA_MAX, 2);
	json_object_seed(0);
	if (sandbox_private(e) != 0 ||
	    sandbox_limits(address_space() + PRINTER_MEMORY, 0, e) != 0 ||
	    sandbox_files(
		paths, sizeof(paths) / sizeof(paths[0]), &enforced, e) != 0)
		return -1;
	return sandbox_connect_only(e);
}

int
printer_main(int fd, const char *networks)
{
	struct server server = {.fd = fd,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .answering = PTHREAD_MUTEX_INITIALIZER};
	struct err e = ERR_INIT;

	signal(SIGPIPE, SIG_IGN);
	if (ipp_networks_set(networks) != 0 || confine(&e) != 0)
		return 1;
	while (serve_one(&server) == 0)
		continue;
	/* calls under way have nobody to answer to; no thread of theirs may
	 * see this frame go */
	_exit(0);
}

int
printer_start(const char *networks, pid_t *pid, int *fd, struct err *e)
{
	int pair[2], ppid = (int)getpid();

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_internal(e, "socketpair");
	*pid = fork();
	if (*pid == 0) {
		close(pair[0]);
		sandbox_follow_parent(ppid);
		prctl(PR_SET_NAME, "printer");
		_exit(printer_main(pair[1], networks));
	}
	close(pair[1]);
	*fd = pair[0];
	if (*pid > 0)
		return 0;
	close(pair[0]);
	return err_internal(e, "fork");
}

void
printer_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}
