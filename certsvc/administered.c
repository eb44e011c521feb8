/*
 * administered.c - after an administrator's change: the keeper's directory is
 * read again, and DIR/trust written; see service.h.
 */
#include <jansson.h>

#include "certsvc/service_state.h"
#include "crypto/cbor.h"

/* One at a time: the last to read the table must be the last to write it. */
int
service_authority_changed(struct service *s, struct err *e)
{
	int rc;

	pthread_mutex_lock(&s->authority_lock);
	s->stale = 0;
	rc = service_directory_refresh(s, e);
	if (rc == 0)
		rc = publish_trust(s, e);
	s->stale |= rc != 0;
	pthread_mutex_unlock(&s->authority_lock);
	/* A seal may have been revoked: its CA's list says so at once. */
	publish_soon(s);
	return rc;
}

int
publish_is_stale(struct service *s)
{
	int stale;

	pthread_mutex_lock(&s->authority_lock);
	stale = s->stale;
	pthread_mutex_unlock(&s->authority_lock);
	return stale;
}

/* Versions that an answer names and that are not those of the directory. */
static int
names_others(struct service *s, struct bytes answer)
{
	json_t *json, *authority, *seals;
	struct cbor r;
	struct bytes text;
	int others;

	cbor_init(&r, answer);
	cbor_get_tuple(&r, 2);
	text = cbor_get_tstr(&r);
	cbor_get_bstr(&r);
	cbor_end(&r);
	if (cbor_done(&r) != 0)
		return 0;
	json = json_loadb((const char *)text.p, text.n, 0, NULL);
	authority = json_object_get(json, "authority_version");
	seals = json_object_get(json, "seals_version");
	pthread_rwlock_rdlock(&s->directory_lock);
	others =
	    (authority != NULL && (uint64_t)json_integer_value(authority) !=
				      s->directory->authority_version) ||
	    (seals != NULL &&
		json_integer_value(seals) != s->directory->seals_version);
	pthread_rwlock_unlock(&s->directory_lock);
	json_decref(json);
	return others;
}

int
service_administered(
    struct service *s, struct bytes answer, int more, struct err *e)
{
	int others = names_others(s, answer);

	if (others && more) {
		pthread_mutex_lock(&s->authority_lock);
		s->stale = 1;
		pthread_mutex_unlock(&s->authority_lock);
		return 0;
	}
	return others || (!more && publish_is_stale(s))
		   ? service_authority_changed(s, e)
		   : 0;
}
