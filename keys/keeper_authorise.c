/* keeper_authorise.c - who may put which seal on what: the seals' own rows and
 * the authority table's grants together. */
#include "keys/keeper_state.h"

#include <string.h>

int
keeper_seal_in_force(const struct seal_row *row, struct err *e)
{
	switch (row->state) {
	case SEAL_SUSPENDED:
		return err_set(e, ERR_DENIED, "seal_suspended",
		    "印章已停用；请联系印章管理员",
		    "the seal is suspended; ask its administrator");
	case SEAL_LOST:
		return err_set(e, ERR_DENIED, "seal_lost",
		    "印章已挂失；请联系印章管理员换发",
		    "the seal was reported lost; ask its administrator to "
		    "renew it");
	case SEAL_DESTROYED:
		return err_set(e, ERR_DENIED, "seal_destroyed", "印章已销毁",
		    "the seal was destroyed");
	case SEAL_ACTIVE:
		break;
	}
	return 0;
}

static int
owns(const struct authority_caller *caller, const struct seal_row *row)
{
	return strcmp(caller->department, row->department) == 0;
}

/* Who may, whatever the seal's state: *quota gets the limit. */
static int
listed(const struct authority_caller *caller, const struct seal_row *row,
    const struct keeper_use *use, uint64_t *quota)
{
	*quota = 0;
	if (authority_grant_find(
		caller, use->type, use->seal, use->place, quota))
		return owns(caller, row) || use->place > 0;
	return owns(caller, row) && use->place == 0 &&
	       seal_row_allows(row, use->type);
}

int
keeper_may_seal(const struct keeper_state *s,
    const struct authority_caller *caller, const struct keeper_use *use,
    uint64_t *quota, struct err *e)
{
	const struct seal_row *row = seal_register_find(&s->seals, use->seal);

	if (row == NULL || !authority_key_allows(caller, use->type) ||
	    !listed(caller, row, use, quota))
		return authority_refuse(e);
	return keeper_seal_in_force(row, e);
}

int
keeper_may_use(const struct keeper_state *s,
    const struct authority_caller *caller, const char *type)
{
	const struct seal_department *d =
	    seal_register_department(&s->seals, caller->department);
	const json_t *grant;
	size_t i;

	if (!authority_key_allows(caller, type))
		return 0;
	json_array_foreach (caller->grants, i, grant)
		if (strcmp(json_string_value(json_object_get(grant, "type")),
			type) == 0)
			return 1;
	for (i = 0; d != NULL && i < d->ntypes; i++)
		if (strcmp(d->types[i], type) == 0)
			return 1;
	return 0;
}

/* What the seals say about a code of a type. */
struct code_right {
	int listed, unlimited;
	const struct seal_row *usable, *last;
	uint64_t quota;
};

static void
count_seal(const struct authority_caller *caller, const struct seal_row *row,
    const char *type, struct code_right *right)
{
	const struct keeper_use use = {type, row->id, 0};
	uint64_t quota;

	if (!listed(caller, row, &use, &quota))
		return;
	right->listed = 1;
	right->last = row;
	if (row->state != SEAL_ACTIVE)
		return;
	right->usable = row;
	right->unlimited |= quota == 0;
	right->quota += quota;
}

int
keeper_may_code(const struct keeper_state *s,
    const struct authority_caller *caller, const char *type, uint64_t *quota,
    struct err *e)
{
	const struct seal_department *d =
	    seal_register_department(&s->seals, caller->department);
	struct code_right right = {0};
	size_t i;

	if (!authority_key_allows(caller, type))
		return authority_refuse(e);
	for (i = 0; d != NULL && i < d->nrows && !right.unlimited; i++)
		count_seal(caller, &s->seals.rows[d->rows[i]], type, &right);
	if (!right.listed)
		return authority_refuse(e);
	if (right.usable == NULL)
		return keeper_seal_in_force(right.last, e);
	*quota = right.unlimited ? 0 : right.quota;
	return 0;
}

int
keeper_grant_check(const struct keeper_state *s, const char *department,
    const char *seal, int64_t place, struct err *e)
{
	const struct seal_row *row = seal_register_find(&s->seals, seal);

	if (row == NULL)
		return err_set(e, ERR_NOT_FOUND, "no_such_seal",
		    "印章册里没有：%s", "not in the seal register: %s", seal);
	if (place == 0 && strcmp(row->department, department) != 0)
		return err_set(e, ERR_INPUT, "bad_action",
		    "别的部门的印章只能授权用在第 1 个及以后的盖章位（place）",
		    "another department's seal can be granted for places from "
		    "1 on only");
	return 0;
}
