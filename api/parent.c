/* parent.c - starts and restarts the children; see parent.h. */
#include "api/parent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "api/log.h"
#include "api/serve.h"
#include "certsvc/parser.h"
#include "certsvc/print/printer_main.h"
#include "crypto/base/clock.h"
#include "crypto/base/sandbox.h"
#include "keys/keeper_main.h"

enum role {
	ROLE_FRONT,
	ROLE_KEEPER,
	ROLE_PRINTER,
	ROLE_PARSER
};

enum {
	CHILDREN = ROLE_PARSER + PARENT_PARSERS
}; /* one of each role, but several parsers, which are last */

/* What strangers hand in waits for what departments ask, not the other way. */
enum {
	PARSER_NICE = 10
};

struct child {
	enum role role;
	pid_t pid;	 /* 0: not running */
	int64_t started; /* clock_monotonic_ms */
	int64_t due;	 /* start it at this moment */
	int64_t backoff; /* ms to wait before the next start */
};

struct state {
	const struct parent *parent;
	struct child children[CHILDREN];
	int control; /* our end of the front's socket; -1: no front */
	int signals;
	int stopping;
	int status; /* what the parent itself exits with */
};

static const char *const role_names[] = {"front", "keeper", "printer", "parse"};

/* Undo in a child what the parent set up for itself. */
static void
become_child(struct state *s, enum role role, int ppid)
{
	sigset_t none;

	sandbox_follow_parent(ppid);
	prctl(PR_SET_NAME, role_names[role]); /* what ps and tests see */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* a terminal's ^C is the parent's to handle */
	close(s->signals);
}

/* Only the keeper may know the passphrase; the others wipe their copy of the
 * parent's memory before they look at anything foreign. */
static void
forget_passphrase(const struct parent *parent)
{
	OPENSSL_cleanse(
	    (void *)(uintptr_t)parent->passphrase.p, parent->passphrase.n);
}

static int
child_body(struct state *s, enum role role, int fd)
{
	if (role != ROLE_KEEPER)
		forget_passphrase(s->parent);
	if (role == ROLE_FRONT)
		return front_main(s->parent, fd);
	close(s->control);
	if (s->parent->listen_fd >= 0)
		close(s->parent->listen_fd);
	close(s->parent->admin_fd);
	if (role == ROLE_PRINTER)
		return printer_main(fd, s->parent->config->printer_networks);
	if (role == ROLE_PARSER) {
		setpriority(PRIO_PROCESS, 0, PARSER_NICE);
		return parser_main(fd);
	}
	return keeper_process(
	    s->parent->config->dir, s->parent->passphrase, fd);
}

static int
socket_type(enum role role)
{
	/* uploads and documents are longer than a message may be */
	return (role == ROLE_PARSER || role == ROLE_PRINTER ? SOCK_STREAM
							    : SOCK_SEQPACKET) |
	       SOCK_CLOEXEC;
}

static char
message_of(enum role role)
{
	return role == ROLE_KEEPER    ? PARENT_KEEPER
	       : role == ROLE_PRINTER ? PARENT_PRINTER
				      : PARENT_PARSER;
}

/* Give the front the descriptor that leads to a child. */
static int
hand_over(struct state *s, enum role role, int fd)
{
	char kind = message_of(role);
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {&kind, 1};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof(control)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(s->control, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ? 0
									   : -1;
}

int
parent_receive(int control, enum parent_message *kind, int *fd)
{
	char byte;
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = room,
	    .msg_controllen = sizeof(room)};
	struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	do {
		n = recvmsg(control, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		return -1;
	c = CMSG_FIRSTHDR(&msg);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(int));
	*kind = (enum parent_message)byte;
	return 0;
}

/* A child runs: keep our end of its socket (front), or pass it on. */
static void
connect_child(struct state *s, struct child *c, int fd)
{
	if (c->role == ROLE_FRONT) {
		s->control = fd;
		return;
	}
	if (hand_over(s, c->role, fd) != 0)
		kill(c->pid, SIGKILL);
	close(fd);
}

static void
start(struct state *s, struct child *c)
{
	int pair[2], ppid = (int)getpid();

	c->started = clock_monotonic_ms();
	c->due = c->started + PARENT_BACKOFF_MAX;
	if (socketpair(AF_UNIX, socket_type(c->role), 0, pair) != 0)
		return;
	c->pid = fork();
	if (c->pid == 0) {
		close(pair[0]);
		become_child(s, c->role, ppid);
		_exit(child_body(s, c->role, pair[1]));
	}
	close(pair[1]);
	if (c->pid > 0) {
		connect_child(s, c, pair[0]);
	} else {
		c->pid = 0;
		close(pair[0]);
	}
}

/* Without a front the others have nobody to work for. */
static int
is_wanted(const struct state *s, const struct child *c)
{
	return c->pid == 0 && !s->stopping &&
	       (c->role == ROLE_FRONT || s->control >= 0);
}

static void
start_due(struct state *s)
{
	struct child *c;

	for (c = s->children; c < s->children + CHILDREN; c++)
		if (is_wanted(s, c) && clock_monotonic_ms() >= c->due)
			start(s, c);
}

/* The others belong to one front: without it they go too. */
static void
front_gone(struct state *s)
{
	struct child *c;

	if (s->control >= 0)
		close(s->control);
	s->control = -1;
	for (c = s->children + 1; c < s->children + CHILDREN; c++)
		if (c->pid != 0)
			kill(c->pid, SIGKILL);
}

/* How long to wait before starting it again: a child that keeps dying at once
 * must not eat the machine; a parse process that did its work is replaced. */
static int64_t
next_backoff(const struct child *c, int64_t now, int clean)
{
	int64_t next = c->backoff == 0 ? 50 : c->backoff * 2;

	if ((c->role == ROLE_PARSER && clean) || now - c->started > 1000)
		return 0;
	return next > PARENT_BACKOFF_MAX ? PARENT_BACKOFF_MAX : next;
}

/* On SIGTERM the front answers what it has begun, then ends. */
static void
stop(struct state *s)
{
	s->stopping = 1;
	if (s->children[0].pid != 0)
		kill(s->children[0].pid, SIGTERM);
}

static void
child_gone(struct state *s, struct child *c, int status)
{
	int64_t now = clock_monotonic_ms();
	int clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	c->pid = 0;
	c->backoff = next_backoff(c, now, clean);
	c->due = now + c->backoff;
	if (c->role == ROLE_FRONT)
		front_gone(s);
	if (s->stopping || clean)
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status) == SERVE_EXIT_CONFIG) {
		/* It said why; starting it again would say it again. */
		s->status = SERVE_EXIT_CONFIG;
		stop(s);
		return;
	}
	log_line("parent", "%s process ended (%s %d), starting it again",
	    role_names[c->role], WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void
reap(struct state *s)
{
	struct child *c;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (c = s->children; c < s->children + CHILDREN; c++)
			if (c->pid == pid)
				child_gone(s, c, status);
}

/* Milliseconds until the next child is due. */
static int
wait_ms(const struct state *s)
{
	int64_t now = clock_monotonic_ms(), least = 60000;
	const struct child *c;

	for (c = s->children; c < s->children + CHILDREN; c++)
		if (is_wanted(s, c) && c->due - now < least)
			least = c->due - now;
	return least < 0 ? 0 : (int)least;
}

static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void
take_signal(struct state *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof(info)) != sizeof(info) ||
	    info.ssi_signo == SIGCHLD)
		return;
	stop(s);
}

int
parent_run(const struct parent *parent)
{
	struct state s = {.parent = parent, .control = -1};
	struct pollfd wait;
	size_t i;

	for (i = 0; i < CHILDREN; i++)
		s.children[i].role =
		    i < ROLE_PARSER ? (enum role)i : ROLE_PARSER;
	if ((s.signals = open_signals()) < 0)
		return 1;
	wait.fd = s.signals;
	wait.events = POLLIN;
	while (!(s.stopping && s.children[0].pid == 0)) {
		start_due(&s);
		if (poll(&wait, 1, wait_ms(&s)) > 0)
			take_signal(&s);
		reap(&s);
	}
	front_gone(&s);
	while (waitpid(-1, NULL, 0) > 0)
		continue;
	return s.status;
}
