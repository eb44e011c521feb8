/*
 * verify_bench.c - what it costs to verify an OFD licence, against what nobody
 * can do without: one raw SM2 verification by OpenSSL, its key at hand, and SM3
 * over the bytes that the seal protects, inflated beforehand.  Everything that
 * verify_bytes does is on our side: archive, inflating, XML, seal, chain, the
 * record with its own signature, dates.
 *
 *   verify_bench TRUST FIRST SECOND [FIRST SECOND]...
 *
 * Each pair is two documents with one seal, which no other pair has: the first
 * meets it new, the second knows it.  Each round is a process of its own, so
 * that it starts with nothing remembered; its first pair only warms it up.  CPU
 * time; medians over pairs and rounds.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "certsvc/trust.h"
#include "certsvc/verify.h"
#include "crypto/base/clock.h"
#include "crypto/base/file.h"
#include "crypto/digest.h"
#include "crypto/zip_file.h"

enum {
	ROUNDS = 15,
	PAIRS_MAX = 16,
	MESSAGE = 6000 /* bytes of a toSign with a seal of vectors in it */
};

/* Microseconds of one pair. */
struct sample {
	double first, again, raw, hash;
};

static struct buf files[2 * PAIRS_MAX];
static struct sample samples[ROUNDS * PAIRS_MAX];
static double values[ROUNDS * PAIRS_MAX];

static void
check(int failed, const char *what)
{
	if (failed) {
		fprintf(stderr, "verify_bench: %s\n", what);
		exit(1);
	}
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(size_t n)
{
	qsort(values, n, sizeof(values[0]), by_value);
	return values[n / 2];
}

static double
verify_us(const struct trust *trust, const struct buf *file)
{
	struct verify_options opt = {
	    .trust = trust, .at = clock_now(), .status_later = 1};
	struct verdict v;
	double start = cpu_us();

	verify_bytes(buf_bytes(file), &opt, &v);
	start = cpu_us() - start;
	check(v.kind != VERDICT_VALID, v.nreasons ? v.reasons[0] : "verdict");
	verdict_release(&v);
	return start;
}

/* Sign once, then verify with OpenSSL alone. */
static double
raw_verify_us(EVP_PKEY *key)
{
	static const uint8_t message[MESSAGE];
	static const char id[] = "1234567812345678";
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	uint8_t sig[80];
	size_t n = sizeof(sig);
	double start;
	int ok;

	ok = EVP_DigestSignInit(ctx, &pctx, EVP_sm3(), NULL, key) == 1 &&
	     EVP_PKEY_CTX_set1_id(pctx, id, (int)strlen(id)) == 1 &&
	     EVP_DigestSign(ctx, sig, &n, message, sizeof(message)) == 1;
	check(!ok, "raw signature");
	EVP_MD_CTX_reset(ctx);
	pctx = NULL;
	start = cpu_us();
	ok = EVP_DigestVerifyInit(ctx, &pctx, EVP_sm3(), NULL, key) == 1 &&
	     EVP_PKEY_CTX_set1_id(pctx, id, (int)strlen(id)) == 1 &&
	     EVP_DigestVerify(ctx, sig, n, message, sizeof(message)) == 1;
	start = cpu_us() - start;
	EVP_MD_CTX_free(ctx);
	check(!ok, "raw verification");
	return start;
}

/* SM3 over the content of every entry but the signed value. */
static double
raw_hash_us(const struct buf *file)
{
	struct zip_file *zip;
	struct bytes content;
	struct err e = ERR_INIT;
	uint8_t digest[DIGEST_SIZE];
	double us = 0, start;
	size_t i;

	check(zip_file_open(buf_bytes(file), &zip, &e) != 0, e.en);
	for (i = 0; i < zip->n; i++) {
		check(
		    zip_file_content(zip, &zip->entries[i], &content, &e) != 0,
		    e.en);
		if (zip->entries[i].method == ZIP_STORED)
			continue;
		start = cpu_us();
		check(digest_sm3(content, digest) != 0, "SM3");
		us += cpu_us() - start;
	}
	zip_file_free(zip);
	return us;
}

/* All pairs, in a process that remembers nothing; results go to fd. */
static void
round_run(const struct trust *trust, size_t pairs, int fd)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	struct sample s;
	size_t i;

	check(key == NULL, "SM2 key");
	(void)raw_verify_us(key);
	for (i = 0; i < pairs; i++) {
		s.first = verify_us(trust, &files[2 * i]);
		s.again = verify_us(trust, &files[2 * i + 1]);
		s.raw = raw_verify_us(key);
		s.hash = raw_hash_us(&files[2 * i + 1]);
		if (i > 0)
			check(write(fd, &s, sizeof(s)) != sizeof(s), "pipe");
	}
	EVP_PKEY_free(key);
}

static size_t
rounds_run(const struct trust *trust, size_t pairs)
{
	size_t i, n = 0;
	int fds[2], status;
	pid_t pid;

	for (i = 0; i < ROUNDS; i++) {
		check(pipe(fds) != 0, "pipe");
		pid = fork();
		check(pid < 0, "fork");
		if (pid == 0) {
			round_run(trust, pairs, fds[1]);
			_exit(0);
		}
		close(fds[1]);
		while (read(fds[0], &samples[n], sizeof(samples[n])) ==
		       sizeof(samples[n]))
			n++;
		close(fds[0]);
		check(waitpid(pid, &status, 0) != pid || status != 0, "round");
	}
	return n;
}

static double
average(size_t n, size_t member)
{
	size_t i;

	for (i = 0; i < n; i++)
		memcpy(&values[i], (const uint8_t *)&samples[i] + member,
		    sizeof(values[i]));
	return median(n);
}

static void
report(size_t n)
{
	size_t i;

	printf("figure raw_sm2_verify_cpu %.1f us\n",
	    average(n, offsetof(struct sample, raw)));
	printf("figure raw_sm3_cpu %.1f us\n",
	    average(n, offsetof(struct sample, hash)));
	printf("figure ofd_verify_new_seal_cpu %.1f us\n",
	    average(n, offsetof(struct sample, first)));
	printf("figure ofd_verify_cpu %.1f us\n",
	    average(n, offsetof(struct sample, again)));
	for (i = 0; i < n; i++)
		values[i] =
		    samples[i].again / (samples[i].raw + samples[i].hash);
	printf("figure ofd_verify_ratio %.3f x <= 1.5\n", median(n));
	for (i = 0; i < n; i++)
		values[i] = samples[i].again / samples[i].first;
	printf("figure ofd_verify_again_ratio %.3f x <= 0.5\n", median(n));
}

int
main(int argc, char **argv)
{
	size_t pairs = (size_t)(argc - 2) / 2, i;
	struct trust *trust;
	struct err e = ERR_INIT;

	if (argc < 6 || argc % 2 != 0 || pairs > PAIRS_MAX)
		return 64;
	check(trust_read(argv[1], &trust, &e) != 0, e.en);
	for (i = 0; i < 2 * pairs; i++)
		check(
		    file_read(argv[2 + i], VERIFY_FILE_MAX, &files[i], &e) != 0,
		    e.en);
	report(rounds_run(trust, pairs));
	trust_free(trust);
	for (i = 0; i < 2 * pairs; i++)
		buf_release(&files[i]);
	return 0;
}
