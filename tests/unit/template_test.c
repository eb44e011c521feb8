/* template_test.c - types as data: what is read, and every mistake by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certsvc/template_source.h"
#include "crypto/base/clock.h"
#include "crypto/base/file.h"

static const struct bad {
	const char *name, *code;
	int line;
} bads[] = {
    {"type-code", "bad_type_code", 3},
    {"effective-reversed", "effective_reversed", 3},
    {"effective-no-day", "bad_value", 3},
    {"number-token", "bad_number_pattern", 5},
    {"number-field", "unknown_field", 5},
    {"number-optional-field", "unknown_field", 5},
    {"holder-missing", "bad_element", 6},
    {"holder-unknown", "unknown_field", 6},
    {"holder-optional", "bad_holder", 6},
    {"holder-not-czzt", "bad_role", 13},
    {"validity-both", "bad_validity", 7},
    {"validity-optional-field", "bad_validity", 7},
    {"format-none", "no_format", 10},
    {"id-twice", "duplicate_id", 21},
    {"name-twice", "duplicate_name", 21},
    {"name-reserved", "reserved_name", 21},
    {"name-of-copy", "reserved_name", 21},
    {"qr-algorithm", "bad_value", 8},
    {"datatype-unknown", "bad_value", 21},
    {"disclosure-missing", "missing_attribute", 21},
    {"attribute-unknown", "unknown_attribute", 21},
    {"enum-empty", "enum_without_values", 15},
    {"enum-value-twice", "duplicate_value", 15},
    {"enum-bidi", "forbidden_character", 15},
    {"values-of-money", "unexpected_values", 21},
    {"regex-open", "bad_regex", 22},
    {"regex-escapes", "bad_regex", 22},
    {"pattern-of-date", "unexpected_pattern", 19},
    {"max-zero", "bad_max", 22},
    {"rows-too-many", "bad_max", 23},
    {"forever-money", "unexpected_forever", 21},
    {"table-public", "public_table", 23},
    {"table-empty", "table_without_columns", 23},
    {"table-in-table", "nested_table", 24},
    {"check-unknown", "unknown_field", 28},
    {"check-types", "bad_check", 28},
    {"check-table", "bad_check", 28},
    {"variant-twice", "duplicate_variant", 40},
    {"layout-field", "layout_field", 34},
    {"layout-no-seal", "no_seal", 31},
    {"seal-places", "seal_places", 40},
    {"seal-twice", "layout", 32},
    {"seal-place-missing", "layout", 32},
    {"seal-place-4", "bad_value", 37},
    {"seam-one-page", "layout", 38},
    {"layout-no-code", "no_qr", 31},
    {"print-line-on-text", "print_line", 36},
    {"print-line-usual", "print_line", 31},
    {"print-line-on-seam", "print_line", 31},
    {"print-line-narrow", "print_line", 36},
    {"print-line-off-page", "layout", 36},
    {"print-line-twice", "layout", 37},
    {"print-line-align", "bad_value", 36},
    {"preprinted-field", "layout", 36},
    {"background-hidden", "hidden_background", 36},
    {"background-unknown", "bad_value", 11},
    {"stock-not-printed", "nothing_to_print", 11},
    {"doctype", "doctype", 2},
    {"other-file", "unknown_attribute", 4},
    {"not-closed", "not_well_formed", 40},
    {"other-root", "bad_element", 3},
};

static int
parse_file(const char *path, struct template **t, struct err *e)
{
	struct template_schema *schema = NULL;
	struct buf xml = BUF_INIT;
	int rc;

	assert_int_equal(
	    template_schema_read("templates/template.xsd", &schema, e), 0);
	assert_int_equal(file_read(path, TEMPLATE_FILE_MAX, &xml, e), 0);
	rc = template_parse(buf_bytes(&xml), "t.xml", "t", schema, t, e);
	buf_release(&xml);
	template_schema_free(schema);
	return rc;
}

static void
print_items(const char *name, const struct err *e)
{
	size_t i;

	print_error("%s: %s\n", name, e->en);
	for (i = 0; i < e->nitems; i++)
		print_error("  %s %s %s\n", e->items[i].pointer,
		    e->items[i].code, e->items[i].en);
}

static int
complains(const struct err *e, const char *code, int line)
{
	char at[32];
	size_t i;

	snprintf(at, sizeof(at), "t.xml:%d", line);
	for (i = 0; i < e->nitems; i++)
		if (strcmp(e->items[i].code, code) == 0 &&
		    strcmp(e->items[i].pointer, at) == 0)
			return 1;
	return 0;
}

static void
every_mistake_is_named_with_file_and_line(void **state)
{
	struct err e = ERR_INIT;
	struct template *t;
	char path[128];
	size_t i, wrong = 0;

	(void)state;
	for (i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		snprintf(path, sizeof(path), "tests/templates-bad/%s.xml",
		    bads[i].name);
		assert_int_equal(parse_file(path, &t, &e), ERR_INPUT);
		assert_string_equal(e.code, "template_invalid");
		assert_null(t);
		if (!complains(&e, bads[i].code, bads[i].line)) {
			print_items(bads[i].name, &e);
			wrong++;
		}
		err_clear(&e);
	}
	assert_int_equal(wrong, 0);
}

static void
all_mistakes_of_a_template_come_at_once(void **state)
{
	static const char xml[] =
	    "<template xmlns='urn:certsvc:template:1' code='x' kind='y'/>";
	struct template_schema *schema = NULL;
	struct template *t;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    template_schema_read("templates/template.xsd", &schema, &e), 0);
	assert_int_equal(
	    template_parse(bytes_str(xml), "t.xml", "t", schema, &t, &e),
	    ERR_INPUT);
	assert_true(e.nitems >= 4);
	template_schema_free(schema);
	err_clear(&e);
}

static void
a_licence_is_read_as_written(void **state)
{
	struct template *t = NULL;
	struct err e = ERR_INIT;
	const struct template_field *f;

	(void)state;
	assert_int_equal(
	    template_read("templates/business-licence/", &t, &e), 0);
	assert_string_equal(t->folder, "business-licence");
	assert_string_equal(t->code, "11990000MB9A010097001");
	assert_string_equal(t->zh, "营业执照");
	assert_int_equal(t->is_proof, 0);
	assert_int_equal(t->qr, QR_FULL);
	assert_int_equal(t->status_max_age, 86400);
	assert_int_equal(
	    t->formats, TEMPLATE_PDF | TEMPLATE_OFD | TEMPLATE_XML);
	assert_int_equal(t->nvariants, 2);
	assert_string_equal(t->variants[1].zh, "副本");
	assert_int_equal(t->print_originals, 1);
	assert_int_equal(t->print_stock, 1);
	assert_int_equal(t->print_background, 0);
	assert_non_null(t->variants[1].layout);
	assert_string_equal(t->fields[t->holder].name, "CZZT");
	assert_string_equal(t->fields[t->holder_code].name, "CZZTDM");
	assert_string_equal(t->fields[t->valid_to].name, "ZZYXQJZRQ");
	assert_true(t->fields[t->valid_to].forever);
	f = template_field_find(t, "kind");
	assert_int_equal(f->type, DATATYPE_ENUM);
	assert_int_equal(f->nvalues, 14);
	assert_int_equal(
	    template_field_find(t, "phone")->level, DISCLOSURE_DEPARTMENT);
	assert_ptr_equal(f, template_field_named(t, "KZ_LX"));
	assert_null(template_field_find(t, "nothing"));
	template_free(t);
}

static void
validity_and_pending_are_read(void **state)
{
	struct template *t = NULL;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    template_read("templates/dog-registration", &t, &e), 0);
	assert_int_equal(t->valid_years, 1);
	assert_int_equal(t->starts_pending, 1);
	assert_int_equal(t->valid_from, -1);
	template_free(t);
	assert_int_equal(
	    template_read("templates/social-insurance-proof", &t, &e), 0);
	assert_int_equal(t->valid_months, 6);
	assert_int_equal(t->is_proof, 1);
	assert_int_equal(t->qr, QR_REDUCED);
	template_free(t);
}

/* Folders with a template. */
static size_t
folders_count(void)
{
	glob_t found;
	size_t n;

	assert_int_equal(glob("templates/*/template.xml", 0, NULL, &found), 0);
	n = found.gl_pathc;
	globfree(&found);
	return n;
}

static void
the_set_finds_types_by_code_and_by_folder(void **state)
{
	struct template_set set;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(template_set_read("templates", &set, &e), 0);
	assert_int_equal(set.n, folders_count());
	assert_ptr_equal(template_find(&set, "business-licence"),
	    template_find(&set, "11990000MB9A010097001"));
	assert_non_null(template_find(&set, "tree-felling-permit"));
	assert_null(template_find(&set, "fishing"));
	template_set_release(&set);
}

static void
a_type_is_not_there_before_its_day(void **state)
{
	struct template_set set;
	struct err e = ERR_INIT;
	int64_t t;

	(void)state;
	assert_int_equal(clock_parse_date("2025-01-01", &t), 0);
	clock_fix(t - 1);
	assert_int_equal(
	    template_set_read("templates", &set, &e), ERR_NOT_FOUND);
	assert_string_equal(e.code, "no_templates");
	clock_fix(t);
	assert_int_equal(template_set_read("templates", &set, &e), 0);
	template_set_release(&set);
	clock_fix(-1);
}

/* A copy of a file with one text replaced. */
static void
copy_file(const char *from, const char *to, const char *old, const char *new)
{
	struct buf in = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	const char *text, *at;

	assert_int_equal(file_read(from, 1 << 20, &in, &e), 0);
	text = buf_cstr(&in);
	if ((at = strstr(text, old)) != NULL) {
		buf_add(&out, text, (size_t)(at - text));
		buf_add_str(&out, new);
		text = at + strlen(old);
	}
	buf_add_str(&out, text);
	assert_int_equal(file_replace(to, buf_bytes(&out), 0600, &e), 0);
	buf_release(&in);
	buf_release(&out);
}

static void
the_highest_version_in_effect_is_used(void **state)
{
	static const char source[] = "templates/dog-registration/template.xml";
	char dir[] = "/tmp/template_testXXXXXX", path[256], folder[300];
	struct template_set set;
	struct err e = ERR_INIT;
	static const char *const folders[] = {"dog", "dog-2", "dog-3"};
	static const char *const versions[] = {"version=\"1\"", "version=\"2\"",
	    "version=\"3\" effective-to=\"2025-06-30\""};
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/template.xsd", dir);
	copy_file("templates/template.xsd", path, "", "");
	snprintf(path, sizeof(path), "%s/layout.xsd", dir);
	copy_file("templates/layout.xsd", path, "", "");
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
		snprintf(
		    path, sizeof(path), "%s/%s/template.xml", dir, folders[i]);
		copy_file(source, path, "version=\"1\"", versions[i]);
	}
	assert_int_equal(template_set_read(dir, &set, &e), 0);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.v[0]->version, 2);
	template_set_release(&set);
	copy_file(source, path, "", ""); /* dog-3 as version 1, like dog */
	assert_int_equal(template_set_read(dir, &set, &e), ERR_INPUT);
	assert_string_equal(e.code, "duplicate_version");
	for (i = 0; i < 3; i++) {
		snprintf(
		    path, sizeof(path), "%s/%s/template.xml", dir, folders[i]);
		unlink(path);
		snprintf(folder, sizeof(folder), "%s/%s", dir, folders[i]);
		rmdir(folder);
	}
	snprintf(path, sizeof(path), "%s/template.xsd", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/layout.xsd", dir);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

static void
a_folder_that_is_not_there_is_said_so(void **state)
{
	struct template *t;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    template_read("templates/none", &t, &e), ERR_NOT_FOUND);
	assert_int_equal(template_read("tests/unit", &t, &e), ERR_NOT_FOUND);
	assert_string_equal(e.code, "schema_missing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_mistake_is_named_with_file_and_line),
	    cmocka_unit_test(all_mistakes_of_a_template_come_at_once),
	    cmocka_unit_test(a_licence_is_read_as_written),
	    cmocka_unit_test(validity_and_pending_are_read),
	    cmocka_unit_test(the_set_finds_types_by_code_and_by_folder),
	    cmocka_unit_test(a_type_is_not_there_before_its_day),
	    cmocka_unit_test(the_highest_version_in_effect_is_used),
	    cmocka_unit_test(a_folder_that_is_not_there_is_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
