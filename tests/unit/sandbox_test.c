/* sandbox_test.c - what a confined process may still do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/base/sandbox.h"

enum {
	NO_LANDLOCK = 77
};

static char dir[64];

static int
can_open(const char *name, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int
make_directory(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return mkdir(path, 0700);
}

/* As the front: DIR may be listed, one directory in it written, one read. */
static int
confined(void)
{
	char write[80], read[80];
	struct err e = ERR_INIT;
	int enforced;

	snprintf(write, sizeof(write), "%s/store", dir);
	snprintf(read, sizeof(read), "%s/templates", dir);
	const struct sandbox_path paths[] = {{dir, SANDBOX_LIST},
	    {write, SANDBOX_WRITE}, {read, SANDBOX_READ},
	    {"/no/such/place", SANDBOX_READ}};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    sandbox_files(paths, 4, &enforced, &e) != 0)
		return 1;
	if (!enforced)
		return NO_LANDLOCK;
	if (!can_open(".", O_RDONLY | O_DIRECTORY))
		return 2;
	if (can_open("keys/vault", O_RDONLY) || can_open("config", O_RDONLY))
		return 3;
	if (!can_open("store/new", O_RDWR | O_CREAT) ||
	    make_directory("store/more") != 0)
		return 4;
	if (!can_open("templates/t", O_RDONLY) ||
	    can_open("templates/t", O_WRONLY) ||
	    can_open("templates/new", O_RDWR | O_CREAT))
		return 5;
	/* What is there already is not made again, and says so. */
	if (make_directory("store") == 0 || errno != EEXIST ||
	    make_directory("other") == 0)
		return 6;
	return 0;
}

static void
only_the_named_trees_stay_open(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit(confined());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_LANDLOCK)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* As the printer process: call others, and do nothing else. */
static int
connecting(void)
{
	const struct sockaddr_in here = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char *const none[] = {NULL};
	struct err e = ERR_INIT;
	int fd, pair[2];

	if (sandbox_private(&e) != 0 || sandbox_connect_only(&e) != 0)
		return 1;
	if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return 2;
	if (bind(fd, (const struct sockaddr *)&here, sizeof(here)) == 0 ||
	    listen(fd, 1) == 0)
		return 3;
	if (socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 ||
	    socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0) >= 0)
		return 4;
	if (!can_open("templates/t", O_RDONLY) ||
	    can_open("templates/t", O_WRONLY) ||
	    can_open("templates/t", O_RDWR) ||
	    can_open("templates/new", O_RDONLY | O_CREAT) ||
	    make_directory("other") == 0)
		return 5;
	if (fork() >= 0 || execve("/bin/true", none, none) == 0)
		return 6;
	if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		-1, 0) != MAP_FAILED)
		return 7;
	return 0;
}

static void
who_may_only_connect_does_nothing_else(void **state)
{
	pid_t pid;
	int status;

	(void)state;
#ifdef CERTSVC_ASAN
	skip(); /* a sanitizer's own calls would be refused */
#endif
	pid = fork();
	if (pid == 0)
		_exit(connecting());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int
setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sandbox-test-XXXXXX");
	if (mkdtemp(dir) == NULL || make_directory("keys") != 0 ||
	    make_directory("store") != 0 || make_directory("templates") != 0)
		return -1;
	return can_open("keys/vault", O_RDWR | O_CREAT) &&
		       can_open("config", O_RDWR | O_CREAT) &&
		       can_open("templates/t", O_RDWR | O_CREAT)
		   ? 0
		   : -1;
}

static int
teardown(void **state)
{
	static const char *const names[] = {"keys/vault", "keys", "config",
	    "templates/t", "templates", "store/new", "store/more", "store", ""};
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		remove(path);
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		only_the_named_trees_stay_open, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		who_may_only_connect_does_nothing_else, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
