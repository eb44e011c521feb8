/*
 * passphrase.h - where the vault's passphrase comes from: a file, an open
 * descriptor or a systemd credential; never the environment or the command
 * line, where every process of the machine could read it.
 */
#ifndef KEYS_PASSPHRASE_H
#define KEYS_PASSPHRASE_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	PASSPHRASE_MIN = 8, /* bytes */
	PASSPHRASE_MAX = 1024
};

/*
 * Append the passphrase that `source` names: "fd:N", a path, or NULL for
 * $CREDENTIALS_DIRECTORY/certsvc-passphrase (systemd LoadCredential=).  One
 * line break at the end does not count.  The caller wipes out (buf_wipe).
 * ERR_INPUT "passphrase_missing", "passphrase_unusable".
 */
int passphrase_read(const char *source, struct buf *out, struct err *e);

#endif
