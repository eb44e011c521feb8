/*
 * children.h - a process that forks keepers and parse processes for a test
 * with threads, as the parent of a server does: forked before any thread is,
 * it can fork at any time.
 */
#ifndef TESTS_SUPPORT_CHILDREN_H
#define TESTS_SUPPORT_CHILDREN_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "certsvc/parser.h"
#include "crypto/base/sandbox.h"
#include "keys/keeper_main.h"

struct children {
	int fd;
	pid_t pid;
};

struct children_ask {
	char kind; /* 'K' keeper, 'P' parse process */
	char dir[64], passphrase[64];
};

static inline void
children_answer(int fd, pid_t pid, int child)
{
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {&pid, sizeof(pid)};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = room,
	    .msg_controllen = sizeof(room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	if (c == NULL)
		_exit(1);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &child, sizeof(int));
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) != (ssize_t)sizeof(pid))
		_exit(1);
	close(child);
}

static inline void
children_fork_parser(int fd)
{
	int pair[2], ppid = (int)getpid();
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		_exit(1);
	if ((pid = fork()) == 0) {
		sandbox_follow_parent(ppid);
		if (dup2(pair[1], 3) != 3)
			_exit(1);
		close_range(4, ~0U, 0);
		_exit(parser_main(3));
	}
	close(pair[1]);
	children_answer(fd, pid, pair[0]);
}

static inline void
children_serve(int fd)
{
	struct children_ask ask;
	struct err e = ERR_INIT;
	pid_t pid;
	int child;

	signal(SIGCHLD, SIG_IGN);
	while (recv(fd, &ask, sizeof(ask), 0) == (ssize_t)sizeof(ask)) {
		if (ask.kind == 'P')
			children_fork_parser(fd);
		else if (keeper_spawn(ask.dir, bytes_str(ask.passphrase), &pid,
			     &child, &e) == 0)
			children_answer(fd, pid, child);
		else
			_exit(1);
	}
	_exit(0);
}

static inline void
children_start(struct children *c)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		abort();
	c->pid = fork();
	if (c->pid == 0) {
		close(pair[0]);
		children_serve(pair[1]);
	}
	close(pair[1]);
	c->fd = pair[0];
}

/* A new child: its socket; *pid (may be NULL) gets its process. */
static inline int
children_get(const struct children *all, char kind, const char *dir,
    const char *passphrase, pid_t *pid)
{
	struct children_ask ask = {.kind = kind};
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))];
	pid_t child = 0;
	struct iovec iov = {&child, sizeof(child)};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = room,
	    .msg_controllen = sizeof(room)};
	struct cmsghdr *c;
	int fd;

	snprintf(ask.dir, sizeof(ask.dir), "%s", dir);
	snprintf(ask.passphrase, sizeof(ask.passphrase), "%s", passphrase);
	if (send(all->fd, &ask, sizeof(ask), MSG_NOSIGNAL) < 0 ||
	    recvmsg(all->fd, &msg, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(child))
		abort();
	c = CMSG_FIRSTHDR(&msg);
	if (c == NULL)
		abort();
	memcpy(&fd, CMSG_DATA(c), sizeof(int));
	if (pid != NULL)
		*pid = child;
	return fd;
}

#endif
