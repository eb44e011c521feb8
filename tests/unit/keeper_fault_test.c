/* keeper_fault_test.c - damaged and old files, a front that was taken over,
 * many threads, sudden death. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

#include "crypto/cms.h"
#include "keys/administrator.h"
#include "keys/keeper_frame.h"
#include "tests/support/keeper_group.h"

static int
stop(void **state)
{
	(void)state;
	fixture_release(&f);
	return 0;
}

static void
path_of(char path[256], const char *name)
{
	snprintf(path, 256, "%s/keys/%s", f.dir, name);
}

static void
load(const char *name, struct buf *content)
{
	struct err e = ERR_INIT;
	char path[256];

	path_of(path, name);
	buf_reset(content);
	assert_int_equal(file_read(path, 1 << 24, content, &e), 0);
}

static void
save(const char *name, const struct buf *content)
{
	struct err e = ERR_INIT;
	char path[256];

	path_of(path, name);
	assert_int_equal(file_replace(path, buf_bytes(content), 0600, &e), 0);
}

/* Start over the files as they are: it must refuse with one of two codes. */
static void
must_refuse(const char *code, const char *or_code)
{
	struct err e = ERR_INIT;
	int status;

	fixture_start(&f);
	assert_int_not_equal(keeper_self_test(f.keeper, &e), 0);
	if (strcmp(e.code, code) != 0)
		assert_string_equal(e.code, or_code);
	assert_true(e.zh[0] != '\0');
	status = fixture_stop(&f);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), KEEPER_EXIT_START);
}

static void
must_start(void)
{
	struct err e = ERR_INIT;

	fixture_start(&f);
	assert_int_equal(keeper_self_test(f.keeper, &e), 0);
}

static void
a_wrong_passphrase_is_told_to_the_first_caller(void **state)
{
	struct err e = ERR_INIT;
	struct keeper *k;
	pid_t pid;
	int fd;

	(void)state;
	assert_int_equal(
	    keeper_spawn(f.dir, bytes_str("not the passphrase"), &pid, &fd, &e),
	    0);
	k = keeper_new(fd);
	assert_int_equal(keeper_self_test(k, &e), ERR_STORAGE);
	assert_string_equal(e.code, "vault_unreadable");
	keeper_free(k);
	waitpid(pid, NULL, 0);
}

static void
a_changed_authority_table_is_refused(void **state)
{
	struct buf file = BUF_INIT;
	size_t i;

	(void)state;
	fixture_stop(&f);
	load("authority", &file);
	for (i = 0; i < file.n; i += 1 + file.n / 12) {
		file.p[i] ^= 0x20;
		save("authority", &file);
		must_refuse("authority_damaged", "");
		file.p[i] ^= 0x20;
	}
	save("authority", &file);
	must_start();
	buf_release(&file);
}

static void
seal_once(void)
{
	struct buf face = BUF_INIT, cms = BUF_INIT;
	struct err e = ERR_INIT;

	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &cms, &e), 0);
	buf_release(&face);
	buf_release(&cms);
}

static void
a_journal_edited_or_set_back_is_refused(void **state)
{
	struct buf file = BUF_INIT, old = BUF_INIT;

	(void)state;
	seal_once();
	fixture_stop(&f);
	load("journal", &old);
	must_start();
	seal_once();
	fixture_stop(&f);
	load("journal", &file);
	assert_true(file.n > old.n);
	save("journal", &old);
	must_refuse("journal_rolled_back", "");
	file.p[30] ^= 1;
	save("journal", &file);
	must_refuse("journal_damaged", "");
	file.p[30] ^= 1;
	save("journal", &file);
	must_start();
	buf_release(&file);
	buf_release(&old);
}

static void
a_torn_journal_line_is_cut_and_work_goes_on(void **state)
{
	struct buf file = BUF_INIT;

	(void)state;
	seal_once();
	fixture_stop(&f);
	load("journal", &file);
	buf_add_str(&file, "17 1795000000 se");
	save("journal", &file);
	must_start();
	seal_once();
	fixture_stop(&f);
	must_start();
	buf_release(&file);
}

static void
an_authority_table_set_back_is_refused(void **state)
{
	json_t *action = json_pack("{s:s}", "action", "key_revoke"),
	       *answer = NULL;
	struct buf old = BUF_INIT, new = BUF_INIT;
	struct administrator *adm;
	struct err e = ERR_INIT;

	(void)state;
	json_object_set_new(action, "id", json_string(f.creds[2].id));
	load("authority", &old);
	assert_int_equal(
	    administrator_new(f.dir, bytes_str(FIXTURE_PASSPHRASE), &adm, &e),
	    0);
	assert_int_equal(
	    administrator_call(adm, f.keeper, action, &answer, &e), 0);
	administrator_free(adm);
	json_decref(action);
	json_decref(answer);
	fixture_stop(&f);
	load("authority", &new);
	save("authority", &old);
	must_refuse("authority_rolled_back", "");
	save("authority", &new);
	must_start();
	buf_release(&old);
	buf_release(&new);
}

/* Speak frames as a front that somebody else controls would. */
static int
raw_call(int fd, const struct keeper_frame *frame, struct err *e)
{
	struct buf out = BUF_INIT;
	struct bytes payload;
	uint8_t in[4096];
	uint64_t number;
	ssize_t n;

	keeper_frame_write(frame, &out);
	assert_int_equal(send(fd, out.p, out.n, 0), out.n);
	buf_release(&out);
	n = recv(fd, in, sizeof(in), 0);
	assert_true(n > 0);
	return keeper_answer_read(
	    (struct bytes){in, (size_t)n}, &number, &payload, e);
}

static void
a_front_taken_over_cannot_use_what_it_has_no_credential_for(void **state)
{
	struct buf face = BUF_INIT;
	struct err e = ERR_INIT;
	struct keeper_frame frame = {
	    .number = 1, .op = KEEPER_SEAL, .alg = SIGN_ES256};
	size_t i;
	pid_t pid;
	int fd;

	(void)state;
	fixture_stop(&f);
	assert_int_equal(
	    keeper_spawn(f.dir, bytes_str(FIXTURE_PASSPHRASE), &pid, &fd, &e),
	    0);
	/* it holds A's live credential and B's public record */
	fixture_face(&face, fixture_departments[1], fixture_types[1], "1");
	frame.face = buf_bytes(&face);
	frame.cred = f.creds[0];
	snprintf(frame.address, sizeof(frame.address), "local");
	snprintf(frame.seal, sizeof(frame.seal), "social-1");
	assert_int_equal(raw_call(fd, &frame, &e), ERR_DENIED);
	/* A's own record with B's seal; B's key id with A's secret; none */
	buf_reset(&face);
	fixture_face(&face, fixture_departments[0], fixture_types[1], "1");
	frame.face = buf_bytes(&face);
	assert_int_equal(raw_call(fd, &frame, &e), ERR_DENIED);
	snprintf(frame.cred.id, sizeof(frame.cred.id), "%s", f.creds[1].id);
	assert_int_equal(raw_call(fd, &frame, &e), ERR_UNKNOWN);
	memset(&frame.cred, 0, sizeof(frame.cred));
	assert_int_equal(raw_call(fd, &frame, &e), ERR_UNKNOWN);
	frame.op = KEEPER_CODE;
	assert_int_equal(raw_call(fd, &frame, &e), ERR_UNKNOWN);
	frame.op = KEEPER_SEAL_SES;
	assert_int_equal(raw_call(fd, &frame, &e), ERR_UNKNOWN);
	/* with A's whole credential: any of B's and C's seals at any place */
	frame.cred = f.creds[0];
	for (i = 2; i < FIXTURE_SEALS; i++)
		for (frame.place = 0; frame.place <= KEEPER_PLACE_MAX;
		     frame.place++) {
			snprintf(frame.seal, sizeof(frame.seal), "%s",
			    fixture_seals[i]);
			assert_int_equal(raw_call(fd, &frame, &e), ERR_DENIED);
			assert_string_equal(e.code, "not_authorised");
		}
	close(fd);
	waitpid(pid, NULL, 0);
	buf_release(&face);
	must_start();
}

static void
garbage_is_answered_or_ignored_and_never_kills_the_keeper(void **state)
{
	static const uint8_t frames[][8] = {{0}, {0x84, 1, 7, 9, 0x80},
	    {0x84, 1, 8, 2, 0x81, 0}, {0xff, 0xff}, {0x84, 2, 1, 1, 0x80}};
	struct keeper_frame frame = {.number = 99, .op = KEEPER_SELF_TEST};
	struct err e = ERR_INIT;
	uint8_t in[4096];
	size_t i;
	pid_t pid;
	int fd;

	(void)state;
	fixture_stop(&f);
	assert_int_equal(
	    keeper_spawn(f.dir, bytes_str(FIXTURE_PASSPHRASE), &pid, &fd, &e),
	    0);
	assert_int_equal(raw_call(fd, &frame, &e), 0);
	for (i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		assert_int_equal(send(fd, frames[i], 6, 0), 6);
		while (recv(fd, in, sizeof(in), MSG_DONTWAIT) > 0)
			;
	}
	usleep(50000);
	while (recv(fd, in, sizeof(in), MSG_DONTWAIT) > 0)
		;
	assert_int_equal(raw_call(fd, &frame, &e), 0);
	close(fd);
	waitpid(pid, NULL, 0);
	must_start();
}

/* One of many threads: each seals its own document and checks that the answer
 * is its own. */
static void *
worker(void *arg)
{
	long failures = 0, n = (long)(intptr_t)arg;
	struct buf face = BUF_INIT;
	char number[24];
	int i;

	for (i = 0; i < 20; i++) {
		struct buf out = BUF_INIT;
		struct err e = ERR_INIT;
		uint8_t want[32];
		struct cms cms;

		snprintf(number, sizeof(number), "%ld-%d", n, i);
		buf_reset(&face);
		fixture_face(
		    &face, fixture_departments[0], fixture_types[0], number);
		face_digest(buf_bytes(&face), want, &e);
		if (fixture_seal(
			&f, 0, buf_bytes(&face), "market-1", &out, &e) != 0 ||
		    cms_parse(buf_bytes(&out), &cms, &e) != 0 ||
		    memcmp(cms.face_digest.p, want, 32) != 0)
			failures++;
		buf_release(&out);
	}
	buf_release(&face);
	return (void *)(intptr_t)failures;
}

enum {
	THREADS = 64
};

static void
sixty_four_threads_each_get_their_own_answers(void **state)
{
	pthread_t threads[THREADS];
	void *failures;
	long i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, worker,
				     (void *)(intptr_t)i),
		    0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &failures), 0);
		assert_null(failures);
	}
}

/* Call until the keeper is gone; the last error's code must be right. */
static void *
caller_until_death(void *arg)
{
	struct buf face = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	int rc;

	(void)arg;
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	do {
		buf_reset(&out);
		rc =
		    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &out, &e);
	} while (rc == 0);
	buf_release(&face);
	buf_release(&out);
	return rc == ERR_BUSY && strcmp(e.code, "keeper_unavailable") == 0
		   ? NULL
		   : (void *)1;
}

static void
a_keeper_killed_in_the_middle_fails_calls_and_can_be_replaced(void **state)
{
	pthread_t threads[8];
	struct err e = ERR_INIT;
	void *failed;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < 8; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, caller_until_death, NULL),
		    0);
	usleep(30000);
	kill(f.pid, SIGKILL);
	for (i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	waitpid(f.pid, NULL, 0);
	assert_int_equal(keeper_self_test(f.keeper, &e), ERR_BUSY);
	assert_int_equal(
	    keeper_spawn(f.dir, bytes_str(FIXTURE_PASSPHRASE), &f.pid, &fd, &e),
	    0);
	keeper_replace(f.keeper, fd);
	assert_int_equal(keeper_self_test(f.keeper, &e), 0);
	seal_once();
}

static void
a_missing_or_damaged_vault_is_refused(void **state)
{
	struct buf file = BUF_INIT, cut = BUF_INIT;
	size_t i;

	(void)state;
	fixture_stop(&f);
	load("vault", &file);
	for (i = 0; i < file.n; i += 1 + file.n / 10) {
		file.p[i] ^= 0x80;
		save("vault", &file);
		must_refuse("vault_unreadable", "");
		file.p[i] ^= 0x80;
	}
	buf_add(&cut, file.p, file.n / 2);
	save("vault", &cut);
	must_refuse("vault_unreadable", "");
	save("vault", &file);
	must_start();
	buf_release(&file);
	buf_release(&cut);
}

static void
keys_are_never_overwritten(void **state)
{
	json_t *description = json_loads(fixture_description, 0, NULL);
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(keys_setup(f.dir, bytes_str(FIXTURE_PASSPHRASE),
			     description, fixture_picture, NULL, &e),
	    ERR_CONFLICT);
	assert_string_equal(e.code, "keys_exist");
	json_decref(description);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wrong_passphrase_is_told_to_the_first_caller),
	    cmocka_unit_test(a_changed_authority_table_is_refused),
	    cmocka_unit_test(a_journal_edited_or_set_back_is_refused),
	    cmocka_unit_test(a_torn_journal_line_is_cut_and_work_goes_on),
	    cmocka_unit_test(an_authority_table_set_back_is_refused),
	    cmocka_unit_test(
		a_front_taken_over_cannot_use_what_it_has_no_credential_for),
	    cmocka_unit_test(
		garbage_is_answered_or_ignored_and_never_kills_the_keeper),
	    cmocka_unit_test(a_missing_or_damaged_vault_is_refused),
	    cmocka_unit_test(keys_are_never_overwritten),
	    cmocka_unit_test(sixty_four_threads_each_get_their_own_answers),
	    cmocka_unit_test(
		a_keeper_killed_in_the_middle_fails_calls_and_can_be_replaced),
	};
	return cmocka_run_group_tests(tests, keeper_group_start, stop);
}
