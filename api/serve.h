/*
 * serve.h - `certsvc serve`, and the same processes for one command when no
 * server owns the data directory.
 */
#ifndef API_SERVE_H
#define API_SERVE_H

#include <sys/types.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* Exit status of a child that will fail again: wrong passphrase, damaged
 * files, missing fonts (EX_CONFIG of sysexits.h).  The parent ends too. */
enum {
	SERVE_EXIT_CONFIG = 78
};

/* certsvc serve -d DIR [-l HOST:PORT] [--key-file FILE|fd:N] */
int cli_serve(int argc, char **argv);

/*
 * Start keeper, parse processes and front for one command, reachable through
 * DIR/admin.sock only; returns once it answers.  passphrase: used when given
 * (n > 0), else it is read from key_source (NULL: the usual places).
 * ERR_CONFLICT "directory_in_use" when a server owns the directory after all.
 */
int serve_temporary(const char *dir, const char *key_source,
    struct bytes passphrase, pid_t *pid, struct err *e);
void serve_temporary_stop(pid_t pid);

/* Wait until the server `pid` answers on DIR/admin.sock. */
int serve_wait(const char *dir, pid_t pid, struct err *e);

/* Print an error in both languages to standard error. */
void serve_report(const struct err *e);

/* The passphrase: the named source, else the demo's own file, else a systemd
 * credential.  The caller wipes it. */
int serve_passphrase(
    const char *dir, const char *source, struct buf *out, struct err *e);

#endif
