/* answer.c - certificates as JSON for callers; see service.h. */
#include "certsvc/issue.h"
#include "certsvc/service_state.h"

#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"

const char *
answer_status(enum store_status status, int64_t valid_to, int64_t now)
{
	switch (status) {
	case STATUS_PENDING:
		return "pending";
	case STATUS_SUSPENDED:
		return "suspended";
	case STATUS_REVOKED:
		return "revoked";
	case STATUS_SUPERSEDED:
		return "superseded";
	case STATUS_VALID:
		break;
	}
	return valid_to != 0 && now >= valid_to ? "expired" : "valid";
}

json_t *
answer_variants(const struct template *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nvariants; i++)
		if (json_array_append_new(
			list, json_pack("{s:s, s:s, s:s}", "id",
				  t->variants[i].id, "zh", t->variants[i].zh,
				  "en", t->variants[i].en)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

json_t *
answer_time(int64_t t)
{
	char text[CLOCK_RFC3339_SIZE];

	if (t == 0)
		return json_null();
	clock_rfc3339(text, t);
	return json_string(text);
}

json_t *
answer_hex(const uint8_t *p, size_t n)
{
	struct buf hex = BUF_INIT;
	struct bytes v = {p, n};
	json_t *json;

	text_hex(&hex, v);
	json = buf_cstr(&hex) ? json_string((char *)hex.p) : NULL;
	buf_release(&hex);
	return json;
}

/* "documents": what can be fetched. */
static json_t *
documents_json(const struct store_document *docs, size_t n)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < n && list != NULL; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:i, s:o, s:I}", "format",
			docs[i].format, "variant", docs[i].variant, "version",
			(int)docs[i].version, "digest",
			answer_hex(docs[i].digest, sizeof(docs[i].digest)),
			"size", (json_int_t)docs[i].size));
	return list;
}

int
answer_certificate(struct service *s, const struct store_certificate *c,
    json_t **answer, struct err *e)
{
	struct store_document docs[ISSUE_DOCUMENTS_MAX];
	size_t n = 0;
	int rc = s->ops->document_list(
	    s->store, c->id, docs, ISSUE_DOCUMENTS_MAX, &n, e);

	return rc != 0 ? rc : answer_documents(s, c, docs, n, answer, e);
}

int
answer_documents(struct service *s, const struct store_certificate *c,
    const struct store_document *docs, size_t ndocs, json_t **answer,
    struct err *e)
{
	const struct template *t = template_find(&s->templates, c->type);
	struct buf qr = BUF_INIT;
	int64_t now = clock_now();
	json_t *json, *documents = documents_json(docs, ndocs);

	if (documents == NULL)
		return err_nomem(e);
	buf_add_buf(&qr, &c->qr);
	json = json_pack(
	    "{s:s, s:s, s:{s:s, s:s}, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o,"
	    " s:o, s:s, s:o, s:I}",
	    "id", c->id, "type", c->type, "type_name", "zh", t ? t->zh : "",
	    "en", t ? t->en : "", "number", c->number, "identifier",
	    c->identifier, "department", c->department, "status",
	    answer_status(c->status, c->valid_to, now), "status_since",
	    answer_time(c->status_since), "issued", answer_time(c->issued),
	    "valid_from", answer_time(c->valid_from), "valid_to",
	    answer_time(c->valid_to), "face_digest",
	    answer_hex(c->face_digest, 32), "qr",
	    buf_cstr(&qr) ? buf_cstr(&qr) : "", "documents", documents,
	    "ledger_index", (json_int_t)c->leaf);
	if (json != NULL && c->supersedes[0] != '\0')
		json_object_set_new(
		    json, "supersedes", json_string(c->supersedes));
	if (json != NULL && c->copy_of[0] != '\0')
		json_object_set_new(json, "copy_of", json_string(c->copy_of));
	if (json != NULL && c->superseded_by[0] != '\0')
		json_object_set_new(
		    json, "superseded_by", json_string(c->superseded_by));
	buf_release(&qr);
	if (json == NULL)
		return err_nomem(e);
	*answer = json;
	return 0;
}
