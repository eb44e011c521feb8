/* openapi.json and the route table say the same, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/assets.h"
#include "api/route_table.h"

static int
set_up(void **state)
{
	json_error_t why;

	*state =
	    json_load_file("api/openapi.json", JSON_REJECT_DUPLICATES, &why);
	if (*state == NULL)
		fail_msg("api/openapi.json:%d: %s", why.line, why.text);
	return 0;
}

static int
tear_down(void **state)
{
	json_decref(*state);
	return 0;
}

static const json_t *
operation(const json_t *doc, const struct route *route)
{
	char method[16] = "";

	for (size_t i = 0; route->method[i] != '\0'; i++)
		method[i] = (char)tolower((unsigned char)route->method[i]);
	return json_object_get(
	    json_object_get(json_object_get(doc, "paths"), route->path),
	    method);
}

static void
every_route_is_described(void **state)
{
	size_t n;
	const struct route *routes = route_table(&n);

	for (size_t i = 0; i < n; i++) {
		const json_t *op = operation(*state, &routes[i]);

		if (op == NULL)
			fail_msg("not described: %s %s", routes[i].method,
			    routes[i].path);
		assert_non_null(json_object_get(op, "operationId"));
		assert_int_equal(
		    json_array_size(json_object_get(op, "security")) > 0,
		    (routes[i].scope & (SCOPE_DEPARTMENT | SCOPE_OPERATOR)) !=
			0);
		assert_int_equal(json_object_get(op, "requestBody") != NULL,
		    routes[i].body != BODY_NONE);
	}
}

static void
every_description_has_a_route(void **state)
{
	size_t n, described = 0;
	const char *path, *method;
	json_t *item, *op;

	(void)route_table(&n);
	json_object_foreach (json_object_get(*state, "paths"), path, item)
		json_object_foreach (item, method, op)
			described++;
	(void)path;
	(void)method;
	(void)op;
	assert_int_equal(described, n);
}

/* Names of the parameters of one kind ("query"), each followed by a blank. */
static void
names_of(const json_t *op, const char *in, char *out, size_t size)
{
	size_t i, used = 0;
	json_t *p;

	out[0] = '\0';
	json_array_foreach (json_object_get(op, "parameters"), i, p) {
		if (strcmp(json_string_value(json_object_get(p, "in")), in) !=
		    0)
			continue;
		used += (size_t)snprintf(out + used, size - used, "%s ",
		    json_string_value(json_object_get(p, "name")));
	}
}

static void
query_parameters_are_the_same_on_both_sides(void **state)
{
	size_t n;
	const struct route *routes = route_table(&n);
	char described[256], real[256];

	for (size_t i = 0; i < n; i++) {
		names_of(operation(*state, &routes[i]), "query", described,
		    sizeof(described));
		(void)snprintf(real, sizeof(real), "%s%s",
		    routes[i].query == NULL ? "" : routes[i].query,
		    routes[i].query == NULL ? "" : " ");
		assert_string_equal(described, real);
	}
}

static const json_t *
resolve(const json_t *doc, const char *ref)
{
	char part[128];

	assert_int_equal(strncmp(ref, "#/", 2), 0);
	for (ref += 2; doc != NULL && *ref != '\0';) {
		size_t n = strcspn(ref, "/");

		(void)snprintf(part, sizeof(part), "%.*s", (int)n, ref);
		doc = json_object_get(doc, part);
		ref += n + (ref[n] == '/');
	}
	return doc;
}

static void
check_references(const json_t *doc, const json_t *node)
{
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_array(node)) {
		json_array_foreach (node, i, child)
			check_references(doc, child);
		return;
	}
	json_object_foreach ((json_t *)(uintptr_t)node, key, child) {
		if (strcmp(key, "$ref") == 0 &&
		    resolve(doc, json_string_value(child)) == NULL)
			fail_msg("dangling %s", json_string_value(child));
		check_references(doc, child);
	}
}

static void
every_reference_leads_somewhere(void **state)
{
	check_references(*state, *state);
}

static void
the_page_names_its_files_by_their_hash(void **state)
{
	struct err e = ERR_INIT;
	const struct asset *page, *style;
	char want[64];

	(void)state;
	assert_int_equal(assets_load(&e), 0);
	assert_int_equal(assets_load(&e), 0);
	page = asset_find("index.html");
	style = asset_find("style.css");
	assert_non_null(page);
	assert_non_null(style);
	assert_null(asset_find("nothing.js"));
	(void)snprintf(want, sizeof(want), "\"/assets/%.16s/style.css\"",
	    style->plain.etag + 1);
	assert_non_null(memmem(
	    page->plain.content.p, page->plain.content.n, want, strlen(want)));
	assert_null(
	    memmem(page->plain.content.p, page->plain.content.n, "@style", 6));
	assert_null(
	    memmem(page->plain.content.p, page->plain.content.n, "onclick", 7));
	assert_null(
	    memmem(page->plain.content.p, page->plain.content.n, "style=", 6));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_route_is_described),
	    cmocka_unit_test(every_description_has_a_route),
	    cmocka_unit_test(query_parameters_are_the_same_on_both_sides),
	    cmocka_unit_test(every_reference_leads_somewhere),
	    cmocka_unit_test(the_page_names_its_files_by_their_hash),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
