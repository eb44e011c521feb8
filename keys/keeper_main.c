/* keeper_main.c - see keeper_main.h. */
#include "keys/keeper_main.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "crypto/base/sandbox.h"
#include "keys/keeper_start.h"
#include "keys/keeper_state.h"

enum {
	SECURE_HEAP = 1048576, /* bytes, locked in memory: private scalars */
	SECURE_MIN = 32
};

struct batch {
	struct keeper_job jobs[KEEPER_BATCH_MAX];
	size_t njobs;
	uint8_t *frame; /* KEEPER_FRAME_MAX bytes */
};

/* Everything a request may do before the sync: check, answer what needs no
 * signature, put a line into the journal's batch.  Errors go to job->e. */
static void
keeper_prepare(struct keeper_state *s, struct keeper_job *job)
{
	static int (*const prepare[])(
	    struct keeper_state *, struct keeper_job *) = {
	    [KEEPER_IDENTIFY] = keeper_identify_job,
	    [KEEPER_CODE] = keeper_code_prepare,
	    [KEEPER_SEAL] = keeper_seal_prepare,
	    [KEEPER_STATUS_LIST] = keeper_status_prepare,
	    [KEEPER_DIRECTORY] = keeper_directory_piece,
	    [KEEPER_SELF_TEST] = keeper_self_test_job,
	    [KEEPER_ADMINISTER] = keeper_administer_job,
	    [KEEPER_SEAL_SES] = keeper_seal_prepare,
	    [KEEPER_SEAL_OBJECT] = keeper_seal_object_job,
	    [KEEPER_SEAL_USES] = keeper_uses_job,
	    [KEEPER_PING] = keeper_ping_job,
	    [KEEPER_CRL] = keeper_crl_prepare,
	};

	if (keeper_frame_read(buf_bytes(&job->bytes), &job->frame) != 0)
		err_set(&job->e, ERR_INPUT, "bad_frame",
		    "密钥进程收到不合规定的请求",
		    "the keeper got a request that is not well formed");
	else
		prepare[job->frame.op](s, job);
}

/* After the sync: sign. */
static void
keeper_finish(struct keeper_state *s, struct keeper_job *job)
{
	if (job->frame.op == KEEPER_CODE)
		keeper_code_finish(s, job);
	else if (job->frame.op == KEEPER_SEAL)
		keeper_seal_finish(s, job);
	else if (job->frame.op == KEEPER_SEAL_SES)
		keeper_ses_finish(s, job);
	else if (job->frame.op == KEEPER_CRL)
		keeper_crl_finish(s, job);
	else
		keeper_status_finish(s, job);
}

/* Take one request; 1, 0 when none waits, -1 when the other end is gone. */
static int
receive(int fd, struct batch *b, int flags)
{
	struct keeper_job *job = &b->jobs[b->njobs];
	ssize_t n;

	do {
		n = recv(fd, b->frame, KEEPER_FRAME_MAX, flags | MSG_TRUNC);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0)
		return -1;
	memset(job, 0, sizeof(*job));
	/* a cut frame is not well formed: it is answered so */
	buf_add(&job->bytes, b->frame,
	    n > KEEPER_FRAME_MAX ? KEEPER_FRAME_MAX : (size_t)n);
	b->njobs++;
	return 1;
}

static void
answer(int fd, struct keeper_job *job)
{
	struct buf out = BUF_INIT;
	ssize_t n;

	if (job->e.class == ERR_OK && buf_failed(&job->payload))
		err_nomem(&job->e);
	keeper_answer_write(
	    job->frame.number, buf_bytes(&job->payload), &job->e, &out);
	if (job->frame.number != 0 && !buf_failed(&out)) {
		do {
			n = send(fd, out.p, out.n, MSG_NOSIGNAL);
		} while (n < 0 && errno == EINTR);
	}
	buf_release(&out);
}

static void
job_release(struct keeper_job *job)
{
	buf_wipe(&job->bytes); /* it holds a credential */
	buf_release(&job->claims);
	buf_release(&job->payload);
	err_clear(&job->e);
}

/* All lines of a batch stand behind one sync; then each is signed. */
static void
run_batch(struct keeper_state *s, int fd, struct batch *b)
{
	size_t taken = s->quota.nuses, i;
	struct err e = ERR_INIT;
	int rc;

	for (i = 0; i < b->njobs; i++)
		keeper_prepare(s, &b->jobs[i]);
	rc = journal_sync(&s->journal, &e);
	if (rc != 0)
		quota_give_back(&s->quota, taken);
	for (i = 0; i < b->njobs; i++) {
		if (b->jobs[i].signs && rc != 0)
			b->jobs[i].e = e;
		else if (b->jobs[i].signs)
			keeper_finish(s, &b->jobs[i]);
		answer(fd, &b->jobs[i]);
		job_release(&b->jobs[i]);
	}
}

static int
serve(struct keeper_state *s, int fd, struct batch *b)
{
	int rc;

	for (;;) {
		b->njobs = 0;
		rc = receive(fd, b, 0);
		while (rc > 0 && b->njobs < KEEPER_BATCH_MAX)
			rc = receive(fd, b, MSG_DONTWAIT);
		if (b->njobs > 0)
			run_batch(s, fd, b);
		if (rc < 0)
			return 0;
		if (s->journal.broken || s->seals.broken)
			return 1; /* start anew: only reading it tells */
	}
}

static int
lock_down(struct err *e)
{
	int enforced, rc;

	rc = sandbox_private(e);
	if (rc == 0)
		rc = sandbox_files(NULL, 0, &enforced, e);
	if (rc == 0)
		rc = sandbox_keeper(e);
	return rc;
}

/* Only the socket and the standard three stay open: a second holder of the
 * client's end would keep this process alive for ever. */
static int
keep_only(int fd)
{
	if (fd != 3 && dup2(fd, 3) != 3)
		return -1;
	return close_range(4, ~0U, 0) == 0 ? 3 : -1;
}

/* Tell the first caller, and whoever reads standard error. */
static int
cannot_start(int fd, const struct err *e)
{
	struct buf out = BUF_INIT;

	keeper_answer_write(0, (struct bytes){NULL, 0}, e, &out);
	if (!buf_failed(&out) && send(fd, out.p, out.n, MSG_NOSIGNAL) < 0)
		perror("keeper");
	fprintf(stderr, "keeper: %s\nkeeper: %s [%s]\n", e->zh, e->en, e->code);
	buf_release(&out);
	return KEEPER_EXIT_START;
}

int
keeper_process(const char *dir, struct bytes passphrase, int fd)
{
	struct keeper_state s;
	struct batch *b;
	struct err e = ERR_INIT, ignored = ERR_INIT;
	int room = KEEPER_FRAME_MAX, rc;

	if ((fd = keep_only(fd)) < 0)
		return KEEPER_EXIT_START;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_MIN);
	b = calloc(1, sizeof(*b));
	if (b == NULL || (b->frame = malloc(KEEPER_FRAME_MAX)) == NULL)
		err_nomem(&e);
	else if (keeper_state_open(&s, dir, passphrase, &e) == 0)
		lock_down(&e);
	if (e.class != ERR_OK)
		return cannot_start(fd, &e);
	rc = serve(&s, fd, b);
	authority_file_mark(&s.file, &s.journal.mark, &ignored);
	keeper_state_close(&s);
	free(b->frame);
	free(b);
	return rc;
}

int
keeper_spawn(const char *dir, struct bytes passphrase, pid_t *pid, int *fd,
    struct err *e)
{
	int pair[2], ppid = (int)getpid();

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_internal(e, "socketpair");
	fflush(NULL);
	*pid = fork();
	if (*pid == 0) {
		sandbox_follow_parent(ppid);
		_exit(keeper_process(dir, passphrase, pair[1]));
	}
	close(pair[1]);
	*fd = pair[0];
	if (*pid > 0)
		return 0;
	close(pair[0]);
	return err_internal(e, "fork");
}
