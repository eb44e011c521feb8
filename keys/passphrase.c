/* passphrase.c - see passphrase.h. */
#include "keys/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

static int
missing(struct err *e, const char *source, const char *why)
{
	return err_set(e, ERR_INPUT, "passphrase_missing",
	    "读不到口令（%s）：%s；请用 --key-file 文件 或 --key-file "
	    "fd:N，或 systemd LoadCredential=certsvc-passphrase:文件 提供",
	    "cannot read the passphrase (%s): %s; give it with --key-file FILE "
	    "or --key-file fd:N, or systemd "
	    "LoadCredential=certsvc-passphrase:FILE",
	    source, why);
}

/* An open descriptor for the source, or -1 with errno; *own = close it. */
static int
source_open(const char *source, int *own)
{
	char path[PATH_MAX];
	const char *dir;
	char *end;
	long fd;

	*own = 1;
	if (source == NULL) {
		dir = getenv("CREDENTIALS_DIRECTORY");
		errno = ENOENT;
		if (dir == NULL || strlen(dir) > sizeof(path) - 32)
			return -1;
		snprintf(path, sizeof(path), "%s/certsvc-passphrase", dir);
		return open(path, O_RDONLY | O_CLOEXEC);
	}
	if (strncmp(source, "fd:", 3) != 0)
		return open(source, O_RDONLY | O_CLOEXEC);
	*own = 0;
	errno = EBADF;
	fd = strtol(source + 3, &end, 10);
	if (source[3] == '\0' || *end != '\0' || fd < 0 || fd > INT_MAX)
		return -1;
	return (int)fd;
}

/* Bytes read (at most size), or -1 with errno. */
static ssize_t
read_all(int fd, char *p, size_t size)
{
	size_t got = 0;
	ssize_t n;

	while (got < size) {
		n = read(fd, p + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

int
passphrase_read(const char *source, struct buf *out, struct err *e)
{
	const char *name = source ? source : "certsvc-passphrase";
	char text[PASSPHRASE_MAX + 2];
	ssize_t n;
	int fd, own;

	fd = source_open(source, &own);
	if (fd < 0)
		return missing(e, name, strerror(errno));
	n = read_all(fd, text, sizeof(text));
	if (own)
		close(fd);
	if (n < 0)
		return missing(e, name, strerror(errno));
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n < PASSPHRASE_MIN || n > PASSPHRASE_MAX) {
		OPENSSL_cleanse(text, sizeof(text));
		return err_set(e, ERR_INPUT, "passphrase_unusable",
		    "口令（%s）须为 %d 至 %d 字节",
		    "the passphrase (%s) must have %d to %d bytes", name,
		    PASSPHRASE_MIN, PASSPHRASE_MAX);
	}
	buf_add(out, text, (size_t)n);
	OPENSSL_cleanse(text, sizeof(text));
	return buf_failed(out) ? err_nomem(e) : 0;
}
