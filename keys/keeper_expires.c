/* keeper_expires.c - when the keeper's own x509s and the roots' lists end, so
 * that somebody is told in time. */
#include "keys/keeper_state.h"

#include "crypto/crl.h"
#include "crypto/x509.h"
#include "keys/root_crl.h"

static void
put(json_t *out, const char *id, int64_t not_after)
{
	json_array_append_new(out, json_pack("{s:s,s:I}", "id", id, "not_after",
				       (json_int_t)not_after));
}

static void
put_x509(json_t *out, const char *id, struct bytes der)
{
	struct err ignored = ERR_INIT;
	const struct x509 *x;

	if (x509_get(der, &x, &ignored) != 0) {
		err_clear(&ignored);
		return;
	}
	put(out, id, x->not_after);
	x509_free(x);
}

static void
put_list(json_t *out, const struct keeper_issuer *issuer)
{
	struct err ignored = ERR_INIT;
	struct crl_info info;

	if (root_crl_check(buf_bytes(&issuer->root_list.der),
		buf_bytes(&issuer->root), &info, &ignored) == 0)
		put(out, root_crl_file(issuer->alg), info.next_update);
	err_clear(&ignored);
}

/* A key for codes or lists that another has followed, or that is not in use
 * yet, may end. */
static int
matters(const struct keeper_state *s, const char *id, long place)
{
	enum sign_alg alg = s->store.ops->alg(s->store.ctx, place);
	const char *list = authority_key_list(id);

	return list == NULL || keeper_key_in_force(s, list, alg) == place;
}

json_t *
keeper_expires_json(const struct keeper_state *s)
{
	static const char *const ids[SEAL_ALGS][2] = {
	    {"root", "ca"}, {"root-sm2", "ca-sm2"}};
	json_t *out = json_array();
	const char *id;
	size_t i;
	long place;

	for (i = 0; i < SEAL_ALGS; i++) {
		put_x509(out, ids[i][0], buf_bytes(&s->issuers[i].root));
		put_x509(out, ids[i][1], buf_bytes(&s->issuers[i].x509));
		put_list(out, &s->issuers[i]);
	}
	for (place = 0; (id = s->store.ops->id(s->store.ctx, place)) != NULL;
	     place++)
		if (matters(s, id, place))
			put_x509(
			    out, id, s->store.ops->x509(s->store.ctx, place));
	return out;
}
