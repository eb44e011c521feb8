/* Segment files: torn tails, short files, rolling over. */
#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "certsvc/store/store_segment.h"

static void
a_torn_tail_is_cut_and_a_short_file_left_alone(void **state)
{
	struct fixture *f = *state;
	struct store_certificate c;
	struct stat before, after;
	char path[96], id[STORE_ID_SIZE], second[STORE_ID_SIZE];
	int fd;

	assert_int_equal(issue_put(f, "T1", NULL, id, &f->e), 0);
	fixture_close(f);
	snprintf(path, sizeof(path), "%s/store/segments/000001", f->dir);
	assert_int_equal(stat(path, &before), 0);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "half a document", 15), 15);
	close(fd);
	fixture_open(f);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(issue_put(f, "T2", NULL, second, &f->e), 0);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
	fixture_close(f);
	assert_int_equal(truncate(path, before.st_size), 0);
	fixture_open(f);
	assert_int_equal(f->ops->certificate_get(f->s, id, &c, &f->e), 0);
	store_certificate_release(&c);
	assert_int_equal(
	    f->ops->certificate_get(f->s, second, &c, &f->e), ERR_STORAGE);
	assert_string_equal(f->e.code, "record_damaged");
	assert_int_equal(issue_put(f, "T3", NULL, second, &f->e), 0);
	assert_int_equal(f->ops->certificate_get(f->s, second, &c, &f->e), 0);
	store_certificate_release(&c);
	assert_int_equal(f->ops->audit(f->s, &f->e), ERR_STORAGE);
	err_clear(&f->e);
}

static void
a_full_segment_gives_way_to_the_next(void **state)
{
	struct fixture *f = *state;
	struct segments s;
	struct segment_place places[10], none = {0, 0, 0};
	struct buf out = BUF_INIT;
	char path[96], data[40];
	int i;

	snprintf(path, sizeof(path), "%s/rolling", f->dir);
	assert_int_equal(segments_open(&s, path, 100, none, &f->e), 0);
	for (i = 0; i < 10; i++) {
		memset(data, 'a' + i, sizeof(data));
		assert_int_equal(
		    segments_append(&s, (struct bytes){(uint8_t *)data, 40},
			&places[i], &f->e),
		    0);
	}
	assert_int_equal(segments_sync(&s, &f->e), 0);
	assert_int_equal(places[9].segment, 5);
	for (i = 0; i < 10; i++) {
		buf_reset(&out);
		assert_int_equal(segments_read(&s, &places[i], &out, &f->e), 0);
		assert_int_equal(out.n, 40);
		assert_int_equal(out.p[39], 'a' + i);
	}
	places[0].segment = 99;
	assert_int_equal(
	    segments_read(&s, &places[0], &out, &f->e), ERR_STORAGE);
	buf_release(&out);
	segments_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_torn_tail_is_cut_and_a_short_file_left_alone, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		a_full_segment_gives_way_to_the_next, fixture_setup,
		fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
