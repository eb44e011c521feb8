/* desk_find.c - see desk_find.h. */
#include "certsvc/desk_find.h"

#include <string.h>

#include "certsvc/service_state.h"
#include "crypto/base/clock.h"

enum {
	PAGES_MAX = 10 /* of one search; a page may be short */
};

int
desk_find_by_ok(const char *by)
{
	return strcmp(by, "holder") == 0 || strcmp(by, "number") == 0 ||
	       strcmp(by, "code") == 0;
}

void
desk_found_release(struct desk_found *found)
{
	for (size_t i = 0; i < found->n; i++)
		store_certificate_release(&found->v[i]);
	memset(found, 0, sizeof(*found));
}

/* Take what the office may be told of. */
static void
take(const struct desk_office *o, struct store_certificate *c,
    struct desk_found *found)
{
	if (!desk_office_finds(o, c))
		return;
	if (found->n == DESK_FOUND_MAX) {
		found->more = 1;
		return;
	}
	found->v[found->n++] = *c;
	memset(c, 0, sizeof(*c));
}

static int
search(struct service *s, const struct desk_office *o, struct store_query *q,
    struct desk_found *found, struct err *e)
{
	struct store_page page;
	int pages = 0, rc;

	q->limit = STORE_PAGE_MAX;
	do {
		rc = s->ops->certificate_list(s->store, q, &page, e);
		if (rc != 0)
			return rc;
		for (size_t i = 0; i < page.n; i++)
			take(o, &page.v[i], found);
		q->before = page.next;
		store_page_release(&page);
	} while (q->before != 0 && ++pages < PAGES_MAX && !found->more);
	found->more = found->more || q->before != 0;
	return 0;
}

/* A code whose signature, issuer and host are ours, whatever became of its
 * certificate. */
static int
is_genuine(const struct verdict *v)
{
	static const char *const states[] = {"pending", "suspended", "revoked",
	    "superseded", "expired", "not_yet_valid"};
	size_t i, k;

	if (!v->certificate.known || strcmp(v->format, "qr") != 0)
		return 0;
	for (i = 0; i < v->nreasons; i++) {
		for (k = 0; k < sizeof(states) / sizeof(states[0]); k++)
			if (strcmp(v->reasons[i], states[k]) == 0)
				break;
		if (k == sizeof(states) / sizeof(states[0]))
			return 0;
	}
	return 1;
}

static int
certificate_of_code(struct service *s, const char *text,
    struct store_certificate *c, struct err *e)
{
	struct verdict v;
	struct store_certificate copy;
	int rc;

	memset(&v, 0, sizeof(v));
	rc = service_verify(s, bytes_str(text), clock_now(), &v, e);
	if (rc == 0 && !is_genuine(&v))
		rc = err_set(e, ERR_INPUT, "not_our_code",
		    "这不是本系统的证照二维码，或二维码不完整，请重新扫描",
		    "this is no genuine code of ours, or a part of one: scan it again");
	if (rc == 0)
		rc = s->ops->certificate_get(s->store, v.certificate.id, c, e);
	if (rc == 0 && c->copy_of[0] != '\0') {
		copy = *c;
		memset(c, 0, sizeof(*c));
		rc = s->ops->certificate_get(s->store, copy.copy_of, c, e);
		store_certificate_release(&copy);
	}
	verdict_release(&v);
	return rc;
}

static int
find_code(struct service *s, const struct desk_office *o, const char *text,
    struct desk_found *found, struct err *e)
{
	struct store_certificate c;
	int rc;

	memset(&c, 0, sizeof(c));
	rc = certificate_of_code(s, text, &c, e);
	if (rc == 0)
		take(o, &c, found);
	store_certificate_release(&c);
	return rc;
}

int
desk_find(struct service *s, const struct desk_office *o, const char *by,
    const char *value, struct desk_found *found, struct err *e)
{
	struct store_query q = {0};

	memset(found, 0, sizeof(*found));
	if (strcmp(by, "code") == 0)
		return find_code(s, o, value, found, e);
	if (strcmp(by, "holder") == 0)
		q.holder_code = value;
	else
		q.number = value;
	return search(s, o, &q, found, e);
}
