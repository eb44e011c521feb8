/* keeper_office.c - what an office may have signed: its ticket and key instead
 * of a department's; and tickets as an administrator orders them. */
#include "keys/keeper_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/copy_field.h"
#include "keys/office_key.h"

enum {
	OFFICES_AT_ONCE = 32 /* tickets made by one action */
};

static int
not_authorised(struct err *e)
{
	return err_set(e, ERR_DENIED, "not_authorised",
	    "这个网点不能打印此类证照；请管理员在网点许可中加上",
	    "this office may not print this type; an administrator may add it "
	    "to its ticket");
}

/* Ticket, key, days, stop, in this order: who has not both hears no more than
 * that it is refused. */
int
keeper_office_open(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m)
{
	const struct keeper_frame *f = &job->frame;
	struct ticket *t = &m->ticket;
	uint8_t hash[TICKET_HASH_SIZE];
	int64_t now = clock_now();
	int rc;

	m->by_office = 1;
	rc = ticket_open(f->ticket, s->ticket_key, t, &job->e);
	if (rc != 0)
		return rc;
	if (office_key_hash(f->cred.secret, hash) != 0 ||
	    CRYPTO_memcmp(hash, t->hash, sizeof(hash)) != 0 ||
	    t->issued > now + KEEPER_EARLY_SECONDS ||
	    (t->not_after != 0 && now >= t->not_after))
		return ticket_refuse(&job->e);
	if (t->issued <= authority_office_stopped(&s->authority, t->id))
		return err_set(&job->e, ERR_DENIED, "office_stopped",
		    "这个网点已被停用；请联系管理员",
		    "this office was stopped; ask an administrator");
	return 0;
}

int
keeper_office_check(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m)
{
	const struct ticket_type *type = ticket_type_find(&m->ticket, m->type);
	const char *maker = face_get(m->face, COPY_MAKER);

	if (type == NULL || !ticket_covered_by(&m->ticket, m->department) ||
	    authority_department(&s->authority, m->department, &m->caller) != 0)
		return not_authorised(&job->e);
	/* An office is the maker of its copies, and nobody else's. */
	if (maker != NULL && strcmp(maker, m->ticket.zh) != 0)
		return not_authorised(&job->e);
	m->quota = type->quota;
	return 0;
}

/* One office of the action as a ticket. */
static int
fill_ticket(const struct keeper_state *s, json_t *office, struct ticket *t)
{
	const char *id, *zh, *region, *hash;
	json_int_t until = 0;
	int64_t stopped, now = clock_now();
	json_t *types;

	if (json_unpack(office, "{s:s,s:s,s:s,s:s,s?:I,s:o !}", "id", &id, "zh",
		&zh, "region", &region, "hash", &hash, "not_after", &until,
		"types", &types) != 0 ||
	    strlen(id) >= sizeof(t->id) || strlen(zh) >= sizeof(t->zh) ||
	    strlen(region) >= sizeof(t->region) ||
	    json_array_size(types) > TICKET_TYPES_MAX || until < 0 ||
	    text_unhex(t->hash, sizeof(t->hash), hash, strlen(hash)) != 0)
		return -1;
	snprintf(t->id, sizeof(t->id), "%s", id);
	snprintf(t->zh, sizeof(t->zh), "%s", zh);
	snprintf(t->region, sizeof(t->region), "%s", region);
	t->not_after = until;
	/* A ticket made after a stop, be it in the same second, opens again. */
	stopped = authority_office_stopped(&s->authority, id);
	t->issued = now > stopped ? now : stopped + 1;
	return 0;
}

static int
by_type(const void *a, const void *b)
{
	return strcmp(((const struct ticket_type *)a)->type,
	    ((const struct ticket_type *)b)->type);
}

static int
fill_types(const json_t *types, struct ticket *t)
{
	struct ticket_type *row;
	json_int_t quota;
	const char *type;
	json_t *v;
	size_t i;

	json_array_foreach (types, i, v) {
		row = &t->types[t->ntypes++];
		quota = 0;
		if (json_unpack(v, "{s:s,s?:I !}", "type", &type, "quota_day",
			&quota) != 0 ||
		    strlen(type) >= sizeof(row->type) || quota < 0)
			return -1;
		snprintf(row->type, sizeof(row->type), "%s", type);
		row->quota = (uint64_t)quota;
	}
	qsort(t->types, t->ntypes, sizeof(t->types[0]), by_type);
	return 0;
}

static int
bad_action(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_action",
	    "网点许可的内容不完整或不合规定：编号（小写字母、数字和连字符）、名称、"
	    "行政区划代码、密钥摘要、证照类型",
	    "an office of the action is incomplete or not well formed: id "
	    "(lower-case letters, digits, hyphens), zh, region, hash, types");
}

/* One ticket, as base64, and its line for the journal. */
static int
give_ticket(
    struct keeper_state *s, json_t *office, json_t *tickets, struct err *e)
{
	struct journal_line line = {.op = "ticket",
	    .time = clock_now(),
	    .authority = s->authority.version};
	struct ticket t = {.ntypes = 0};
	struct buf ticket = BUF_INIT, text = BUF_INIT;
	struct err why = ERR_INIT;
	int rc;

	if (fill_ticket(s, office, &t) != 0 ||
	    fill_types(json_object_get(office, "types"), &t) != 0 ||
	    ticket_write(&t, s->ticket_key, &ticket, &why) != 0)
		rc = bad_action(e);
	else
		rc = 0;
	text_base64(&text, buf_bytes(&ticket));
	if (rc == 0 &&
	    (buf_failed(&text) || json_array_append_new(tickets,
				      json_string(buf_cstr(&text))) != 0))
		rc = err_nomem(e);
	snprintf(line.office, sizeof(line.office), "%s", t.id);
	if (rc == 0)
		rc = journal_add(&s->journal, &line, e);
	err_clear(&why);
	buf_release(&ticket);
	buf_release(&text);
	return rc;
}

int
keeper_office_ticket_act(struct keeper_state *s, const json_t *action,
    json_t **answer, struct err *e)
{
	const json_t *offices = json_object_get(action, "offices");
	json_t *tickets = json_array(), *office;
	size_t i, n = json_array_size(offices);
	int rc = 0;

	if (n == 0 || n > OFFICES_AT_ONCE)
		rc = bad_action(e);
	for (i = 0; i < n && rc == 0; i++) {
		office = json_array_get(offices, i);
		rc = give_ticket(s, office, tickets, e);
	}
	if (rc == 0 &&
	    (*answer = json_pack("{s:O}", "tickets", tickets)) == NULL)
		rc = err_nomem(e);
	json_decref(tickets);
	return rc;
}
