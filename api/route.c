/* route.c - find the row of a request; see route.h. */
#include "api/route.h"

#include <stdio.h>
#include <string.h>

/* Characters of our own ids, codes and file names; nothing needs an escape. */
static const char SEGMENT[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";

/* Take one "{name}" of the pattern and its segment of the path. */
static int
take_param(const char **pattern, const char **path, struct request *req)
{
	size_t name = strcspn(*pattern + 1, "}");
	size_t value = strspn(*path, SEGMENT);
	struct request_param *param;

	if (req->nparams == REQUEST_PARAMS_MAX || value == 0 ||
	    value >= sizeof(param->value) || name >= sizeof(param->name))
		return -1;
	param = &req->params[req->nparams++];
	memcpy(param->name, *pattern + 1, name);
	param->name[name] = '\0';
	memcpy(param->value, *path, value);
	param->value[value] = '\0';
	*pattern += name + 2;
	*path += value;
	return 0;
}

/* What stands after the last "{name}" of a pattern must end the path: most rows
 * of one resource differ only there, and need not be walked to know it. */
static int
tail_matches(const char *pattern, const char *path, size_t len)
{
	const char *tail = strrchr(pattern, '}');
	size_t n;

	if (tail == NULL)
		return 1;
	n = strlen(++tail);
	return n <= len && memcmp(path + len - n, tail, n) == 0;
}

static int
path_matches(const char *pattern, const char *path, struct request *req)
{
	req->nparams = 0;
	while (*pattern != '\0') {
		if (*pattern == '{') {
			if (take_param(&pattern, &path, req) != 0)
				return 0;
		} else if (*pattern++ != *path++) {
			return 0;
		}
	}
	return *path == '\0';
}

static int
answers_head(const struct route *r)
{
	return strcmp(r->method, "GET") == 0 &&
	       (r->action == NULL || strcmp(r->action, ROUTE_ONCE) != 0);
}

static int
takes(const struct route *r, const char *method)
{
	return strcmp(method, "HEAD") == 0 ? answers_head(r)
					   : strcmp(r->method, method) == 0;
}

static void
allow_add(char allow[ROUTE_ALLOW_SIZE], const struct route *r)
{
	size_t n = strlen(allow);

	if (n == 0)
		n = (size_t)snprintf(allow, ROUTE_ALLOW_SIZE, "OPTIONS");
	(void)snprintf(allow + n, ROUTE_ALLOW_SIZE - n, ", %s%s", r->method,
	    answers_head(r) ? ", HEAD" : "");
}

const struct route *
route_find(const struct route *routes, size_t n, const char *method,
    const char *path, struct request *req, char allow[ROUTE_ALLOW_SIZE])
{
	size_t len = strlen(path);

	allow[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (!tail_matches(routes[i].path, path, len) ||
		    !path_matches(routes[i].path, path, req))
			continue;
		if (takes(&routes[i], method))
			return &routes[i];
		allow_add(allow, &routes[i]);
	}
	return NULL;
}
