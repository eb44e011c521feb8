/*
 * desk_csv.h - many offices or many operators in one table (csv.h): columns by
 * their English or Chinese names, in any order.
 *
 *   offices    id 编号, zh 名称, en 英文名称?, region 区划, kind 类别, types
 * 证照类型 (codes or folders with blanks between, each perhaps :QUOTA a day)
 *   operators  name 登录名, zh 姓名?, role 岗位, office 机构?, region 区划?,
 *              department 部门代码?
 */
#ifndef CERTSVC_DESK_CSV_H
#define CERTSVC_DESK_CSV_H

#include <jansson.h>
#include <stddef.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	DESK_CSV_ROWS_MAX = 50000
};

enum desk_csv_kind {
	DESK_CSV_OFFICES,
	DESK_CSV_OPERATORS
};

struct desk_csv_row {
	unsigned int line; /* of the file, from 1 */
	json_t *order;	   /* owned: members as POST /v1/offices, /v1/operators
			      have them; types as they were written */
};

struct desk_csv {
	struct desk_csv_row *rows;
	size_t n;
	size_t wrong; /* lines that are not in rows */
};

/* Told of each wrong line, in order; why names the column, and is the caller's
 * to clear. */
typedef void (*desk_csv_wrong_fn)(
    void *ctx, unsigned int line, const struct err *why);

/*
 * Read the whole table.  A wrong line is told, counted and left out.  0 also
 * with wrong lines; ERR_INPUT "csv_malformed" when the first line is wrong.
 * ERR_LIMIT "too_large".  Release out in any case.
 */
int desk_csv_read(struct bytes text, enum desk_csv_kind kind,
    desk_csv_wrong_fn wrong, void *ctx, struct desk_csv *out, struct err *e);
void desk_csv_release(struct desk_csv *csv);

#endif
