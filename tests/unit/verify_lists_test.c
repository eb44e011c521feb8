/* verify_lists_test.c - lists of revoked x509s: missing, over, or naming the
 * signer; whatever the format, and whatever the profile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <hpdf.h>

#include "tests/support/crl_list.h"
#include "tests/support/ofd_expect.h"

enum {
	LISTS = 4,
	FILES = 5,
	LIFE = 2 * WORLD_DAY
};

static struct ofd_world world;
static struct buf json; /* trust.json that says who has lists */
/* PDF and OFD of ours, a seal object, PDF and OFD of somebody. */
static struct buf foreign_pdf, foreign_ofd;
static const struct buf *const files[FILES] = {
    &world.w.pdf, &world.ofd, &world.seal.object, &foreign_pdf, &foreign_ofd};
/* Which lists the chain of a file needs, in the order of `cas`. */
static const char *const needs[FILES] = {"pP", "sS", "sS", "pP", "sS"};
static const struct {
	char name;
	const struct buf *x509;
	EVP_PKEY *const *key;
} cas[LISTS] = {
    {'p', &world.w.ca, &world.w.ca_key},
    {'P', &world.w.root, &world.w.root_key},
    {'s', &world.ca, &world.ca_key},
    {'S', &world.root, &world.root_key},
};

static void
make_json(void)
{
	json_t *root =
	    json_loadb((const char *)world.json.p, world.json.n, 0, NULL);
	json_t *issuers = json_array();
	struct buf hex = BUF_INIT;
	char *text;
	size_t i;

	for (i = 0; i < LISTS; i++) {
		buf_reset(&hex);
		ofd_hex(cas[i].x509, &hex);
		json_array_append_new(issuers, json_string(buf_cstr(&hex)));
	}
	json_object_set_new(json_array_get(json_object_get(root, "issuers"), 0),
	    "crl_issuers", issuers);
	text = json_dumps(root, 0);
	buf_add_str(&json, text);
	free(text);
	json_decref(root);
	buf_release(&hex);
}

static void
make_foreign(void)
{
	struct ofd_seal_plan plan = ofd_seal_plan(&world, &world.seal);
	HPDF_Doc doc = HPDF_New(NULL, NULL);
	struct buf pdf = BUF_INIT;
	struct ofd_draft d;
	HPDF_UINT32 n;

	HPDF_AddPage(doc);
	assert_int_equal(HPDF_SaveToStream(doc), HPDF_OK);
	n = HPDF_GetStreamSize(doc);
	HPDF_ReadFromStream(doc, buf_extend(&pdf, n), &n);
	HPDF_Free(doc);
	world_seal(&world.w, buf_bytes(&pdf), NULL, &foreign_pdf);
	buf_release(&pdf);
	plan.no_face = plan.no_package = 1;
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	ofd_write(&d, &foreign_ofd);
	ofd_draft_release(&d);
}

static int
setup(void **state)
{
	(void)state;
	ofd_world_make(&world);
	make_json();
	make_foreign();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ofd_world_release(&world);
	buf_release(&json);
	buf_release(&foreign_pdf);
	buf_release(&foreign_ofd);
	return 0;
}

/* A list, made that long ago; revoked NULL: an empty one. */
static void
make_list(size_t i, int64_t age, const struct buf *revoked, int64_t when,
    struct buf *out)
{
	const struct crl_list list = {.ca = buf_bytes(cas[i].x509),
	    .key = *cas[i].key,
	    .from = WORLD_NOW - age,
	    .until = WORLD_NOW - age + LIFE,
	    .revoked = revoked ? buf_bytes(revoked) : (struct bytes){NULL, 0},
	    .when = when};

	crl_list_make(&list, out);
}

/* A trust with all lists but those of the names in `without`; those in `old`
 * are that old; with revoked, its CA's names it since when. */
struct lists {
	const char *without, *old;
	int64_t age;
	const struct buf *revoked;
	char by;
	int64_t when;
};

static struct trust *
trust_with(const struct lists *l, const struct buf *text)
{
	struct buf ders[LISTS] = {BUF_INIT};
	struct bytes views[LISTS];
	struct trust *trust;
	size_t i, n = 0;

	for (i = 0; i < LISTS; i++) {
		if (strchr(l->without, cas[i].name) != NULL)
			continue;
		make_list(i, strchr(l->old, cas[i].name) ? l->age : 0,
		    l->by == cas[i].name ? l->revoked : NULL, l->when,
		    &ders[n]);
		views[n] = buf_bytes(&ders[n]);
		n++;
	}
	trust = ofd_trust(&world, buf_bytes(text), views, n);
	for (i = 0; i < n; i++)
		buf_release(&ders[i]);
	return trust;
}

static void
is_valid(const struct buf *file, const struct trust *trust)
{
	struct verify_options opt = {.trust = trust, .at = WORLD_NOW};
	struct verdict v;

	verify_bytes(buf_bytes(file), &opt, &v);
	if (v.kind != VERDICT_VALID)
		fail_msg("%s: %s", v.format, v.nreasons ? v.reasons[0] : "-");
	verdict_release(&v);
}

static void
a_missing_list_is_not_an_empty_one(void **state)
{
	const char all[] = "pPsS";
	struct lists l = {.old = ""};
	struct trust *trust;
	size_t i, k;

	(void)state;
	for (k = 0; k < LISTS; k++) {
		l.without = (char[2]){all[k], '\0'};
		trust = trust_with(&l, &json);
		for (i = 0; i < FILES; i++)
			if (strchr(needs[i], all[k]) != NULL)
				ofd_expect(buf_bytes(files[i]), trust,
				    VERDICT_INDETERMINATE,
				    "revocation_unknown");
			else
				is_valid(files[i], trust);
		trust_free(trust);
	}
}

static void
every_list_here_is_enough_and_none_need_be_promised(void **state)
{
	struct lists l = {.without = "", .old = ""};
	struct trust *trust = trust_with(&l, &json);
	size_t i;

	(void)state;
	for (i = 0; i < FILES; i++)
		is_valid(files[i], trust);
	trust_free(trust);
	/* CAs of which nobody says that they have lists. */
	l.without = "pPsS";
	trust = trust_with(&l, &world.json);
	for (i = 0; i < FILES; i++)
		is_valid(files[i], trust);
	trust_free(trust);
}

/* A type lets a status be seven days old; others' documents know no such
 * grace. */
static void
a_list_that_is_over_counts_as_long_as_the_type_allows(void **state)
{
	static const struct {
		int64_t age;
		size_t valid; /* how many of the files still are */
	} ages[] = {{LIFE, FILES}, {LIFE + 1, 2}, {7 * WORLD_DAY, 2},
	    {7 * WORLD_DAY + 1, 0}};
	struct lists l = {.without = ""};
	struct trust *trust;
	size_t a, i, k;

	(void)state;
	for (k = 0; k < 2; k++)
		for (a = 0; a < sizeof(ages) / sizeof(ages[0]); a++) {
			l.old = k == 0 ? "ps" : "PS";
			l.age = ages[a].age;
			trust = trust_with(&l, &json);
			for (i = 0; i < FILES; i++)
				if (i < ages[a].valid)
					is_valid(files[i], trust);
				else
					ofd_expect(buf_bytes(files[i]), trust,
					    VERDICT_INDETERMINATE,
					    "status_stale");
			trust_free(trust);
		}
}

/* world_seal signs at WORLD_NOW - a day, as the PDF claims. */
static void
somebodys_pdf_by_a_revoked_signer_is_not_valid(void **state)
{
	static const struct {
		int64_t when;
		enum verdict_kind kind;
		const char *code;
	} cases[] = {
	    {WORLD_NOW - 2 * WORLD_DAY, VERDICT_INVALID, "signer_revoked"},
	    {WORLD_NOW - WORLD_DAY, VERDICT_INVALID, "signer_revoked"},
	    {WORLD_NOW - 60, VERDICT_INDETERMINATE, "time_not_proven"},
	};
	struct lists l = {.without = "", .old = ""};
	struct trust *trust;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (k = 0; k < 2; k++) {
			l.when = cases[i].when;
			l.by = k == 0 ? 'p' : 'P';
			l.revoked = k == 0 ? &world.w.seal : &world.w.ca;
			trust = trust_with(&l, &json);
			ofd_expect(buf_bytes(&foreign_pdf), trust,
			    cases[i].kind, cases[i].code);
			trust_free(trust);
		}
}

/* trust.json with a member of every seal's x509s, or another list of makers. */
static struct trust *
trust_changed(const char *since, const char *maker)
{
	struct lists l = {.without = "", .old = ""};
	json_t *root = json_loadb((const char *)json.p, json.n, 0, NULL);
	json_t *issuer = json_array_get(json_object_get(root, "issuers"), 0);
	json_t *seal, *x509;
	struct buf changed = BUF_INIT;
	struct trust *trust;
	size_t i, k;
	char *text;

	json_array_foreach (json_object_get(issuer, "seals"), i, seal)
		json_array_foreach (json_object_get(seal, "x509s"), k, x509)
			if (since != NULL)
				json_object_set_new(
				    x509, "revoked_since", json_string(since));
	if (maker != NULL)
		json_object_set_new(issuer, "makers", json_pack("[s]", maker));
	text = json_dumps(root, 0);
	buf_add_str(&changed, text);
	free(text);
	json_decref(root);
	trust = trust_with(&l, &changed);
	buf_release(&changed);
	return trust;
}

/* The trust data's own word holds in every profile, too. */
static void
somebodys_document_by_a_lost_seal_is_not_valid(void **state)
{
	struct trust *trust = trust_changed("2026-09-01T00:00:00Z", NULL);

	(void)state;
	ofd_expect(buf_bytes(&foreign_pdf), trust, VERDICT_INVALID,
	    "issuer_key_revoked");
	ofd_expect(buf_bytes(&foreign_ofd), trust, VERDICT_INVALID,
	    "issuer_key_revoked");
	trust_free(trust);
	/* A minute before WORLD_NOW, after the time both claim. */
	trust = trust_changed("2026-09-21T14:12:20Z", NULL);
	ofd_expect(buf_bytes(&foreign_pdf), trust, VERDICT_INDETERMINATE,
	    "time_not_proven");
	ofd_expect(buf_bytes(&foreign_ofd), trust, VERDICT_INDETERMINATE,
	    "time_not_proven");
	trust_free(trust);
}

static void
a_registered_seal_has_a_registered_maker_in_every_profile(void **state)
{
	struct buf other = BUF_INIT;
	struct trust *trust;
	size_t i;

	(void)state;
	ofd_hex(&world.ca, &other);
	trust = trust_changed(NULL, buf_cstr(&other));
	for (i = 0; i < FILES; i++)
		if (files[i] != &world.w.pdf && files[i] != &foreign_pdf)
			ofd_expect(buf_bytes(files[i]), trust,
			    VERDICT_INDETERMINATE, "seal_maker_untrusted");
	trust_free(trust);
	buf_release(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		every_list_here_is_enough_and_none_need_be_promised),
	    cmocka_unit_test(a_missing_list_is_not_an_empty_one),
	    cmocka_unit_test(
		a_list_that_is_over_counts_as_long_as_the_type_allows),
	    cmocka_unit_test(somebodys_pdf_by_a_revoked_signer_is_not_valid),
	    cmocka_unit_test(somebodys_document_by_a_lost_seal_is_not_valid),
	    cmocka_unit_test(
		a_registered_seal_has_a_registered_maker_in_every_profile),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
