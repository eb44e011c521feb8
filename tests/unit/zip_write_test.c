/* Tests of crypto/zip_write.h: the reader takes what it writes, in the one
 * form, and so does a stranger's unzip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/zip_file.h"
#include "crypto/zip_write.h"

static const char text[] = "<ofd:Page>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			   "aaaaaaaaaaaaaaaaaaaaaaaaaaaa</ofd:Page>";

/* Deflated, too short to deflate, empty, stored by wish, packed before. */
static void
make(struct buf *out)
{
	struct zip_packed packed;
	struct zip_write w;
	struct err e = ERR_INIT;

	assert_int_equal(zip_pack(bytes_str(text), &packed, &e), 0);
	assert_int_equal(zip_write_begin(&w, ZIP_WRITE_LEVEL, out, &e), 0);
	assert_int_equal(zip_write_add(&w, "OFD.xml", bytes_str(text)), 0);
	assert_int_equal(zip_write_add(&w, "Doc_0/x", bytes_str("x")), 0);
	assert_int_equal(zip_write_add(&w, "Doc_0/none", bytes_str("")), 0);
	assert_int_equal(zip_write_stored(&w, "Doc_0/raw", bytes_str(text)), 0);
	assert_int_equal(zip_write_packed(&w, "Doc_0/packed", &packed), 0);
	assert_int_equal(zip_write_end(&w), 0);
	zip_write_release(&w);
	zip_packed_release(&packed);
}

static void
the_reader_takes_it_in_its_one_form(void **state)
{
	static const char *const names[] = {
	    "OFD.xml", "Doc_0/x", "Doc_0/none", "Doc_0/raw", "Doc_0/packed"};
	static const char *const contents[] = {text, "x", "", text, text};
	static const unsigned int methods[] = {8, 0, 0, 0, 8};
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	struct zip_file *zip;
	struct bytes content;
	size_t i;

	(void)state;
	make(&out);
	assert_int_equal(zip_file_open(buf_bytes(&out), &zip, &e), 0);
	assert_int_equal(zip_file_canonical(zip, &e), 0);
	assert_int_equal(zip->n, 5);
	for (i = 0; i < zip->n; i++) {
		assert_true(
		    bytes_equal(zip->entries[i].name, bytes_str(names[i])));
		assert_int_equal(zip->entries[i].method, methods[i]);
		assert_int_equal(
		    zip_file_content(zip, &zip->entries[i], &content, &e), 0);
		assert_true(bytes_equal(content, bytes_str(contents[i])));
	}
	zip_file_free(zip);
	buf_release(&out);
}

static void
the_same_content_makes_the_same_bytes(void **state)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	(void)state;
	make(&a);
	make(&b);
	assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
	buf_release(&a);
	buf_release(&b);
}

static void
unzip_finds_no_fault(void **state)
{
	char path[] = "/tmp/zip-write-XXXXXX", command[64];
	struct buf out = BUF_INIT;
	int fd = mkstemp(path);

	(void)state;
	make(&out);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, out.p, out.n), out.n);
	close(fd);
	snprintf(command, sizeof(command),
	    "python3 -m zipfile -t %s >/dev/null", path);
	assert_int_equal(system(command), 0);
	unlink(path);
	buf_release(&out);
}

static void
names_beyond_the_format_are_refused(void **state)
{
	char name[ZIP_WRITE_NAME_MAX + 2];
	struct buf out = BUF_INIT;
	struct zip_write w;
	struct err e = ERR_INIT;

	(void)state;
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(zip_write_begin(&w, ZIP_WRITE_LEVEL, &out, &e), 0);
	assert_int_equal(zip_write_add(&w, name, bytes_str("x")), ERR_INTERNAL);
	assert_int_equal(
	    zip_write_stored(&w, "", bytes_str("x")), ERR_INTERNAL);
	zip_write_release(&w);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_reader_takes_it_in_its_one_form),
	    cmocka_unit_test(the_same_content_makes_the_same_bytes),
	    cmocka_unit_test(unzip_finds_no_fault),
	    cmocka_unit_test(names_beyond_the_format_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
