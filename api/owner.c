/* owner.c - see owner.h. */
#include "api/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "crypto/base/buf.h"
#include "crypto/base/clock.h"

enum {
	RETRY_MS = 20
};

static int
lock_file(int fd, int wait_ms)
{
	struct timespec pause = {0, RETRY_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + wait_ms;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (clock_monotonic_ms() >= until) {
			errno = EWOULDBLOCK;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

int
owner_lock(const char *dir, int wait_ms, int *fd, struct err *e)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	buf_printf(&path, "%s/lock", dir);
	if (buf_cstr(&path) == NULL)
		return err_nomem(e);
	/* A read-only directory can still be locked by who may read it. */
	*fd = open(buf_cstr(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		*fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC);
	if (*fd < 0) {
		rc = err_set(e, ERR_STORAGE, "directory_unusable",
		    "无法打开数据目录 %s：%s；请检查目录与权限",
		    "cannot open the data directory %s: %s; check that it exists and its permissions",
		    dir, strerror(errno));
	} else if (lock_file(*fd, wait_ms) != 0) {
		rc = err_set(e, ERR_CONFLICT, "directory_in_use",
		    "数据目录 %s 正被另一个 certsvc 进程使用；请先停止它，或通过它的接口操作",
		    "another certsvc process owns the data directory %s; stop it first, or go through its API",
		    dir);
		close(*fd);
		*fd = -1;
	}
	buf_release(&path);
	return rc;
}
