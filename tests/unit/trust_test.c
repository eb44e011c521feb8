/* trust_test.c - trust data: read strictly, made, kept in a directory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include "tests/support/world.h"

static const struct world_plan plain = WORLD_PLAN;
static struct world world;

static int
setup(void **state)
{
	(void)state;
	world_make(&world, &plain);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	world_release(&world);
	return 0;
}

/* trust_parse of the world's trust.json with one text replaced. */
static int
trust_with(const char *find, const char *replace, struct err *e)
{
	struct buf json = BUF_INIT;
	struct trust *trust = NULL;
	const uint8_t *p =
	    memmem(world.json.p, world.json.n, find, strlen(find));
	size_t at;
	int rc;

	assert_non_null(p);
	at = (size_t)(p - world.json.p);
	buf_add(&json, world.json.p, at);
	buf_add_str(&json, replace);
	at += strlen(find);
	buf_add(&json, world.json.p + at, world.json.n - at);
	rc = trust_parse(buf_bytes(&json), NULL, 0, NULL, 0, &trust, e);
	trust_free(trust);
	buf_release(&json);
	return rc;
}

static void
trust_data_is_read_strictly(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(trust_with("\"demo\"", "\"demo\"", &e), 0);
	assert_int_equal(
	    trust_with("\"demo\": true", "\"demo\": true, \"demo\": true", &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "bad_trust");
	assert_int_equal(
	    trust_with("\"demo\": true", "\"demo\": true, \"more\": 1", &e),
	    ERR_INPUT);
	assert_int_equal(
	    trust_with("\"kid\": \"", "\"kid\": \"00", &e), ERR_INPUT);
	assert_int_equal(
	    trust_with("\"version\": 1", "\"version\": 2", &e), ERR_INPUT);
	assert_string_equal(e.code, "unsupported_version");
	err_clear(&e);
}

/* What the keeper tells of itself (docs/keeper.md), for one seal. */
static json_t *
directory(void)
{
	json_t *key = world_key_json(&world.code, NULL), *out;
	struct buf seal = BUF_INIT;

	json_object_set_new(key, "not_before", json_integer(1700000000));
	text_base64(&seal, buf_bytes(&world.seal));
	out = json_pack(
	    "{s:{s:i,s:s,s:s,s:b},s:[{s:s,s:s,s:s,s:[s],s:[{s:s,s:s}],"
	    "s:[{s:s,s:s,s:s,s:s,s:[s]}]}],s:[o],s:[o]}",
	    "issuer", "number", WORLD_ISSUER, "zh", "青禾市", "en", "Qinghe",
	    "demo", 1, "departments", "code", WORLD_DEPARTMENT, "zh",
	    "市场监督管理局", "en", "Market", "types", WORLD_TYPE, "grants",
	    "type", WORLD_TYPE, "seal", "market-1", "seals", "id", "market-1",
	    "zh", "专用章", "en", "Seal", "state", "active", "x509s",
	    buf_cstr(&seal), "code_keys", key, "status_keys",
	    world_key_json(&world.status, NULL));
	buf_release(&seal);
	return out;
}

static void
trust_made_from_the_keepers_directory_is_enough(void **state)
{
	struct template_set types = {NULL, 0};
	struct verify_options opt = {.at = WORLD_NOW};
	struct bytes pem = buf_bytes(&world.pem);
	struct buf json = BUF_INIT;
	struct trust *trust;
	struct verdict v;
	struct err e = ERR_INIT;
	json_t *dir = directory();

	(void)state;
	assert_int_equal(
	    trust_make(dir, &types, WORLD_URL, WORLD_NOW, &json, &e), 0);
	assert_int_equal(
	    trust_parse(buf_bytes(&json), &pem, 1, NULL, 0, &trust, &e), 0);
	assert_true(trust_is_demo(trust));
	opt.trust = trust;
	opt.status_later = 1;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	assert_int_equal(v.kind, VERDICT_VALID);
	verdict_release(&v);
	trust_free(trust);
	json_object_del(dir, "code_keys");
	buf_reset(&json);
	assert_int_equal(
	    trust_make(dir, &types, WORLD_URL, WORLD_NOW, &json, &e), 0);
	assert_int_equal(
	    trust_parse(buf_bytes(&json), &pem, 1, NULL, 0, &trust, &e), 0);
	opt.trust = trust;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	assert_true(world_says(&v, "unknown_issuer"));
	verdict_release(&v);
	trust_free(trust);
	json_decref(dir);
	buf_release(&json);
	err_clear(&e);
}

static int
entry_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void
directory_remove(const char *dir)
{
	assert_int_equal(nftw(dir, entry_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void
trust_data_survives_its_directory(void **state)
{
	char dir[] = "/tmp/trust-test-XXXXXX", path[64];
	struct verify_options opt = {.at = WORLD_NOW};
	struct trust *trust;
	struct verdict v;
	struct err e = ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/trust", dir);
	assert_int_equal(trust_read(path, &trust, &e), ERR_NOT_FOUND);
	assert_int_equal(trust_write(path, buf_bytes(&world.json),
			     buf_bytes(&world.pem), &e),
	    0);
	assert_int_equal(
	    trust_write_list(path, 3, buf_bytes(&world.list), &e), 0);
	assert_int_equal(trust_read(path, &trust, &e), 0);
	opt.trust = trust;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	assert_int_equal(v.kind, VERDICT_VALID);
	verdict_release(&v);
	trust_free(trust);
	err_clear(&e);
	directory_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(trust_data_is_read_strictly),
	    cmocka_unit_test(trust_made_from_the_keepers_directory_is_enough),
	    cmocka_unit_test(trust_data_survives_its_directory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
