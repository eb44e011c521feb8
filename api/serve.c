/* serve.c - see serve.h. */
#include "api/serve.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/listen.h"
#include "api/owner.h"
#include "api/parent.h"
#include "certsvc/config.h"
#include "crypto/base/clock.h"
#include "keys/passphrase.h"

enum {
	LOCK_WAIT_MS = 5000,	  /* children of a killed owner are ending */
	LISTEN_WAIT_MS = 2000,	  /* their sockets go after their lock */
	TEMPORARY_WAIT_MS = 15000 /* until a temporary server answers */
};

/* Everything serving needs, opened. */
struct serving {
	struct config config;
	struct buf passphrase;
	int lock, tcp, admin;
};

void
serve_report(const struct err *e)
{
	size_t i;

	fprintf(
	    stderr, "certsvc: %s\n         %s [%s]\n", e->zh, e->en, e->code);
	for (i = 0; i < e->nitems; i++)
		fprintf(stderr, "  %s: %s / %s [%s]\n", e->items[i].pointer,
		    e->items[i].zh, e->items[i].en, e->items[i].code);
}

int
serve_passphrase(
    const char *dir, const char *source, struct buf *out, struct err *e)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_printf(&path, "%s/passphrase", dir);
	if (buf_cstr(&path) == NULL)
		return err_nomem(e);
	if (source == NULL && access(buf_cstr(&path), F_OK) == 0)
		source = buf_cstr(&path);
	rc = passphrase_read(source, out, e);
	buf_release(&path);
	return rc;
}

static void
serving_close(struct serving *v)
{
	if (v->tcp >= 0)
		close(v->tcp);
	if (v->admin >= 0)
		close(v->admin);
	if (v->lock >= 0)
		close(v->lock);
	buf_wipe(&v->passphrase);
	config_release(&v->config);
}

static int
serving_open(struct serving *v, const char *dir, const char *key_source,
    struct bytes passphrase, struct err *e)
{
	int rc;

	memset(v, 0, sizeof(*v));
	v->lock = v->tcp = v->admin = -1;
	if ((rc = config_read(dir, &v->config, e)) != 0 ||
	    (rc = owner_lock(dir, LOCK_WAIT_MS, &v->lock, e)) != 0)
		return rc;
	buf_add(&v->passphrase, passphrase.p, passphrase.n);
	if (passphrase.n == 0 && (rc = serve_passphrase(v->config.dir,
				      key_source, &v->passphrase, e)) != 0)
		return rc;
	return listen_admin(dir, &v->admin, e);
}

static int
run(struct serving *v)
{
	struct parent parent = {
	    &v->config, buf_bytes(&v->passphrase), v->tcp, v->admin};
	int status = parent_run(&parent);

	serving_close(v);
	return status;
}

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc serve -d DIR [-l HOST:PORT] [--key-file FILE|fd:N]\n");
	return 64;
}

int
cli_serve(int argc, char **argv)
{
	static const struct option options[] = {
	    {"key-file", required_argument, NULL, 'k'},
	    {NULL, 0, NULL, 0},
	};
	const char *dir = getenv("CERTSVC_DATA");
	const char *address = getenv("CERTSVC_LISTEN"), *key = NULL;
	struct serving v;
	struct err e = ERR_INIT;
	int c, rc;

	while ((c = getopt_long(argc, argv, "d:l:", options, NULL)) != -1) {
		if (c == 'd')
			dir = optarg;
		else if (c == 'l')
			address = optarg;
		else if (c == 'k')
			key = optarg;
		else
			return usage();
	}
	if (dir == NULL || optind != argc)
		return usage();
	rc = serving_open(&v, dir, key, (struct bytes){NULL, 0}, &e);
	if (rc == 0)
		rc = listen_tcp(address ? address : v.config.listen,
		    LISTEN_WAIT_MS, &v.tcp, &e);
	if (rc != 0) {
		serve_report(&e);
		err_clear(&e);
		serving_close(&v);
		return 1;
	}
	return run(&v);
}

/* 1 when the server behind DIR/admin.sock has bound and answers bytes. */
static int
answers(const char *dir)
{
	static const char ask[] = "GET /readyz HTTP/1.0\r\n\r\n";
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct timeval patience = {1, 0};
	char reply[16];
	ssize_t n = -1;
	int fd;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/admin.sock", dir);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == 0 &&
	    send(fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL) > 0)
		n = recv(fd, reply, sizeof(reply), 0);
	close(fd);
	return n > 0;
}

int
serve_wait(const char *dir, pid_t pid, struct err *e)
{
	struct timespec pause = {0, 20000000L};
	int64_t until = clock_monotonic_ms() + TEMPORARY_WAIT_MS;
	int status;

	while (clock_monotonic_ms() < until) {
		if (answers(dir))
			return 0;
		if (waitpid(pid, &status, WNOHANG) == pid)
			return err_set(e, ERR_STORAGE, "cannot_start",
			    "无法启动服务进程，原因见上",
			    "the service's processes could not start, see above");
		nanosleep(&pause, NULL);
	}
	serve_temporary_stop(pid);
	return err_set(e, ERR_BUSY, "cannot_start", "服务进程启动超时",
	    "the service's processes did not start in time");
}

int
serve_temporary(const char *dir, const char *key_source,
    struct bytes passphrase, pid_t *pid, struct err *e)
{
	struct serving v;
	int rc;

	*pid = -1;
	if ((rc = serving_open(&v, dir, key_source, passphrase, e)) != 0) {
		serving_close(&v);
		return rc;
	}
	*pid = fork();
	if (*pid == 0)
		_exit(run(&v));
	serving_close(&v);
	return *pid < 0 ? err_internal(e, "fork") : serve_wait(dir, *pid, e);
}

void
serve_temporary_stop(pid_t pid)
{
	int status;

	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
}
