/*
 * file.h - whole files: read with a limit, replace atomically and durably.
 */
#ifndef CRYPTO_BASE_FILE_H
#define CRYPTO_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/*
 * Append the content of a regular file of at most max bytes.  "-" reads
 * standard input.  ERR_NOT_FOUND "file_not_found", ERR_LIMIT
 * "file_too_large", ERR_STORAGE "file_unreadable".
 */
int file_read(const char *path, size_t max, struct buf *out, struct err *e);

/* As file_read from an open descriptor (name is for the text of errors). */
int file_read_fd(
    int fd, const char *name, size_t max, struct buf *out, struct err *e);

/*
 * Write path.new, sync it, rename it over path, sync the directory: after a
 * crash the old content or the new one is there, whole.  ERR_STORAGE
 * "file_unwritable".
 */
int file_replace(
    const char *path, struct bytes content, mode_t mode, struct err *e);

/* mkdir with its parents (mode 0700); an existing directory is fine. */
int file_make_directory(const char *path, struct err *e);

#endif
