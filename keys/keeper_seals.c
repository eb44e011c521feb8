/* keeper_seals.c - the client's calls about seals as frames; see keeper.h. */
#include "keys/keeper.h"

#include <string.h>

#include "keys/keeper_link.h"

/* A name too long to be one is answered as any other that is not listed. */
static int
set_seal(
    struct keeper_frame *f, const char *seal, unsigned int place, struct err *e)
{
	f->place = place;
	if (keeper_copy(f->seal, sizeof(f->seal), seal) == 0 &&
	    place <= KEEPER_PLACE_MAX)
		return 0;
	return err_set(e, ERR_DENIED, "not_authorised", "没有这枚印章",
	    "there is no such seal");
}

int
keeper_seal(struct keeper *k, const struct keeper_seal_request *req,
    struct buf *cms, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_SEAL};
	int rc;

	memcpy(
	    f.document_digest, req->document_digest, sizeof(f.document_digest));
	rc = set_seal(&f, req->seal, req->place, e);
	if (rc == 0)
		rc = keeper_set_matter(&f, &req->matter, e);
	return rc != 0 ? rc : keeper_call_plain(k, &f, cms, e);
}

int
keeper_seal_ses(struct keeper *k, const struct keeper_ses_request *req,
    struct buf *ses, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_SEAL_SES};
	int rc;

	memcpy(
	    f.document_digest, req->document_digest, sizeof(f.document_digest));
	memcpy(f.package_digest, req->package_digest, sizeof(f.package_digest));
	if (keeper_copy(f.property, sizeof(f.property), req->property) != 0)
		return err_set(e, ERR_INPUT, "property_too_long",
		    "签名文件的路径过长",
		    "the path of the signature file is too long");
	rc = set_seal(&f, req->seal, req->place, e);
	if (rc == 0)
		rc = keeper_set_matter(&f, &req->matter, e);
	return rc != 0 ? rc : keeper_call_plain(k, &f, ses, e);
}

static int
unknown_seal(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_such_seal", "没有这枚印章",
	    "there is no such seal");
}

int
keeper_seal_object(
    struct keeper *k, const char *seal, struct buf *der, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_SEAL_OBJECT};

	if (keeper_copy(f.seal, sizeof(f.seal), seal) != 0)
		return unknown_seal(e);
	return keeper_call_plain(k, &f, der, e);
}

int
keeper_seal_uses(struct keeper *k, const char *seal, uint64_t cursor,
    struct buf *json, struct err *e)
{
	struct keeper_frame f = {.op = KEEPER_SEAL_USES, .cursor = cursor};

	if (keeper_copy(f.seal, sizeof(f.seal), seal) != 0)
		return unknown_seal(e);
	return keeper_call_plain(k, &f, json, e);
}
