/* catalogue.c - types, and who the caller is. */
#include "api/api.h"
#include "api/handlers.h"

int
catalogue_types(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	json_t *answer = NULL;
	int rc = service_types(api->service, &answer, e);

	(void)req;
	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
catalogue_caller(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	json_t *types = json_array();

	(void)api;
	for (size_t i = 0; i < req->who.ntypes; i++)
		json_array_append_new(types, json_string(req->who.types[i]));
	return response_json(res, 200,
	    json_pack("{s:s, s:s, s:o}", "key", req->who.key, "department",
		req->who.department, "types", types),
	    e);
}
