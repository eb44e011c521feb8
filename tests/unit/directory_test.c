/* directory_test.c - finding seals in the keeper's directory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "certsvc/directory.h"

/* ' stands for ". */
static const char text[] =
    "{'issuer': {'number': 999001, 'zh': '市', 'en': 'C', 'demo': true},"
    " 'roots': ['r1', 'r2'], 'x509s': ['c'], 'authority_version': 3,"
    " 'seals_version': 7, 'journal': {'seq': 9, 'intent': ''},"
    " 'departments': ["
    "{'code': 'B', 'zh': '乙', 'en': 'b', 'types': ['t1', 't2'], 'grants': ["
    "  {'type': 't2', 'seal': 'a-2', 'place': 0},"
    "  {'type': 't1', 'seal': 'a-1', 'place': 1}],"
    " 'seals': [{'id': 'b-1', 'zh': '章', 'en': 's', 'state': 'suspended',"
    "  'generation': 1, 'types': ['t1'], 'uses': 0, 'x509s': [],"
    "  'kind': 'round', 'arc': '乙局', 'diameter': 42},"
    "  {'id': 'b-2', 'zh': '章', 'en': 's', 'state': 'active',"
    "  'generation': 2, 'types': ['t1', 't3'], 'uses': 0, 'x509s': [],"
    "  'kind': 'round', 'arc': '乙局', 'diameter': 42}]},"
    "{'code': 'A', 'zh': '甲', 'en': 'a', 'types': ['t1'], 'grants': [],"
    " 'seals': [{'id': 'a-1', 'zh': '章', 'en': 's', 'state': 'active',"
    "  'generation': 1, 'types': ['t1'], 'kind': 'round', 'arc': '甲局',"
    "  'diameter': 42},"
    "  {'id': 'a-2', 'zh': '章', 'en': 's', 'state': 'lost',"
    "  'generation': 1, 'types': [], 'kind': 'round', 'arc': '甲局',"
    "  'diameter': 42}]}]}";

static struct directory *
parse(const char *find, const char *replace)
{
	struct directory *d = NULL;
	struct buf json = BUF_INIT;
	struct err e = ERR_INIT;
	const char *at = find == NULL ? NULL : strstr(text, find);
	size_t i, skip = at == NULL ? 0 : strlen(find);

	for (i = 0; i < sizeof(text) - 1; i++) {
		if (at != NULL && text + i == at) {
			buf_add_str(&json, replace);
			i += skip;
		}
		buf_add_byte(&json, (uint8_t)text[i]);
	}
	for (i = 0; i < json.n; i++)
		json.p[i] = json.p[i] == '\'' ? '"' : json.p[i];
	if (directory_parse(buf_bytes(&json), &d, &e) != 0)
		assert_int_equal(e.class, ERR_INTERNAL);
	err_clear(&e);
	buf_release(&json);
	return d;
}

static const char *
seal_for(const struct directory *d, const char *department, const char *type,
    unsigned int place)
{
	const struct directory_seal *seal = directory_seal_for(
	    d, directory_department_find(d, department), type, place);

	return seal == NULL ? "" : seal->id;
}

static void
the_seal_is_found_by_department_type_and_place(void **state)
{
	struct directory *d = parse(NULL, NULL);

	(void)state;
	assert_non_null(d);
	/* Its own: the active one, though it comes second. */
	assert_string_equal(seal_for(d, "B", "t1", 0), "b-2");
	assert_string_equal(seal_for(d, "B", "t3", 0), "b-2");
	/* A grant names a seal that is lost: the keeper will say so. */
	assert_string_equal(seal_for(d, "B", "t2", 0), "a-2");
	/* Another department's, at its place only. */
	assert_string_equal(seal_for(d, "B", "t1", 1), "a-1");
	assert_string_equal(seal_for(d, "B", "t2", 1), "");
	assert_string_equal(seal_for(d, "B", "t1", 2), "");
	assert_string_equal(seal_for(d, "A", "t1", 1), "");
	assert_string_equal(seal_for(d, "A", "t2", 0), "");
	assert_string_equal(
	    directory_seal_find(d, "a-1")->department->code, "A");
	assert_null(directory_department_find(d, "C"));
	assert_null(directory_seal_find(d, "a-"));
	directory_free(d);
}

static void
a_suspended_seal_is_named_when_there_is_no_other(void **state)
{
	struct directory *d = parse("'t1', 't3'", "'t3'");

	(void)state;
	assert_string_equal(seal_for(d, "B", "t1", 0), "b-1");
	directory_free(d);
}

static void
seals_are_walked_by_id(void **state)
{
	struct directory *d = parse(NULL, NULL);

	(void)state;
	assert_int_equal(d->nseals, 4);
	assert_int_equal(directory_seal_after(d, NULL), 0);
	assert_int_equal(directory_seal_after(d, "a-1"), 1);
	assert_int_equal(directory_seal_after(d, "a-11"), 1);
	assert_int_equal(directory_seal_after(d, "b-1"), 3);
	assert_int_equal(directory_seal_after(d, "b-2"), 4);
	assert_string_equal(d->by_id[2]->id, "b-1");
	directory_free(d);
}

static void
pictures_outlive_a_directory_that_says_the_same(void **state)
{
	struct directory *old = parse(NULL, NULL), *d = parse("乙局", "丙局");
	const struct seal_once *a = directory_seal_find(old, "a-1")->drawn,
			       *b = directory_seal_find(old, "b-1")->drawn;

	(void)state;
	buf_add_str(
	    &old->objects[directory_seal_find(old, "a-1")->number], "object");
	directory_adopt(d, old);
	directory_free(old);
	assert_ptr_equal(directory_seal_find(d, "a-1")->drawn, a);
	assert_ptr_not_equal(directory_seal_find(d, "b-1")->drawn, b);
	assert_int_equal(
	    d->objects[directory_seal_find(d, "a-1")->number].n, 6);
	old = d;
	d = parse("'seals_version': 7", "'seals_version': 8");
	directory_adopt(d, old);
	directory_free(old);
	assert_ptr_equal(directory_seal_find(d, "a-1")->drawn, a);
	assert_int_equal(
	    d->objects[directory_seal_find(d, "a-1")->number].n, 0);
	directory_free(d);
}

static void
a_seal_that_cannot_be_drawn_harms_no_other(void **state)
{
	struct directory *d = parse("'kind': 'round', 'arc': '甲局'",
	    "'kind': 'square', 'arc': '甲局'");

	(void)state;
	assert_non_null(d);
	assert_string_equal(
	    directory_seal_find(d, "a-1")->picture.kind, "none");
	assert_string_equal(
	    directory_seal_find(d, "a-2")->picture.kind, "round");
	directory_free(d);
	assert_null(parse("'state': 'lost'", "'state': 4"));
	assert_null(parse("'place': 1", "'place': 'x'"));
	assert_null(parse("'journal'", "'jornal'"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_seal_is_found_by_department_type_and_place),
	    cmocka_unit_test(a_suspended_seal_is_named_when_there_is_no_other),
	    cmocka_unit_test(seals_are_walked_by_id),
	    cmocka_unit_test(pictures_outlive_a_directory_that_says_the_same),
	    cmocka_unit_test(a_seal_that_cannot_be_drawn_harms_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
