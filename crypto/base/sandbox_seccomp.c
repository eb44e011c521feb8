/* sandbox_seccomp.c - system call filters; see sandbox.h. */
#include "crypto/base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#ifdef CERTSVC_ASAN
enum {
	FILTERS = 0
};
#else
enum {
	FILTERS = 1
};
#endif

/* Memory, time, descriptors that are open already. */
static const int compute[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv),
    SCMP_SYS(writev), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto),
    SCMP_SYS(sendmsg), SCMP_SYS(close), SCMP_SYS(exit), SCMP_SYS(exit_group),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise),
    SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(getpid),
    SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(lseek), SCMP_SYS(fstat),
    SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield), SCMP_SYS(poll),
    SCMP_SYS(sysinfo)};

/* What the keeper needs on top, for its journal and the seal register. */
static const int journal[] = {SCMP_SYS(fdatasync), SCMP_SYS(ftruncate),
    SCMP_SYS(pread64), SCMP_SYS(pwrite64)};

/* What the front needs on top. */
static const int service[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat),
    SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
    SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(pread64),
    SCMP_SYS(pwrite64), SCMP_SYS(fsync), SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(rename),
    SCMP_SYS(unlink), SCMP_SYS(mkdir), SCMP_SYS(rmdir), SCMP_SYS(fcntl),
    SCMP_SYS(flock), SCMP_SYS(dup), SCMP_SYS(ioctl), SCMP_SYS(fchmod),
    SCMP_SYS(fchown), SCMP_SYS(umask), SCMP_SYS(utimensat), SCMP_SYS(statfs),
    SCMP_SYS(fstatfs), SCMP_SYS(fadvise64), SCMP_SYS(memfd_create),
    SCMP_SYS(sendfile), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select),
    SCMP_SYS(pselect6), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(shutdown),
    SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_getres), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
    SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(getuid),
    SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getppid),
    SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(prlimit64), SCMP_SYS(getrusage), SCMP_SYS(times),
    SCMP_SYS(membarrier), SCMP_SYS(prctl), SCMP_SYS(get_robust_list)};

/* What a process needs that calls others over the network. */
static const int client[] = {SCMP_SYS(stat), SCMP_SYS(lstat),
    SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
    SCMP_SYS(getdents64), SCMP_SYS(pread64), SCMP_SYS(fcntl), SCMP_SYS(ppoll),
    SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2), SCMP_SYS(connect), SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg), SCMP_SYS(shutdown), SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
    SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_getres),
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sigaltstack),
    SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(getppid), SCMP_SYS(uname), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(membarrier)};

static int
allow_all(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return -1;
	return 0;
}

/* Memory may be mapped, but never executable. */
static int
allow_memory(scmp_filter_ctx ctx)
{
	if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
		return -1;
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* Threads, not processes; clone3 answers ENOSYS so that libc uses clone,
 * whose flags a filter can read. */
static int
allow_threads(scmp_filter_ctx ctx)
{
	if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)) != 0)
		return -1;
	return seccomp_rule_add(
	    ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int
load(scmp_filter_ctx ctx, int ok, struct err *e)
{
	if (ok)
		ok = seccomp_load(ctx) == 0;
	seccomp_release(ctx);
	return ok ? 0
		  : err_set(e, ERR_INTERNAL, "sandbox",
			"无法安装系统调用过滤器",
			"cannot install the system call filter");
}

/* A library that looks for a file late (a random seed, a bus) is told that it
 * may not; landlock would say the same.  Everything else is the end. */
static int
refuse_files(scmp_filter_ctx ctx)
{
	static const int calls[] = {SCMP_SYS(open), SCMP_SYS(openat)};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (seccomp_rule_add(
			ctx, SCMP_ACT_ERRNO(EACCES), calls[i], 0) != 0)
			return -1;
	return 0;
}

/* Death for all but `compute` and the n calls of more. */
static int
compute_and(const int *more, size_t n, struct err *e)
{
	scmp_filter_ctx ctx;
	int ok;

	if (!FILTERS)
		return 0;
	if ((ctx = seccomp_init(SCMP_ACT_KILL_PROCESS)) == NULL)
		return err_nomem(e);
	ok = allow_all(ctx, compute, sizeof(compute) / sizeof(compute[0])) ==
		 0 &&
	     allow_all(ctx, more, n) == 0 && allow_memory(ctx) == 0 &&
	     refuse_files(ctx) == 0;
	return load(ctx, ok, e);
}

int
sandbox_compute_only(struct err *e)
{
	return compute_and(NULL, 0, e);
}

int
sandbox_keeper(struct err *e)
{
	return compute_and(journal, sizeof(journal) / sizeof(journal[0]), e);
}

int
sandbox_front(struct err *e)
{
	scmp_filter_ctx ctx;
	int ok;

	if (!FILTERS)
		return 0;
	if ((ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM))) == NULL)
		return err_nomem(e);
	ok = allow_all(ctx, compute, sizeof(compute) / sizeof(compute[0])) ==
		 0 &&
	     allow_all(ctx, service, sizeof(service) / sizeof(service[0])) ==
		 0 &&
	     allow_memory(ctx) == 0 && allow_threads(ctx) == 0;
	return load(ctx, ok, e);
}

/* Files may be opened, but not to be written or made. */
static int
allow_reading(scmp_filter_ctx ctx)
{
	const scmp_datum_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

	if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
		SCMP_A1(SCMP_CMP_MASKED_EQ, writing, 0)) != 0)
		return -1;
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, writing, 0));
}

/* The internet, and pairs inside the process, by which libcurl wakes its own
 * threads. */
static int
allow_connecting(scmp_filter_ctx ctx)
{
	static const int families[] = {AF_INET, AF_INET6};
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0)) !=
		    0)
			return -1;
	/* how many bytes a name server's answer has */
	if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0)) != 0)
		return -1;
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
	    SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
}

int
sandbox_connect_only(struct err *e)
{
	scmp_filter_ctx ctx;
	int ok;

	if (!FILTERS)
		return 0;
	if ((ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM))) == NULL)
		return err_nomem(e);
	ok = allow_all(ctx, compute, sizeof(compute) / sizeof(compute[0])) ==
		 0 &&
	     allow_all(ctx, client, sizeof(client) / sizeof(client[0])) == 0 &&
	     allow_memory(ctx) == 0 && allow_threads(ctx) == 0 &&
	     allow_reading(ctx) == 0 && allow_connecting(ctx) == 0;
	return load(ctx, ok, e);
}
