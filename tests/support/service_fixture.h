/*
 * service_fixture.h - a whole service over a temporary directory: real store,
 * real keeper, real parse processes, the shipped types.
 */
#ifndef TESTS_SUPPORT_SERVICE_FIXTURE_H
#define TESTS_SUPPORT_SERVICE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>

#include "certsvc/order.h"
#include "certsvc/service.h"
#include "tests/support/children.h"
#include "tests/support/keeper_fixture.h"

/* Departments of the fixture, and what they issue. */
enum {
	MARKET,
	SOCIAL,
	POLICE
};

struct office {
	struct fixture f;
	struct children children;
	struct config config;
	struct service *service;
	struct keeper_caller who[FIXTURE_DEPARTMENTS];
};

static inline void
office_open(struct office *o)
{
	struct err e = ERR_INIT;

	if (service_open(&o->config, o->f.keeper, &o->service, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
}

/* A keeper that another process forked, so that threads may be running. */
static inline void
office_new_keeper(struct office *o)
{
	int fd = children_get(
	    &o->children, 'K', o->f.dir, FIXTURE_PASSPHRASE, &o->f.pid);

	if (o->f.keeper == NULL)
		o->f.keeper = keeper_new(fd);
	else
		keeper_replace(o->f.keeper, fd);
}

static inline int
office_setup(void **state)
{
	struct office *o = calloc(1, sizeof(*o));
	struct err e = ERR_INIT;
	size_t i;

	assert_non_null(o);
	children_start(&o->children);
	fixture_make(&o->f);
	fixture_stop(&o->f);
	office_new_keeper(o);
	o->config = (struct config){.dir = o->f.dir,
	    .public_url = (char *)(uintptr_t) "http://127.0.0.1:1",
	    .listen = (char *)(uintptr_t) "127.0.0.1:1",
	    .templates = (char *)(uintptr_t) "templates",
	    .fonts = (char *)(uintptr_t) "/usr/share/fonts/truetype",
	    .status_hours = 24,
	    .lookups_hour = 60,
	    .demo = 1};
	for (i = 0; i < FIXTURE_DEPARTMENTS; i++)
		if (keeper_identify(o->f.keeper, &o->f.creds[i],
			i == SOCIAL ? "10.1.0.1" : "local", &o->who[i],
			&e) != 0)
			fail_msg("%s: %s", e.code, e.en);
	office_open(o);
	*state = o;
	return 0;
}

static inline int
office_remove(
    const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static inline int
office_teardown(void **state)
{
	struct office *o = *state;
	size_t i;

	service_close(o->service);
	keeper_free(o->f.keeper);
	close(o->children.fd);
	waitpid(o->children.pid, NULL, 0);
	for (i = 0; i < FIXTURE_DEPARTMENTS; i++)
		keeper_caller_release(&o->who[i]);
	nftw(o->f.dir, office_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(o);
	return 0;
}

static inline struct service_caller
office_caller(struct office *o, size_t department)
{
	return (struct service_caller){.cred = &o->f.creds[department],
	    .address = department == SOCIAL ? "10.1.0.1" : "local",
	    .who = &o->who[department]};
}

/* The sample of a type under another serial; the caller's reference. */
static inline json_t *
office_body(const char *type, const char *serial)
{
	struct err e = ERR_INIT;
	char path[64];
	json_t *body;

	snprintf(path, sizeof(path), "templates/%s", type);
	assert_int_equal(order_sample(path, &body, &e), 0);
	json_object_set_new(body, "serial", json_string(serial));
	return body;
}

/* service_issue; takes the body. */
static inline int
office_issue(struct office *o, size_t department, json_t *body, json_t **answer,
    int *replayed, struct err *e)
{
	struct service_caller caller = office_caller(o, department);
	struct service_call call = {
	    .caller = &caller, .action = "issue", .body = body};
	int rc = service_issue(o->service, &call, answer, e);

	if (replayed != NULL)
		*replayed = call.replayed;
	json_decref(body);
	return rc;
}

/* Every other action; renew and correct take fields from `body`. */
static inline int
office_act(struct office *o, size_t department, const char *id,
    const char *action, json_t *body, json_t **answer, struct err *e)
{
	struct service_caller caller = office_caller(o, department);
	struct service_call call = {
	    .caller = &caller, .action = action, .id = id, .body = body};
	int rc;

	if (strcmp(action, "renew") == 0 || strcmp(action, "correct") == 0)
		rc = service_reissue(o->service, &call, answer, e);
	else
		rc = service_change(o->service, &call, answer, e);
	json_decref(body);
	return rc;
}

static inline const char *
office_text(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text != NULL ? text : "";
}

#define BUSINESS "business-licence"
#define DOG "dog-registration"

static inline void
assert_code(const char *code, struct err *e)
{
	if (strcmp(e->code, code) != 0)
		fail_msg("%s wanted, got %s: %s", code, e->code, e->en);
	assert_true(e->zh[0] != '\0');
	err_clear(e);
}

/* A certificate that must come to be; its id. */
static inline void
issue(struct office *o, size_t department, const char *type, const char *serial,
    char id[STORE_ID_SIZE])
{
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	if (office_issue(o, department, office_body(type, serial), &answer,
		NULL, &e) != 0)
		fail_msg("%s: %s %s", e.code, e.en,
		    e.nitems ? e.items[0].pointer : "");
	snprintf(id, STORE_ID_SIZE, "%s", office_text(answer, "id"));
	json_decref(answer);
}

static inline json_t *
reason(const char *code)
{
	return json_pack("{s:s}", "reason", code);
}

static inline json_t *
again(const char *code, const char *serial)
{
	return json_pack("{s:s, s:s, s:s}", "reason", code, "matter", "M-1",
	    "serial", serial);
}

static inline void
act(struct office *o, size_t department, const char *id, const char *action,
    json_t *body)
{
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	if (office_act(o, department, id, action, body, &answer, &e) != 0)
		fail_msg("%s: %s: %s", action, e.code, e.en);
	json_decref(answer);
}

static inline void
status_is(struct office *o, const char *id, const char *status)
{
	struct err e = ERR_INIT;
	struct buf text = BUF_INIT;
	json_t *answer;

	assert_int_equal(service_status(o->service, id, &text, &e), 0);
	answer = json_loadb((const char *)text.p, text.n, 0, NULL);
	assert_non_null(answer);
	assert_string_equal(office_text(answer, "status"), status);
	json_decref(answer);
	buf_release(&text);
}

static inline void
get_file(struct office *o, size_t department, const char *id,
    const char *format, struct buf *out)
{
	struct service_caller caller = office_caller(o, department);
	struct service_file_name name = {.id = id, .format = format};
	struct store_document doc;
	struct err e = ERR_INIT;

	assert_int_equal(service_file(o->service, &caller, &name, &doc, &e), 0);
	*out = doc.bytes;
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, office_setup, office_teardown)

#endif
