/* problem.c - errors as problem+json; see problem.h. */
#include "api/problem.h"

#include <string.h>

struct problem_kind {
	enum err_class class;
	unsigned int status;
	const char *title;
};

static const struct problem_kind KINDS[] = {
    {ERR_INPUT, 422, "The request has wrong values"},
    {ERR_DENIED, 403, "Not allowed"},
    {ERR_UNKNOWN, 401, "Caller not recognised"},
    {ERR_NOT_FOUND, 404, "Not found"},
    {ERR_CONFLICT, 409, "In conflict with the current state"},
    {ERR_LIMIT, 413, "Over a published limit"},
    {ERR_BUSY, 503, "Try again later"},
    {ERR_STORAGE, 507, "Storage trouble"},
    {ERR_INTERNAL, 500, "Our fault"},
};

/* Codes whose status is said by HTTP itself rather than by their class. */
static const struct {
	const char *code;
	unsigned int status;
} BY_CODE[] = {
    {"bad_request", 400},
    {"bad_json", 400},
    {"bad_query", 400},
    {"bad_upload", 400},
    {"json_too_deep", 400},
    {"unknown_parameter", 400},
    {"personal_data_in_url", 400},
    {"out_of_range", 400},
    {"body_not_expected", 400},
    {"method_not_allowed", 405},
    {"precondition_failed", 412},
    {"url_too_long", 414},
    {"unsupported_media_type", 415},
    {"rate_limited", 429},
    {"quota_exceeded", 429},
    {"locked", 429},
    {"too_many_lookups", 429},
    {"headers_too_large", 431},
};

static const struct problem_kind *
kind_of(const struct err *e)
{
	for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
		if (KINDS[i].class == e->class)
			return &KINDS[i];
	return &KINDS[sizeof(KINDS) / sizeof(KINDS[0]) - 1];
}

unsigned int
problem_status(const struct err *e)
{
	for (size_t i = 0; i < sizeof(BY_CODE) / sizeof(BY_CODE[0]); i++)
		if (strcmp(BY_CODE[i].code, e->code) == 0)
			return BY_CODE[i].status;
	return kind_of(e)->status;
}

/* A text that was cut to its buffer may end inside a character. */
static json_t *
text_json(const char *s)
{
	size_t n = strlen(s);
	json_t *text;

	while ((text = json_stringn(s, n)) == NULL && n > 0)
		n--;
	return text;
}

static json_t *
items_json(const struct err *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->nitems; i++)
		json_array_append_new(
		    list, json_pack("{s:o, s:s, s:o, s:o}", "pointer",
			      text_json(e->items[i].pointer), "code",
			      e->items[i].code, "zh", text_json(e->items[i].zh),
			      "en", text_json(e->items[i].en)));
	return list;
}

static int
has_header(const struct response *res, const char *name)
{
	for (size_t i = 0; i < res->nheaders; i++)
		if (strcmp(res->headers[i].name, name) == 0)
			return 1;
	return 0;
}

/* Basic would make a browser ask for a password of its own accord, in the
 * middle of a page that has a form for it. */
static const char *
challenge(const struct err *e)
{
	static const char *const KEYS[] = {
	    "credential_missing", "bad_credential"};

	for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++)
		if (strcmp(KEYS[i], e->code) == 0)
			return "Bearer, Basic realm=\"certsvc\", "
			       "charset=\"UTF-8\"";
	return "Session realm=\"certsvc\"";
}

void
problem_write(const struct err *e, const char *request_id, struct response *res)
{
	const struct problem_kind *kind = kind_of(e);
	unsigned int status = problem_status(e);
	struct err why = ERR_INIT;
	json_t *json;

	buf_release(&res->body);
	json = json_pack("{s:s+, s:s, s:i, s:o, s:s, s:b, s:s+, s:o, s:o, s:o}",
	    "type", "urn:certsvc:problem:", e->code, "title", kind->title,
	    "status", (int)status, "detail", text_json(e->en), "code", e->code,
	    "retryable", e->retryable || e->class == ERR_BUSY, "instance",
	    "urn:certsvc:request:", request_id, "zh", text_json(e->zh), "en",
	    text_json(e->en), "errors", items_json(e));
	if (response_json(res, status, json, &why) != 0) {
		static const char LAST[] =
		    "{\"status\":500,\"code\":\"out_of_memory\"}\n";

		res->status = 500;
		res->fixed = bytes_str(LAST);
	}
	res->type = "application/problem+json";
	res->cache = NULL;
	if ((e->retryable || e->class == ERR_BUSY || status == 429) &&
	    !has_header(res, "Retry-After"))
		response_header(res, "Retry-After", "1");
	if (status == 401)
		response_header(res, "WWW-Authenticate", "%s", challenge(e));
	err_clear(&why);
}
