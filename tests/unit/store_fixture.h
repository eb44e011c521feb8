/*
 * store_fixture.h - a data directory that goes away, and certificates to put
 * into it, for the tests of the store.
 */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certsvc/store/store.h"
#include "crypto/base/text.h"

#define TYPE "11990000MB9A010097001"
#define DEPARTMENT "11990100MB9A00014N"

struct fixture {
	char dir[64];
	const struct store_ops *ops;
	struct store *s;
	struct err e;
};

static inline void
fixture_open(struct fixture *f)
{
	int rc = f->ops->open(f->dir, &f->s, &f->e);

	if (rc != 0)
		print_error("%s: %s\n", f->e.code, f->e.en);
	assert_int_equal(rc, 0);
}

static inline void
fixture_close(struct fixture *f)
{
	f->ops->close(f->s);
	f->s = NULL;
}

static inline int
fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/store-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->ops = store_find("sqlite");
	assert_non_null(f->ops);
	fixture_open(f);
	*state = f;
	return 0;
}

static inline int
fixture_remove(
    const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	f->ops->close(f->s);
	nftw(f->dir, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
	err_clear(&f->e);
	free(f);
	return 0;
}

static inline void
intent_make(struct store_intent *i, const char *serial)
{
	struct buf id = BUF_INIT;
	uint8_t random[16];

	memset(i, 0, sizeof(*i));
	RAND_bytes(i->id, 16);
	RAND_bytes(random, 16);
	text_base32(&id, (struct bytes){random, 16});
	memcpy(i->certificate, buf_cstr(&id), STORE_ID_SIZE);
	buf_release(&id);
	snprintf(i->department, sizeof(i->department), "%s", DEPARTMENT);
	snprintf(i->matter, sizeof(i->matter), "matter");
	snprintf(i->serial, sizeof(i->serial), "%s", serial);
	snprintf(i->type, sizeof(i->type), "%s", TYPE);
	snprintf(i->number_scope, sizeof(i->number_scope), "2026");
	i->identifier_version = 1;
	i->created = 1700000000;
}

static inline void
text_fill(struct buf *b, const char *what, const char *serial)
{
	buf_printf(b, "<%s>%s", what, serial);
}

/* A certificate for the intent, with a PDF of n bytes and an XML. */
struct issue {
	struct store_certificate c;
	struct store_event event;
	struct store_document docs[2];
};

static inline void
issue_make(struct issue *x, const struct store_intent *i, size_t n)
{
	uint8_t *p;

	memset(x, 0, sizeof(*x));
	memcpy(x->c.id, i->certificate, sizeof(x->c.id));
	memcpy(x->c.intent, i->id, 16);
	memcpy(x->c.type, i->type, sizeof(x->c.type));
	memcpy(x->c.department, i->department, sizeof(x->c.department));
	memcpy(x->c.supersedes, i->supersedes, sizeof(x->c.supersedes));
	x->c.template_version = 3;
	x->c.number = text_dup(i->serial);
	x->c.identifier = text_dup("1.2.156.3005.2");
	x->c.holder = text_dup("青禾市㛃䶮商贸有限公司");
	x->c.holder_code = text_dup("91990100MA9QH0018G");
	text_fill(&x->c.face, "Face", i->serial);
	text_fill(&x->c.record, "record", i->serial);
	text_fill(&x->c.qr, "qr", i->serial);
	memset(x->c.face_digest, 7, 32);
	x->c.list = i->list;
	x->c.index = i->index;
	x->c.issued = x->c.valid_from = 1700000000;
	x->event.status = STATUS_VALID;
	snprintf(x->event.action, sizeof(x->event.action), "issue");
	memcpy(x->event.department, i->department, STORE_CODE_SIZE);
	memcpy(x->event.certificate, i->certificate, STORE_ID_SIZE);
	x->event.at = 1700000000;
	snprintf(x->docs[0].format, 8, "pdf");
	snprintf(x->docs[0].variant, 24, "original");
	p = buf_extend(&x->docs[0].bytes, n);
	RAND_bytes(p, (int)n);
	snprintf(x->docs[1].format, 8, "xml");
	text_fill(&x->docs[1].bytes, "xml", i->serial);
}

static inline void
issue_release(struct issue *x)
{
	store_certificate_release(&x->c);
	buf_release(&x->docs[0].bytes);
	buf_release(&x->docs[1].bytes);
}

/* Intent and certificate in one; returns the class of the first failure. */
static inline int
issue_put(struct fixture *f, const char *serial, const char *supersedes,
    char id[STORE_ID_SIZE], struct err *e)
{
	struct store_intent i;
	struct issue x;
	int rc, existed;

	intent_make(&i, serial);
	if (supersedes != NULL)
		memcpy(i.supersedes, supersedes, STORE_ID_SIZE);
	rc = f->ops->intent_put(f->s, &i, &existed, e);
	if (rc != 0)
		return rc;
	issue_make(&x, &i, 500);
	rc = f->ops->certificate_put(f->s, &x.c, &x.event, x.docs, 2, e);
	memcpy(id, i.certificate, STORE_ID_SIZE);
	issue_release(&x);
	return rc;
}

#endif
