/*
 * store_bench.c - group commit against one-by-one commits, on the same disk in
 * the same run.  `store_bench [DIR]` prints "figure" lines; without DIR it
 * makes and removes one where it stands, because /tmp may be memory.
 */
#include <ftw.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certsvc/store/store.h"
#include "crypto/base/text.h"

enum {
	THREADS = 128, /* as many as the writer takes into one transaction */
	ROUNDS = 11,   /* each way in turns, so that a neighbour hits both */
	SINGLE = 50,   /* items of one round, one by one */
	EACH = 12,     /* items of one thread of a group's round */
	DOCUMENT = 40000
};

struct load {
	const struct store_ops *ops;
	struct store *s;
	struct store_intent *intents; /* one for each certificate to be */
	size_t n, document; /* certificates of this thread, bytes of each */
	pthread_t thread;
	int failed;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
intent_make(struct store_intent *i)
{
	static size_t count;
	struct buf id = BUF_INIT;

	memset(i, 0, sizeof(*i));
	RAND_bytes(i->id, sizeof(i->id));
	text_base32(&id, (struct bytes){i->id, 16});
	memcpy(i->certificate, buf_cstr(&id), STORE_ID_SIZE);
	snprintf(i->serial, sizeof(i->serial), "2026-%08zu", ++count);
	buf_release(&id);
	memcpy(i->department, "11990100MB9A00014N", 19);
	memcpy(i->type, "11990000MB9A010097001", 22);
}

static void *
put_intents(void *arg)
{
	struct load *l = arg;
	struct err e = ERR_INIT;
	size_t k;
	int existed;

	for (k = 0; k < l->n; k++)
		l->failed |=
		    l->ops->intent_put(l->s, &l->intents[k], &existed, &e) != 0;
	return NULL;
}

static void *
put_certificates(void *arg)
{
	struct load *l = arg;
	struct err e = ERR_INIT;
	struct store_document doc = {.format = "pdf"};
	struct store_event event = {.status = STATUS_VALID, .action = "issue"};
	struct store_certificate c = {.template_version = 1};
	size_t k;

	RAND_bytes(buf_extend(&doc.bytes, l->document), (int)l->document);
	for (k = 0; k < l->n; k++) {
		memcpy(c.id, l->intents[k].certificate, STORE_ID_SIZE);
		memcpy(c.intent, l->intents[k].id, 16);
		memcpy(c.type, l->intents[k].type, STORE_CODE_SIZE);
		memcpy(c.department, l->intents[k].department, STORE_CODE_SIZE);
		c.list = l->intents[k].list;
		c.index = l->intents[k].index;
		c.number = l->intents[k].serial;
		l->failed |=
		    l->ops->certificate_put(l->s, &c, &event, &doc, 1, &e) != 0;
	}
	buf_release(&doc.bytes);
	return NULL;
}

/* Seconds that `threads` take to put n each. */
static double
run(const struct load *l, size_t threads, void *(*put)(void *))
{
	static struct load loads[THREADS];
	double start = now();
	size_t i;

	for (i = 0; i < threads; i++) {
		loads[i] = *l;
		loads[i].intents += i * l->n;
		if (pthread_create(&loads[i].thread, NULL, put, &loads[i]))
			exit(1);
	}
	for (i = 0; i < threads; i++) {
		pthread_join(loads[i].thread, NULL);
		if (loads[i].failed) {
			fprintf(stderr, "store_bench: a put failed\n");
			exit(1);
		}
	}
	return now() - start;
}

struct rates {
	double one[ROUNDS], group[ROUNDS]; /* items a second */
};

/* Rows only: intents.  With documents: their certificates. */
static void
measure(struct load *l, int round, struct rates *rows, struct rates *documents)
{
	size_t total = SINGLE + EACH * THREADS, i;
	struct store_intent *intents = calloc(total, sizeof(*intents));
	struct load single = *l, group = *l;

	if (intents == NULL)
		exit(1);
	for (i = 0; i < total; i++)
		intent_make(&intents[i]);
	single.intents = intents;
	single.n = SINGLE;
	group.intents = intents + SINGLE;
	group.n = EACH;
	rows->one[round] = SINGLE / run(&single, 1, put_intents);
	rows->group[round] = EACH * THREADS / run(&group, THREADS, put_intents);
	documents->one[round] = SINGLE / run(&single, 1, put_certificates);
	documents->group[round] =
	    EACH * THREADS / run(&group, THREADS, put_certificates);
	free(intents);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), by_value);
	return v[ROUNDS / 2];
}

/* Items a second each way, and how many times faster the group is: medians of
 * the rounds, so that a disk that stood still for one does not decide. */
static void
compare(const char *what, struct rates *r, double target)
{
	double ratio[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++)
		ratio[i] = r->group[i] / r->one[i];
	printf("figure store-%s-single %.1f 1/s\n", what, median(r->one));
	printf("figure store-%s-group %.1f 1/s\n", what, median(r->group));
	printf("figure store-%s-ratio %.1f x >= %.0f\n", what, median(ratio),
	    target);
}

static int
forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

int
main(int argc, char **argv)
{
	static struct rates rows, documents;
	struct load l = {.ops = store_find("sqlite"), .document = DOCUMENT};
	struct err e = ERR_INIT;
	int i;

	char own[] = "store-bench-XXXXXX";
	const char *dir = argc > 1 ? argv[1] : mkdtemp(own);

	if (dir == NULL || l.ops->open(dir, &l.s, &e) != 0) {
		fprintf(stderr, "store_bench: %s\n", e.en);
		return 1;
	}
	for (i = 0; i < ROUNDS; i++)
		measure(&l, i, &rows, &documents);
	l.ops->close(l.s);
	if (argc <= 1)
		nftw(own, forget, 16, FTW_DEPTH | FTW_PHYS);
	compare("rows", &rows, 20);
	compare("40k", &documents, 10);
	return 0;
}
