/* seal_register_memory_test.c - a register read without memory is neither
 * damaged nor cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "tests/support/scarce_memory.h"
#include "tests/support/seal_fixture.h"

struct register_file {
	int fd;
	char head[65];
	off_t size;
};

static int
read_register(void *ctx, struct err *e)
{
	const struct register_file *file = ctx;
	struct seal_register r;
	struct stat st;
	int rc = seal_register_open(&r, file->fd, kek, file->head, e);

	if (rc == 0)
		seal_register_close(&r);
	assert_int_equal(fstat(file->fd, &st), 0);
	assert_int_equal(st.st_size, file->size);
	return rc;
}

/* The second record was not answered for: what is broken there is cut. */
static void
no_memory_is_no_damage(void **state)
{
	struct register_file file = {.fd = new_file()};
	struct seal_register r;
	char head[65];

	(void)state;
	create(&r, file.fd);
	make(&r, "market-1", 1, file.head);
	make(&r, "market-2", 1, head);
	seal_register_close(&r);
	file.size = lseek(file.fd, 0, SEEK_END);
	starve(read_register, &file, 0);
	close(file.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_memory_is_no_damage),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
