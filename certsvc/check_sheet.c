/* check_sheet.c - see check_sheet.h. */
#include "certsvc/check_sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/base/text.h"

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

int
check_sheet(struct service *s, const struct verdict *v, struct bytes bytes,
    enum check_sheet *found, struct err *e)
{
	const struct verdict_certificate *c = &v->certificate;
	const char *name = member(v->format);
	struct store_record record = {.version = 0};
	char id[STORE_RECORD_ID_SIZE];
	json_t *body;
	int rc;

	*found = SHEET_STRANGE;
	if (name == NULL)
		return 0;
	snprintf(id, sizeof(id), "%s/%" PRIu64, c->id, c->sheet.number);
	rc = s->ops->record_get(s->store, "sheet", id, 0, &record, e);
	if (rc != 0) {
		if (rc != ERR_NOT_FOUND)
			return rc;
		err_clear(e);
		return 0;
	}
	body = json_loadb((const char *)record.body.p, record.body.n, 0, NULL);
	if (digest_is(body, name, bytes))
		*found =
		    strcmp(record.state, "live") == 0 ? SHEET_LIVE : SHEET_VOID;
	json_decref(body);
	store_record_release(&record);
	return 0;
}
