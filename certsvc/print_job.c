/* print_job.c - reading and writing print jobs; see print_job.h. */
#include "certsvc/print_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"

static const char *const words[PRINT_STATES] = {
    "rendered", "sent", "confirmed", "failed", "unknown"};

const char *
print_state_word(enum print_state state)
{
	return words[state];
}

int
print_state_find(const char *word)
{
	int i;

	for (i = 0; i < PRINT_STATES; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

const char *
print_job_text(const struct print_job *job, const char *name)
{
	const char *text = json_string_value(json_object_get(job->body, name));

	return text != NULL ? text : "";
}

json_int_t
print_job_number(const struct print_job *job, const char *name)
{
	return json_integer_value(json_object_get(job->body, name));
}

void
print_job_release(struct print_job *job)
{
	json_decref(job->body);
	memset(job, 0, sizeof(*job));
}

/* A row whose hash is right and whose content is not ours: a bug, or another
 * release. */
static int
not_a_job(struct err *e)
{
	return err_internal(e, "a record of kind print that is no print job");
}

int
print_job_of_record(
    const struct store_record *record, struct print_job *job, struct err *e)
{
	int state = print_state_find(record->state);

	memset(job, 0, sizeof(*job));
	if (state < 0 || strlen(record->id) >= sizeof(job->id) ||
	    strlen(record->subject) >= sizeof(job->certificate))
		return not_a_job(e);
	job->body =
	    json_loadb((const char *)record->body.p, record->body.n, 0, NULL);
	if (!json_is_object(job->body)) {
		print_job_release(job);
		return not_a_job(e);
	}
	memcpy(job->id, record->id, strlen(record->id) + 1);
	memcpy(job->certificate, record->subject, strlen(record->subject) + 1);
	memcpy(job->office, record->office, sizeof(job->office));
	job->version = record->version;
	job->state = (enum print_state)state;
	job->made = record->made;
	job->changed = record->at;
	return 0;
}

static int
no_such_job(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_such_job", "没有这个打印任务",
	    "there is no such print job");
}

int
print_job_read(const struct print_store *in, const char *id,
    struct print_job *job, struct err *e)
{
	struct store_record record;
	int rc;

	memset(job, 0, sizeof(*job));
	if (strlen(id) != PRINT_ID_SIZE - 1)
		return no_such_job(e);
	rc = in->ops->record_get(in->store, "print", id, 0, &record, e);
	if (rc != 0)
		return rc == ERR_NOT_FOUND ? no_such_job(e) : rc;
	rc = print_job_of_record(&record, job, e);
	store_record_release(&record);
	return rc;
}

int
print_job_record(
    const struct print_job *job, struct store_record *record, struct err *e)
{
	char *text = json_dumps(job->body, JSON_COMPACT);

	memset(record, 0, sizeof(*record));
	if (text == NULL)
		return err_nomem(e);
	snprintf(record->kind, sizeof(record->kind), "print");
	memcpy(record->id, job->id, sizeof(job->id));
	memcpy(record->office, job->office, sizeof(job->office));
	memcpy(record->subject, job->certificate, sizeof(job->certificate));
	snprintf(record->state, sizeof(record->state), "%s",
	    print_state_word(job->state));
	record->version = job->version;
	record->at = job->changed;
	buf_add_str(&record->body, text);
	free(text);
	return buf_failed(&record->body) ? err_nomem(e) : 0;
}

void
print_job_name(const struct print_job *job, char name[PRINT_NAME_SIZE])
{
	json_int_t again = print_job_number(job, "resent");

	if (again == 0)
		snprintf(name, PRINT_NAME_SIZE, "%s", job->id);
	else
		snprintf(name, PRINT_NAME_SIZE, "%s-%lld", job->id,
		    (long long)again);
}

/* A sheet's document is its record's blob; a copy's is the copy's own. */
int
print_job_document(const struct print_store *in, const struct print_job *job,
    struct buf *pdf, struct err *e)
{
	const char *copy = print_job_text(job, "made");
	struct store_document doc = {.version = 0};
	struct store_record sheet;
	char id[STORE_RECORD_ID_SIZE];
	int rc;

	if (copy[0] != '\0') {
		rc = in->ops->document_get(in->store, copy, "pdf",
		    print_job_text(job, "variant"), 1, &doc, e);
		buf_swap(pdf, &doc.bytes);
		buf_release(&doc.bytes);
		return rc;
	}
	snprintf(id, sizeof(id), "%s/%lld", job->certificate,
	    (long long)print_job_number(job, "copy"));
	rc = in->ops->record_get(in->store, "sheet", id, 1, &sheet, e);
	if (rc != 0)
		return rc == ERR_NOT_FOUND
			   ? err_internal(e, "a print job without its sheet")
			   : rc;
	buf_swap(pdf, &sheet.blob);
	store_record_release(&sheet);
	return 0;
}
