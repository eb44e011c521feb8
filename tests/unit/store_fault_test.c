/* A killed writer loses nothing it acknowledged; a full disk loses nothing
 * and the same store goes on when space returns. */
#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

enum {
	KILLS = 40,
	WRITERS = 8
};

struct writer_arg {
	struct fixture f;
	int out, round, number;
};

/* Issue until killed; report each acknowledged id in one atomic write. */
static void *
issue_for_ever(void *arg)
{
	struct writer_arg *w = arg;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], serial[32];
	int i;

	for (i = 0;; i++) {
		snprintf(serial, sizeof(serial), "K%d-%d-%d", w->round,
		    w->number, i);
		if (issue_put(&w->f, serial, NULL, id, &e) != 0 ||
		    write(w->out, id, sizeof(id)) != sizeof(id))
			_exit(1);
	}
	return NULL;
}

static pid_t
writer_fork(const struct fixture *f, int round, int out)
{
	static struct writer_arg args[WRITERS];
	pthread_t thread;
	struct fixture mine = *f;
	pid_t pid = fork();
	int i;

	if (pid != 0)
		return pid;
	if (mine.ops->open(mine.dir, &mine.s, &mine.e) != 0)
		_exit(2);
	for (i = 0; i < WRITERS; i++) {
		args[i] = (struct writer_arg){mine, out, round, i};
		if (pthread_create(&thread, NULL, issue_for_ever, &args[i]))
			_exit(3);
	}
	for (;;)
		pause();
}

static void
kill_after(pid_t pid, unsigned int ms)
{
	int status;

	usleep(ms * 1000);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* it must not have given up by itself before */
	assert_true(WIFSIGNALED(status));
}

static void
what_was_acknowledged_survives_every_kill(void **state)
{
	struct fixture *f = *state;
	struct store_certificate c;
	struct store_figures figures;
	char(*ids)[STORE_ID_SIZE] = NULL;
	char id[STORE_ID_SIZE];
	size_t n = 0, i;
	int round, out[2];
	uint8_t r;

	fixture_close(f);
	for (round = 0; round < KILLS; round++) {
		assert_int_equal(pipe2(out, O_CLOEXEC), 0);
		assert_true(fcntl(out[1], F_SETPIPE_SZ, 1 << 20) > 0);
		RAND_bytes(&r, 1);
		kill_after(writer_fork(f, round, out[1]), 15 + r % 60);
		close(out[1]);
		while (read(out[0], id, sizeof(id)) == sizeof(id)) {
			ids = realloc(ids, (n + 1) * sizeof(*ids));
			memcpy(ids[n++], id, sizeof(id));
		}
		close(out[0]);
	}
	fixture_open(f);
	for (i = 0; i < n; i++) {
		assert_int_equal(
		    f->ops->certificate_get(f->s, ids[i], &c, &f->e), 0);
		store_certificate_release(&c);
	}
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
	assert_int_equal(f->ops->figures(f->s, &figures, &f->e), 0);
	assert_true(figures.certificates >= n);
	print_message("%zu acknowledged, %llu stored\n", n,
	    (unsigned long long)figures.certificates);
	assert_true(n > 0);
	free(ids);
}

/* A small file system of our own that nobody else sees. */
static int
small_disk(const char *dir)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", dir, "tmpfs", 0, "size=1m") == 0;
}

static void
a_full_disk_loses_nothing_and_recovers(void **state)
{
	struct fixture *f = *state;
	struct store_certificate c;
	struct store_figures figures;
	struct err e = ERR_INIT;
	char ids[400][STORE_ID_SIZE], id[STORE_ID_SIZE];
	char serial[16], path[96];
	static const char zeros[65536];
	int i, n, fd, rc;

	fixture_close(f);
	if (!small_disk(f->dir)) {
		fixture_open(f);
		skip();
	}
	snprintf(path, sizeof(path), "%s/ballast", f->dir);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	for (i = 0; i < 5; i++)
		assert_int_equal(
		    write(fd, zeros, sizeof(zeros)), sizeof(zeros));
	close(fd);
	fixture_open(f);
	for (n = 0; n < 400; n++) {
		snprintf(serial, sizeof(serial), "F%d", n);
		rc = issue_put(f, serial, NULL, ids[n], &e);
		if (rc != 0)
			break;
	}
	assert_int_equal(rc, ERR_STORAGE);
	assert_string_equal(e.code, "disk_full");
	assert_true(e.retryable);
	assert_true(n > 0);
	assert_int_equal(f->ops->figures(f->s, &figures, &e), 0);
	assert_true(figures.read_only);
	assert_int_equal(figures.certificates, n);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(issue_put(f, "again", NULL, id, &e), 0);
	assert_int_equal(f->ops->figures(f->s, &figures, &e), 0);
	assert_false(figures.read_only);
	for (i = 0; i < n; i++) {
		assert_int_equal(
		    f->ops->certificate_get(f->s, ids[i], &c, &e), 0);
		store_certificate_release(&c);
	}
	assert_int_equal(f->ops->audit(f->s, &e), 0);
	fixture_close(f);
	umount2(f->dir, MNT_DETACH);
	fixture_open(f);
}

static void
a_read_only_directory_is_named(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	fixture_close(f);
	if (geteuid() != 0 || unshare(CLONE_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount(f->dir, f->dir, NULL, MS_BIND, NULL) != 0 ||
	    mount(NULL, f->dir, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) !=
		0) {
		fixture_open(f);
		skip();
	}
	assert_int_equal(f->ops->open(f->dir, &s, &f->e), ERR_STORAGE);
	assert_string_equal(f->e.code, "read_only");
	umount2(f->dir, MNT_DETACH);
	fixture_open(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		what_was_acknowledged_survives_every_kill, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		a_full_disk_loses_nothing_and_recovers, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(a_read_only_directory_is_named,
		fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
