/* sandbox.c - limits and landlock; seccomp is in sandbox_seccomp.c. */
#include "crypto/base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights of landlock ABI 1 (Linux 5.13), what Debian 12's header knows. */
#define LANDLOCK_READ                                                          \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LANDLOCK_WRITE                                                         \
	(LANDLOCK_READ | LANDLOCK_ACCESS_FS_WRITE_FILE |                       \
	    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |   \
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |        \
	    LANDLOCK_ACCESS_FS_MAKE_SOCK)
/* The rights that a rule about a single file may name. */
#define LANDLOCK_FILE                                                          \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define LANDLOCK_ALL                                                           \
	(LANDLOCK_WRITE | LANDLOCK_ACCESS_FS_EXECUTE |                         \
	    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_FIFO |      \
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static int
refused(struct err *e, const char *what)
{
	return err_set(e, ERR_INTERNAL, "sandbox", "无法限制进程权限（%s：%s）",
	    "cannot confine the process (%s: %s)", what, strerror(errno));
}

void
sandbox_follow_parent(int ppid)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != ppid)
		_exit(0);
}

int
sandbox_private(struct err *e)
{
	struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return refused(e, "RLIMIT_CORE");
	if (prctl(PR_SET_DUMPABLE, 0) != 0)
		return refused(e, "PR_SET_DUMPABLE");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return refused(e, "PR_SET_NO_NEW_PRIVS");
	return 0;
}

static int
limit(int resource, uint64_t value)
{
	struct rlimit r = {value, value};

	return value == 0 ? 0 : setrlimit((__rlimit_resource_t)resource, &r);
}

#ifdef CERTSVC_ASAN
enum {
	MEMORY_LIMITS = 0
}; /* the sanitizer maps terabytes */
#else
enum {
	MEMORY_LIMITS = 1
};
#endif

int
sandbox_limits(uint64_t memory, uint64_t cpu, struct err *e)
{
	if (MEMORY_LIMITS && limit(RLIMIT_AS, memory) != 0)
		return refused(e, "RLIMIT_AS");
	if (limit(RLIMIT_CPU, cpu) != 0)
		return refused(e, "RLIMIT_CPU");
	return 0;
}

static uint64_t
rights(enum sandbox_access access)
{
	switch (access) {
	case SANDBOX_WRITE:
		return LANDLOCK_WRITE;
	case SANDBOX_LIST:
		return LANDLOCK_ACCESS_FS_READ_DIR;
	case SANDBOX_READ:
		break;
	}
	return LANDLOCK_READ;
}

static int
allow(int ruleset, const struct sandbox_path *path, struct err *e)
{
	struct landlock_path_beneath_attr rule = {0};
	struct stat st;
	int fd, rc;

	fd = open(path->path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : refused(e, path->path);
	rule.parent_fd = fd;
	rule.allowed_access = rights(path->access);
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= LANDLOCK_FILE;
	rc = (int)syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(fd);
	return rc != 0 ? refused(e, path->path) : 0;
}

int
sandbox_files(
    const struct sandbox_path *paths, size_t n, int *enforced, struct err *e)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = LANDLOCK_ALL};
	size_t i;
	int ruleset, rc = 0;

	*enforced = 0;
	ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP
			   ? 0
			   : refused(e, "landlock");
	for (i = 0; i < n && rc == 0; i++)
		rc = allow(ruleset, &paths[i], e);
	if (rc == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		rc = refused(e, "landlock");
	close(ruleset);
	*enforced = rc == 0;
	return rc;
}
