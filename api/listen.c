/* listen.c - see listen.h. */
#include "api/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "crypto/base/clock.h"

enum {
	BACKLOG = 1024,
	RETRY_MS = 20
};

static int
bad_address(const char *address, struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_listen",
	    "监听地址 %s 无效，应为 HOST:PORT（数字地址）",
	    "the address %s is wrong: use HOST:PORT with a numeric host",
	    address);
}

static int
split(const char *address, char host[64], char port[8])
{
	const char *colon = strrchr(address, ':');
	size_t n;

	if (colon == NULL || strlen(colon + 1) > 5 || colon[1] == '\0')
		return -1;
	n = (size_t)(colon - address);
	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	if (n == 0 || n >= 64)
		return -1;
	memcpy(host, address, n);
	host[n] = '\0';
	memcpy(port, colon + 1, strlen(colon));
	return 0;
}

static int
bind_patiently(int fd, const struct addrinfo *ai, int wait_ms)
{
	struct timespec pause = {0, RETRY_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + wait_ms;

	while (bind(fd, ai->ai_addr, ai->ai_addrlen) != 0) {
		if (errno != EADDRINUSE || clock_monotonic_ms() >= until)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int
bind_listen(const struct addrinfo *ai, const char *address, int wait_ms,
    int *fd, struct err *e)
{
	int one = 1;

	*fd = socket(
	    ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return err_internal(e, "socket");
	if (setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
	    bind_patiently(*fd, ai, wait_ms) == 0 && listen(*fd, BACKLOG) == 0)
		return 0;
	err_set(e, ERR_CONFLICT, "address_in_use",
	    "无法监听 %s：%s；可用 -l HOST:PORT 换一个地址",
	    "cannot listen on %s: %s; choose another with -l HOST:PORT",
	    address, strerror(errno));
	close(*fd);
	*fd = -1;
	return e->class;
}

int
listen_tcp(const char *address, int wait_ms, int *fd, struct err *e)
{
	struct addrinfo hints = {
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	    .ai_socktype = SOCK_STREAM};
	struct addrinfo *ai;
	char host[64], port[8];
	int rc;

	*fd = -1;
	if (split(address, host, port) != 0 ||
	    getaddrinfo(host, port, &hints, &ai) != 0)
		return bad_address(address, e);
	rc = bind_listen(ai, address, wait_ms, fd, e);
	freeaddrinfo(ai);
	return rc;
}

static int
unusable(const char *dir, struct err *e)
{
	return err_set(e, ERR_STORAGE, "directory_unusable",
	    "无法在数据目录 %s 中建立 admin.sock：%s；请检查磁盘空间与权限",
	    "cannot make admin.sock in the data directory %s: %s; check disk space and permissions",
	    dir, strerror(errno));
}

int
listen_admin(const char *dir, int *fd, struct err *e)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int n;
	mode_t old;

	*fd = -1;
	n = snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/admin.sock", dir);
	if (n < 0 || (size_t)n >= sizeof(sun.sun_path))
		return err_set(e, ERR_INPUT, "path_too_long",
		    "数据目录路径过长：%s",
		    "the path of the data directory is too long: %s", dir);
	if (unlink(sun.sun_path) != 0 && errno != ENOENT)
		return unusable(dir, e);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	old = umask(0177);
	if (*fd >= 0 &&
	    bind(*fd, (const struct sockaddr *)&sun, sizeof(sun)) == 0 &&
	    listen(*fd, BACKLOG) == 0) {
		umask(old);
		return 0;
	}
	umask(old);
	unusable(dir, e);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return e->class;
}
