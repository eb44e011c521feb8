/* keeper_uses.c - what a seal was used for, from the journal. */
#include "keys/keeper_state.h"

#include <stdlib.h>
#include <string.h>

enum {
	USES_MAX = 100 /* lines of one answer */
};

/* An answer under way. */
struct listing {
	const char *seal;
	json_t *uses;
};

static int
list_line(void *ctx, const struct journal_line *line)
{
	struct listing *l = ctx;
	json_t *use;

	if (strcmp(line->seal, l->seal) != 0)
		return 0;
	use = json_pack("{s:I,s:I,s:s,s:s,s:s,s:s}", "seq",
	    (json_int_t)line->seq, "time", (json_int_t)line->time, "op",
	    line->op, "type", line->type, "department", line->department,
	    "intent", line->intent);
	if (line->office[0] != '\0')
		json_object_set_new(use, "office", json_string(line->office));
	if (line->number != 0)
		json_object_set_new(
		    use, "number", json_integer((json_int_t)line->number));
	json_array_append_new(l->uses, use);
	return json_array_size(l->uses) >= USES_MAX;
}

int
keeper_uses_job(struct keeper_state *s, struct keeper_job *job)
{
	struct listing l = {job->frame.seal, json_array()};
	uint64_t cursor = job->frame.cursor;
	const struct seal_row *row = seal_register_find(&s->seals, l.seal);
	json_t *answer;
	char *text;
	int rc;

	if (row == NULL) {
		json_decref(l.uses);
		return err_set(&job->e, ERR_NOT_FOUND, "no_such_seal",
		    "没有这枚印章", "there is no such seal");
	}
	rc = journal_look(&s->journal, &cursor, list_line, &l, &job->e);
	answer = json_pack("{s:o,s:I,s:I}", "uses", l.uses, "count",
	    (json_int_t)row->uses, "last_used", (json_int_t)row->last_used);
	if (rc == 0 && cursor != 0)
		json_object_set_new(
		    answer, "cursor", json_integer((json_int_t)cursor));
	text = json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(answer);
	if (rc == 0 && text == NULL)
		rc = err_nomem(&job->e);
	else if (rc == 0)
		buf_add_str(&job->payload, text);
	free(text);
	return rc;
}
