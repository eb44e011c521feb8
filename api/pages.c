/* pages.c - the pages, their files, and the description of the API. */
#include <string.h>
#include <strings.h>

#include "api/api.h"
#include "api/assets.h"
#include "api/handlers.h"

/* Does the client take gzip?  Not asked with a weight: plain is never wrong. */
static int
takes_gzip(const struct request *req)
{
	const char *p = request_header(req, "Accept-Encoding");

	while (p != NULL && *p != '\0') {
		p += strspn(p, " \t,");
		if (strncasecmp(p, "gzip", 4) == 0 &&
		    (p[4] == '\0' || p[4] == ',' || p[4] == ' '))
			return 1;
		p += strcspn(p, ",");
	}
	return 0;
}

static int
send_asset(const struct request *req, const struct asset *asset,
    const char *cache, struct response *res)
{
	int gzip = takes_gzip(req);
	const struct asset_form *form = gzip ? &asset->gzip : &asset->plain;

	response_header(res, "Vary", "Accept-Encoding");
	if (!response_not_modified(req, res, form->etag)) {
		res->status = 200;
		res->type = asset->type;
		res->fixed = form->content;
		if (gzip)
			response_header(res, "Content-Encoding", "gzip");
	}
	res->cache = cache;
	return 0;
}

int
pages_show(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	(void)api;
	(void)e;
	res->page =
	    strcmp(req->action, "desk.html") == 0 ? PAGE_DOCUMENT : PAGE_PLAIN;
	return send_asset(req, asset_find(req->action), "no-cache", res);
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
	    memcmp(hash, asset->plain.etag + 1, ASSET_HASH_LEN) != 0)
		return err_set(e, ERR_NOT_FOUND, "not_found",
		    "没有这个文件，请刷新页面",
		    "there is no such file; reload the page");
	return send_asset(
	    req, asset, "public, max-age=31536000, immutable", res);
}
