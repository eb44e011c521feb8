/* desk_record.c - see desk_record.h. */
#include "certsvc/desk_record.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"

int
desk_record_random(char *id, size_t size, struct err *e)
{
	struct buf text = BUF_INIT;
	uint8_t raw[16];
	int ok = RAND_bytes(raw, sizeof(raw)) == 1;

	text_base32(&text, (struct bytes){raw, sizeof(raw)});
	ok = ok && !buf_failed(&text) && text.n < size;
	if (ok)
		text_copy(id, size, buf_cstr(&text));
	buf_release(&text);
	return ok ? 0 : err_internal(e, "RAND_bytes");
}

int
desk_record_json(const struct store_record *r, json_t **json, struct err *e)
{
	*json = json_loadb((const char *)r->body.p, r->body.n, 0, NULL);
	if (*json != NULL)
		return 0;
	return err_set(e, ERR_STORAGE, "record_damaged",
	    "记录已损坏，请从备份恢复",
	    "a record is damaged: restore from a backup");
}

int
desk_record_fill(struct store_record *r, const struct desk_record_name *name,
    json_t *json, struct err *e)
{
	char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	memset(r, 0, sizeof(*r));
	if (text == NULL)
		return err_nomem(e);
	text_copy(r->kind, sizeof(r->kind), name->kind);
	text_copy(r->id, sizeof(r->id), name->id);
	text_copy(r->office, sizeof(r->office), name->office);
	text_copy(r->subject, sizeof(r->subject), name->subject);
	text_copy(r->state, sizeof(r->state), name->state);
	r->version = name->version;
	r->at = clock_now();
	buf_add_str(&r->body, text);
	free(text);
	return buf_failed(&r->body) ? err_nomem(e) : 0;
}
