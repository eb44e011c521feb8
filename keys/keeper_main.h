/*
 * keeper_main.h - the body of the keeper process, and starting one.
 *
 * It opens the vault, tests every key, locks itself down (no files, no network,
 * no new processes; seccomp kills it for anything but computing, its socket and
 * its two open files), and serves until the other end of its socket is closed.
 */
#ifndef KEYS_KEEPER_MAIN_H
#define KEYS_KEEPER_MAIN_H

#include <sys/types.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	KEEPER_EXIT_START = 78 /* could not start: trying again is no use */
};

/*
 * Call in a forked child.  fd: this end of a SOCK_SEQPACKET pair.  Every other
 * descriptor above 2 is closed.  When it cannot start it says why on standard
 * error and to the first caller, and returns KEEPER_EXIT_START; 0 when the
 * other end was closed.  The return value is the exit status.
 */
int keeper_process(const char *dir, struct bytes passphrase, int fd);

/*
 * Fork a keeper for a command: *fd gets the client's end (for keeper_new) and
 * *pid the process, which ends by itself when fd is closed and dies with this
 * process.  Reap it with waitpid.  Not after threads were started.
 */
int keeper_spawn(const char *dir, struct bytes passphrase, pid_t *pid, int *fd,
    struct err *e);

#endif
