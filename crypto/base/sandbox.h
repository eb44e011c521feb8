/*
 * sandbox.h - a process gives up what it does not need: resource limits,
 * landlock for files, seccomp for system calls.  Call it after everything that
 * opens files lazily was touched, and before threads start.  Builds with a
 * sanitizer keep the limits on files but skip seccomp and memory limits, which
 * the sanitizer's own run time breaks.
 */
#ifndef CRYPTO_BASE_SANDBOX_H
#define CRYPTO_BASE_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/err.h"

/* Die with SIGKILL when the parent dies; ppid is the parent's pid as seen
 * before fork, so that a parent already gone ends the child at once. */
void sandbox_follow_parent(int ppid);

/* No core dumps, no ptrace (PR_SET_DUMPABLE 0), no new privileges. */
int sandbox_private(struct err *e);

/* Address space in bytes and CPU in seconds; 0 = leave as it is. */
int sandbox_limits(uint64_t memory, uint64_t cpu, struct err *e);

/* What a process may still do with a directory tree. */
enum sandbox_access {
	SANDBOX_READ,
	SANDBOX_WRITE,
	SANDBOX_LIST /* open directories, but no file */
};

struct sandbox_path {
	const char *path; /* skipped when it does not exist */
	enum sandbox_access access;
};

/* Nothing but these trees can be opened from now on; n = 0: nothing at all.
 * A kernel without landlock is no error (*enforced = 0). */
int sandbox_files(
    const struct sandbox_path *paths, size_t n, int *enforced, struct err *e);

/* Memory and already open descriptors only; anything else kills the process. */
int sandbox_compute_only(struct err *e);

/* As sandbox_compute_only, and syncing and cutting open files: the keeper. */
int sandbox_keeper(struct err *e);

/* What the front needs: files, threads, accepting and answering connections.
 * No new sockets, no exec, no fork, no ptrace: those fail with EPERM. */
int sandbox_front(struct err *e);

/* Connections to others over IPv4 and IPv6, threads, files for reading.  No
 * listening, no unix sockets but pairs, no exec, no fork: EPERM. */
int sandbox_connect_only(struct err *e);

#endif
