/* check.c - verification of uploads with the live status; see service.h. */
#include "certsvc/check_sheet.h"
#include "certsvc/service_state.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "certsvc/parser.h"
#include "certsvc/verify_picture.h"
#include "crypto/base/clock.h"

enum {
	PARSER_WAIT = 5
}; /* seconds to wait for a spare parse process */

void
service_add_parser(struct service *s, int fd)
{
	struct parser_pool *pool = &s->parsers;

	pthread_mutex_lock(&pool->lock);
	if (pool->n == SERVICE_PARSERS_MAX) {
		/* The oldest may be dead; its successor is this one. */
		close(pool->fds[0]);
		memmove(pool->fds, pool->fds + 1,
		    (pool->n - 1) * sizeof(pool->fds[0]));
		pool->n--;
	}
	pool->fds[pool->n++] = fd;
	pthread_cond_signal(&pool->added);
	pthread_mutex_unlock(&pool->lock);
}

/* A parse process that died while it was waiting has closed its end. */
static int
is_alive(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/* A live spare parse process, or -1 after PARSER_WAIT seconds without one. */
static int
take_parser(struct parser_pool *pool)
{
	struct timespec until;
	int fd = -1, late = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PARSER_WAIT;
	pthread_mutex_lock(&pool->lock);
	while (fd < 0 && !late) {
		while (pool->n == 0 && !late)
			late = pthread_cond_timedwait(
				   &pool->added, &pool->lock, &until) != 0;
		if (pool->n == 0)
			continue;
		fd = pool->fds[--pool->n];
		if (!is_alive(fd)) {
			close(fd);
			fd = -1;
		}
	}
	pthread_mutex_unlock(&pool->lock);
	return fd;
}

/* The status that was in force at time `at`, from the events. */
static int
status_at(
    struct service *s, struct store_certificate *c, int64_t at, struct err *e)
{
	struct store_event *events = NULL;
	size_t n = 0, i;
	int rc;

	if (at >= c->status_since)
		return 0;
	if ((rc = s->ops->events(s->store, c->id, &events, &n, e)) != 0)
		return rc;
	for (i = 0; i < n; i++) {
		if ((events[i].at <= at || i == 0) &&
		    !store_event_keeps_status(&events[i])) {
			c->status = events[i].status;
			c->status_since = events[i].at;
			memcpy(c->superseded_by, events[i].successor,
			    sizeof(c->superseded_by));
		}
		store_event_release(&events[i]);
	}
	free(events);
	return 0;
}

/*
 * Is this very file (or code) one that we issued for this certificate?  What
 * the parse process read is believed of pictures alone: of anything else it
 * could name the code of a certificate that the file has nothing to do with.
 */
static int
is_original(struct service *s, const struct store_certificate *c,
    struct bytes file, const char *format)
{
	char id[STORE_ID_SIZE], found[8];
	uint8_t digest[32];
	unsigned int n = sizeof(digest);
	struct err e = ERR_INIT;
	int ok;

	if (strcmp(format, "qr") == 0 && bytes_equal(file, buf_bytes(&c->qr)))
		return 1;
	ok = EVP_Digest(file.p, file.n, digest, &n, EVP_sha256(), NULL) == 1 &&
	     s->ops->document_find(s->store, digest, id, found, &e) == 0 &&
	     strcmp(id, c->id) == 0 && strcmp(found, format) == 0;
	err_clear(&e);
	return ok;
}

/* The same for a printed sheet as well; *ours gets the answer.  A sheet that is
 * void is ours, and says so. */
static int
is_ours(struct service *s, const struct store_certificate *c, struct bytes file,
    struct verdict *v, int *ours, struct err *e)
{
	enum check_sheet found;
	int rc;

	if (v->certificate.sheet.number == 0) {
		*ours = is_original(s, c, file, v->format);
		return 0;
	}
	rc = check_sheet(s, v, file, &found, e);
	*ours = found != SHEET_STRANGE;
	if (found == SHEET_VOID)
		verdict_add(v, "sheet_void");
	return rc;
}

static void
copy_text(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
}

/* What the register says goes over what the parse process said.  The holder is
 * named only to who showed the name: in a document of ours, or in a code that
 * carries it. */
static void
fill_certificate(struct service *s, const struct store_certificate *c,
    int64_t at, int named, struct verdict_certificate *out)
{
	struct store_certificate next = {.id = ""};
	struct err e = ERR_INIT;

	copy_text(out->number, sizeof(out->number), c->number);
	copy_text(out->identifier, sizeof(out->identifier), c->identifier);
	copy_text(out->holder, sizeof(out->holder), named ? c->holder : NULL);
	copy_text(out->status, sizeof(out->status),
	    answer_status(c->status, c->valid_to, at));
	out->status_as_of = at;
	/* What it is for stays what the document itself said. */
	out->copy.is_copy = c->copy_of[0] != '\0';
	if (c->superseded_by[0] == '\0')
		return;
	copy_text(
	    out->superseded_by, sizeof(out->superseded_by), c->superseded_by);
	if (s->ops->certificate_get(s->store, c->superseded_by, &next, &e) == 0)
		copy_text(out->superseded_by_number,
		    sizeof(out->superseded_by_number), next.number);
	store_certificate_release(&next);
	err_clear(&e);
}

static void
add_status(const struct store_certificate *c, struct verdict *v)
{
	switch (c->status) {
	case STATUS_PENDING:
		verdict_add(v, "pending");
		break;
	case STATUS_SUSPENDED:
		verdict_add(v, "suspended");
		break;
	case STATUS_REVOKED:
		verdict_add(v, "revoked");
		break;
	case STATUS_SUPERSEDED:
		verdict_add(v, "superseded");
		break;
	case STATUS_VALID:
		break;
	}
}

/* Hold a verdict about one of our certificates against the register. */
static int
confirm(struct service *s, struct bytes file, const struct buf *code,
    int64_t at, struct verdict *v, struct err *e)
{
	struct store_certificate c = {.id = ""};
	int rc, ours = 0, is_code = strcmp(v->format, "qr") == 0;

	rc = s->ops->certificate_get(s->store, v->certificate.id, &c, e);
	if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		verdict_add(v, "not_in_register");
		rc = 0;
	} else if (rc == 0) {
		if (is_code)
			file = verify_is_picture(file) ? buf_bytes(code)
						       : verify_code_text(file);
		rc = is_ours(s, &c, file, v, &ours, e);
		if (rc == 0 && v->kind == VERDICT_VALID && !ours)
			verdict_add(v, "not_in_register");
		if (rc == 0)
			rc = status_at(s, &c, at, e);
		if (rc == 0) {
			fill_certificate(s, &c, at,
			    ours && (!is_code || v->certificate.holder[0]),
			    &v->certificate);
			add_status(&c, v);
			if (s->rolled_back)
				verdict_add(v, "status_unknown");
		}
	}
	store_certificate_release(&c);
	return rc;
}

/*
 * Whether the bytes themselves were found genuine, apart from validity.  A code
 * or an XML has no entry among the signatures; its certificate is described
 * only after its signature held, unless the issuer's key is not known.
 */
static int
is_genuine(const struct verdict *v)
{
	size_t i;

	if (!v->certificate.known)
		return 0;
	if (strcmp(v->format, "pdf") == 0 || strcmp(v->format, "ofd") == 0) {
		for (i = 0; i < v->nsignatures; i++)
			if (v->signatures[i].integrity != INTEGRITY_INTACT)
				return 0;
		return v->nsignatures > 0;
	}
	for (i = 0; i < v->nreasons; i++)
		if (strcmp(v->reasons[i], "unknown_issuer") == 0)
			return 0;
	return 1;
}

enum {
	BELIEF_CRLS = SERVICE_CRLS + SERVICE_OUTSIDE_CRLS
};

/* What the parse process shall believe. */
struct belief {
	struct buf head, seals, anchors, x509s, crls[BELIEF_CRLS];
	struct bytes views[2], crl_views[BELIEF_CRLS];
};

static void
belief_take(struct published *pub, struct belief *b, struct trust_parts *parts)
{
	size_t i;

	pthread_mutex_lock(&pub->lock);
	buf_add_buf(&b->head, &pub->head);
	buf_add_buf(&b->seals, &pub->seals);
	buf_add_buf(&b->anchors, &pub->anchors);
	buf_add_buf(&b->x509s, &pub->x509s);
	for (i = 0; i < SERVICE_CRLS; i++)
		buf_add_buf(&b->crls[i], &pub->crls[i]);
	for (i = 0; i < pub->noutside_crls; i++)
		buf_add_buf(&b->crls[SERVICE_CRLS + i], &pub->outside_crls[i]);
	pthread_mutex_unlock(&pub->lock);
	for (i = 0; i < BELIEF_CRLS; i++)
		if (b->crls[i].n > 0)
			b->crl_views[parts->ncrls++] = buf_bytes(&b->crls[i]);
	parts->crls = b->crl_views;
	b->views[0] = buf_bytes(&b->anchors);
	b->views[1] = buf_bytes(&b->x509s);
	parts->json = buf_bytes(&b->head);
	parts->seals = buf_bytes(&b->seals);
	parts->anchors = &b->views[0];
	parts->nanchors = b->anchors.n > 0;
	parts->x509s = &b->views[1];
	parts->nx509s = b->x509s.n > 0;
}

static void
belief_release(struct belief *b)
{
	size_t i;

	buf_release(&b->head);
	buf_release(&b->seals);
	buf_release(&b->anchors);
	buf_release(&b->x509s);
	for (i = 0; i < BELIEF_CRLS; i++)
		buf_release(&b->crls[i]);
}

int
service_verify(struct service *s, struct bytes file, int64_t at,
    struct verdict *v, struct err *e)
{
	struct parser_request req = {.file = file, .at = at, .status_later = 1};
	struct belief belief = {.head = BUF_INIT};
	struct buf code = BUF_INIT;
	int fd, rc = 0;

	if (file.n > VERIFY_FILE_MAX)
		return err_set(e, ERR_LIMIT, "file_too_large",
		    "文件超过 %d 字节的上限", "the file is over %d bytes",
		    VERIFY_FILE_MAX);
	if ((fd = take_parser(&s->parsers)) < 0)
		return err_set(e, ERR_BUSY, "verifier_busy",
		    "核验服务繁忙，请稍后重试",
		    "verification is busy, try again later");
	belief_take(&s->published, &belief, &req.trust);
	parser_ask(fd, &req, v, &code);
	if (is_genuine(v))
		rc = confirm(s, file, &code, at, v, e);
	else if (v->kind == VERDICT_VALID)
		/* Nothing here repeats what the parser says of a bare seal. */
		verdict_add(v, strcmp(v->format, "seal") == 0
				   ? "status_unknown"
				   : "not_in_register");
	belief_release(&belief);
	buf_release(&code);
	return rc;
}
