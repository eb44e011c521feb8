/* keeper_crl.c - lists of revoked x509s: those of the issuing CAs are signed
 * here, when asked for and older than a day or when another seal was reported
 * lost or destroyed; those of the roots are given out as they came. */
#include "keys/keeper_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/cbor.h"
#include "crypto/crl.h"
#include "keys/root_crl.h"

enum {
	CRL_DAYS = 7,	     /* life of a list */
	CRL_SECONDS = 86400, /* age at which a new one is made */
	MANY = 64	     /* entries to begin with */
};

/* Entries as they are collected; serials are copies behind each other. */
struct entries {
	struct crl_entry *list; /* owned */
	size_t n, cap;
	struct buf serials; /* owned */
	struct buf der;	    /* owned: the x509 at hand */
};

/* The CA whose list is asked for (its root, for the root's); NULL when there
 * is none. */
static struct keeper_issuer *
issuer_asked(struct keeper_state *s, const struct keeper_frame *f)
{
	size_t i = f->alg == SIGN_SM2;

	if (f->which < KEEPER_CRL_OLDER)
		return &s->issuers[i];
	return f->which - KEEPER_CRL_OLDER < s->nolder[i]
		   ? &s->older[i][f->which - KEEPER_CRL_OLDER]
		   : NULL;
}

/* How many x509s of the algorithm are revoked; the number only grows. */
static size_t
count_revoked(const struct keeper_state *s, enum sign_alg alg)
{
	const struct seal_row *row;
	size_t i, j, n = 0;

	for (i = 0; i < s->seals.nrows; i++) {
		row = &s->seals.rows[i];
		for (j = 0; j < row->nx509s; j++)
			n += row->x509s[j].alg == alg &&
			     row->x509s[j].revoked_since != 0;
	}
	return n;
}

/* Does the list still say all there is to say? */
static int
is_current(const struct keeper_state *s, const struct keeper_list *list,
    enum sign_alg alg)
{
	int64_t age = clock_now() - list->made;

	return list->der.n > 0 && age >= 0 && age < CRL_SECONDS &&
	       (list->seals_version == s->seals.version ||
		   list->nrevoked == count_revoked(s, alg));
}

static int
grow(struct entries *all, struct err *e)
{
	size_t cap = all->cap != 0 ? all->cap * 2 : MANY;
	struct crl_entry *list;

	if (all->n < all->cap)
		return 0;
	list = realloc(all->list, cap * sizeof(*list));
	if (list == NULL)
		return err_nomem(e);
	all->list = list;
	all->cap = cap;
	return 0;
}

/* Take one revoked x509, if this CA gave it: others' revoke their own. */
static int
add_entry(const struct keeper_state *s, const struct x509 *ca,
    const struct seal_x509 *x509, struct entries *all, struct err *e)
{
	struct bytes issuer, serial;
	struct crl_entry *entry;
	int rc = grow(all, e);

	buf_reset(&all->der);
	if (rc == 0)
		rc = seal_register_read(&s->seals, x509->der, &all->der, e);
	if (rc != 0)
		return rc;
	if (x509_identity(buf_bytes(&all->der), &issuer, &serial) != 0)
		return err_internal(e, "x509 in the seal register");
	if (!bytes_equal(issuer, ca->subject))
		return 0;
	entry = &all->list[all->n++];
	entry->revoked = x509->revoked_since;
	entry->reason =
	    x509->revoked_for == SEAL_LOST ? CRL_KEY_COMPROMISE : CRL_CESSATION;
	/* The buffer may move: keep the place, not the address, for now. */
	entry->serial = (struct bytes){NULL, serial.n};
	buf_add(&all->serials, serial.p, serial.n);
	return buf_failed(&all->serials) ? err_nomem(e) : 0;
}

static int
collect(const struct keeper_state *s, enum sign_alg alg, const struct x509 *ca,
    struct entries *all, struct err *e)
{
	const struct seal_row *row;
	size_t i, j, at = 0;
	int rc = 0;

	for (i = 0; rc == 0 && i < s->seals.nrows; i++) {
		row = &s->seals.rows[i];
		for (j = 0; rc == 0 && j < row->nx509s; j++)
			if (row->x509s[j].alg == alg &&
			    row->x509s[j].revoked_since != 0)
				rc = add_entry(s, ca, &row->x509s[j], all, e);
	}
	for (i = 0; rc == 0 && i < all->n; i++) {
		all->list[i].serial.p = all->serials.p + at;
		at += all->list[i].serial.n;
	}
	return rc;
}

static int
sign_list(struct keeper_state *s, const struct keeper_issuer *issuer,
    const struct entries *all, struct keeper_list *list, struct err *e)
{
	struct keeper_signer signer = {
	    .state = s, .key = -1, .own = issuer->key, .alg = issuer->alg};
	int64_t now = clock_now();
	struct crl_request req = {.issuer = buf_bytes(&issuer->x509),
	    .sign = keeper_sign,
	    .sign_ctx = &signer,
	    .number =
		(uint64_t)now > list->number ? (uint64_t)now : list->number + 1,
	    .this_update = now,
	    .next_update = now + (int64_t)CRL_DAYS * 86400,
	    .entries = all->list,
	    .nentries = all->n};
	struct buf der = BUF_INIT;
	int rc;

	rc = crl_make(&req, &der, e);
	if (rc != 0) {
		buf_release(&der);
		return rc;
	}
	buf_release(&list->der);
	list->der = der;
	list->made = now;
	list->number = req.number;
	list->seals_version = s->seals.version;
	list->nrevoked = count_revoked(s, issuer->alg);
	list->snapshot++;
	return 0;
}

static int
make_list(struct keeper_state *s, const struct keeper_issuer *issuer,
    struct keeper_list *list, struct err *e)
{
	struct entries all = {.list = NULL};
	const struct x509 *ca;
	int rc;

	rc = x509_get(buf_bytes(&issuer->x509), &ca, e);
	if (rc != 0)
		return rc;
	rc = collect(s, issuer->alg, ca, &all, e);
	if (rc == 0)
		rc = sign_list(s, issuer, &all, list, e);
	x509_free(ca);
	free(all.list);
	buf_release(&all.serials);
	buf_release(&all.der);
	return rc;
}

static int
no_list(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_crl", "没有这份吊销列表",
	    "there is no such list");
}

static int
piece_of(const struct keeper_list *list, struct keeper_job *job)
{
	const struct keeper_frame *f = &job->frame;
	uint64_t left;

	if (list->der.n == 0)
		return no_list(&job->e);
	if ((f->offset != 0 && f->snapshot != list->snapshot) ||
	    f->offset > list->der.n)
		return err_set(&job->e, ERR_CONFLICT, "directory_changed",
		    "吊销列表已更新，请从头读取",
		    "the list was made anew, read it from its start");
	left = list->der.n - f->offset;
	if (left > KEEPER_CHUNK_MAX)
		left = KEEPER_CHUNK_MAX;
	cbor_put_array(&job->payload, 3);
	cbor_put_uint(&job->payload, list->snapshot);
	cbor_put_uint(&job->payload, list->der.n);
	cbor_put_bstr(&job->payload,
	    (struct bytes){list->der.p + f->offset, (size_t)left});
	return 0;
}

int
keeper_crl_prepare(struct keeper_state *s, struct keeper_job *job)
{
	const struct keeper_frame *f = &job->frame;
	const struct keeper_issuer *issuer = issuer_asked(s, f);
	struct journal_line line = {.op = "crl",
	    .time = clock_now(),
	    .authority = s->authority.version};
	int rc;

	if (issuer == NULL)
		return no_list(&job->e);
	if (f->which == KEEPER_CRL_ROOT)
		return piece_of(&issuer->root_list, job);
	if (f->offset != 0 || is_current(s, &issuer->list, f->alg))
		return piece_of(&issuer->list, job);
	snprintf(line.type, sizeof(line.type), "%s",
	    f->alg == SIGN_SM2 ? "ca-sm2" : "ca");
	rc = journal_add(&s->journal, &line, &job->e);
	job->signs = rc == 0;
	return rc;
}

int
keeper_crl_finish(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_issuer *issuer = issuer_asked(s, &job->frame);
	int rc;

	if (issuer == NULL)
		return no_list(&job->e);
	rc = make_list(s, issuer, &issuer->list, &job->e);
	return rc == 0 ? piece_of(&issuer->list, job) : rc;
}

/* Which root signed the list?  Newer than what is there, or the same. */
static struct keeper_issuer *
root_of(struct keeper_state *s, struct bytes der, struct err *e)
{
	struct crl_info info, old;
	struct keeper_issuer *issuer;
	size_t i;

	for (i = 0; i < SEAL_ALGS; i++) {
		issuer = &s->issuers[i];
		if (root_crl_check(der, buf_bytes(&issuer->root), &info, e) !=
		    0)
			continue;
		if (issuer->root_list.der.n == 0 ||
		    bytes_equal(der, buf_bytes(&issuer->root_list.der)) ||
		    (root_crl_check(buf_bytes(&issuer->root_list.der),
			 buf_bytes(&issuer->root), &old, e) == 0 &&
			info.this_update >= old.this_update &&
			info.number > old.number))
			return issuer;
		err_set(e, ERR_CONFLICT, "crl_older",
		    "这份吊销列表不比现有的新",
		    "this list is not newer than the one that is there");
		return NULL;
	}
	return NULL;
}

int
keeper_root_crl_act(struct keeper_state *s, const json_t *action,
    json_t **answer, struct err *e)
{
	const char *base64 = json_string_value(json_object_get(action, "crl"));
	struct journal_line line = {.op = "crl",
	    .time = clock_now(),
	    .authority = s->authority.version};
	struct keeper_issuer *issuer;
	struct buf der = BUF_INIT;
	int rc;

	if (base64 == NULL ||
	    text_unbase64(&der, base64, strlen(base64)) != 0 ||
	    der.n > ROOT_CRL_MAX || buf_failed(&der)) {
		buf_release(&der);
		return err_set(e, ERR_INPUT, "bad_action",
		    "管理操作的内容不完整或不合规定",
		    "the administrator's action is incomplete or not well "
		    "formed");
	}
	issuer = root_of(s, buf_bytes(&der), e);
	if (issuer == NULL) {
		buf_release(&der);
		return e->class;
	}
	err_clear(e);
	snprintf(line.type, sizeof(line.type), "%s",
	    issuer->alg == SIGN_SM2 ? "root-sm2" : "root");
	rc = journal_add(&s->journal, &line, e);
	if (rc != 0) {
		buf_release(&der);
		return rc;
	}
	buf_release(&issuer->root_list.der);
	issuer->root_list.der = der;
	issuer->root_list.snapshot++;
	*answer = json_object();
	return 0;
}
