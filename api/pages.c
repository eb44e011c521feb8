/* pages.c - the public page, its files, and the description of the API. */
#include <string.h>

#include "api/api.h"
#include "api/assets.h"
#include "api/handlers.h"

static int
send_asset(const struct request *req, const struct asset *asset,
    const char *cache, struct response *res)
{
	if (!response_not_modified(req, res, asset->etag)) {
		res->status = 200;
		res->type = asset->type;
		res->fixed = asset->content;
	}
	res->cache = cache;
	return 0;
}

int
pages_index(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	(void)api;
	(void)e;
	res->page = 1;
	return send_asset(req, asset_find("index.html"), "no-cache", res);
}

int
pages_openapi(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	(void)api;
	(void)e;
	return send_asset(req, asset_find("openapi.json"), "no-cache", res);
}

int
pages_asset(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const struct asset *asset = asset_find(request_param(req, "name"));
	const char *hash = request_param(req, "hash");

	(void)api;
	if (asset == NULL || strlen(hash) != ASSET_HASH_LEN ||
	    memcmp(hash, asset->etag + 1, ASSET_HASH_LEN) != 0)
		return err_set(e, ERR_NOT_FOUND, "not_found",
		    "没有这个文件，请刷新页面",
		    "there is no such file; reload the page");
	return send_asset(
	    req, asset, "public, max-age=31536000, immutable", res);
}
