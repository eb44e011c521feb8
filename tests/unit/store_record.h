/* store_record.h - records to put, for the tests of the store. */
#ifndef TESTS_UNIT_STORE_RECORD_H
#define TESTS_UNIT_STORE_RECORD_H

#include "tests/unit/store_fixture.h"

#define MADE 1700000000

/* Version n of a record of kind print, of office-1, with a body that tells its
 * id and version. */
static inline void
record_make(struct store_record *r, const char *id, unsigned int version)
{
	memset(r, 0, sizeof(*r));
	snprintf(r->kind, sizeof(r->kind), "print");
	snprintf(r->id, sizeof(r->id), "%s", id);
	snprintf(r->office, sizeof(r->office), "office-1");
	snprintf(r->subject, sizeof(r->subject), "SUBJECT");
	snprintf(r->state, sizeof(r->state), "rendered");
	r->version = version;
	r->at = MADE + version;
	buf_printf(&r->body, "{\"id\":\"%s\",\"v\":%u}", id, version);
}

static inline int
record_put(struct fixture *f, struct store_record *r)
{
	int rc = f->ops->records_put(f->s, r, 1, NULL, &f->e);

	buf_release(&r->body);
	buf_release(&r->blob);
	return rc;
}

static inline int
record_put_version(struct fixture *f, const char *id, unsigned int version)
{
	struct store_record r;

	record_make(&r, id, version);
	return record_put(f, &r);
}

/* The newest version number, 0 when there is none. */
static inline unsigned int
record_version(struct fixture *f, const char *id)
{
	struct store_record r;
	unsigned int version;
	int rc = f->ops->record_get(f->s, "print", id, 0, &r, &f->e);

	if (rc != 0) {
		assert_int_equal(rc, ERR_NOT_FOUND);
		assert_string_equal(f->e.code, "no_such_record");
		return 0;
	}
	version = r.version;
	store_record_release(&r);
	return version;
}

#endif
