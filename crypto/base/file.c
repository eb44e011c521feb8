/* file.c - whole files; see file.h. */
#include "crypto/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
unreadable(struct err *e, const char *name)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(e, ERR_NOT_FOUND, "file_not_found",
		    "文件不存在：%s", "no such file: %s", name);
	return err_set(e, ERR_STORAGE, "file_unreadable", "无法读取 %s：%s",
	    "cannot read %s: %s", name, strerror(errno));
}

static int
unwritable(struct err *e, const char *name)
{
	return err_set(e, ERR_STORAGE, "file_unwritable",
	    "无法写入 %s：%s；请检查磁盘空间与权限",
	    "cannot write %s: %s; check disk space and permissions", name,
	    strerror(errno));
}

int
file_read_fd(
    int fd, const char *name, size_t max, struct buf *out, struct err *e)
{
	size_t start = out->n;
	uint8_t part[16384];
	ssize_t n;

	for (;;) {
		n = read(fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return unreadable(e, name);
		if (n == 0)
			break;
		buf_add(out, part, (size_t)n);
		if (out->n - start > max)
			return err_set(e, ERR_LIMIT, "file_too_large",
			    "%s 超过 %zu 字节的上限",
			    "%s is over the limit of %zu bytes", name, max);
	}
	return buf_failed(out) ? err_nomem(e) : 0;
}

int
file_read(const char *path, size_t max, struct buf *out, struct err *e)
{
	struct stat st;
	int fd, rc;

	if (strcmp(path, "-") == 0)
		return file_read_fd(STDIN_FILENO, "-", max, out, e);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return unreadable(e, path);
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		rc = unreadable(e, path);
	} else {
		rc = file_read_fd(fd, path, max, out, e);
	}
	close(fd);
	return rc;
}

static int
write_all(int fd, struct bytes content)
{
	ssize_t n;

	while (content.n > 0) {
		n = write(fd, content.p, content.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		content.p += n;
		content.n -= (size_t)n;
	}
	return 0;
}

/* Make a rename in the directory of path durable. */
static int
sync_directory(const char *path)
{
	struct buf dir = BUF_INIT;
	const char *slash = strrchr(path, '/');
	int fd, rc = -1;

	if (slash == NULL)
		buf_add_str(&dir, ".");
	else
		buf_add(&dir, path, (size_t)(slash - path) + 1);
	if (buf_cstr(&dir) == NULL)
		return -1;
	fd = open(buf_cstr(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		rc = fsync(fd);
		close(fd);
	}
	buf_release(&dir);
	return rc;
}

int
file_replace(const char *path, struct bytes content, mode_t mode, struct err *e)
{
	struct buf temp = BUF_INIT;
	int fd, ok, rc = 0;

	buf_printf(&temp, "%s.new", path);
	if (buf_cstr(&temp) == NULL)
		return err_nomem(e);
	fd = open(buf_cstr(&temp),
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0) {
		rc = unwritable(e, path);
		goto out;
	}
	ok = write_all(fd, content) == 0 && fsync(fd) == 0;
	if (close(fd) != 0 || !ok || rename(buf_cstr(&temp), path) != 0 ||
	    sync_directory(path) != 0) {
		rc = unwritable(e, path);
		unlink(buf_cstr(&temp));
	}
out:
	buf_release(&temp);
	return rc;
}

int
file_make_directory(const char *path, struct err *e)
{
	struct buf part = BUF_INIT;
	const char *p = path;
	struct stat st;

	do {
		p = strchr(p + 1, '/');
		buf_reset(&part);
		buf_add(&part, path, p ? (size_t)(p - path) : strlen(path));
		if (buf_cstr(&part) == NULL)
			return err_nomem(e);
		if (mkdir(buf_cstr(&part), 0700) != 0 &&
		    (stat(buf_cstr(&part), &st) != 0 || !S_ISDIR(st.st_mode))) {
			buf_release(&part);
			return unwritable(e, path);
		}
	} while (p != NULL && p[1] != '\0');
	buf_release(&part);
	return 0;
}
