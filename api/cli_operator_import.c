/*
 * cli_operator_import.c - certsvc operator import: every line is checked before
 * the first operator is made.  A password is written to the file (0600) and
 * synced before its operator is made; when the command is run again, operators
 * that are there are left alone and the others get the password that the file
 * has already, so whoever holds the file holds the right ones.
 */
#include "api/cli_desk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "certsvc/csv.h"
#include "certsvc/password.h"
#include "crypto/base/file.h"

enum {
	AT_ONCE = 2 /* scrypts; password.h makes no more */
};

struct import {
	struct desk_command *c;
	struct desk_csv table;
	json_t *offices;     /* {id: office} */
	json_t *departments; /* {code: true} */
	json_t *there;	     /* {name: operator} */
	json_t *passwords;   /* {name: password} of the file */
	int fd;		     /* of the file, for adding */
	size_t made, same;
};

static int
add_office(void *ctx, const json_t *item, struct err *e)
{
	struct import *im = ctx;

	return json_object_set(im->offices, cli_text(item, "id"),
		   (json_t *)(uintptr_t)item) == 0
		   ? 0
		   : err_nomem(e);
}

static int
add_operator(void *ctx, const json_t *item, struct err *e)
{
	struct import *im = ctx;

	return json_object_set(im->there, cli_text(item, "name"),
		   (json_t *)(uintptr_t)item) == 0
		   ? 0
		   : err_nomem(e);
}

/* Of one who is there already, the same. */
static int
check_there(const json_t *there, const json_t *order, struct err *e)
{
	static const char *const members[] = {"role", "office", "department"};
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (strcmp(cli_text(there, members[i]),
			cli_text(order, members[i])) != 0)
			return err_set(e, ERR_INPUT, "operator_exists",
			    "操作员 %s 已存在，但岗位或所属单位不同",
			    "there is an operator %s already, with another role or place",
			    cli_text(order, "name"));
	return 0;
}

static int
check_row(void *ctx, json_t *order, struct err *e)
{
	const struct import *im = ctx;
	const char *office = cli_text(order, "office");
	const char *department = cli_text(order, "department");
	const char *region = cli_text(order, "region");
	const json_t *there =
	    json_object_get(im->there, cli_text(order, "name"));
	const json_t *place = json_object_get(im->offices, office);

	if (office[0] != '\0' && place == NULL)
		return err_set(e, ERR_INPUT, "no_such_office", "没有机构 %s",
		    "there is no office %s", office);
	if (office[0] != '\0' &&
	    strcmp(cli_text(place, "state"), "active") != 0)
		return err_set(e, ERR_INPUT, "office_closed", "机构 %s 已停用",
		    "the office %s is closed", office);
	if (department[0] != '\0' &&
	    json_object_get(im->departments, department) == NULL)
		return err_set(e, ERR_INPUT, "no_such_department",
		    "没有部门 %s", "there is no department %s", department);
	if (region[0] != '\0' &&
	    desk_check_region(im->departments, region, 1, e) != 0)
		return e->class;
	return there == NULL ? 0 : check_there(there, order, e);
}

static int
check_table(struct import *im, struct err *e)
{
	size_t wrong = desk_check_rows(&im->table, check_row, im);

	if (wrong == 0)
		return 0;
	return err_set(e, ERR_INPUT, "csv_wrong_lines",
	    "%zu 行有误，没有登记任何操作员；请改正后重新运行",
	    "%zu lines are wrong and no operator was registered: mend them and run again",
	    wrong);
}

static int
unwritable(const char *path, struct err *e)
{
	return err_set(e, ERR_STORAGE, "file_unwritable",
	    "%s 无法写入：须为仅本人可读写（0600）的普通文件",
	    "%s cannot be written: it must be a plain file that only its owner reads and writes (0600)",
	    path);
}

/* What an earlier run wrote: name,password. */
static int
read_passwords(struct import *im, struct bytes text, struct err *e)
{
	struct csv csv;
	struct csv_row row;
	int rc = csv_open(&csv, text, e), more;

	while (rc == 0 && (more = csv_next(&csv, &row, e)) != 0) {
		if (more < 0 || row.n != 2)
			rc = err_set(e, ERR_INPUT, "csv_malformed",
			    "%s 不是本命令写的密码文件",
			    "%s is no file of passwords that this command wrote",
			    im->c->cli.out);
		else
			json_object_set_new(im->passwords, row.fields[0],
			    json_string(row.fields[1]));
	}
	csv_release(&csv);
	return rc;
}

/* A line without its end is of a run that died while writing it: its operator
 * was not made. */
static int
cut_torn(struct import *im, struct buf *text, struct err *e)
{
	size_t whole = text->n;

	while (whole > 0 && text->p[whole - 1] != '\n')
		whole--;
	if (whole == text->n)
		return 0;
	text->n = whole;
	return ftruncate(im->fd, (off_t)whole) == 0
		   ? 0
		   : unwritable(im->c->cli.out, e);
}

static int
open_passwords(struct import *im, struct err *e)
{
	const char *path = im->c->cli.out;
	struct buf text = BUF_INIT;
	struct stat st;
	int rc = 0;

	im->fd = open(
	    path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (im->fd < 0 || fstat(im->fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (st.st_mode & 077) != 0)
		return unwritable(path, e);
	if (st.st_size > 0)
		rc = file_read_fd(im->fd, path, CSV_SIZE_MAX, &text, e);
	if (rc == 0)
		rc = cut_torn(im, &text, e);
	if (rc == 0 && text.n > 0)
		rc = read_passwords(im, buf_bytes(&text), e);
	buf_wipe(&text);
	return rc;
}

static int
keep_password(
    struct import *im, const char *name, const char *password, struct err *e)
{
	struct buf line = BUF_INIT;
	struct stat st;
	int ok;

	if (fstat(im->fd, &st) == 0 && st.st_size == 0)
		buf_add_str(&line, "name,password\n");
	buf_printf(&line, "%s,%s\n", name, password);
	ok = !buf_failed(&line) &&
	     write(im->fd, line.p, line.n) == (ssize_t)line.n &&
	     fdatasync(im->fd) == 0;
	buf_wipe(&line);
	return ok ? 0 : unwritable(im->c->cli.out, e);
}

/* One operator on the way; a thread makes the body. */
struct making {
	const struct import *im;
	const json_t *order;
	char password[PASSWORD_ONE_TIME_SIZE];
	json_t *body; /* owned */
	struct err e;
};

/* The password that the file has, or a new one that it has from now on. */
static int
take_password(struct import *im, struct making *m, struct err *e)
{
	const char *name = cli_text(m->order, "name");
	const char *kept =
	    json_string_value(json_object_get(im->passwords, name));

	if (kept != NULL && strlen(kept) < sizeof(m->password)) {
		memcpy(m->password, kept, strlen(kept) + 1);
		return 0;
	}
	if (password_one_time(m->password) != 0)
		return err_internal(e, "RAND_bytes");
	return keep_password(im, name, m->password, e);
}

static void *
make_body(void *ctx)
{
	struct making *m = ctx;
	const json_t *office =
	    json_object_get(m->im->offices, cli_text(m->order, "office"));
	json_int_t number =
	    json_integer_value(json_object_get(office, "generation"));

	(void)desk_operator_body(&m->im->c->maker, m->order, m->password,
	    (unsigned int)number, &m->body, &m->e);
	return NULL;
}

/* The bodies of a few at a time, then their operators one by one. */
static int
make_some(struct import *im, struct making *v, size_t n, struct err *e)
{
	pthread_t threads[AT_ONCE];
	size_t i, started = 0;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		rc = take_password(im, &v[i], e);
	for (; rc == 0 && started < n; started++)
		if (pthread_create(
			&threads[started], NULL, make_body, &v[started]) != 0) {
			rc = err_internal(e, "pthread_create");
			break;
		}
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < started; i++) {
		if (rc == 0 && v[i].e.class != ERR_OK)
			rc = err_set(e, v[i].e.class, v[i].e.code, "%s%.0s",
			    "%.0s%s", v[i].e.zh, v[i].e.en);
		if (rc == 0)
			rc = desk_send_operator(&im->c->maker, v[i].body, e);
		im->made += rc == 0;
		json_decref(v[i].body);
		err_clear(&v[i].e);
	}
	OPENSSL_cleanse(v, n * sizeof(*v));
	return rc;
}

static int
make_all(struct import *im, struct err *e)
{
	struct making v[AT_ONCE];
	size_t i, n = 0;
	int rc = 0;

	memset(v, 0, sizeof(v));
	for (i = 0; i < im->table.n && rc == 0; i++) {
		const json_t *order = im->table.rows[i].order;

		if (json_object_get(im->there, cli_text(order, "name")) != NULL)
			im->same++;
		else
			v[n++] = (struct making){.im = im, .order = order};
		if (n == AT_ONCE || i + 1 == im->table.n) {
			rc = make_some(im, v, n, e);
			n = 0;
		}
		if (rc == 0)
			desk_progress(i + 1, im->table.n);
	}
	return rc;
}

static int
import(struct import *im, struct err *e)
{
	struct client *client = im->c->cli.client;
	int rc;

	if ((rc = desk_read_table(
		 im->c->id, DESK_CSV_OPERATORS, &im->table, e)) != 0 ||
	    (rc = desk_departments(client, &im->departments, e)) != 0 ||
	    (rc = desk_each(client, "/v1/offices", add_office, im, e)) != 0 ||
	    (rc = desk_each(client, "/v1/operators", add_operator, im, e)) !=
		0 ||
	    (rc = check_table(im, e)) != 0 ||
	    (rc = open_passwords(im, e)) != 0 || (rc = make_all(im, e)) != 0)
		return rc;
	printf(
	    "共 %zu 人：新增 %zu，已有 %zu；一次性密码在 %s / %zu operators: %zu new, %zu there already; their one-time passwords are in %s\n",
	    im->table.n, im->made, im->same, im->c->cli.out, im->table.n,
	    im->made, im->same, im->c->cli.out);
	return 0;
}

int
desk_import_operators(struct desk_command *c, struct err *e)
{
	struct import im = {.c = c, .fd = -1};
	int rc;

	im.offices = json_object();
	im.there = json_object();
	im.passwords = json_object();
	rc = import(&im, e);
	if (im.fd >= 0)
		close(im.fd);
	json_decref(im.offices);
	json_decref(im.departments);
	json_decref(im.there);
	json_decref(im.passwords);
	desk_csv_release(&im.table);
	return rc;
}
