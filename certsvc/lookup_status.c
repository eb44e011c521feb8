/* lookup_status.c - the public state of a certificate; see service.h. */
#include "certsvc/service_state.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"

/* The printed number of a certificate, for "superseded by". */
static json_t *
number_of(struct service *s, const char *id)
{
	struct store_certificate c = {.id = ""};
	struct err e = ERR_INIT;
	json_t *json = NULL;

	if (s->ops->certificate_get(s->store, id, &c, &e) == 0)
		json = json_string(c.number);
	store_certificate_release(&c);
	err_clear(&e);
	return json;
}

static void
add_text(struct buf *out, const char *before, const char *value)
{
	buf_add_str(out, before);
	buf_add_str(out, value);
}

/* Codes, words and times: nothing in them needs an escape. */
static void
write_known(const struct status_known *known, struct buf *out)
{
	enum {
		USUAL = 256 /* bytes: room for all of it at once */
	};
	int64_t now = clock_now();
	char time[CLOCK_RFC3339_SIZE];

	if (buf_extend(out, USUAL) != NULL)
		out->n -= USUAL;
	add_text(out, "{\"id\":\"", known->id);
	add_text(out, "\",\"type\":\"", known->type);
	add_text(out, "\",\"status\":\"",
	    answer_status(known->status, known->valid_to, now));
	clock_rfc3339(time, known->since);
	add_text(out, "\",\"status_since\":\"", time);
	clock_rfc3339(time, now);
	add_text(out, "\",\"status_as_of\":\"", time);
	buf_add_str(out, "\"");
}

/* The members of a superseded certificate, cut from an object of their own. */
static int
write_successor(struct service *s, const char *id, struct buf *out)
{
	json_t *json = json_pack("{s:s, s:o*}", "superseded_by", id,
	    "superseded_by_number", number_of(s, id));
	char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (text == NULL)
		return -1;
	text[strlen(text) - 1] = '\0';
	text[0] = ',';
	buf_add_str(out, text);
	free(text);
	return 0;
}

/* From the database; kept for the next one who asks. */
static int
read_status(struct service *s, const char *id, uint64_t mark, struct buf *out,
    struct err *e)
{
	struct store_certificate c = {.id = ""};
	struct status_known known = {.id = ""};
	int rc;

	if ((rc = s->ops->certificate_get(s->store, id, &c, e)) != 0)
		return rc == ERR_NOT_FOUND ? lookup_not_found(e) : rc;
	memcpy(known.id, c.id, sizeof(known.id));
	memcpy(known.type, c.type, sizeof(known.type));
	known.status = c.status;
	known.since = c.status_since;
	known.valid_to = c.valid_to;
	write_known(&known, out);
	if (c.superseded_by[0] == '\0')
		status_cache_put(&s->statuses, &known, mark);
	else if (write_successor(s, c.superseded_by, out) != 0)
		rc = err_nomem(e);
	store_certificate_release(&c);
	return rc;
}

int
service_status(
    struct service *s, const char *id, struct buf *json, struct err *e)
{
	struct status_known known;
	uint64_t mark;
	int rc = 0;

	if (!lookup_id_ok(id))
		return lookup_not_found(e);
	if (status_cache_get(&s->statuses, id, &known, &mark))
		write_known(&known, json);
	else if ((rc = read_status(s, id, mark, json, e)) != 0)
		return rc;
	buf_add_str(json, "}\n");
	return buf_failed(json) ? err_nomem(e) : 0;
}
