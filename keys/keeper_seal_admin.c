/* keeper_seal_admin.c - an administrator's actions on seals: records into the
 * register, synced before they are in force, then lines into the journal. */
#include "keys/keeper_seal_act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "keys/seal_json.h"

enum {
	LIST_PAGE = 100,    /* seals in one answer ... */
	LIST_BYTES = 200000 /* ... that fits a frame */
};

const char *
seal_act_string(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

int
seal_act_bad(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_action",
	    "管理操作的内容不完整或不合规定",
	    "the administrator's action is incomplete or not well formed");
}

struct seal_row *
seal_act_find(const struct seal_act *a)
{
	const char *id = seal_act_string(a->action, "seal");
	struct seal_row *row = seal_register_find(&a->s->seals, id);

	if (row == NULL)
		err_set(a->e, ERR_NOT_FOUND, "no_such_seal", "印章册里没有：%s",
		    "not in the seal register: %s", id);
	return row;
}

/* A record was put into the batch. */
struct noted *
seal_act_note(struct seal_act *a, const char *op, const char *id)
{
	struct noted *n = &a->noted[a->nnoted++];

	snprintf(n->op, sizeof(n->op), "seal.%s", op);
	snprintf(n->id, sizeof(n->id), "%s", id);
	return n;
}

int
seal_act_wrong_state(const struct seal_row *row, struct err *e)
{
	return err_set(e, ERR_CONFLICT, "seal_state",
	    "印章 %s 的状态是 %s，不能这样操作",
	    "the seal %s is %s: this cannot be done", row->id,
	    seal_state_name(row->state));
}

/* May a seal of that state take the other one? */
static int
may_turn(enum seal_state from, enum seal_state to)
{
	switch (to) {
	case SEAL_ACTIVE:
		return from == SEAL_SUSPENDED;
	case SEAL_SUSPENDED:
		return from == SEAL_ACTIVE;
	case SEAL_LOST:
		return from == SEAL_ACTIVE || from == SEAL_SUSPENDED;
	case SEAL_DESTROYED:
		return from != SEAL_DESTROYED;
	}
	return 0;
}

/* The same state once more is the same answer. */
static int
turn(struct seal_act *a, enum seal_state state, const char *op)
{
	struct seal_record record = {
	    .kind = SEAL_RECORD_STATE, .time = a->now, .state = state};
	const char *reason = seal_act_string(a->action, "reason");
	const struct seal_row *row = seal_act_find(a);

	if (row == NULL)
		return a->e->class;
	if (row->state == state)
		return 0;
	if (!may_turn(row->state, state))
		return seal_act_wrong_state(row, a->e);
	if (strlen(reason) >= sizeof(record.reason))
		return seal_act_bad(a->e);
	snprintf(record.reason, sizeof(record.reason), "%s", reason);
	memcpy(record.id, row->id, sizeof(record.id));
	record.generation = row->generation;
	return seal_register_add(&a->s->seals, &record, NULL,
	    seal_act_note(a, op, row->id)->head, a->e);
}

static int
seal_suspend(struct seal_act *a)
{
	return turn(a, SEAL_SUSPENDED, "suspend");
}

static int
seal_resume(struct seal_act *a)
{
	return turn(a, SEAL_ACTIVE, "resume");
}

static int
seal_lost(struct seal_act *a)
{
	return turn(a, SEAL_LOST, "lost");
}

static int
seal_destroy(struct seal_act *a)
{
	return turn(a, SEAL_DESTROYED, "destroy");
}

/* The picture of an action; data is decoded into bytes. */
static int
read_picture(const json_t *owner, struct seal_order *order, struct buf *data,
    struct err *e)
{
	const json_t *picture = json_object_get(owner, "picture");
	const char *base64 = seal_act_string(picture, "data");
	json_int_t width =
	    json_integer_value(json_object_get(picture, "width"));
	json_int_t height =
	    json_integer_value(json_object_get(picture, "height"));

	if (text_unbase64(data, base64, strlen(base64)) != 0 || width < 1 ||
	    width > SEAL_MM_MAX || height < 1 || height > SEAL_MM_MAX)
		return seal_act_bad(e);
	order->picture.type = seal_act_string(picture, "type");
	order->picture.data = buf_bytes(data);
	order->picture.width = (unsigned int)width;
	order->picture.height = (unsigned int)height;
	return 0;
}

/* Make a generation of a seal from its meta and the picture beside. */
static int
make(struct seal_act *a, const char *id, const json_t *meta,
    const json_t *owner, const char *op)
{
	const json_t *department = json_object_get(
	    json_object_get(a->s->authority.root, "departments"),
	    seal_act_string(meta, "department"));
	struct seal_order order = {.id = id,
	    .zh = seal_act_string(meta, "zh"),
	    .organisation = seal_act_string(department, "zh"),
	    .meta = meta,
	    .waiting = a->nnoted,
	    .years = (int)json_integer_value(json_object_get(meta, "years"))};
	struct keeper_signer signer;
	struct seal_maker maker;
	struct buf data = BUF_INIT;
	int rc;

	if (department == NULL)
		return err_set(a->e, ERR_NOT_FOUND, "not_in_authority",
		    "权限表里没有：%s", "not in the authority table: %s",
		    seal_act_string(meta, "department"));
	rc = read_picture(owner, &order, &data, a->e);
	if (rc == 0)
		rc = keeper_maker(a->s, &signer, &maker, a->e);
	if (rc == 0)
		rc = seal_make(
		    &maker, &order, seal_act_note(a, op, id)->head, a->e);
	buf_release(&data);
	return rc;
}

/* Is the seal that is there the one that was asked for?  Its years and picture
 * do not tell it from another. */
static int
same_seal(const struct seal_row *row, const json_t *meta)
{
	json_t *is = json_loads(row->meta, 0, NULL),
	       *asked = json_copy((json_t *)(uintptr_t)meta);
	int same;

	json_object_del(is, "years");
	json_object_del(asked, "years");
	same = json_equal(is, asked);
	json_decref(is);
	json_decref(asked);
	return same;
}

/* 1 when an earlier seal of this action has the id. */
static int
noted_already(const struct seal_act *a, const char *id)
{
	size_t i;

	for (i = 0; i < a->nnoted; i++)
		if (strcmp(a->noted[i].id, id) == 0)
			return 1;
	return 0;
}

static int
make_one(struct seal_act *a, const json_t *seal, json_t *made)
{
	json_t *meta =
	    seal_meta(seal, seal_act_string(seal, "department"), a->e);
	const char *id = seal_act_string(seal, "id");
	const struct seal_row *row = seal_register_find(&a->s->seals, id);
	int rc = 0;

	if (meta == NULL)
		return a->e->class;
	if (noted_already(a, id) || (row != NULL && !same_seal(row, meta)))
		rc = err_set(a->e, ERR_CONFLICT, "seal_exists",
		    "编号 %s 的印章已有，且内容不同",
		    "there is another seal with the id %s already", id);
	else if (row == NULL)
		rc = make(a, id, meta, seal, "make");
	json_decref(meta);
	json_array_append_new(made, json_pack("{s:s,s:s}", "id", id, "result",
					row == NULL ? "made" : "exists"));
	return rc;
}

/* All of them, or none. */
static int
seal_make_many(struct seal_act *a)
{
	const json_t *seals = json_object_get(a->action, "seals");
	json_t *made = json_array();
	size_t i, n = json_array_size(seals);
	int rc = 0;

	if (n == 0 || n > SEALS_AT_ONCE)
		rc = seal_act_bad(a->e);
	for (i = 0; rc == 0 && i < n; i++)
		rc = make_one(a, json_array_get(seals, i), made);
	json_object_set_new(a->answer, "seals", made);
	return rc;
}

static int
seal_renew(struct seal_act *a)
{
	const struct seal_row *row = seal_act_find(a);
	json_int_t years;
	json_t *meta;
	int rc;

	if (row == NULL)
		return a->e->class;
	if (row->state != SEAL_ACTIVE && row->state != SEAL_LOST)
		return seal_act_wrong_state(row, a->e);
	if (seal_years(a->action, &years) != 0)
		return seal_act_bad(a->e);
	meta = json_loads(row->meta, 0, NULL);
	json_object_set_new(meta, "years", json_integer(years));
	rc = make(a, row->id, meta, a->action, "renew");
	json_decref(meta);
	return rc;
}

/* About as many bytes as the seal's JSON has, or more. */
static size_t
listed_size(const struct seal_row *row)
{
	return 512 + strlen(row->meta) + 192 * row->nx509s;
}

/* Pages in order of making; the cursor is a place. */
static int
seal_list(struct seal_act *a)
{
	json_int_t at =
	    json_integer_value(json_object_get(a->action, "cursor"));
	const struct seal_register *r = &a->s->seals;
	json_t *list = json_array(), *seal;
	size_t i = at < 0 ? 0 : (size_t)at, bytes = 0;

	for (; i < r->nrows && json_array_size(list) < LIST_PAGE &&
	       bytes < LIST_BYTES;
	     i++) {
		bytes += listed_size(&r->rows[i]);
		seal = seal_json(&r->rows[i]);
		json_object_set_new(
		    seal, "department", json_string(r->rows[i].department));
		json_object_set_new(
		    seal, "reason", json_string(r->rows[i].reason));
		json_array_append_new(list, seal);
	}
	json_object_set_new(a->answer, "seals", list);
	if (i < r->nrows)
		json_object_set_new(
		    a->answer, "cursor", json_integer((json_int_t)i));
	return 0;
}

static const struct {
	const char *name;
	int (*apply)(struct seal_act *a);
} actions[] = {
    {"seal_make", seal_make_many},
    {"seal_suspend", seal_suspend},
    {"seal_resume", seal_resume},
    {"seal_lost", seal_lost},
    {"seal_destroy", seal_destroy},
    {"seal_renew", seal_renew},
    {"seal_list", seal_list},
    {"seal_csr", seal_act_csr},
    {"seal_x509", seal_act_x509},
    {"seal_import", seal_act_import},
};

static int
apply(struct seal_act *a)
{
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].name,
			seal_act_string(a->action, "action")) == 0)
			return actions[i].apply(a);
	return seal_act_bad(a->e);
}

/* The changes are stored and in force; the journal follows. */
static int
put_in_force(struct seal_act *a)
{
	struct journal_line line;
	const struct seal_row *row;
	size_t i;
	int rc;

	rc = seal_register_sync(&a->s->seals, a->e);
	for (i = 0; rc == 0 && i < a->nnoted; i++) {
		row = seal_register_find(&a->s->seals, a->noted[i].id);
		memset(&line, 0, sizeof(line));
		line.time = a->now;
		line.authority = a->s->authority.version;
		snprintf(line.op, sizeof(line.op), "%s", a->noted[i].op);
		snprintf(line.seal, sizeof(line.seal), "%s", row->id);
		snprintf(line.department, sizeof(line.department), "%s",
		    row->department);
		snprintf(line.face, sizeof(line.face), "%s", a->noted[i].head);
		rc = journal_add(&a->s->journal, &line, a->e);
	}
	return rc;
}

/* What an action about one seal answers with. */
static void
show_seal(struct seal_act *a)
{
	const struct seal_row *row = seal_register_find(
	    &a->s->seals, seal_act_string(a->action, "seal"));

	if (row != NULL)
		json_object_set_new(a->answer, "seal", seal_json(row));
	json_object_set_new(a->answer, "authority_version",
	    json_integer((json_int_t)a->s->authority.version));
	json_object_set_new(a->answer, "seals_version",
	    json_integer((json_int_t)a->s->seals.version));
}

int
keeper_seal_act(struct keeper_state *s, const json_t *action, json_t **answer,
    struct err *e)
{
	struct seal_act *a = calloc(1, sizeof(*a));
	int rc;

	if (a == NULL)
		return err_nomem(e);
	a->s = s;
	a->action = action;
	a->now = clock_now();
	a->answer = json_object();
	a->e = e;
	rc = apply(a);
	if (rc == 0)
		rc = put_in_force(a);
	else
		seal_register_drop(&s->seals);
	if (rc == 0) {
		show_seal(a);
		*answer = a->answer;
	} else {
		json_decref(a->answer);
	}
	free(a);
	return rc;
}
