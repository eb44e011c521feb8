/* store_intent.c - what is written before anything is signed. */
#include <string.h>
#include <openssl/rand.h>

#include "certsvc/store/store_parts.h"

#define INTENT_COLUMNS                                                         \
	"row, id, department, matter, serial, order_digest, type,"             \
	" certificate, identifier_serial, identifier_version, number_scope,"   \
	" number_sequence, list, place, created, supersedes, hash"

static const struct row_column columns[] = {
    ROW_COLUMN(struct intent_row, ROW_INT, row),
    ROW_COLUMN(struct intent_row, ROW_BYTES, intent.id),
    ROW_COLUMN(struct intent_row, ROW_CHARS, intent.department),
    ROW_COLUMN(struct intent_row, ROW_CHARS, intent.matter),
    ROW_COLUMN(struct intent_row, ROW_CHARS, intent.serial),
    ROW_COLUMN(struct intent_row, ROW_BYTES, intent.order_digest),
    ROW_COLUMN(struct intent_row, ROW_CHARS, intent.type),
    ROW_COLUMN(struct intent_row, ROW_CHARS, intent.certificate),
    ROW_COLUMN(struct intent_row, ROW_CHARS, intent.identifier_serial),
    ROW_COLUMN(struct intent_row, ROW_UINT, intent.identifier_version),
    ROW_COLUMN(struct intent_row, ROW_CHARS, intent.number_scope),
    ROW_COLUMN(struct intent_row, ROW_INT, intent.number_sequence),
    ROW_COLUMN(struct intent_row, ROW_INT, intent.list),
    ROW_COLUMN(struct intent_row, ROW_INT, intent.index),
    ROW_COLUMN(struct intent_row, ROW_TIME, intent.created),
    ROW_COLUMN(struct intent_row, ROW_CHARS, intent.supersedes),
};

const struct row_table intent_table = {"intent", columns,
    sizeof(columns) / sizeof(columns[0]), offsetof(struct intent_row, hash),
    sizeof(struct intent_row)};

/* A list is full enough at 80 %: beyond it random places collide often. */
static const uint64_t list_full = STORE_LIST_ENTRIES / 5 * 4;

static int
by_key(struct db *db, const char *department, const char *matter,
    const char *serial, struct intent_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT " INTENT_COLUMNS " FROM intent WHERE department=?1 AND"
	    " matter=?2 AND serial=?3";
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_text(stmt, 1, department, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, matter, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, serial, -1, SQLITE_STATIC);
	rc = row_one(db, &intent_table, stmt, row, e);
	/* A damaged index may lead to another row. */
	if (rc == 1 && (strcmp(row->intent.department, department) != 0 ||
			   strcmp(row->intent.matter, matter) != 0 ||
			   strcmp(row->intent.serial, serial) != 0))
		return db_damaged("intent", row->row, e);
	return rc;
}

int
intent_row_by_id(
    struct db *db, const uint8_t id[16], struct intent_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT " INTENT_COLUMNS " FROM intent WHERE id=?1";
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_blob(stmt, 1, id, 16, SQLITE_STATIC);
	rc = row_one(db, &intent_table, stmt, row, e);
	if (rc == 1 && memcmp(row->intent.id, id, 16) != 0)
		return db_damaged("intent", row->row, e);
	return rc;
}

int
intents_open(struct store *s, struct err *e)
{
	static const char newest[] = "SELECT max(list) FROM intent";
	static const char used[] = "SELECT count(*) FROM intent WHERE list="
				   "(SELECT max(list) FROM intent)";
	int64_t list, count = 0;
	int rc = db_number(&s->db, newest, &list, e);

	if (rc == 0)
		rc = db_number(&s->db, used, &count, e);
	s->list = list > 0 ? (uint64_t)list : 1;
	s->list_used = (uint64_t)count;
	return rc;
}

/* 1 when the place is taken. */
static int
place_taken(struct db *db, uint64_t list, uint64_t place, struct err *e)
{
	static const char sql[] =
	    "SELECT 1 FROM intent WHERE list=?1 AND place=?2";
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_int64(stmt, 1, (int64_t)list);
	sqlite3_bind_int64(stmt, 2, (int64_t)place);
	rc = db_step(db, stmt, e);
	if (rc == 1)
		db_reset(stmt);
	return rc;
}

/* A random free place, so that a place tells nothing about the order. */
static int
place_pick(struct store *s, struct store_intent *intent, struct err *e)
{
	uint32_t r;
	int rc;

	if (s->list_used >= list_full) {
		s->list++;
		s->list_used = 0;
	}
	do {
		if (RAND_bytes((uint8_t *)&r, sizeof(r)) != 1)
			return err_internal(e, "RAND_bytes");
		intent->index = r % STORE_LIST_ENTRIES;
		rc = place_taken(&s->db, s->list, intent->index, e);
	} while (rc == 1);
	intent->list = s->list;
	s->list_used++;
	return rc;
}

/* Sequences only grow: an intent is never deleted, so the largest is known. */
static int
sequence_pick(struct db *db, struct store_intent *intent, struct err *e)
{
	static const char sql[] = "SELECT max(number_sequence) FROM intent"
				  " WHERE number_scope=?1 AND"
				  " number_scope <> ''";
	sqlite3_stmt *stmt;
	int rc;

	intent->number_sequence = 0;
	if (intent->number_scope[0] == '\0')
		return 0;
	rc = db_prepare(db, sql, &stmt, e);
	if (rc != 0)
		return rc;
	sqlite3_bind_text(stmt, 1, intent->number_scope, -1, SQLITE_STATIC);
	rc = db_step(db, stmt, e);
	if (rc != 1)
		return rc;
	intent->number_sequence = (uint64_t)sqlite3_column_int64(stmt, 0) + 1;
	db_reset(stmt);
	return 0;
}

struct put {
	struct store_intent *intent;
	int existed;
};

static int
put_run(struct store *s, void *arg, struct err *e)
{
	static const char newest[] = "SELECT max(row) FROM intent";
	static const char sql[] =
	    "INSERT INTO intent(" INTENT_COLUMNS ") VALUES"
	    "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
	struct put *put = arg;
	struct store_intent *intent = put->intent;
	struct intent_row row;
	int rc = by_key(&s->db, intent->department, intent->matter,
	    intent->serial, &row, e);

	if (rc == 1) {
		*intent = row.intent;
		put->existed = 1;
		return 0;
	}
	put->existed = 0;
	if (rc == 0)
		rc = place_pick(s, intent, e);
	if (rc == 0)
		rc = sequence_pick(&s->db, intent, e);
	if (rc == 0)
		rc = db_number(&s->db, newest, &row.row, e);
	if (rc != 0)
		return rc;
	row.row++;
	row.intent = *intent;
	return row_insert(&s->db, &intent_table, sql, &row, e);
}

int
store_intent_put(
    struct store *s, struct store_intent *intent, int *existed, struct err *e)
{
	struct put put = {intent, 0};
	struct writer_item item = {.run = put_run, .arg = &put};
	int rc = writer_do(s, &item, e);

	*existed = put.existed;
	return rc;
}

static int
intent_answer(struct store *s, struct db *db, int rc,
    const struct intent_row *row, struct store_intent *intent, struct err *e)
{
	reader_end(s, db);
	if (rc == 1) {
		*intent = row->intent;
		return 0;
	}
	if (rc < 0)
		return rc;
	return err_set(e, ERR_NOT_FOUND, "no_such_intent",
	    "没有该办件的签发记录", "there is no issue under this key");
}

int
store_intent_find(struct store *s, const char *department, const char *matter,
    const char *serial, struct store_intent *intent, struct err *e)
{
	struct intent_row row;
	struct db *db = reader_begin(s, e);
	int rc = db == NULL ? (int)e->class
			    : by_key(db, department, matter, serial, &row, e);

	return intent_answer(s, db, rc, &row, intent, e);
}

int
store_intent_get(struct store *s, const uint8_t id[16],
    struct store_intent *intent, struct err *e)
{
	struct intent_row row;
	struct db *db = reader_begin(s, e);
	int rc = db == NULL ? (int)e->class : intent_row_by_id(db, id, &row, e);

	return intent_answer(s, db, rc, &row, intent, e);
}
