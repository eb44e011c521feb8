/*
 * publish.c - DIR/trust: what verifiers believe, signed and written afresh when
 * a status or the authority table changes, and before the lists run out.
 */
#include "certsvc/service_state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certsvc/trust.h"
#include "crypto/base/clock.h"
#include "crypto/base/file.h"

enum {
	PUBLISH_SECONDS = 60,  /* between looks at the age of the lists */
	PUBLISH_PAUSE_MS = 200 /* between two signatures */
};

static int
trust_directory(const struct service *s, struct buf *dir, struct err *e)
{
	buf_printf(dir, "%s/trust", s->config.dir);
	return buf_cstr(dir) == NULL ? err_nomem(e) : 0;
}

/* The strings of a list as views of it: at most max; returns how many. */
static size_t
views_of(const json_t *list, struct bytes *views, size_t max)
{
	size_t n = json_array_size(list), i;

	for (i = 0; i < n && i < max; i++)
		views[i] =
		    bytes_str(json_string_value(json_array_get(list, i)));
	return i;
}

/* What is read from the keeper's directory; trust.json is made from it. */
struct fresh {
	struct buf json, anchors, x509s;
	struct buf head, seals; /* json, packed */
};

/* What DIR/trust said before, if it did, must not be unsaid. */
static int
keep_earlier(const char *dir, struct buf *json, struct err *e)
{
	struct buf path = BUF_INIT, before = BUF_INIT;
	int rc;

	buf_printf(&path, "%s/trust.json", dir);
	rc = buf_cstr(&path) == NULL
		 ? err_nomem(e)
		 : file_read(buf_cstr(&path), TRUST_JSON_MAX, &before, e);
	if (rc == 0)
		rc = trust_keep(buf_bytes(&before), json, e);
	if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		rc = 0;
	}
	buf_release(&path);
	buf_release(&before);
	return rc;
}

static int
fresh_write(const struct service *s, const struct directory *d,
    struct fresh *fresh, struct err *e)
{
	struct bytes anchors[TRUST_ANCHORS_MAX], x509s[TRUST_X509S_MAX];
	struct trust_parts parts = {.anchors = anchors, .x509s = x509s};
	struct buf dir = BUF_INIT;
	size_t i;
	int rc;

	parts.nanchors = views_of(d->roots, anchors, TRUST_ANCHORS_MAX);
	parts.nx509s = views_of(d->x509s, x509s, TRUST_X509S_MAX);
	for (i = 0; i < parts.nanchors; i++)
		buf_add(&fresh->anchors, anchors[i].p, anchors[i].n);
	for (i = 0; i < parts.nx509s; i++)
		buf_add(&fresh->x509s, x509s[i].p, x509s[i].n);
	rc = trust_make(d->json, &s->templates, s->config.public_url,
	    clock_now(), &fresh->json, e);
	if (rc == 0)
		rc = trust_directory(s, &dir, e);
	if (rc == 0)
		rc = keep_earlier(buf_cstr(&dir), &fresh->json, e);
	parts.json = buf_bytes(&fresh->json);
	if (rc == 0)
		rc = trust_pack(parts.json, &fresh->head, &fresh->seals, e);
	if (rc == 0)
		rc = trust_write(buf_cstr(&dir), &parts, e);
	buf_release(&dir);
	return rc;
}

/* trust.json, anchors and the CAs below them, from the keeper's directory. */
int
publish_trust(struct service *s, struct err *e)
{
	struct published *pub = &s->published;
	struct fresh fresh = {.json = BUF_INIT};
	int rc;

	pthread_rwlock_rdlock(&s->directory_lock);
	rc = fresh_write(s, s->directory, &fresh, e);
	pthread_rwlock_unlock(&s->directory_lock);
	if (rc == 0) {
		pthread_mutex_lock(&pub->lock);
		buf_swap(&pub->trust, &fresh.json);
		buf_swap(&pub->head, &fresh.head);
		buf_swap(&pub->seals, &fresh.seals);
		buf_swap(&pub->anchors, &fresh.anchors);
		buf_swap(&pub->x509s, &fresh.x509s);
		pthread_mutex_unlock(&pub->lock);
	}
	buf_release(&fresh.json);
	buf_release(&fresh.head);
	buf_release(&fresh.seals);
	buf_release(&fresh.anchors);
	buf_release(&fresh.x509s);
	return rc;
}

/* Sign list number `list` (1..), if it says something new or grows old. */
static int
write_list(struct service *s, uint64_t list, struct err *e)
{
	struct published *pub = &s->published;
	size_t i = (size_t)list - 1;
	int64_t now = clock_now(), life = s->config.status_hours * 3600;
	struct buf bits = BUF_INIT, cwt = BUF_INIT, dir = BUF_INIT;
	uint64_t last = 0;
	int rc;

	if ((rc = s->ops->status_list(s->store, list, &bits, &last, e)) != 0)
		goto out;
	if (pub->lists[i].n > 0 && pub->last_event[i] == last &&
	    now >= pub->signed_at[i] && now - pub->signed_at[i] < life / 4)
		goto out;
	if ((rc = keeper_status_list(s->keeper, list, now, now + life,
		 buf_bytes(&bits), &cwt, e)) != 0 ||
	    (rc = trust_directory(s, &dir, e)) != 0 ||
	    (rc = trust_write_list(buf_cstr(&dir), list, buf_bytes(&cwt), e)) !=
		0)
		goto out;
	pthread_mutex_lock(&pub->lock);
	buf_swap(&pub->lists[i], &cwt);
	pub->last_event[i] = last;
	pub->signed_at[i] = now;
	if (pub->nlists < list)
		pub->nlists = (size_t)list;
	pthread_mutex_unlock(&pub->lock);
out:
	buf_release(&bits);
	buf_release(&cwt);
	buf_release(&dir);
	return rc;
}

static int
write_lists(struct service *s, struct err *e)
{
	struct store_figures f;
	uint64_t list;
	int rc;

	/* An old database would call valid what was revoked since. */
	if (s->rolled_back)
		return 0;
	if ((rc = s->ops->figures(s->store, &f, e)) != 0)
		return rc;
	for (list = 1; list <= f.lists && list <= SERVICE_LISTS_MAX && rc == 0;
	     list++)
		rc = write_list(s, list, e);
	return rc;
}

/* Until something changed, at most a minute.  Returns 0 at the end, when
 * nothing is left to publish. */
static int
wait_for_work(struct published *pub)
{
	struct timespec until;
	int work;

	pthread_mutex_lock(&pub->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PUBLISH_SECONDS;
	while (!pub->stopping && !pub->dirty &&
	       pthread_cond_timedwait(&pub->wake, &pub->lock, &until) == 0)
		continue;
	work = pub->dirty || !pub->stopping;
	pub->dirty = 0;
	pthread_mutex_unlock(&pub->lock);
	return work;
}

/* Sleep, but not when the service is being closed; 1 then. */
static int
pause_ms(struct published *pub, long ms)
{
	struct timespec until;
	int stopping;

	pthread_mutex_lock(&pub->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += ms * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	while (!pub->stopping &&
	       pthread_cond_timedwait(&pub->wake, &pub->lock, &until) == 0)
		continue;
	stopping = pub->stopping;
	pthread_mutex_unlock(&pub->lock);
	return stopping;
}

static void *
publish_thread(void *ctx)
{
	struct service *s = ctx;
	struct err e = ERR_INIT;
	int failed;

	while (wait_for_work(&s->published)) {
		failed = publish_crls(s, &e) != 0;
		err_clear(&e);
		failed |= publish_outside_crls(s, &e) != 0;
		err_clear(&e);
		failed |= write_lists(s, &e) != 0;
		err_clear(&e);
		failed |= publish_is_stale(s) &&
			  service_authority_changed(s, &e) != 0;
		err_clear(&e);
		/* Many changes in a row share one signature. */
		if (pause_ms(&s->published, PUBLISH_PAUSE_MS) && failed)
			break;
		/* A failure (keeper restarting, disk full) is tried again. */
		if (failed)
			publish_soon(s);
	}
	return NULL;
}

int
publish_start(struct service *s, struct err *e)
{
	struct published *pub = &s->published;
	int rc;

	if ((rc = publish_crls(s, e)) != 0 || (rc = publish_trust(s, e)) != 0 ||
	    (rc = publish_outside_crls(s, e)) != 0 ||
	    (rc = write_lists(s, e)) != 0)
		return rc;
	if (pthread_create(&pub->thread, NULL, publish_thread, s) != 0)
		return err_internal(e, "pthread_create");
	pub->running = 1;
	return 0;
}

void
publish_stop(struct service *s)
{
	struct published *pub = &s->published;
	size_t i;

	if (pub->running) {
		pthread_mutex_lock(&pub->lock);
		pub->stopping = 1;
		pthread_cond_signal(&pub->wake);
		pthread_mutex_unlock(&pub->lock);
		pthread_join(pub->thread, NULL);
	}
	buf_release(&pub->trust);
	buf_release(&pub->head);
	buf_release(&pub->seals);
	buf_release(&pub->anchors);
	buf_release(&pub->x509s);
	for (i = 0; i < SERVICE_CRLS; i++)
		buf_release(&pub->crls[i]);
	for (i = 0; i < pub->noutside_crls; i++)
		buf_release(&pub->outside_crls[i]);
	for (i = 0; i < pub->nlists; i++)
		buf_release(&pub->lists[i]);
}

void
publish_soon(struct service *s)
{
	struct published *pub = &s->published;

	pthread_mutex_lock(&pub->lock);
	pub->dirty = 1;
	pthread_cond_signal(&pub->wake);
	pthread_mutex_unlock(&pub->lock);
}

/* What a new certificate says that no published list does: that it is not
 * handed over yet, or that there is a list at all. */
void
publish_issued(struct service *s, enum store_status status, uint64_t list)
{
	struct published *pub = &s->published;
	int known;

	pthread_mutex_lock(&pub->lock);
	known = list <= pub->nlists;
	pthread_mutex_unlock(&pub->lock);
	if (status != STATUS_VALID || !known)
		publish_soon(s);
}

int
service_trust(struct service *s, struct buf *json, struct err *e)
{
	struct published *pub = &s->published;

	pthread_mutex_lock(&pub->lock);
	buf_add_buf(json, &pub->trust);
	pthread_mutex_unlock(&pub->lock);
	return buf_failed(json) ? err_nomem(e) : 0;
}

int
service_status_list(
    struct service *s, uint64_t list, struct buf *cwt, struct err *e)
{
	struct published *pub = &s->published;

	pthread_mutex_lock(&pub->lock);
	if (list >= 1 && list <= pub->nlists)
		buf_add_buf(cwt, &pub->lists[list - 1]);
	pthread_mutex_unlock(&pub->lock);
	if (buf_failed(cwt))
		return err_nomem(e);
	return cwt->n > 0
		   ? 0
		   : err_set(e, ERR_NOT_FOUND, "not_found", "没有这个状态列表",
			 "there is no such status list");
}
