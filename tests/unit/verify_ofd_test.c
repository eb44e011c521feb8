/* verify_ofd_test.c - a sealed OFD licence, and everything done to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/flips.h"
#include "tests/support/ofd_maker.h"

static struct ofd_world world;

static int
setup(void **state)
{
	(void)state;
	ofd_world_make(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ofd_world_release(&world);
	return 0;
}

static int
valid(struct bytes file)
{
	struct verdict v;
	int ok = ofd_verify(&world, file, &v) == VERDICT_VALID;

	verdict_release(&v);
	return ok;
}

static void
must_be_valid(struct bytes file, struct verdict *v)
{
	if (ofd_verify(&world, file, v) != VERDICT_VALID)
		fail_msg("%s", v->nreasons ? v->reasons[0] : "-");
}

static void
a_sealed_licence_is_valid(void **state)
{
	struct verdict v;

	(void)state;
	must_be_valid(buf_bytes(&world.ofd), &v);
	assert_string_equal(v.format, "ofd");
	assert_int_equal(v.nreasons, 0);
	assert_int_equal(v.nsignatures, 1);
	assert_int_equal(v.signatures[0].integrity, INTEGRITY_INTACT);
	assert_int_equal(v.signatures[0].coverage, COVERAGE_WHOLE_FILE);
	assert_int_equal(v.signatures[0].trust, TRUST_TRUSTED);
	assert_string_equal(v.signatures[0].seal, "专用章");
	assert_string_equal(v.signatures[0].algorithm, "SM2/SM3");
	assert_true(v.signatures[0].claimed_time == WORLD_NOW - WORLD_DAY);
	assert_true(v.certificate.known);
	assert_string_equal(v.certificate.number, "QH-2026-0001");
	assert_memory_equal(v.certificate.face_digest, world.w.face_digest, 32);
	verdict_release(&v);
}

static void
no_changed_byte_is_valid(void **state)
{
	static const uint8_t masks[] = {0x01, 0x80};

	(void)state;
	flip_bytes(&world.ofd, (struct bytes){masks, sizeof(masks)}, valid);
}

static void
no_cut_file_is_valid(void **state)
{
	(void)state;
	cut_bytes(&world.ofd, world.ofd.n, valid);
}

static void
nothing_may_stand_around_the_file(void **state)
{
	struct buf copy = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 256; i++) {
		buf_reset(&copy);
		buf_add_buf(&copy, &world.ofd);
		buf_add_byte(&copy, (uint8_t)i);
		assert_false(valid(buf_bytes(&copy)));
	}
	buf_reset(&copy);
	buf_add_str(&copy, "PK\003\004");
	buf_add_buf(&copy, &world.ofd);
	assert_false(valid(buf_bytes(&copy)));
	buf_reset(&copy);
	buf_add_buf(&copy, &world.ofd);
	buf_add_buf(&copy, &world.ofd);
	assert_false(valid(buf_bytes(&copy)));
	buf_release(&copy);
}

/* An honest draft with its one seal; the caller changes it. */
static void
draft(struct ofd_draft *d)
{
	struct ofd_seal_plan plan = ofd_seal_plan(&world, &world.seal);

	ofd_draft_make(&world, d, 1);
	ofd_draft_seal(d, &plan);
}

static int
draft_valid(const struct ofd_draft *d)
{
	struct buf file = BUF_INIT;
	int ok;

	ofd_write(d, &file);
	ok = valid(buf_bytes(&file));
	buf_release(&file);
	return ok;
}

/* The content is changed and the archive made anew around it, in our one form,
 * with its check sums right. */
static void
no_changed_content_is_valid(void **state)
{
	struct ofd_draft d;
	struct buf *content;
	size_t i, k, step;

	(void)state;
	draft(&d);
	for (i = 0; i < d.n; i++) {
		content = &d.parts[i].content;
		/* Every byte of what a seal is made of. */
		step = strstr(d.parts[i].name, "/Sign_") ? 1 : 7;
		for (k = 0; k < content->n; k += step) {
			content->p[k] ^= 0x01;
			if (draft_valid(&d))
				fail_msg("%s, byte %zu", d.parts[i].name, k);
			content->p[k] ^= 0x01;
		}
		buf_add_byte(content, ' ');
		assert_false(draft_valid(&d));
		content->n -= 2;
		assert_false(draft_valid(&d));
		content->n++;
	}
	assert_true(draft_valid(&d));
	ofd_draft_release(&d);
}

/* Take part i out, to be put back. */
static struct ofd_part
part_out(struct ofd_draft *d, size_t i)
{
	struct ofd_part part = d->parts[i];

	d->n--;
	memmove(
	    &d->parts[i], &d->parts[i + 1], (d->n - i) * sizeof(d->parts[0]));
	return part;
}

static void
part_in(struct ofd_draft *d, size_t i, const struct ofd_part *part)
{
	memmove(
	    &d->parts[i + 1], &d->parts[i], (d->n - i) * sizeof(d->parts[0]));
	d->parts[i] = *part;
	d->n++;
}

static void
no_part_can_be_taken_out_or_moved(void **state)
{
	struct ofd_draft d;
	struct ofd_part part;
	size_t i, k;

	(void)state;
	draft(&d);
	for (i = 0; i < d.n; i++) {
		part = part_out(&d, i);
		if (draft_valid(&d))
			fail_msg("without %s", part.name);
		for (k = 0; k <= d.n; k++) {
			part_in(&d, k, &part);
			if (k != i && draft_valid(&d))
				fail_msg("%s at %zu", part.name, k);
			part_out(&d, k);
		}
		part_in(&d, i, &part);
	}
	assert_true(draft_valid(&d));
	ofd_draft_release(&d);
}

static void
no_part_can_be_added_or_named_anew(void **state)
{
	static const char *const names[] = {"x", "Doc_0/Res/evil.png",
	    "Doc_0/Signs/Sign_1/Seal.esl", "Doc_0/Attachs/certificate2.xml",
	    "META-INF/x", "Doc_0/DocumentRes.xml", "OFDEntries.xml",
	    "Doc_0/Pages/Page_1/Content.xml"};
	struct ofd_draft d;
	struct ofd_part added = {.content = BUF_INIT};
	char name[64];
	size_t i, k;

	(void)state;
	draft(&d);
	buf_add_str(&added.content, "x");
	for (k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		snprintf(added.name, sizeof(added.name), "%s", names[k]);
		for (i = 0; i <= d.n; i++) {
			part_in(&d, i, &added);
			if (draft_valid(&d))
				fail_msg("%s at %zu", names[k], i);
			part_out(&d, i);
		}
		for (i = 0; i < d.n; i++) {
			memcpy(name, d.parts[i].name, sizeof(name));
			memcpy(d.parts[i].name, added.name, sizeof(name));
			if (draft_valid(&d))
				fail_msg("%s for %s", names[k], name);
			memcpy(d.parts[i].name, name, sizeof(name));
		}
	}
	assert_true(draft_valid(&d));
	buf_release(&added.content);
	ofd_draft_release(&d);
}

static void
no_part_can_be_there_twice(void **state)
{
	struct ofd_draft d;
	struct ofd_part twin;
	size_t i, k;

	(void)state;
	draft(&d);
	for (i = 0; i < d.n; i++) {
		twin = d.parts[i];
		for (k = 0; k <= d.n; k++) {
			part_in(&d, k, &twin);
			assert_false(draft_valid(&d));
			d.parts[k].name[0] ^= 0x20;
			assert_false(draft_valid(&d));
			part_out(&d, k);
		}
	}
	assert_true(draft_valid(&d));
	ofd_draft_release(&d);
}

/* The same content packed otherwise: stored, or by another compressor. */
static void
no_part_can_be_packed_otherwise(void **state)
{
	struct ofd_draft d;
	size_t i;

	(void)state;
	draft(&d);
	for (i = 0; i < d.n; i++) {
		d.parts[i].stored ^= 1;
		if (draft_valid(&d))
			fail_msg("%s", d.parts[i].name);
		d.parts[i].stored ^= 1;
	}
	assert_true(draft_valid(&d));
	ofd_draft_release(&d);
}

static void
two_seals_each_cover_what_came_before(void **state)
{
	struct ofd_seal_plan plans[2];
	struct buf file = BUF_INIT;
	struct bytes view;
	struct verdict v;
	size_t i;

	(void)state;
	plans[0] = ofd_seal_plan(&world, &world.seal);
	plans[1] = ofd_seal_plan(&world, &world.second);
	ofd_make(&world, plans, 2, &file);
	view = buf_bytes(&file);
	must_be_valid(view, &v);
	assert_int_equal(v.nsignatures, 2);
	assert_string_equal(v.signatures[1].seal, "税务章");
	assert_int_equal(v.signatures[0].changes, CHANGES_PERMITTED);
	assert_int_equal(v.signatures[1].changes, CHANGES_NONE);
	verdict_release(&v);
	for (i = 0; i < file.n; i++) {
		file.p[i] ^= 0x04;
		if (valid(view))
			fail_msg("byte %zu", i);
		file.p[i] ^= 0x04;
	}
	assert_true(valid(view));
	buf_release(&file);
}

static void
the_second_seal_cannot_be_dropped(void **state)
{
	struct ofd_seal_plan plans[2];
	struct ofd_draft d;

	(void)state;
	plans[0] = ofd_seal_plan(&world, &world.seal);
	plans[1] = ofd_seal_plan(&world, &world.second);
	ofd_draft_make(&world, &d, 2);
	ofd_draft_seal(&d, &plans[0]);
	/* Its place is announced, so that the first alone is not all. */
	assert_false(draft_valid(&d));
	ofd_draft_seal(&d, &plans[1]);
	assert_true(draft_valid(&d));
	ofd_draft_release(&d);
}

/* A part so large and so even that its digest is remembered. */
static void
what_is_remembered_is_still_checked(void **state)
{
	struct ofd_seal_plan plan = ofd_seal_plan(&world, &world.seal);
	struct ofd_draft d;
	struct buf *page;
	int i;

	(void)state;
	ofd_draft_make(&world, &d, 1);
	page = &ofd_part_find(&d, "Doc_0/Res/font_2.ttf")->content;
	for (i = 0; i < 4000; i++)
		buf_add_str(page, "M 1 2 L 3 4 ");
	ofd_draft_seal(&d, &plan);
	for (i = 0; i < 3; i++) {
		assert_true(draft_valid(&d));
		page->p[20000 + i] ^= 1;
		assert_false(draft_valid(&d));
		assert_false(draft_valid(&d));
		page->p[20000 + i] ^= 1;
	}
	assert_true(draft_valid(&d));
	ofd_draft_release(&d);
}

static void
nobody_is_believed_without_trust(void **state)
{
	struct verify_options opt = {.at = WORLD_NOW};
	struct verdict v;

	(void)state;
	verify_bytes(buf_bytes(&world.ofd), &opt, &v);
	assert_int_equal(v.kind, VERDICT_INDETERMINATE);
	assert_true(world_says(&v, "unknown_issuer"));
	assert_int_equal(v.signatures[0].integrity, INTEGRITY_INTACT);
	assert_int_equal(v.signatures[0].trust, TRUST_UNKNOWN);
	verdict_release(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sealed_licence_is_valid),
	    cmocka_unit_test(no_changed_byte_is_valid),
	    cmocka_unit_test(no_cut_file_is_valid),
	    cmocka_unit_test(nothing_may_stand_around_the_file),
	    cmocka_unit_test(no_changed_content_is_valid),
	    cmocka_unit_test(no_part_can_be_taken_out_or_moved),
	    cmocka_unit_test(no_part_can_be_added_or_named_anew),
	    cmocka_unit_test(no_part_can_be_there_twice),
	    cmocka_unit_test(no_part_can_be_packed_otherwise),
	    cmocka_unit_test(two_seals_each_cover_what_came_before),
	    cmocka_unit_test(the_second_seal_cannot_be_dropped),
	    cmocka_unit_test(what_is_remembered_is_still_checked),
	    cmocka_unit_test(nobody_is_believed_without_trust),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
