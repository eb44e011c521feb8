/*
 * keeper_seal_act.h - one administrator's action on seals under way; private
 * to keeper_seal_*.c.
 */
#ifndef KEYS_KEEPER_SEAL_ACT_H
#define KEYS_KEEPER_SEAL_ACT_H

#include "keys/keeper_state.h"

enum {
	SEALS_AT_ONCE = 64 /* made by one action */
};

/* One record of the action, for the journal. */
struct noted {
	char op[16];
	char id[SEAL_ID_SIZE];
	char head[65];
};

struct seal_act {
	struct keeper_state *s;
	const json_t *action;
	int64_t now;
	json_t *answer;
	struct noted noted[SEALS_AT_ONCE];
	size_t nnoted;
	struct err *e;
};

/* A string member, or "". */
const char *seal_act_string(const json_t *object, const char *name);

/* The seal that the action names, or NULL with ERR_NOT_FOUND. */
struct seal_row *seal_act_find(const struct seal_act *a);

/* Note a record that goes into the batch; its head is to be filled. */
struct noted *seal_act_note(struct seal_act *a, const char *op, const char *id);

/* ERR_INPUT "bad_action"; ERR_CONFLICT "seal_state". */
int seal_act_bad(struct err *e);
int seal_act_wrong_state(const struct seal_row *row, struct err *e);

/* keeper_seal_outside.c: x509s of other CAs, seal objects of other makers */
int seal_act_csr(struct seal_act *a);
int seal_act_x509(struct seal_act *a);
int seal_act_import(struct seal_act *a);

#endif
