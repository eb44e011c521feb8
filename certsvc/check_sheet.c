/* check_sheet.c - see check_sheet.h. */
#include "certsvc/check_sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/base/text.h"

enum {
	STATE_SIZE = sizeof(((struct store_record *)NULL)->state)
};

/* The member of a sheet's record that is the digest of such a file. */
static const char *
member(const char *format)
{
	if (strcmp(format, "qr") == 0)
		return "code";
	return strcmp(format, "pdf") == 0 ? "document" : NULL;
}

static int
digest_is(const json_t *body, const char *name, struct bytes bytes)
{
	const char *hex = json_string_value(json_object_get(body, name));
	uint8_t want[32], got[32];

	return hex != NULL &&
	       text_unhex(want, sizeof(want), hex, strlen(hex)) == 0 &&
	       EVP_Digest(bytes.p, bytes.n, got, NULL, EVP_sha256(), NULL) ==
		   1 &&
	       memcmp(want, got, sizeof(got)) == 0;
}

/* A record's state and its body, a new reference: "" and NULL when there is no
 * such record. */
static int
read_record(struct service *s, const char *kind, const char *id,
    char state[STATE_SIZE], json_t **body, struct err *e)
{
	struct store_record record = {.version = 0};
	int rc = s->ops->record_get(s->store, kind, id, 0, &record, e);

	*body = NULL;
	state[0] = '\0';
	if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		return 0;
	}
	if (rc != 0)
		return rc;
	*body = json_loadb((const char *)record.body.p, record.body.n, 0, NULL);
	text_copy(state, STATE_SIZE, record.state);
	store_record_release(&record);
	return 0;
}

/* The record of the sheet that v speaks of. */
static int
read_sheet(struct service *s, const struct verdict *v, char state[STATE_SIZE],
    json_t **body, struct err *e)
{
	const struct verdict_certificate *c = &v->certificate;
	char id[STORE_RECORD_ID_SIZE];

	snprintf(id, sizeof(id), "%s/%" PRIu64, c->id, c->sheet.number);
	return read_record(s, "sheet", id, state, body, e);
}

int
check_sheet(struct service *s, const struct verdict *v, struct bytes bytes,
    enum check_sheet *found, struct err *e)
{
	const char *name = member(v->format);
	char state[STATE_SIZE];
	json_t *body;
	int rc;

	*found = SHEET_STRANGE;
	if (name == NULL)
		return 0;
	rc = read_sheet(s, v, state, &body, e);
	if (rc == 0 && digest_is(body, name, bytes))
		*found = strcmp(state, "live") == 0 ? SHEET_LIVE : SHEET_VOID;
	json_decref(body);
	return rc;
}

int
service_sheet_purpose(struct service *s, struct verdict *v, struct err *e)
{
	struct verdict_sheet *sheet = &v->certificate.sheet;
	json_t *body = NULL, *job = NULL;
	char state[STATE_SIZE];
	const char *name;
	int rc;

	if (v->kind != VERDICT_VALID || sheet->number == 0)
		return 0;
	rc = read_sheet(s, v, state, &body, e);
	name = json_string_value(json_object_get(body, "job"));
	if (rc == 0 && name != NULL)
		rc = read_record(s, "print", name, state, &job, e);
	text_copy(sheet->purpose, sizeof(sheet->purpose),
	    json_string_value(json_object_get(job, "purpose")));
	json_decref(body);
	json_decref(job);
	return rc;
}
