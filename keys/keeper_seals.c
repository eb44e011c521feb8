/* keeper_seals.c - the client's calls about seals as frames; see keeper.h. */
#include "keys/keeper.h"

int
keeper_seal_ses(struct keeper *k, const struct keeper_ses_request *req,
    struct buf *ses, struct err *e)
{
	(void)k;
	(void)req;
	(void)ses;
	return err_internal(e, "keeper_seal_ses");
}

int
keeper_seal_object(
    struct keeper *k, const char *seal, struct buf *der, struct err *e)
{
	(void)k;
	(void)seal;
	(void)der;
	return err_internal(e, "keeper_seal_object");
}

int
keeper_seal_uses(struct keeper *k, const char *seal, uint64_t cursor,
    struct buf *json, struct err *e)
{
	(void)k;
	(void)seal;
	(void)cursor;
	(void)json;
	return err_internal(e, "keeper_seal_uses");
}
