/* keeper.c - the operations as frames; see keeper.h. */
#include "keys/keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"
#include "crypto/cbor.h"
#include "keys/keeper_link.h"
#include "keys/ticket.h"

enum {
	DIRECTORY_TRIES = 8
};

static int
bad_answer(struct err *e)
{
	return err_internal(e, "keeper answer");
}

int
keeper_copy(char *out, size_t size, const char *s)
{
	size_t n = strlen(s);

	if (n >= size)
		return -1;
	memcpy(out, s, n + 1);
	return 0;
}

/* A credential too long to be one is answered as any other wrong one. */
static int
set_caller(struct keeper_frame *f, const struct keeper_credential *cred,
    const char *address, struct err *e)
{
	f->cred = *cred;
	if (memchr(f->cred.id, '\0', sizeof(f->cred.id)) != NULL &&
	    memchr(f->cred.secret, '\0', sizeof(f->cred.secret)) != NULL &&
	    keeper_copy(f->address, sizeof(f->address), address) == 0)
		return 0;
	return err_set(e, ERR_UNKNOWN, "bad_credential", "接口密钥无效",
	    "the API key is not accepted");
}

/* As set_caller: what cannot be an office's is answered as any wrong one. */
static int
set_office(struct keeper_frame *f, const struct keeper_office *office,
    const char *address, struct err *e)
{
	f->ticket = office->ticket;
	if (office->ticket.n > 0 &&
	    keeper_copy(f->cred.secret, sizeof(f->cred.secret), office->key) ==
		0 &&
	    keeper_copy(f->address, sizeof(f->address), address) == 0)
		return 0;
	return ticket_refuse(e);
}

int
keeper_set_matter(
    struct keeper_frame *f, const struct keeper_matter *matter, struct err *e)
{
	memcpy(f->intent, matter->intent, sizeof(f->intent));
	f->face = matter->face;
	f->proof = matter->proof;
	if (matter->office != NULL)
		return set_office(f, matter->office, matter->address, e);
	return set_caller(f, matter->cred, matter->address, e);
}

static int
read_caller(struct bytes payload, struct keeper_caller *caller)
{
	struct bytes type;
	struct cbor r;
	size_t i, n;

	memset(caller, 0, sizeof(*caller));
	cbor_init(&r, payload);
	cbor_get_tuple(&r, 4);
	cbor_get_str(&r, caller->key, sizeof(caller->key));
	cbor_get_str(&r, caller->department, sizeof(caller->department));
	caller->authority_version = cbor_get_uint(&r);
	n = cbor_get_array(&r);
	caller->types = calloc(n + 1, sizeof(*caller->types));
	if (caller->types == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		type = cbor_get_tstr(&r);
		caller->types[i] =
		    strndup(type.p ? (const char *)type.p : "", type.n);
		if (caller->types[i] == NULL)
			return -1;
		caller->ntypes++;
	}
	cbor_end(&r);
	cbor_end(&r);
	return cbor_done(&r);
}

int
keeper_identify(struct keeper *k, const struct keeper_credential *cred,
    const char *address, struct keeper_caller *caller, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_IDENTIFY};
	struct buf answer = BUF_INIT;
	struct bytes payload;
	int rc;

	memset(caller, 0, sizeof(*caller));
	rc = set_caller(&f, cred, address, e);
	if (rc == 0)
		rc = keeper_call(k, &f, &answer, &payload, e);
	if (rc == 0 && read_caller(payload, caller) != 0) {
		keeper_caller_release(caller);
		rc = bad_answer(e);
	}
	buf_release(&answer);
	return rc;
}

void
keeper_caller_release(struct keeper_caller *caller)
{
	size_t i;

	for (i = 0; i < caller->ntypes; i++)
		free(caller->types[i]);
	free(caller->types);
	memset(caller, 0, sizeof(*caller));
}

static int
set_code(struct keeper_frame *f, const struct keeper_code_request *req,
    struct err *e)
{
	size_t i;

	f->template_version = req->template_version;
	f->list = req->list;
	f->index = req->index;
	f->issued = req->issued;
	f->expires = req->expires;
	memcpy(f->cti, req->cti, sizeof(f->cti));
	f->form = req->form;
	f->alg = req->alg == SIGN_SM2 ? SIGN_SM2 : SIGN_ES256;
	f->copy = req->copy;
	f->sheet = req->sheet;
	if (req->npublic > QR_VALUES_MAX)
		return err_set(e, ERR_LIMIT, "too_many_public_fields",
		    "公开字段超过 %d 个", "more than %d public fields",
		    QR_VALUES_MAX);
	f->nnames = req->npublic;
	for (i = 0; i < req->npublic; i++) {
		if (keeper_copy(f->names[i], sizeof(f->names[i]),
			req->public_fields[i]) != 0)
			return err_internal(e, "name of a public field");
		f->mask[i] = req->mask != NULL && req->mask[i] != 0;
	}
	return keeper_set_matter(f, &req->matter, e);
}

int
keeper_code(struct keeper *k, const struct keeper_code_request *req,
    struct buf *cose, uint8_t digest[32], struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_CODE};
	struct buf answer = BUF_INIT;
	struct bytes payload, v;
	struct cbor r;
	int rc;

	rc = set_code(&f, req, e);
	if (rc == 0)
		rc = keeper_call(k, &f, &answer, &payload, e);
	if (rc == 0) {
		cbor_init(&r, payload);
		cbor_get_tuple(&r, 2);
		v = cbor_get_bstr(&r);
		buf_add(cose, v.p, v.n);
		cbor_get_fixed(&r, digest, 32);
		cbor_end(&r);
		if (cbor_done(&r) != 0)
			rc = bad_answer(e);
		else if (buf_failed(cose))
			rc = err_nomem(e);
	}
	buf_release(&answer);
	return rc;
}

int
keeper_call_plain(
    struct keeper *k, struct keeper_frame *f, struct buf *out, struct err *e)
{
	struct buf answer = BUF_INIT;
	struct bytes payload;
	int rc;

	rc = keeper_call(k, f, &answer, &payload, e);
	if (rc == 0) {
		buf_add(out, payload.p, payload.n);
		rc = buf_failed(out) ? err_nomem(e) : 0;
	}
	buf_release(&answer);
	return rc;
}

int
keeper_status_list(struct keeper *k, uint64_t list, int64_t issued,
    int64_t expires, struct bytes bits, struct buf *cwt, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_STATUS_LIST,
	    .list = list,
	    .issued = issued,
	    .expires = expires,
	    .body = bits};

	return keeper_call_plain(k, &f, cwt, e);
}

/* Append the next piece; 1 when it was the last, 0 when more follows. */
static int
next_piece(
    struct keeper *k, struct keeper_frame *f, struct buf *out, struct err *e)
{
	struct buf answer = BUF_INIT;
	struct bytes payload, piece;
	struct cbor r;
	uint64_t total;
	int rc;

	rc = keeper_call(k, f, &answer, &payload, e);
	if (rc == 0) {
		cbor_init(&r, payload);
		cbor_get_tuple(&r, 3);
		f->snapshot = cbor_get_uint(&r);
		total = cbor_get_uint(&r);
		piece = cbor_get_bstr(&r);
		cbor_end(&r);
		buf_add(out, piece.p, piece.n);
		f->offset += piece.n;
		if (cbor_done(&r) != 0 || buf_failed(out) ||
		    f->offset > total || piece.n == 0)
			rc = bad_answer(e);
		else
			rc = f->offset == total;
	}
	buf_release(&answer);
	return rc;
}

/* All pieces of what the frame asks for. */
static int
all_pieces(
    struct keeper *k, struct keeper_frame *f, struct buf *out, struct err *e)
{
	size_t start = out->n;
	int rc, tries = 0;

	do {
		rc = next_piece(k, f, out, e);
		if (rc == ERR_CONFLICT && ++tries < DIRECTORY_TRIES) {
			/* another caller had a fresh one made meanwhile */
			out->n = start;
			f->snapshot = f->offset = 0;
			rc = 0;
		}
	} while (rc == 0);
	return rc < 0 ? rc : 0;
}

int
keeper_directory(struct keeper *k, struct buf *json, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_DIRECTORY};

	return all_pieces(k, &f, json, e);
}

int
keeper_crl(struct keeper *k, enum sign_alg alg, struct buf *der, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_CRL, .alg = alg};

	return all_pieces(k, &f, der, e);
}

int
keeper_older_crl(struct keeper *k, enum sign_alg alg, unsigned int number,
    struct buf *der, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_CRL,
	    .alg = alg,
	    .which = KEEPER_CRL_OLDER + number - 1};

	return all_pieces(k, &f, der, e);
}

int
keeper_root_crl(
    struct keeper *k, enum sign_alg alg, struct buf *der, struct err *e)
{
	struct keeper_frame f = {
	    .op = KEEPER_CRL, .alg = alg, .which = KEEPER_CRL_ROOT};

	return all_pieces(k, &f, der, e);
}

/* A call that only may fail. */
static int
call_empty(struct keeper *k, enum keeper_op op, struct err *e)
{
	struct keeper_frame f = {.op = op};
	struct buf nothing = BUF_INIT;
	int rc;

	rc = keeper_call_plain(k, &f, &nothing, e);
	buf_release(&nothing);
	return rc;
}

int
keeper_ping(struct keeper *k, struct err *e)
{
	return call_empty(k, KEEPER_PING, e);
}

int
keeper_self_test(struct keeper *k, struct err *e)
{
	return call_empty(k, KEEPER_SELF_TEST, e);
}

int
keeper_administer(struct keeper *k, struct bytes request, struct buf *answer,
    struct buf *authority, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_ADMINISTER, .body = request};
	struct buf all = BUF_INIT;
	struct bytes payload, v;
	struct cbor r;
	int rc;

	rc = keeper_call(k, &f, &all, &payload, e);
	if (rc == 0) {
		cbor_init(&r, payload);
		cbor_get_tuple(&r, 2);
		v = cbor_get_bstr(&r);
		buf_add(answer, v.p, v.n);
		v = cbor_get_bstr(&r);
		buf_add(authority, v.p, v.n);
		cbor_end(&r);
		if (cbor_done(&r) != 0)
			rc = bad_answer(e);
		else if (buf_failed(answer) || buf_failed(authority))
			rc = err_nomem(e);
	}
	buf_release(&all);
	return rc;
}
