/* issue_face.c - the face of a new certificate; see issue.h. */
#include "certsvc/issue.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/certificate_face.h"
#include "certsvc/number.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

const char *
issue_field_value(void *ctx, const char *id)
{
	const struct issue *issue = ctx;
	const struct template *t = issue->template;
	size_t i;

	for (i = 0; i < t->nfields; i++)
		if (strcmp(t->fields[i].id, id) == 0)
			return face_get(issue->fields, t->fields[i].name);
	return NULL;
}

static int
write_number(struct issue *issue, const char *date, struct err *e)
{
	struct number_source source = {.date = date,
	    .sequence = issue->intent.number_sequence,
	    .field = issue_field_value,
	    .ctx = issue};
	struct buf text = BUF_INIT;
	int rc;

	rc = number_write(issue->template->number, &source, &text, e);
	if (rc == 0 && (issue->cert.number = text_dup(buf_cstr(&text))) == NULL)
		rc = err_nomem(e);
	buf_release(&text);
	return rc;
}

static int
write_identifier(struct issue *issue, struct err *e)
{
	struct identifier id = {.version = issue->intent.identifier_version};
	char text[IDENTIFIER_SIZE];
	int rc;

	memcpy(id.type, issue->template->code, sizeof(id.type));
	if (strlen(issue->intent.department) >= sizeof(id.issuer))
		return err_internal(e, "department code");
	memcpy(id.issuer, issue->intent.department,
	    strlen(issue->intent.department) + 1);
	memcpy(id.serial, issue->intent.identifier_serial,
	    strlen(issue->intent.identifier_serial) + 1);
	if ((rc = identifier_write(&id, text, e)) != 0)
		return rc;
	issue->cert.identifier = text_dup(text);
	return issue->cert.identifier == NULL ? err_nomem(e) : 0;
}

static int
set_validity(
    struct issue *issue, const char *from, const char *to, struct err *e)
{
	struct store_certificate *c = &issue->cert;

	if (clock_parse_date(from, &c->valid_from) != 0 ||
	    (to[0] != '\0' && clock_parse_date(to, &c->valid_to) != 0))
		return err_internal(e, "validity");
	/* Valid to the end of the last day, China time. */
	if (to[0] != '\0')
		c->valid_to += 86400;
	if (to[0] != '\0' && c->valid_to <= issue->intent.created)
		return err_set(e, ERR_INPUT, "already_expired",
		    "有效期截止日期已过，不能签发",
		    "the last day of validity is past: not issued");
	return 0;
}

int
issue_record(struct issue *issue, json_t *json, struct err *e)
{
	struct buf *out = &issue->cert.record;
	char *text = NULL;

	if (json != NULL)
		text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(json);
	if (text == NULL)
		return err_nomem(e);
	buf_add_str(out, text);
	free(text);
	return buf_failed(out) ? err_nomem(e) : 0;
}

void
issue_take_intent(struct issue *issue)
{
	struct store_certificate *c = &issue->cert;
	const struct store_intent *intent = &issue->intent;

	memcpy(c->id, intent->certificate, sizeof(c->id));
	memcpy(c->intent, intent->id, sizeof(c->intent));
	memcpy(c->type, intent->type, sizeof(c->type));
	memcpy(c->department, intent->department, sizeof(c->department));
	c->list = intent->list;
	c->index = intent->index;
	c->issued = intent->created;
}

static int
fill_certificate(struct issue *issue, struct err *e)
{
	struct store_certificate *c = &issue->cert;
	const struct template *t = issue->template;

	issue_take_intent(issue);
	memcpy(c->supersedes, issue->intent.supersedes, sizeof(c->supersedes));
	c->template_version = t->version;
	c->holder = text_dup(certificate_value(t, issue->fields, t->holder));
	c->holder_code =
	    text_dup(certificate_value(t, issue->fields, t->holder_code));
	return issue_record(issue, order_body(&issue->order), e);
}

int
issue_face(struct issue *issue, struct err *e)
{
	struct store_certificate *c = &issue->cert;
	const struct template *t = issue->template;
	struct certificate_header header;
	char date[CLOCK_DATE_SIZE], from[CLOCK_DATE_SIZE], to[CLOCK_DATE_SIZE];
	int rc;

	clock_date_cst(date, issue->intent.created);
	if ((rc = fill_certificate(issue, e)) != 0 ||
	    (rc = write_number(issue, date, e)) != 0 ||
	    (rc = write_identifier(issue, e)) != 0 ||
	    (rc = certificate_validity(t, issue->fields, date, from, to, e)) !=
		0 ||
	    (rc = set_validity(issue, from, to, e)) != 0)
		return rc;
	header = (struct certificate_header){c->number, c->identifier,
	    issue->department->zh, c->department, date, from, to};
	return certificate_face_write(t, &header, issue->fields, &c->face, e);
}
