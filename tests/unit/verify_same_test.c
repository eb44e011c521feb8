/* verify_same_test.c - are several documents of one certificate (--same)? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/ofd_maker.h"

enum {
	KINDS = 5 /* PDF, OFD, XML, code, code in SM2 */
};

/* Two certificates by the same keys. */
static struct ofd_world world;
static struct buf first[KINDS], second[KINDS];

/* The world's second certificate, of another holder. */
static void
twin_make(struct ofd_world *twin)
{
	struct world_plan plan = WORLD_PLAN;
	struct buf pdf = BUF_INIT;

	plan.holder = "青禾市另一家公司";
	*twin = world;
	memset(&twin->w.face, 0, sizeof(struct buf));
	memset(&twin->w.qr, 0, sizeof(struct buf));
	memset(&twin->w.xml, 0, sizeof(struct buf));
	memset(&twin->w.pdf, 0, sizeof(struct buf));
	world_face(&twin->w, &plan);
	world_code(&twin->w, &plan);
	world_unsigned_pdf(&twin->w.xml, &pdf);
	world_seal(
	    &twin->w, buf_bytes(&pdf), twin->w.face_digest, &twin->w.pdf);
	buf_release(&pdf);
}

/* The code of the same face, signed in SM2. */
static void
sm2_code(const struct ofd_world *o, const char *holder, struct buf *out)
{
	struct world_plan plan = WORLD_PLAN;
	struct world w = {.code_key = o->code_key, .code = o->code};

	plan.holder = holder;
	memcpy(w.face_digest, o->w.face_digest, 32);
	w.face = o->w.face;
	world_code(&w, &plan);
	buf_add_buf(out, &w.qr);
	buf_release(&w.qr);
	buf_release(&w.xml);
}

static void
documents(struct ofd_world *o, const char *holder, struct buf out[KINDS])
{
	struct ofd_seal_plan plan = ofd_seal_plan(o, &o->seal);

	buf_add_buf(&out[0], &o->w.pdf);
	ofd_make(o, &plan, 1, &out[1]);
	buf_add_buf(&out[2], &o->w.xml);
	buf_add_buf(&out[3], &o->w.qr);
	sm2_code(o, holder, &out[4]);
}

static int
setup(void **state)
{
	static const struct world_plan plain = WORLD_PLAN;
	struct ofd_world twin;

	(void)state;
	ofd_world_make(&world);
	documents(&world, plain.holder, first);
	twin_make(&twin);
	documents(&twin, "青禾市另一家公司", second);
	buf_release(&twin.w.face);
	buf_release(&twin.w.qr);
	buf_release(&twin.w.xml);
	buf_release(&twin.w.pdf);
	return 0;
}

static int
teardown(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < KINDS; i++) {
		buf_release(&first[i]);
		buf_release(&second[i]);
	}
	ofd_world_release(&world);
	return 0;
}

/* The worst kind of the verdicts of n files after verify_same. */
static int
together(const struct buf *const *files, size_t n)
{
	struct verdict v[KINDS];
	int worst = VERDICT_VALID;
	size_t i;

	for (i = 0; i < n; i++)
		if (ofd_verify(&world, buf_bytes(files[i]), &v[i]) !=
		    VERDICT_VALID)
			fail_msg("%zu: %s", i, v[i].reasons[0]);
	verify_same(v, n);
	for (i = 0; i < n; i++) {
		if (v[i].kind != VERDICT_VALID)
			assert_string_equal(
			    v[i].reasons[0], "different_certificates");
		worst = verdict_worst(worst, (int)v[i].kind);
		verdict_release(&v[i]);
	}
	return worst;
}

static void
all_documents_of_one_certificate_are_the_same(void **state)
{
	const struct buf *files[KINDS];
	size_t i;

	(void)state;
	for (i = 0; i < KINDS; i++)
		files[i] = &first[i];
	assert_int_equal(together(files, KINDS), VERDICT_VALID);
	for (i = 0; i < KINDS; i++)
		files[i] = &second[i];
	assert_int_equal(together(files, KINDS), VERDICT_VALID);
}

static void
one_document_exchanged_is_found(void **state)
{
	const struct buf *files[KINDS];
	size_t i, k;

	(void)state;
	for (k = 0; k < KINDS; k++) {
		for (i = 0; i < KINDS; i++)
			files[i] = i == k ? &second[i] : &first[i];
		if (together(files, KINDS) != VERDICT_INVALID)
			fail_msg("%zu", k);
	}
}

static void
any_two_swapped_between_certificates_are_found(void **state)
{
	const struct buf *pair[2];
	size_t i, k;

	(void)state;
	for (i = 0; i < KINDS; i++)
		for (k = 0; k < KINDS; k++) {
			pair[0] = &first[i];
			pair[1] = &second[k];
			assert_int_equal(together(pair, 2), VERDICT_INVALID);
			pair[1] = &first[k];
			assert_int_equal(together(pair, 2), VERDICT_VALID);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_documents_of_one_certificate_are_the_same),
	    cmocka_unit_test(one_document_exchanged_is_found),
	    cmocka_unit_test(any_two_swapped_between_certificates_are_found),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
