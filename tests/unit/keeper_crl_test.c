/* keeper_crl_test.c - lists of revoked x509s: signed by the keeper when they
 * are due, complete at once when a seal is lost, and none but its CAs'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>

#include "crypto/base/text.h"
#include "crypto/chain.h"
#include "crypto/crl.h"
#include "crypto/ses_seal.h"
#include "crypto/x509.h"
#include "keys/administrator.h"
#include "keys/root_crl.h"
#include "keys/root_renew.h"
#include "tests/support/keeper_fixture.h"

static struct fixture f;
static struct administrator *adm;
static struct buf anchors[2], helpers[2]; /* ES256, SM2 */

static int
take_pem(void *ctx, struct bytes der, struct err *e)
{
	struct buf *out = ctx;

	(void)e;
	buf_add(out, der.p, der.n);
	return 0;
}

static void
read_pems(const json_t *list, struct buf out[2])
{
	struct err e = ERR_INIT;
	size_t i;

	assert_int_equal(json_array_size(list), 2);
	for (i = 0; i < 2; i++)
		assert_int_equal(x509_from_pem(bytes_str(json_string_value(
						   json_array_get(list, i))),
				     take_pem, &out[i], &e),
		    0);
}

static int
start(void **state)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *directory;

	(void)state;
	fixture_make(&f);
	if (administrator_new(f.dir, bytes_str(FIXTURE_PASSPHRASE), &adm, &e) !=
		0 ||
	    keeper_directory(f.keeper, &text, &e) != 0)
		return -1;
	directory = json_loads(buf_cstr(&text), 0, NULL);
	read_pems(json_object_get(directory, "roots"), anchors);
	read_pems(json_object_get(directory, "x509s"), helpers);
	json_decref(directory);
	buf_release(&text);
	return 0;
}

static int
stop(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		buf_release(&anchors[i]);
		buf_release(&helpers[i]);
	}
	administrator_free(adm);
	if (f.keeper != NULL)
		assert_int_equal(fixture_stop(&f), 0);
	fixture_release(&f);
	return 0;
}

static int
act(const char *text)
{
	json_t *action = json_loads(text, 0, NULL), *answer = NULL;
	struct err e = ERR_INIT;
	int rc = administrator_call(adm, f.keeper, action, &answer, &e);

	json_decref(action);
	json_decref(answer);
	return rc;
}

/* What a list says; it must be the issuer's. */
static struct crl_info
info_of(const struct buf *der, const struct buf *issuer)
{
	const struct crl *crl;
	const struct x509 *x;
	struct crl_info info;
	struct err e = ERR_INIT;

	assert_int_equal(x509_get(buf_bytes(issuer), &x, &e), 0);
	assert_int_equal(crl_get(buf_bytes(der), &crl, &e), 0);
	assert_int_equal(crl_verify(crl, x, &e), 0);
	crl_about(crl, &info);
	crl_free(crl);
	x509_free(x);
	return info;
}

static void
lists_are_there_from_the_beginning(void **state)
{
	static const enum sign_alg algs[2] = {SIGN_ES256, SIGN_SM2};
	struct buf ca = BUF_INIT, again = BUF_INIT, root = BUF_INIT;
	struct err e = ERR_INIT;
	struct crl_info info;
	int64_t now = clock_now();
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		buf_reset(&ca);
		buf_reset(&again);
		buf_reset(&root);
		assert_int_equal(keeper_crl(f.keeper, algs[i], &ca, &e), 0);
		info = info_of(&ca, &helpers[i]);
		assert_int_equal(info.nentries, 0);
		assert_in_range(info.this_update, now, now + 60);
		assert_int_equal(
		    info.next_update - info.this_update, 7 * 86400);
		/* Not signed again while it is fresh. */
		assert_int_equal(keeper_crl(f.keeper, algs[i], &again, &e), 0);
		assert_true(bytes_equal(buf_bytes(&ca), buf_bytes(&again)));
		assert_int_equal(
		    keeper_root_crl(f.keeper, algs[i], &root, &e), 0);
		info = info_of(&root, &anchors[i]);
		assert_int_equal(info.nentries, 0);
		assert_int_equal(
		    info.next_update - info.this_update, 366 * 86400);
	}
	buf_release(&ca);
	buf_release(&again);
	buf_release(&root);
}

/* The x509 that signs OFDs with a seal. */
static void
signer_of(const char *id, struct buf *x509)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_seal seal;
	struct bytes entry;

	assert_int_equal(keeper_seal_object(f.keeper, id, &der, &e), 0);
	assert_int_equal(ses_seal_parse(buf_bytes(&der), &seal, &e), 0);
	assert_int_equal(ses_seal_signer(&seal, 0, &entry), 0);
	buf_add(x509, entry.p, entry.n);
	buf_release(&der);
}

static struct chain_result
check(const struct buf *x509)
{
	struct bytes list[2] = {buf_bytes(x509), buf_bytes(&helpers[1])};
	struct bytes anchor = buf_bytes(&anchors[1]), crls[2];
	struct buf ca = BUF_INIT, root = BUF_INIT;
	struct chain_request req = {.x509s = list,
	    .nx509s = 2,
	    .anchors = &anchor,
	    .nanchors = 1,
	    .at = clock_now(),
	    .crls = crls,
	    .ncrls = 2};
	struct chain_result result;
	struct err e = ERR_INIT;

	assert_int_equal(keeper_crl(f.keeper, SIGN_SM2, &ca, &e), 0);
	assert_int_equal(keeper_root_crl(f.keeper, SIGN_SM2, &root, &e), 0);
	crls[0] = buf_bytes(&ca);
	crls[1] = buf_bytes(&root);
	assert_int_equal(chain_check(&req, &result, &e), 0);
	buf_release(&ca);
	buf_release(&root);
	return result;
}

static void
a_lost_seal_is_on_the_list_at_once(void **state)
{
	struct buf lost = BUF_INIT, other = BUF_INIT;
	struct chain_result result;
	int64_t before = clock_now();

	(void)state;
	signer_of("market-1", &lost);
	signer_of("market-2", &other);
	result = check(&lost);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	assert_int_equal(result.revocation, CHAIN_LISTS_FRESH);
	/* A suspended seal may come back: its x509 is not revoked. */
	assert_int_equal(
	    act("{\"action\":\"seal_suspend\",\"seal\":\"market-1\"}"), 0);
	assert_int_equal(check(&lost).trust, CHAIN_TRUSTED);
	assert_int_equal(act("{\"action\":\"seal_lost\",\"seal\":\"market-1\","
			     "\"reason\":\"遗失\"}"),
	    0);
	result = check(&lost);
	assert_int_equal(result.trust, CHAIN_REVOKED);
	assert_in_range(result.revoked_at, before, clock_now());
	assert_int_equal(check(&other).trust, CHAIN_TRUSTED);
	buf_release(&lost);
	buf_release(&other);
}

static void
the_p256_list_names_the_same_seal(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(keeper_crl(f.keeper, SIGN_ES256, &der, &e), 0);
	assert_int_equal(info_of(&der, &helpers[0]).nentries, 1);
	buf_release(&der);
}

static void
lists_go_on_after_a_restart(void **state)
{
	struct buf lost = BUF_INIT;

	(void)state;
	signer_of("market-1", &lost);
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	assert_int_equal(check(&lost).trust, CHAIN_REVOKED);
	buf_release(&lost);
}

/* The roots' file is at hand: revoke the SM2 issuing CA. */
static int
renew_from(const char *name, struct bytes revoke, int64_t now,
    struct buf lists[2], struct err *e)
{
	struct root_renew_request req = {.dir = f.dir,
	    .passphrase = bytes_str(FIXTURE_PASSPHRASE),
	    .revoke = revoke,
	    .reason = CRL_CA_COMPROMISE,
	    .now = now};
	struct buf file = BUF_INIT;
	char path[128];
	int rc;

	buf_reset(&lists[0]);
	buf_reset(&lists[1]);
	snprintf(path, sizeof(path), "%s/%s", f.dir, name);
	assert_int_equal(file_read(path, 65536, &file, e), 0);
	req.roots = buf_bytes(&file);
	rc = root_renew(&req, lists, e);
	buf_release(&file);
	return rc;
}

static int
renew(struct bytes revoke, int64_t now, struct buf lists[2], struct err *e)
{
	return renew_from("offline/roots", revoke, now, lists, e);
}

static int
give(const struct buf *list, struct err *e)
{
	struct buf text = BUF_INIT;
	json_t *action, *answer = NULL;
	int rc;

	text_base64(&text, buf_bytes(list));
	action = json_pack(
	    "{s:s,s:s}", "action", "root_crl", "crl", buf_cstr(&text));
	rc = administrator_call(adm, f.keeper, action, &answer, e);
	json_decref(action);
	json_decref(answer);
	buf_release(&text);
	return rc;
}

static void
a_revoked_ca_takes_its_seals_along(void **state)
{
	struct buf lists[2] = {BUF_INIT, BUF_INIT}, other = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t now = clock_now() + 1;

	(void)state;
	signer_of("market-2", &other);
	assert_int_equal(check(&other).trust, CHAIN_TRUSTED);
	/* The keeper's own vault has the roots' x509s, but no key of theirs. */
	assert_int_equal(
	    renew_from("keys/vault", (struct bytes){NULL, 0}, now, lists, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "no_root_keys");
	assert_int_equal(renew_from("keys/root.crl", (struct bytes){NULL, 0},
			     now, lists, &e),
	    ERR_STORAGE);
	/* A signer is not the roots' to revoke. */
	assert_int_equal(renew(buf_bytes(&other), now, lists, &e), ERR_INPUT);
	assert_string_equal(e.code, "not_by_root");
	assert_int_equal(renew(buf_bytes(&helpers[1]), now, lists, &e), 0);
	assert_int_equal(info_of(&lists[0], &anchors[0]).nentries, 0);
	assert_int_equal(info_of(&lists[1], &anchors[1]).nentries, 1);
	/* A running keeper gives out the old one until it is told. */
	assert_int_equal(check(&other).trust, CHAIN_TRUSTED);
	assert_int_equal(give(&lists[1], &e), 0);
	assert_int_equal(check(&other).trust, CHAIN_REVOKED);
	assert_int_equal(give(&lists[1], &e), 0);
	/* A list of a CA is none of a root. */
	buf_reset(&lists[0]);
	assert_int_equal(keeper_crl(f.keeper, SIGN_SM2, &lists[0], &e), 0);
	assert_int_equal(give(&lists[0], &e), ERR_INPUT);
	/* Later lists keep what was revoked; older ones are not taken. */
	assert_int_equal(renew((struct bytes){NULL, 0}, now + 5, lists, &e), 0);
	assert_int_equal(info_of(&lists[1], &anchors[1]).nentries, 1);
	assert_int_equal(give(&lists[1], &e), 0);
	assert_int_equal(renew((struct bytes){NULL, 0}, now + 3, lists, &e), 0);
	assert_int_equal(give(&lists[1], &e), ERR_CONFLICT);
	assert_string_equal(e.code, "crl_older");
	buf_release(&lists[0]);
	buf_release(&lists[1]);
	buf_release(&other);
}

static void
a_damaged_list_of_a_root_is_named(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    root_crl_read(f.dir, SIGN_SM2, buf_bytes(&anchors[1]), &der, &e),
	    0);
	/* Of the other root. */
	buf_reset(&der);
	assert_int_equal(
	    root_crl_read(f.dir, SIGN_SM2, buf_bytes(&anchors[0]), &der, &e),
	    ERR_STORAGE);
	assert_string_equal(e.code, "root_crl_damaged");
	der.p[der.n - 1] ^= 1;
	assert_int_equal(
	    root_crl_write(f.dir, SIGN_SM2, buf_bytes(&der), &e), 0);
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	assert_int_not_equal(keeper_self_test(f.keeper, &e), 0);
	assert_string_equal(e.code, "root_crl_damaged");
	fixture_stop(&f);
	buf_release(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists_are_there_from_the_beginning),
	    cmocka_unit_test(a_lost_seal_is_on_the_list_at_once),
	    cmocka_unit_test(the_p256_list_names_the_same_seal),
	    cmocka_unit_test(lists_go_on_after_a_restart),
	    cmocka_unit_test(a_revoked_ca_takes_its_seals_along),
	    cmocka_unit_test(a_damaged_list_of_a_root_is_named),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
