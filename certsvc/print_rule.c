/* print_rule.c - see print_rule.h. */
#include "certsvc/print_rule.h"

#include <string.h>

#include "certsvc/service_state.h"
#include "crypto/base/clock.h"

static const char *const kinds[PRINT_KINDS] = {"original", "copy", "proof"};

const char *
print_kind_word(enum print_kind kind)
{
	return kinds[kind];
}

int
print_kind_find(const char *word)
{
	int i;

	for (i = 0; i < PRINT_KINDS; i++)
		if (strcmp(kinds[i], word) == 0)
			return i;
	return -1;
}

static int
has_kind(const struct template *t, const struct store_certificate *c,
    enum print_kind kind)
{
	if (c->copy_of[0] != '\0')
		return 0;
	if (kind == PRINT_COPY)
		return t->print_copies;
	return t->print_originals > 0 &&
	       (t->is_proof != 0) == (kind == PRINT_PROOF);
}

const struct print_detail *
print_rule_status(const struct store_certificate *c, enum print_kind kind)
{
	static const struct print_detail
	    expired = {"expired", "证照已过有效期，不能打印；请先换发",
		"the certificate has expired: it must be renewed first"},
	    suspended = {"suspended", "证照已被暂停，恢复之前不能打印",
		"the certificate is suspended and cannot be printed until it is resumed"},
	    revoked = {"revoked", "证照已被吊销或注销，不能打印",
		"the certificate was revoked and cannot be printed"},
	    superseded = {"superseded",
		"证照已换发新证，请按编号重新查找并打印新证",
		"the certificate was replaced by a new one: look it up again and print that"},
	    pending = {"not_handed_over",
		"证照还没有交付给持证人，交付之后才能制作加注件",
		"the certificate was not handed over yet: copies can be made after that"};

	if (c->valid_to != 0 && clock_now() >= c->valid_to)
		return &expired;
	switch (c->status) {
	case STATUS_VALID:
		return NULL;
	case STATUS_PENDING:
		return kind == PRINT_COPY ? &pending : NULL;
	case STATUS_SUSPENDED:
		return &suspended;
	case STATUS_REVOKED:
		return &revoked;
	case STATUS_SUPERSEDED:
		break;
	}
	return &superseded;
}

/* Copies that were made: as many as one page shows. */
static int
count_copies(struct service *s, const struct store_certificate *c,
    struct print_right *right, struct err *e)
{
	struct store_query q = {.copy_of = c->id, .limit = STORE_PAGE_MAX};
	struct store_page page;
	int rc = s->ops->certificate_list(s->store, &q, &page, e);

	if (rc != 0)
		return rc;
	right->made = page.n;
	right->no_limit = 1;
	store_page_release(&page);
	return 0;
}

static int
count_sheets(struct service *s, const struct store_certificate *c,
    const struct template *t, struct print_right *right, struct err *e)
{
	struct store_record_query q = {.kind = "sheet", .subject = c->id};
	int rc = s->ops->record_count(s->store, &q, &right->all, e);

	q.state = "live";
	if (rc == 0)
		rc = s->ops->record_count(s->store, &q, &right->made, e);
	if (rc == 0 && right->made < (uint64_t)t->print_originals)
		right->left = (uint64_t)t->print_originals - right->made;
	return rc;
}

int
print_rule(struct service *s, const struct store_certificate *c,
    enum print_kind kind, struct print_right *right, struct err *e)
{
	static const struct print_detail
	    changed = {"template_changed", "证照按旧版模板签发，请先换发再打印",
		"the certificate was made by another version of its template: renew it first"},
	    none_left = {"no_originals_left",
		"该证照允许打印的份数已用完；有打坏的，请先把那一份的打印任务记为没打出来或不能用",
		"as many sheets as the type allows were printed; when one of them is no good, say so at its print job first"};
	const struct template *t = template_find(&s->templates, c->type);
	const struct print_detail *why = print_rule_status(c, kind);
	int rc;

	memset(right, 0, sizeof(*right));
	right->exists = t != NULL && has_kind(t, c, kind);
	if (!right->exists)
		return 0;
	rc = kind == PRINT_COPY ? count_copies(s, c, right, e)
				: count_sheets(s, c, t, right, e);
	if (rc != 0)
		return rc;
	if (why == NULL && t->version != c->template_version)
		why = &changed;
	if (why == NULL && !right->no_limit && right->left == 0)
		why = &none_left;
	right->allowed = why == NULL;
	if (why != NULL)
		right->why = *why;
	return 0;
}

static json_t *
right_json(const struct print_right *right)
{
	json_t *why = right->allowed ? json_null()
				     : json_pack("{s:s, s:s, s:s}", "code",
					   right->why.code, "zh", right->why.zh,
					   "en", right->why.en);

	return json_pack("{s:b, s:o, s:I, s:o}", "allowed", right->allowed,
	    "why", why, "made", (json_int_t)right->made, "left",
	    right->no_limit ? json_null()
			    : json_integer((json_int_t)right->left));
}

int
print_rule_json(struct service *s, const struct store_certificate *c,
    json_t **out, struct err *e)
{
	struct print_right right;
	int kind, rc = 0;

	*out = json_object();
	for (kind = 0; rc == 0 && kind < PRINT_KINDS; kind++) {
		rc = print_rule(s, c, (enum print_kind)kind, &right, e);
		if (rc == 0 && right.exists &&
		    json_object_set_new(
			*out, kinds[kind], right_json(&right)) != 0)
			rc = err_nomem(e);
	}
	if (rc != 0) {
		json_decref(*out);
		*out = NULL;
	}
	return rc;
}
