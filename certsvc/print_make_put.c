/* print_make_put.c - everything of a new job in one transaction: job, key,
 * sheet, blank, and the certificate's event; see print_make.h. */
#include <stdio.h>
#include <string.h>

#include "certsvc/desk_record.h"
#include "certsvc/print_make.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/digest.h"

enum {
	RECORDS = 4
};

struct records {
	struct store_record v[RECORDS];
	size_t n;
};

static int
add_key(const struct print_make *make, struct records *records, struct err *e)
{
	const struct desk_record_name name = {.kind = "print-key",
	    .id = make->key,
	    .office = make->job.office,
	    .subject = make->job.id,
	    .state = "",
	    .version = 1};

	return desk_record_fill(&records->v[records->n++], &name,
	    json_pack("{s:s}", "digest", make->digest), e);
}

static json_t *
digest_json(const struct buf *of)
{
	uint8_t digest[DIGEST_SIZE];

	return digest_sha256(buf_bytes(of), digest) == 0
		   ? answer_hex(digest, sizeof(digest))
		   : NULL;
}

static int
add_sheet(struct print_make *make, struct records *records, struct err *e)
{
	struct store_record *r = &records->v[records->n++];
	char id[STORE_RECORD_ID_SIZE];
	const struct desk_record_name name = {.kind = "sheet",
	    .id = id,
	    .office = make->job.office,
	    .subject = make->certificate.id,
	    .state = "live",
	    .version = 1};
	int rc;

	snprintf(id, sizeof(id), "%s/%lld", make->certificate.id,
	    (long long)print_job_number(&make->job, "copy"));
	rc = desk_record_fill(r, &name,
	    json_pack("{s:s, s:o, s:o}", "job", make->job.id, "code",
		digest_json(&make->code), "document", digest_json(&make->pdf)),
	    e);
	if (rc != 0)
		return rc;
	buf_add_buf(&r->blob, &make->pdf);
	return buf_failed(&r->blob) ? err_nomem(e) : 0;
}

static int
blank_not_free(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "blank_not_free",
	    "本网点没有这个空白证编号，或它已使用、已作废",
	    "the office has no such blank, or it was used or spoiled");
}

/* Take the blank: its next version. */
static int
add_blank(const struct print_make *make, struct records *records, struct err *e)
{
	struct service *s = make->service;
	struct store_record *r = &records->v[records->n];
	char id[STORE_RECORD_ID_SIZE];
	int rc;

	snprintf(
	    id, sizeof(id), "%s-%s", make->certificate.type, make->order.blank);
	rc = s->ops->record_get(s->store, "blank", id, 0, r, e);
	if (rc != 0)
		return rc == ERR_NOT_FOUND ? blank_not_free(e) : rc;
	records->n++;
	if (strcmp(r->state, "free") != 0 ||
	    strcmp(r->office, make->job.office) != 0)
		return blank_not_free(e);
	r->version++;
	r->at = make->job.made;
	text_copy(r->state, sizeof(r->state), "used");
	text_copy(r->subject, sizeof(r->subject), make->job.id);
	return 0;
}

static int
fill_records(struct print_make *make, struct records *records, struct err *e)
{
	int rc = print_job_record(&make->job, &records->v[0], e);

	records->n = 1;
	if (rc == 0)
		rc = add_key(make, records, e);
	if (rc == 0 && make->order.kind != PRINT_COPY)
		rc = add_sheet(make, records, e);
	if (rc == 0 && make->order.blank != NULL)
		rc = add_blank(make, records, e);
	return rc;
}

/* What the certificate's department sees of it: who printed, and why again. */
static int
fill_event(
    const struct print_make *make, struct store_event *event, struct err *e)
{
	const struct service_operator *op = make->call->caller->operator;
	const char *made = print_job_text(&make->job, "made");

	event->at = make->job.made;
	text_copy(event->certificate, sizeof(event->certificate),
	    made[0] != '\0' ? made : make->certificate.id);
	text_copy(event->action, sizeof(event->action), "print");
	text_copy(event->department, sizeof(event->department),
	    make->certificate.department);
	return service_event_texts(
	    event, op != NULL ? op->name : NULL, make->order.reason, e);
}

int
print_make_put(struct print_make *make, struct err *e)
{
	struct service *s = make->service;
	struct records records = {.n = 0};
	struct store_event event = {.seq = 0};
	size_t i;
	int rc = fill_records(make, &records, e);

	if (rc == 0)
		rc = fill_event(make, &event, e);
	if (rc == 0)
		rc = s->ops->records_put(
		    s->store, records.v, records.n, &event, e);
	store_event_release(&event);
	for (i = 0; i < records.n; i++)
		store_record_release(&records.v[i]);
	return rc;
}
