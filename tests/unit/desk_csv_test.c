/* Tables of offices and operators: good ones, and each mistake with its line
 * and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "certsvc/desk_csv.h"

struct told {
	unsigned int line;
	char zh[512], en[512];
	int n;
};

static void
tell(void *ctx, unsigned int line, const struct err *why)
{
	struct told *t = ctx;

	t->line = line;
	(void)snprintf(t->zh, sizeof(t->zh), "%s", why->zh);
	(void)snprintf(t->en, sizeof(t->en), "%s", why->en);
	t->n++;
}

#define OFFICE_HEAD "id,zh,region,kind,types\n"
#define OPERATOR_HEAD "name,zh,role,office,region,department\n"

static void
good_tables_are_read_whole(void **state)
{
	static const char offices[] =
	    "\xef\xbb\xbf类别,编号,名称,证照类型,区划,英文名称\r\n"
	    "中心,hekou,河口镇便民服务中心,a-b:5 c,990102001,Hekou centre\r\n"
	    "partner,bank-1,\"银行, 一\",c,990102,\r\n";
	static const char operators[] =
	    OPERATOR_HEAD "zhang.li,张丽,窗口人员,hekou,,\n"
			  "li,,custodian,,,11990100MB9A00014N\n"
			  "wu,,auditor,,990100,\n";
	struct desk_csv table;
	struct told t = {0};
	struct err e = ERR_INIT;
	const char *zh, *type;
	json_int_t quota;

	(void)state;
	assert_int_equal(desk_csv_read(bytes_str(offices), DESK_CSV_OFFICES,
			     tell, &t, &table, &e),
	    0);
	assert_int_equal(table.n, 2);
	assert_int_equal(table.rows[1].line, 3);
	assert_int_equal(json_unpack(table.rows[0].order,
			     "{s:s, s:[{s:s, s:I}, {s:s}]}", "zh", &zh, "types",
			     "type", &type, "quota_day", &quota, "type", &type),
	    0);
	assert_int_equal(quota, 5);
	assert_string_equal(type, "c");
	assert_string_equal(
	    json_string_value(json_object_get(table.rows[0].order, "kind")),
	    "centre");
	desk_csv_release(&table);
	assert_int_equal(desk_csv_read(bytes_str(operators), DESK_CSV_OPERATORS,
			     tell, &t, &table, &e),
	    0);
	assert_int_equal(table.n, 3);
	assert_string_equal(
	    json_string_value(json_object_get(table.rows[0].order, "role")),
	    "clerk");
	assert_null(json_object_get(table.rows[1].order, "office"));
	desk_csv_release(&table);
	assert_int_equal(t.n, 0);
}

static void
wrong_lines_are_named_with_their_column(void **state)
{
	static const struct {
		enum desk_csv_kind kind;
		const char *text, *says;
	} cases[] = {
	    {DESK_CSV_OFFICES, OFFICE_HEAD "Hekou,x,990102,centre,a\n",
		"column 1 (id)"},
	    {DESK_CSV_OFFICES, OFFICE_HEAD "hekou,,990102,centre,a\n",
		"column 2 (zh): must not be empty"},
	    {DESK_CSV_OFFICES, OFFICE_HEAD "hekou, x,990102,centre,a\n",
		"column 2 (zh)"},
	    {DESK_CSV_OFFICES, OFFICE_HEAD "hekou,x,99010,centre,a\n",
		"column 3 (region)"},
	    {DESK_CSV_OFFICES, OFFICE_HEAD "hekou,x,990102,shop,a\n",
		"column 4 (kind)"},
	    {DESK_CSV_OFFICES, OFFICE_HEAD "hekou,x,990102,centre,a:\n",
		"column 5 (types)"},
	    {DESK_CSV_OFFICES, OFFICE_HEAD "hekou,x,990102,centre,a:2000000\n",
		"column 5 (types)"},
	    {DESK_CSV_OFFICES, OFFICE_HEAD "hekou,x,990102,centre\n",
		"another number of fields"},
	    {DESK_CSV_OPERATORS, OPERATOR_HEAD "张,x,clerk,hekou,,\n",
		"column 1 (name)"},
	    {DESK_CSV_OPERATORS, OPERATOR_HEAD "zhang,x,boss,hekou,,\n",
		"column 3 (role)"},
	    {DESK_CSV_OPERATORS, OPERATOR_HEAD "zhang,x,clerk,,990100,\n",
		"a clerk has an office"},
	    {DESK_CSV_OPERATORS, OPERATOR_HEAD "zhang,x,clerk,hekou,990100,\n",
		"a clerk has an office"},
	    {DESK_CSV_OPERATORS, OPERATOR_HEAD "zhang,x,auditor,,,\n",
		"has a region"},
	    {DESK_CSV_OPERATORS, OPERATOR_HEAD "zhang,x,custodian,,990100,\n",
		"has a department"},
	};
	struct desk_csv table;
	struct err e = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told t = {0};

		assert_int_equal(desk_csv_read(bytes_str(cases[i].text),
				     cases[i].kind, tell, &t, &table, &e),
		    0);
		if (t.n != 1 || t.line != 2 ||
		    strstr(t.en, cases[i].says) == NULL || t.zh[0] == '\0')
			fail_msg("%s: %d, line %u: %s", cases[i].text, t.n,
			    t.line, t.en);
		assert_int_equal(table.wrong, 1);
		desk_csv_release(&table);
	}
}

static void
a_name_comes_once_and_the_first_line_is_right(void **state)
{
	static const char *const heads[] = {"id,zh,region,kind\n",
	    "id,zh,region,kind,types,colour\n", "id,id,zh,region,kind,types\n",
	    ""};
	struct desk_csv table;
	struct told t = {0};
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    desk_csv_read(bytes_str(OFFICE_HEAD "a,x,990102,centre,t\n"
						"b,x,990102,centre,t\n"
						"a,y,990102,centre,t\n"),
		DESK_CSV_OFFICES, tell, &t, &table, &e),
	    0);
	assert_int_equal(table.n, 2);
	assert_int_equal(t.line, 4);
	assert_string_equal(t.en, "a is in line 2 already");
	desk_csv_release(&table);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		assert_int_equal(desk_csv_read(bytes_str(heads[i]),
				     DESK_CSV_OFFICES, tell, &t, &table, &e),
		    ERR_INPUT);
		assert_string_equal(e.code, "csv_malformed");
		err_clear(&e);
		desk_csv_release(&table);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_tables_are_read_whole),
	    cmocka_unit_test(wrong_lines_are_named_with_their_column),
	    cmocka_unit_test(a_name_comes_once_and_the_first_line_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
