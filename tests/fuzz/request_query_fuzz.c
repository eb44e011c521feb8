/* Any request target: its query decoded, its path looked up. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct route routes[] = {
	    {.method = "GET", .path = "/v1/certificates/{id}/files/{format}"},
	    {.method = "GET", .path = "/assets/{hash}/{name}"},
	    {.method = "POST", .path = "/"},
	};
	struct request req = {.nquery = 0};
	struct err e = ERR_INIT;
	char allow[ROUTE_ALLOW_SIZE], *text = malloc(size + 1), *query;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	query = strchr(text, '?');
	if (query != NULL)
		*query++ = '\0';
	(void)route_find(routes, 3, "GET", text, &req, allow);
	(void)request_query_parse(&req, query, "a b limit cursor", &e);
	request_release(&req);
	err_clear(&e);
	free(text);
	return 0;
}
