/*
 * print_office.h - offices of a test as the print desk knows them: their
 * records, clerks, look-ups, and calls.  Header only.
 */
#ifndef TESTS_SUPPORT_PRINT_OFFICE_H
#define TESTS_SUPPORT_PRINT_OFFICE_H

#include "certsvc/desk_record.h"
#include "certsvc/print_desk.h"
#include "tests/support/print_desk.h"

/* A new record; takes json. */
static inline void
record_new(struct office *o, const struct desk_record_name *name, json_t *json)
{
	struct store_record r;
	struct err e = ERR_INIT;

	assert_int_equal(desk_record_fill(&r, name, json, &e), 0);
	if (o->service->ops->records_put(o->service->store, &r, 1, NULL, &e) !=
	    0)
		fail_msg("%s: %s", e.code, e.en);
	store_record_release(&r);
}

/* An office of region 990100001 with its clerk: two printers, one of which
 * holds the stock of the business licence. */
static inline void
office_new(struct office *o, const char *id, struct service_operator *clerk)
{
	static const char *const types[] = {
	    DESK_BUSINESS, DESK_PROOF, DESK_DOG};

	desk_clerk(o, id, "青禾市东关便民服务中心", types, 3, clerk);
	snprintf(clerk->name, sizeof(clerk->name), "clerk-of-%s", id);
	snprintf(clerk->region, sizeof(clerk->region), "990100001");
	record_new(o,
	    &(struct desk_record_name){
		"office", id, id, "990100001", "active", 1},
	    json_pack("{s:s, s:s, s:s, s:s, s:[{s:s},{s:s},{s:s}],"
		      " s:[{s:s,s:s,s:s,s:s},{s:s,s:s,s:s,s:s,s:s,s:f,s:f}]}",
		"id", id, "zh", "青禾市东关便民服务中心", "region", "990100001",
		"kind", "centre", "types", "type", DESK_BUSINESS, "type",
		DESK_PROOF, "type", DESK_DOG, "printers", "id", "a4", "zh",
		"窗口打印机", "uri", "ipp://127.0.0.1:9/ipp/print", "media",
		"iso_a4_210x297mm", "id", "stock", "zh", "打证机", "uri",
		"ipp://127.0.0.1:9/ipp/stock", "media", "iso_a4_210x297mm",
		"stock", DESK_BUSINESS, "dx", 1.5, "dy", -1.0));
}

static inline struct service_caller
clerk_caller(const struct service_operator *clerk)
{
	struct service_caller caller = {.address = "127.0.0.1"};

	caller.operator= clerk;
	return caller;
}

/* A look-up of the clerk's that found this certificate. */
static inline void
lookup_new(struct office *o, const struct service_operator *clerk,
    const char *certificate, char id[27])
{
	struct err e = ERR_INIT;

	assert_int_equal(desk_record_random(id, 27, &e), 0);
	record_new(o,
	    &(struct desk_record_name){
		"lookup", id, clerk->office, clerk->name, "done", 1},
	    json_pack("{s:s, s:s, s:[s]}", "by", "number", "purpose",
		"本人到场打印", "certificates", certificate));
}

/* print_desk_create; takes the body. */
static inline int
print_call(struct office *o, const struct service_caller *caller,
    const char *key, json_t *body, json_t **answer, struct err *e)
{
	struct print_call call = {.caller = caller, .key = key, .body = body};
	int rc = print_desk_create(o->service, &call, answer, e);

	json_decref(body);
	return rc != 0 ? rc : call.replayed;
}

/* Any other call about a job; takes the body. */
typedef int (*print_fn)(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e);

static inline int
print_act(struct office *o, const struct service_caller *caller, print_fn fn,
    const char *id, json_t *body, json_t **answer, struct err *e)
{
	const struct print_call call = {
	    .caller = caller, .id = id, .body = body};
	int rc = fn(o->service, &call, answer, e);

	json_decref(body);
	return rc;
}

/* The body of a clerk's job, with a look-up made for it. */
static inline json_t *
clerk_body(struct office *o, const struct service_operator *clerk,
    const char *certificate, const char *kind, const char *channel)
{
	char lookup[27];

	lookup_new(o, clerk, certificate, lookup);
	return json_pack("{s:s, s:s, s:s, s:s, s:s*}", "certificate",
	    certificate, "kind", kind, "channel", channel, "lookup", lookup,
	    "printer", strcmp(channel, "printer") == 0 ? "a4" : NULL);
}

static inline void
assert_state(const json_t *job, const char *state)
{
	if (strcmp(office_text(job, "state"), state) != 0)
		fail_msg("%s wanted, the job is %s", state,
		    office_text(job, "state"));
}

#endif
