/* ca_renew_test.c - new issuing CAs and a new maker over seals that live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "crypto/base/text.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "crypto/cose.h"
#include "crypto/crl.h"
#include "crypto/ses_seal.h"
#include "keys/administrator.h"
#include "keys/ca_renew.h"
#include "tests/support/keeper_group.h"

enum {
	PEMS_MAX = 12
};

/* x509s of a member of the directory. */
struct pems {
	struct buf der[PEMS_MAX];
	struct bytes views[PEMS_MAX];
	size_t n;
};

static int
stop(void **state)
{
	(void)state;
	if (f.keeper != NULL)
		assert_int_equal(fixture_stop(&f), 0);
	fixture_release(&f);
	return 0;
}

static int
take(void *ctx, struct bytes der, struct err *e)
{
	(void)e;
	buf_add(ctx, der.p, der.n);
	return 0;
}

static json_t *
directory(void)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *json;

	assert_int_equal(keeper_directory(f.keeper, &text, &e), 0);
	json = json_loads(buf_cstr(&text), 0, NULL);
	buf_release(&text);
	return json;
}

static void
pems_of(const char *member, struct pems *out)
{
	json_t *json = directory();
	const json_t *list = json_object_get(json, member);
	struct err e = ERR_INIT;

	memset(out, 0, sizeof(*out));
	assert_in_range(json_array_size(list), 1, PEMS_MAX);
	for (; out->n < json_array_size(list); out->n++) {
		assert_int_equal(
		    x509_from_pem(bytes_str(json_string_value(
				      json_array_get(list, out->n))),
			take, &out->der[out->n], &e),
		    0);
		out->views[out->n] = buf_bytes(&out->der[out->n]);
	}
	json_decref(json);
}

static void
pems_release(struct pems *pems)
{
	while (pems->n > 0)
		buf_release(&pems->der[--pems->n]);
}

/* Does the x509 lead to a root with one of the CAs now in the directory? */
static enum chain_trust
trust_of(struct bytes x509)
{
	struct bytes list[CHAIN_X509S_MAX] = {x509};
	struct pems roots, cas;
	struct chain_request req = {
	    .x509s = list, .at = clock_now(), .nx509s = 1};
	struct chain_result result;
	struct err e = ERR_INIT;

	pems_of("roots", &roots);
	pems_of("x509s", &cas);
	req.anchors = roots.views;
	req.nanchors = roots.n;
	for (; req.nx509s < CHAIN_X509S_MAX && req.nx509s <= cas.n;
	     req.nx509s++)
		list[req.nx509s] = cas.views[req.nx509s - 1];
	assert_int_equal(chain_check(&req, &result, &e), 0);
	pems_release(&roots);
	pems_release(&cas);
	return result.trust;
}

static int
renew(const char *roots, const char *passphrase, struct err *e)
{
	struct ca_renew_request req = {.dir = f.dir,
	    .passphrase = bytes_str(passphrase),
	    .roots_passphrase = bytes_str(FIXTURE_PASSPHRASE),
	    .now = clock_now()};
	struct buf file = BUF_INIT;
	char path[128];
	int rc;

	snprintf(path, sizeof(path), "%s/%s", f.dir, roots);
	assert_int_equal(file_read(path, 65536, &file, e), 0);
	req.roots = buf_bytes(&file);
	rc = ca_renew(&req, e);
	buf_release(&file);
	return rc;
}

static void
renew_again(void)
{
	struct err e = ERR_INIT;

	assert_int_equal(renew("offline/roots", FIXTURE_PASSPHRASE, &e), 0);
}

static int
ask(const char *text, json_t **answer)
{
	struct administrator *adm;
	struct err e = ERR_INIT;
	json_t *action = json_loads(text, 0, NULL);
	int rc;

	*answer = NULL;
	assert_non_null(action);
	assert_int_equal(
	    administrator_new(f.dir, bytes_str(FIXTURE_PASSPHRASE), &adm, &e),
	    0);
	rc = administrator_call(adm, f.keeper, action, answer, &e);
	err_clear(&e);
	json_decref(action);
	administrator_free(adm);
	return rc;
}

static void
act(const char *text)
{
	json_t *answer;

	assert_int_equal(ask(text, &answer), 0);
	json_decref(answer);
}

static void
object_of(const char *id, struct buf *der, struct ses_seal *seal,
    struct bytes *signer)
{
	struct err e = ERR_INIT;

	buf_reset(der);
	assert_int_equal(keeper_seal_object(f.keeper, id, der, &e), 0);
	assert_int_equal(ses_seal_parse(buf_bytes(der), seal, &e), 0);
	assert_int_equal(ses_seal_verify(seal, &e), 0);
	assert_int_equal(ses_seal_signer(seal, 0, signer), 0);
}

static void
what_cannot_be_done_changes_nothing(void **state)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct err e = ERR_INIT;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/keys/vault", f.dir);
	assert_int_equal(file_read(path, 65536, &before, &e), 0);
	assert_int_equal(
	    renew("keys/vault", FIXTURE_PASSPHRASE, &e), ERR_INPUT);
	assert_string_equal(e.code, "no_root_keys");
	assert_int_equal(
	    renew("offline/roots", "another passphrase", &e), ERR_STORAGE);
	assert_string_equal(e.code, "vault_unreadable");
	assert_int_equal(
	    renew("keys/root.crl", FIXTURE_PASSPHRASE, &e), ERR_STORAGE);
	assert_int_equal(file_read(path, 65536, &after, &e), 0);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	buf_release(&before);
	buf_release(&after);
}

static void
old_seals_go_on_below_their_old_ca(void **state)
{
	struct buf object = BUF_INIT, again = BUF_INIT, face = BUF_INIT;
	struct buf cms_der = BUF_INIT;
	struct bytes signer;
	struct ses_seal seal;
	struct pems before;
	struct err e = ERR_INIT;
	struct cms cms;

	(void)state;
	pems_of("x509s", &before);
	object_of("market-1", &object, &seal, &signer);
	assert_int_equal(fixture_stop(&f), 0);
	assert_int_equal(renew("offline/roots", FIXTURE_PASSPHRASE, &e), 0);
	fixture_start(&f);
	object_of("market-1", &again, &seal, &signer);
	assert_true(bytes_equal(buf_bytes(&object), buf_bytes(&again)));
	assert_int_equal(trust_of(signer), CHAIN_TRUSTED);
	assert_int_equal(trust_of(seal.maker), CHAIN_TRUSTED);
	/* A PDF's seal rides with the CA that gave its x509. */
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &cms_der, &e), 0);
	assert_int_equal(cms_parse(buf_bytes(&cms_der), &cms, &e), 0);
	assert_int_equal(cms.nx509s, 2);
	assert_true(bytes_equal(cms.x509s[1], before.views[0]));
	pems_release(&before);
	buf_release(&object);
	buf_release(&again);
	buf_release(&face);
	buf_release(&cms_der);
}

static void
new_generations_come_from_the_new_ca_and_maker(void **state)
{
	struct buf old_der = BUF_INIT, der = BUF_INIT;
	struct ses_seal old, seal;
	struct bytes old_signer, signer, issuer[2], serial;
	json_t *json;

	(void)state;
	object_of("market-2", &old_der, &old, &old_signer);
	act("{\"action\":\"seal_renew\",\"seal\":\"market-2\",\"picture\":{"
	    "\"type\":\"png\",\"data\":\"YWJj\",\"width\":42,\"height\":42}}");
	object_of("market-2", &der, &seal, &signer);
	assert_int_equal(trust_of(signer), CHAIN_TRUSTED);
	assert_int_equal(trust_of(old_signer), CHAIN_TRUSTED);
	assert_int_equal(x509_identity(signer, &issuer[0], &serial), 0);
	assert_int_equal(x509_identity(old_signer, &issuer[1], &serial), 0);
	assert_false(bytes_equal(issuer[0], issuer[1]));
	assert_non_null(memmem(issuer[0].p, issuer[0].n, " 2", 2));
	assert_false(bytes_equal(seal.maker, old.maker));
	assert_int_equal(trust_of(seal.maker), CHAIN_TRUSTED);
	json = directory();
	assert_int_equal(json_array_size(json_object_get(json, "makers")), 2);
	json_decref(json);
	buf_release(&old_der);
	buf_release(&der);
}

/* Entries of a list, which the CA at that place of the directory signed. */
static size_t
entries_of(const struct buf *der, size_t place)
{
	struct err e = ERR_INIT;
	struct crl_info info;
	const struct crl *crl;
	const struct x509 *ca;
	struct pems cas;

	pems_of("x509s", &cas);
	assert_int_equal(x509_get(cas.views[place], &ca, &e), 0);
	assert_int_equal(crl_get(buf_bytes(der), &crl, &e), 0);
	assert_int_equal(crl_verify(crl, ca, &e), 0);
	crl_about(crl, &info);
	crl_free(crl);
	x509_free(ca);
	pems_release(&cas);
	return info.nentries;
}

static void
each_ca_lists_its_own(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	/* Two generations, of the old CA and of the new one. */
	act("{\"action\":\"seal_lost\",\"seal\":\"market-2\"}");
	act("{\"action\":\"seal_lost\",\"seal\":\"market-1\"}");
	assert_int_equal(keeper_crl(f.keeper, SIGN_SM2, &der, &e), 0);
	assert_int_equal(entries_of(&der, 1), 1);
	buf_reset(&der);
	assert_int_equal(keeper_older_crl(f.keeper, SIGN_SM2, 1, &der, &e), 0);
	assert_int_equal(entries_of(&der, 3), 2);
	buf_reset(&der);
	assert_int_equal(
	    keeper_older_crl(f.keeper, SIGN_ES256, 1, &der, &e), 0);
	assert_int_equal(entries_of(&der, 2), 2);
	buf_reset(&der);
	assert_int_equal(
	    keeper_older_crl(f.keeper, SIGN_SM2, 2, &der, &e), ERR_NOT_FOUND);
	assert_string_equal(e.code, "no_crl");
	buf_release(&der);
}

/* The kid that a code of that algorithm names, and whether it is the i-th of
 * the directory's code keys. */
static int
code_is_by(enum sign_alg alg, size_t i)
{
	struct buf face = BUF_INIT, out = BUF_INIT, hex = BUF_INIT;
	json_t *json = directory();
	struct err e = ERR_INIT;
	uint8_t digest[32];
	struct cose cose;
	int same;

	fixture_face(&face, fixture_departments[2], fixture_types[2], "9");
	assert_int_equal(
	    fixture_code_alg(&f, 2, buf_bytes(&face), alg, &out, digest, &e),
	    0);
	assert_int_equal(cose_parse(buf_bytes(&out), &cose, &e), 0);
	text_hex(&hex, (struct bytes){cose.kid, 8});
	same = strcmp(buf_cstr(&hex),
		   json_string_value(json_object_get(
		       json_array_get(json_object_get(json, "code_keys"), i),
		       "kid"))) == 0;
	json_decref(json);
	buf_release(&face);
	buf_release(&out);
	buf_release(&hex);
	return same;
}

static size_t
length_of(const char *member)
{
	json_t *json = directory();
	size_t n = json_array_size(json_object_get(json, member));

	json_decref(json);
	return n;
}

/* Not before verifiers had time to take their x509s. */
static void
new_keys_for_codes_are_used_when_they_are_named(void **state)
{
	json_t *answer;
	int64_t now = clock_now();
	char action[128];

	(void)state;
	assert_int_equal(length_of("code_keys"), 2);
	assert_true(code_is_by(SIGN_ES256, 0) && code_is_by(SIGN_SM2, 1));
	snprintf(action, sizeof(action),
	    "{\"action\":\"issuer_keys_use\",\"not_before\":%lld}",
	    (long long)now + 3600);
	act(action);
	assert_int_equal(length_of("code_keys"), 4);
	assert_int_equal(length_of("status_keys"), 2);
	assert_true(code_is_by(SIGN_ES256, 0) && code_is_by(SIGN_SM2, 1));
	/* None is left. */
	assert_int_equal(ask(action, &answer), ERR_NOT_FOUND);
	assert_null(answer);
	/* The next ones at once: a time in the past is now. */
	assert_int_equal(fixture_stop(&f), 0);
	renew_again();
	fixture_start(&f);
	act("{\"action\":\"issuer_keys_use\"}");
	assert_int_equal(length_of("code_keys"), 6);
	assert_true(code_is_by(SIGN_ES256, 4) && code_is_by(SIGN_SM2, 5));
}

static void
it_ends_after_some_times(void **state)
{
	struct err e = ERR_INIT;
	int i;

	(void)state;
	assert_int_equal(fixture_stop(&f), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(
		    renew("offline/roots", FIXTURE_PASSPHRASE, &e), 0);
	assert_int_equal(
	    renew("offline/roots", FIXTURE_PASSPHRASE, &e), ERR_LIMIT);
	assert_string_equal(e.code, "too_many_cas");
	fixture_start(&f);
	assert_int_equal(keeper_self_test(f.keeper, &e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_cannot_be_done_changes_nothing),
	    cmocka_unit_test(old_seals_go_on_below_their_old_ca),
	    cmocka_unit_test(new_generations_come_from_the_new_ca_and_maker),
	    cmocka_unit_test(each_ca_lists_its_own),
	    cmocka_unit_test(new_keys_for_codes_are_used_when_they_are_named),
	    cmocka_unit_test(it_ends_after_some_times),
	};

	return cmocka_run_group_tests(tests, keeper_group_start, stop);
}
