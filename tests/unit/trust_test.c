/* trust_test.c - trust data: read strictly, made, kept in a directory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include "crypto/crl.h"
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
	struct trust_parts parts = {.json = {NULL, 0}};
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
	parts.json = buf_bytes(&json);
	rc = trust_parse(&parts, &trust, e);
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
	    trust_with("\"version\": 2", "\"version\": 3", &e), ERR_INPUT);
	assert_string_equal(e.code, "unsupported_version");
	err_clear(&e);
}

/* Two hexadecimal digits, 32 times: the digest of an x509 that is not here. */
static const char *
digest_hex(char out[65], const char *two)
{
	int i;

	for (i = 0; i < 32; i++)
		memcpy(out + 2 * i, two, 2);
	out[64] = '\0';
	return out;
}

/* What the keeper tells of itself (docs/keeper.md): a department with a seal of
 * two generations, another that may use it, a third with a seal of its own. */
static json_t *
directory(void)
{
	static const char text[] =
	    "{'issuer': {'number': 999001, 'zh': '青禾市', 'en': 'Qinghe',"
	    " 'demo': true}, 'status_keys': [], 'departments': ["
	    "{'code': '" WORLD_DEPARTMENT "', 'zh': '市场监督管理局',"
	    " 'en': 'Market', 'types': ['" WORLD_TYPE "'], 'grants': [],"
	    " 'seals': [{'id': 'market-1', 'zh': '专用章', 'en': 'Seal',"
	    " 'state': 'active', 'generation': 2, 'types': ['" WORLD_TYPE
	    "']}]},"
	    "{'code': 'other', 'zh': '公安局', 'en': '', 'types': ['t2'],"
	    " 'grants': [{'type': 't2', 'seal': 'market-1', 'place': 1}],"
	    " 'seals': []},"
	    "{'code': 'third', 'zh': '林业局', 'en': 'F', 'types': ['t3'],"
	    " 'grants': [{'type': 't3', 'seal': 'wood', 'place': 0},"
	    " {'type': 't4', 'seal': 'wood', 'place': 2}],"
	    " 'seals': [{'id': 'wood', 'zh': '章', 'en': 'S', 'types': []}]}"
	    "]}";
	json_t *key = world_key_json(&world.code, NULL, NULL), *out, *x509s;
	struct buf hex = BUF_INIT, json = BUF_INIT;
	uint8_t digest[32];
	char old[65], wood[65];
	size_t i;

	for (i = 0; i < sizeof(text) - 1; i++)
		buf_add_byte(&json, text[i] == '\'' ? '"' : (uint8_t)text[i]);
	out = json_loadb((const char *)json.p, json.n, 0, NULL);
	assert_non_null(out);
	EVP_Digest(
	    world.seal.p, world.seal.n, digest, NULL, EVP_sha256(), NULL);
	text_hex(&hex, (struct bytes){digest, 32});
	x509s = json_pack("[{s:s,s:s,s:i},{s:s,s:s,s:i,s:i}]", "sha256",
	    buf_cstr(&hex), "alg", "ES256", "generation", 2, "sha256",
	    digest_hex(old, "0a"), "alg", "SM2", "generation", 1,
	    "revoked_since", 1700000000);
	json_object_set_new(
	    json_array_get(
		json_object_get(
		    json_array_get(json_object_get(out, "departments"), 0),
		    "seals"),
		0),
	    "x509s", x509s);
	json_object_set_new(
	    json_array_get(
		json_object_get(
		    json_array_get(json_object_get(out, "departments"), 2),
		    "seals"),
		0),
	    "x509s",
	    json_pack(
		"[{s:s,s:s}]", "sha256", digest_hex(wood, "0b"), "alg", "SM2"));
	json_object_set_new(key, "not_before", json_integer(1700000000));
	json_object_set_new(key, "alg", json_string("ES256"));
	json_object_set_new(out, "code_keys", json_pack("[o]", key));
	json_object_set_new(
	    out, "makers", json_pack("[s]", digest_hex(old, "0c")));
	buf_release(&hex);
	buf_release(&json);
	return out;
}

/* The trust that such a directory gives. */
static struct trust *
trust_of(json_t *dir)
{
	struct template_set types = {NULL, 0};
	struct bytes pem = buf_bytes(&world.pem);
	struct trust_parts parts = {.anchors = &pem, .nanchors = 1};
	struct trust *trust = NULL;
	struct buf json = BUF_INIT;
	struct err e = ERR_INIT;

	world_must(
	    trust_make(dir, &types, WORLD_URL, WORLD_NOW, &json, &e), &e);
	parts.json = buf_bytes(&json);
	world_must(trust_parse(&parts, &trust, &e), &e);
	buf_release(&json);
	return trust;
}

static void
trust_made_from_the_keepers_directory_is_enough(void **state)
{
	struct verify_options opt = {.at = WORLD_NOW, .status_later = 1};
	json_t *dir = directory();
	struct trust *trust = trust_of(dir);
	struct verdict v;

	(void)state;
	assert_true(trust_is_demo(trust));
	opt.trust = trust;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	assert_int_equal(v.kind, VERDICT_VALID);
	verdict_release(&v);
	trust_free(trust);
	json_object_del(dir, "code_keys");
	trust = trust_of(dir);
	opt.trust = trust;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	assert_true(world_says(&v, "unknown_issuer"));
	verdict_release(&v);
	trust_free(trust);
	json_decref(dir);
}

static void
a_seal_is_found_by_the_x509_of_any_generation(void **state)
{
	json_t *dir = directory();
	struct trust *trust = trust_of(dir);
	const struct trust_issuer *issuer = NULL;
	const struct trust_seal *seal;
	const struct trust_signer *signer;
	uint8_t digest[32];

	(void)state;
	memset(digest, 0x0a, sizeof(digest));
	seal = trust_seal_find(trust, digest, &issuer);
	assert_non_null(seal);
	assert_string_equal(seal->id, "market-1");
	assert_int_equal(issuer->number, WORLD_ISSUER);
	signer = trust_signer_find(seal, digest);
	assert_int_equal(signer->alg, SIGN_SM2);
	assert_int_equal(signer->revoked_since, 1700000000);
	EVP_Digest(
	    world.seal.p, world.seal.n, digest, NULL, EVP_sha256(), NULL);
	assert_ptr_equal(trust_seal_find(trust, digest, &issuer), seal);
	signer = trust_signer_find(seal, digest);
	assert_int_equal(signer->alg, SIGN_ES256);
	assert_int_equal(signer->revoked_since, 0);
	memset(digest, 0x0b, sizeof(digest));
	assert_null(trust_signer_find(seal, digest));
	seal = trust_seal_find(trust, digest, &issuer);
	assert_string_equal(seal->id, "wood");
	memset(digest, 0x0c, sizeof(digest));
	assert_null(trust_seal_find(trust, digest, &issuer));
	assert_true(trust_maker_known(issuer, digest));
	digest[31] ^= 1;
	assert_false(trust_maker_known(issuer, digest));
	trust_free(trust);
	json_decref(dir);
}

static void
a_seal_is_for_its_own_department_or_lent(void **state)
{
	json_t *dir = directory();
	struct trust *trust = trust_of(dir);
	const struct trust_issuer *issuer = NULL;
	const struct trust_seal *market, *wood;
	uint8_t digest[32];

	(void)state;
	memset(digest, 0x0a, sizeof(digest));
	market = trust_seal_find(trust, digest, &issuer);
	memset(digest, 0x0b, sizeof(digest));
	wood = trust_seal_find(trust, digest, &issuer);
	assert_true(trust_seal_may(market, WORLD_DEPARTMENT, WORLD_TYPE, 0));
	assert_true(trust_seal_may(market, "other", "t2", 1));
	/* Lent for that place only, and never as the issuer's own. */
	assert_false(trust_seal_may(market, "other", "t2", 0));
	assert_false(trust_seal_may(market, "other", "t2", 2));
	assert_false(trust_seal_may(market, WORLD_DEPARTMENT, "t2", 0));
	/* Nor does the department speak for others at a later place, unless
	 * this seal of its own is for there: then only there. */
	assert_false(trust_seal_may(market, WORLD_DEPARTMENT, WORLD_TYPE, 1));
	assert_true(trust_seal_may(wood, "third", "t4", 2));
	assert_false(trust_seal_may(wood, "third", "t4", 0));
	assert_false(trust_seal_may(wood, "third", "t3", 1));
	assert_false(trust_seal_may(market, "other", WORLD_TYPE, 1));
	assert_false(trust_seal_may(market, "third", "t3", 1));
	assert_true(trust_seal_may(wood, "third", "t3", 0));
	assert_false(trust_seal_may(wood, "third", "t2", 0));
	assert_false(trust_seal_may(wood, "other", "t3", 0));
	assert_non_null(trust_department_find(issuer, "other"));
	assert_non_null(trust_department_find(issuer, "third"));
	assert_null(trust_department_find(issuer, "fourth"));
	trust_free(trust);
	json_decref(dir);
}

/* Once a seal may stand on a type, what it sealed stays good. */
static void
what_was_authorised_stays_verifiable(void **state)
{
	static const char none[] = "{}", other[] = "{\"version\": 1}";
	struct template_set types = {NULL, 0};
	struct buf before = BUF_INIT, json = BUF_INIT, whole = BUF_INIT;
	struct trust_parts parts = {.nanchors = 0};
	const struct trust_issuer *issuer = NULL;
	const struct trust_seal *seal;
	struct trust *trust = NULL;
	struct err e = ERR_INIT;
	json_t *dir = directory(), *second;
	uint8_t digest[32];

	(void)state;
	world_must(
	    trust_make(dir, &types, WORLD_URL, WORLD_NOW, &before, &e), &e);
	second = json_array_get(json_object_get(dir, "departments"), 1);
	json_object_set_new(second, "grants", json_array());
	json_object_set_new(second, "types", json_array());
	world_must(
	    trust_make(dir, &types, WORLD_URL, WORLD_NOW, &json, &e), &e);
	buf_add_buf(&whole, &json);
	world_must(trust_keep(bytes_str(none), &json, &e), &e);
	world_must(trust_keep(bytes_str(other), &json, &e), &e);
	world_must(trust_keep((struct bytes){NULL, 0}, &json, &e), &e);
	assert_true(bytes_equal(buf_bytes(&json), buf_bytes(&whole)));
	world_must(trust_keep(buf_bytes(&before), &json, &e), &e);
	parts.json = buf_bytes(&json);
	world_must(trust_parse(&parts, &trust, &e), &e);
	memset(digest, 0x0a, sizeof(digest));
	seal = trust_seal_find(trust, digest, &issuer);
	assert_true(trust_seal_may(seal, "other", "t2", 1));
	assert_false(trust_seal_may(seal, "other", "t3", 1));
	assert_true(trust_types_have(
	    trust_department_find(issuer, "other")->types, "t2"));
	trust_free(trust);
	buf_release(&before);
	buf_release(&json);
	buf_release(&whole);
	json_decref(dir);
}

/* Two seals of one x509 would make it unclear who sealed. */
static void
no_two_seals_share_an_x509(void **state)
{
	struct template_set types = {NULL, 0};
	struct trust_parts parts = {.nanchors = 0};
	struct buf json = BUF_INIT;
	struct trust *trust = NULL;
	struct err e = ERR_INIT;
	json_t *dir = directory();
	uint8_t *at;

	(void)state;
	world_must(
	    trust_make(dir, &types, WORLD_URL, WORLD_NOW, &json, &e), &e);
	at = memmem(json.p, json.n, "0b0b0b0b", 8);
	assert_non_null(at);
	for (; at[0] == '0'; at += 2)
		at[1] = 'a';
	parts.json = buf_bytes(&json);
	assert_int_equal(trust_parse(&parts, &trust, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_trust");
	err_clear(&e);
	buf_release(&json);
	json_decref(dir);
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

/* A list of the world's CA that revokes its seal's x509 at that time. */
static void
make_crl(int64_t revoked, struct buf *out)
{
	struct crl_entry entry = {
	    .revoked = revoked, .reason = CRL_KEY_COMPROMISE};
	struct crl_request req = {.issuer = buf_bytes(&world.ca),
	    .sign = world_sign,
	    .sign_ctx = world.ca_key,
	    .number = 1,
	    .this_update = WORLD_NOW - 3600,
	    .next_update = WORLD_NOW + WORLD_DAY,
	    .entries = &entry,
	    .nentries = 1};
	const struct x509 *x;
	struct err e = ERR_INIT;

	world_must(x509_get(buf_bytes(&world.seal), &x, &e), &e);
	entry.serial = x->serial;
	world_must(crl_make(&req, out, &e), &e);
	x509_free(x);
}

/* The verdict of the PDF when the trust has that list. */
static struct verdict
verdict_with_crl(int64_t revoked)
{
	struct bytes pem = buf_bytes(&world.pem), list = buf_bytes(&world.list),
		     crl;
	struct trust_parts parts = {.json = buf_bytes(&world.json),
	    .anchors = &pem,
	    .nanchors = 1,
	    .crls = &crl,
	    .ncrls = 1,
	    .lists = &list,
	    .nlists = 1};
	struct verify_options opt = {.at = WORLD_NOW};
	struct trust *trust = NULL;
	struct buf der = BUF_INIT;
	struct verdict v;
	struct err e = ERR_INIT;

	make_crl(revoked, &der);
	crl = buf_bytes(&der);
	world_must(trust_parse(&parts, &trust, &e), &e);
	opt.trust = trust;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	trust_free(trust);
	buf_release(&der);
	return v;
}

/* The world's certificate was issued a day before WORLD_NOW. */
static void
a_crl_refuses_what_was_issued_since(void **state)
{
	struct verdict v = verdict_with_crl(WORLD_NOW - 2 * WORLD_DAY);

	(void)state;
	assert_int_equal(v.kind, VERDICT_INVALID);
	assert_true(world_says(&v, "issuer_key_revoked"));
	assert_int_equal(v.signatures[0].trust, TRUST_REVOKED);
	verdict_release(&v);
	v = verdict_with_crl(WORLD_NOW - WORLD_DAY);
	assert_int_equal(v.kind, VERDICT_INVALID);
	verdict_release(&v);
	v = verdict_with_crl(WORLD_NOW - WORLD_DAY + 1);
	assert_int_equal(v.kind, VERDICT_VALID);
	verdict_release(&v);
}

static void
trust_data_survives_its_directory(void **state)
{
	char dir[] = "/tmp/trust-test-XXXXXX", path[64];
	struct bytes pems[2] = {buf_bytes(&world.pem), buf_bytes(&world.pem)};
	struct trust_parts parts = {.json = buf_bytes(&world.json),
	    .anchors = pems,
	    .nanchors = 2,
	    .x509s = pems,
	    .nx509s = 1};
	struct buf crl = BUF_INIT;
	size_t n;
	struct verify_options opt = {.at = WORLD_NOW};
	struct trust *trust;
	struct verdict v;
	struct err e = ERR_INIT;

	(void)state;
	make_crl(WORLD_NOW, &crl);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/trust", dir);
	assert_int_equal(trust_read(path, &trust, &e), ERR_NOT_FOUND);
	assert_int_equal(trust_write(path, &parts, &e), 0);
	assert_int_equal(trust_write_crl(path, "p256", buf_bytes(&crl), &e), 0);
	assert_int_equal(
	    trust_write_list(path, 3, buf_bytes(&world.list), &e), 0);
	assert_int_equal(trust_read(path, &trust, &e), 0);
	trust_anchors(trust, &n);
	assert_int_equal(n, 2);
	assert_true(
	    bytes_equal(trust_x509s(trust, &n)[0], buf_bytes(&world.root)));
	assert_int_equal(n, 1);
	assert_true(bytes_equal(trust_crls(trust, &n)[0], buf_bytes(&crl)));
	assert_int_equal(n, 1);
	opt.trust = trust;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	assert_int_equal(v.kind, VERDICT_VALID);
	verdict_release(&v);
	trust_free(trust);
	assert_int_equal(
	    trust_write_crl(path, "p256", bytes_str("CRL"), &e), 0);
	assert_int_equal(trust_read(path, &trust, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_trust");
	err_clear(&e);
	buf_release(&crl);
	directory_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(trust_data_is_read_strictly),
	    cmocka_unit_test(trust_made_from_the_keepers_directory_is_enough),
	    cmocka_unit_test(a_seal_is_found_by_the_x509_of_any_generation),
	    cmocka_unit_test(a_seal_is_for_its_own_department_or_lent),
	    cmocka_unit_test(what_was_authorised_stays_verifiable),
	    cmocka_unit_test(no_two_seals_share_an_x509),
	    cmocka_unit_test(a_crl_refuses_what_was_issued_since),
	    cmocka_unit_test(trust_data_survives_its_directory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
