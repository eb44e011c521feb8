/* When the system replaces the file of its name servers, a printer process that
 * is confined to the old one ends, so that a new one reads the new file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "certsvc/print/printer.h"
#include "certsvc/print/printer_main.h"
#include "crypto/base/clock.h"
#include "crypto/base/sandbox.h"

enum {
	NOT_HERE = 77
};

static int
make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : -1;
}

/* An /etc of this process' own; -1 where that is not allowed. */
static int
own_etc(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
		       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		       mount("etc", "/etc", "tmpfs", 0, NULL) == 0 &&
		       make_file("/etc/resolv.conf") == 0 &&
		       make_file("/etc/resolv.conf.new") == 0
		   ? 0
		   : -1;
}

static int
has_ended(pid_t pid, int ms)
{
	int64_t until = clock_monotonic_ms() + ms;
	int status;

	while (clock_monotonic_ms() < until) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) && WEXITSTATUS(status) == 0;
		usleep(2000);
	}
	return 0;
}

/* The printer is off line; code tells. */
static int
ask(struct printer *p)
{
	const struct printer_target nobody = {.uri = "ipp://127.0.0.1:1/"};
	struct err e = ERR_INIT;
	json_t *json;
	int offline;

	printer_probe(p, &nobody, &json, &e);
	offline = strcmp(e.code, "printer_offline") == 0;
	err_clear(&e);
	return offline;
}

static int
replace_names(void)
{
	struct printer *p;
	struct err e = ERR_INIT;
	pid_t pid;
	int fd;

	if (own_etc() != 0)
		return NOT_HERE;
	if (printer_start(NULL, &pid, &fd, &e) != 0 ||
	    (p = printer_new(fd)) == NULL)
		return 1;
	if (!ask(p) || has_ended(pid, 100))
		return 2;
	if (rename("/etc/resolv.conf.new", "/etc/resolv.conf") != 0)
		return 3;
	/* it answers first */
	if (!ask(p) || !has_ended(pid, 5000))
		return 4;
	return 0;
}

/* Without landlock nothing is closed to a process. */
static int
has_landlock(void)
{
	struct err e = ERR_INIT;
	int enforced = 0;

	if (sandbox_private(&e) != 0 ||
	    sandbox_files(NULL, 0, &enforced, &e) != 0)
		return 0;
	return enforced;
}

static int
in_a_child(int (*body)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(body());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
a_new_file_of_names_makes_a_new_process(void **state)
{
	int result;

	(void)state;
	if (!in_a_child(has_landlock))
		skip();
	result = in_a_child(replace_names);
	if (result == NOT_HERE)
		skip(); /* no mount namespaces for this user */
	assert_int_equal(result, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_file_of_names_makes_a_new_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
