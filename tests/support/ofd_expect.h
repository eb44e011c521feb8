/* ofd_expect.h - the verdict of an OFD by kind and code, for tests. */
#ifndef TESTS_SUPPORT_OFD_EXPECT_H
#define TESTS_SUPPORT_OFD_EXPECT_H

#include "tests/support/ofd_maker.h"

/* Fails the test when the file has another kind of verdict at WORLD_NOW, or the
 * code is not among its reasons. */
static inline void
ofd_expect(struct bytes file, const struct trust *trust, enum verdict_kind kind,
    const char *code)
{
	struct verify_options opt = {.trust = trust, .at = WORLD_NOW};
	struct verdict v;
	size_t i;

	verify_bytes(file, &opt, &v);
	if (!world_says(&v, code)) {
		for (i = 0; i < v.nreasons; i++)
			print_message("%s ", v.reasons[i]);
		fail_msg("no %s", code);
	}
	assert_int_equal(v.kind, kind);
	verdict_release(&v);
}

#endif
