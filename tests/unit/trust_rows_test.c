/* trust_rows_test.c - no two rows of trust.json have one name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/world.h"

static const struct world_plan plain = WORLD_PLAN;
static struct world world;

/* The world's trust.json with the first row of a list there twice, of an issuer
 * or of the whole. */
static int
trust_with_twin(const char *list, int of_issuer, struct err *e)
{
	json_t *json, *rows;
	struct trust_parts parts = {.json = {NULL, 0}};
	struct trust *trust = NULL;
	char *text;
	int rc;

	json = json_loadb((const char *)world.json.p, world.json.n, 0, NULL);
	rows = of_issuer ? json_array_get(json_object_get(json, "issuers"), 0)
			 : json;
	rows = json_object_get(rows, list);
	json_array_append_new(rows, json_deep_copy(json_array_get(rows, 0)));
	/* The x509 of two seals is refused anyway. */
	if (strcmp(list, "seals") == 0)
		json_object_set_new(
		    json_array_get(rows, 1), "x509s", json_array());
	text = json_dumps(json, 0);
	parts.json = bytes_str(text);
	rc = trust_parse(&parts, &trust, e);
	trust_free(trust);
	free(text);
	json_decref(json);
	return rc;
}

static void
no_two_rows_have_one_name(void **state)
{
	static const char *const lists[] = {"issuers", "types", "departments",
	    "code_keys", "status_keys", "seals"};
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (trust_with_twin(lists[i], i >= 2, &e) != ERR_INPUT)
			fail_msg("%s: two rows of one name", lists[i]);
		assert_string_equal(e.code, "bad_trust");
		err_clear(&e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_two_rows_have_one_name),
	};
	int failed;

	world_make(&world, &plain);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	world_release(&world);
	return failed;
}
