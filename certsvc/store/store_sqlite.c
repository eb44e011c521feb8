/* store_sqlite.c - the SQLite store: opening, readers, figures. */
#include "certsvc/store/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certsvc/store/store_parts.h"
#include "certsvc/store/store_schema.h"

struct db *
reader_begin(struct store *s, struct err *e)
{
	struct db *db = NULL;
	int rc = 0;

	pthread_mutex_lock(&s->readers_lock);
	while (s->nidle == 0 && s->nreaders == STORE_READERS)
		pthread_cond_wait(&s->readers_free, &s->readers_lock);
	if (s->nidle > 0) {
		db = s->idle[--s->nidle];
	} else {
		rc = db_open(&s->readers[s->nreaders], s->path, 0, e);
		if (rc == 0)
			db = &s->readers[s->nreaders++];
	}
	pthread_mutex_unlock(&s->readers_lock);
	if (db != NULL && db_run(db, "BEGIN", e) != 0) {
		reader_end(s, db);
		db = NULL;
	}
	return db;
}

void
reader_end(struct store *s, struct db *db)
{
	struct err ignored = ERR_INIT;

	if (db == NULL)
		return;
	if (!sqlite3_get_autocommit(db->h))
		db_run(db, "COMMIT", &ignored);
	pthread_mutex_lock(&s->readers_lock);
	s->idle[s->nidle++] = db;
	pthread_cond_signal(&s->readers_free);
	pthread_mutex_unlock(&s->readers_lock);
}

/* One directory has one owner: two writers would tear the segments. */
static int
hold(struct store *s, const char *path, struct err *e)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return db_fail_errno(errno, e);
	s->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->lock < 0)
		return db_fail_errno(errno, e);
	/* SQLite would say only that it cannot open something. */
	if (faccessat(s->lock, ".", W_OK, AT_EACCESS) != 0)
		return db_fail_errno(errno, e);
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return db_fail_errno(errno, e);
	return err_set(e, ERR_BUSY, "store_in_use",
	    "数据目录正被另一个 certsvc 使用",
	    "another certsvc holds the data directory");
}

/* The end of what rows name: certificates and documents are written in the
 * order of their bytes; a version of a record may name the blob of the one
 * before. */
static int
committed_end(struct db *db, struct segment_place *end, struct err *e)
{
	static const char sql[] =
	    "SELECT segment, offset, length FROM (SELECT * FROM (SELECT"
	    " segment, offset, length FROM certificate ORDER BY row DESC"
	    " LIMIT 1) UNION ALL SELECT * FROM (SELECT segment, offset, length"
	    " FROM document ORDER BY row DESC LIMIT 1)"
	    " UNION ALL SELECT * FROM (SELECT segment, offset, length"
	    " FROM record WHERE length>0 ORDER BY segment DESC, offset DESC"
	    " LIMIT 1)) ORDER BY segment DESC, offset+length DESC LIMIT 1";
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	rc = db_step(db, stmt, e);
	if (rc != 1)
		return rc;
	end->segment = (uint64_t)sqlite3_column_int64(stmt, 0);
	end->offset = (uint64_t)sqlite3_column_int64(stmt, 1);
	end->length = (uint64_t)sqlite3_column_int64(stmt, 2);
	db_reset(stmt);
	return 0;
}

/* Make the names of new files durable, from the innermost directory out. */
static int
sync_directory(struct store *s, const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ok = fd >= 0 && fsync(s->lock) == 0 && fsync(fd) == 0;
	int rc = ok ? 0 : db_fail_errno(errno, e);

	if (fd >= 0)
		close(fd);
	return rc;
}

static int
open_parts(struct store *s, const char *dir, struct err *e)
{
	char path[sizeof(s->path)];
	struct segment_place end = {0, 0, 0};
	int rc;

	snprintf(path, sizeof(path), "%s/store", dir);
	rc = hold(s, path, e);
	if (rc != 0)
		return rc;
	snprintf(s->path, sizeof(s->path), "%s/store/db.sqlite", dir);
	rc = db_open(&s->db, s->path, 1, e);
	if (rc == 0)
		rc = schema_check(&s->db, &s->schema, e);
	if (rc == 0)
		rc = committed_end(&s->db, &end, e);
	if (rc == 0)
		rc = intents_open(s, e);
	if (rc != 0)
		return rc;
	snprintf(path, sizeof(path), "%s/store/segments", dir);
	rc = segments_open(&s->segments, path, SEGMENT_MAX, end, e);
	if (rc == 0)
		rc = sync_directory(s, dir, e);
	return rc == 0 ? writer_start(s, e) : rc;
}

static void
sqlite_close(struct store *s)
{
	size_t i;

	if (s == NULL)
		return;
	writer_stop(s);
	segments_close(&s->segments);
	for (i = 0; i < s->nreaders; i++)
		db_close(&s->readers[i]);
	if (s->db.h != NULL)
		db_close(&s->db);
	if (s->lock >= 0)
		close(s->lock);
	for (i = 0; i < STORE_LISTS_MAX; i++)
		free(s->statuses.bits[i]);
	pthread_mutex_destroy(&s->statuses.lock);
	pthread_mutex_destroy(&s->readers_lock);
	pthread_cond_destroy(&s->readers_free);
	free(s);
}

static int
sqlite_open(const char *dir, struct store **store, struct err *e)
{
	struct store *s;
	int rc;

	*store = NULL;
	if (strlen(dir) + sizeof("/store/db.sqlite-journal") >= sizeof(s->path))
		return err_set(e, ERR_INPUT, "path_too_long",
		    "数据目录的路径太长",
		    "the path of the data directory is too long");
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_nomem(e);
	s->lock = -1;
	s->segments.dir = -1;
	pthread_mutex_init(&s->readers_lock, NULL);
	pthread_cond_init(&s->readers_free, NULL);
	pthread_mutex_init(&s->statuses.lock, NULL);
	rc = open_parts(s, dir, e);
	if (rc != 0) {
		sqlite_close(s);
		return rc;
	}
	*store = s;
	return 0;
}

/* Rows are numbered without gaps, so the largest number is the count. */
static int
counts(struct db *db, struct store_figures *f, struct err *e)
{
	static const char certificates[] = "SELECT max(row) FROM certificate";
	static const char intents[] = "SELECT max(row) FROM intent";
	static const char documents[] = "SELECT max(row) FROM document";
	static const char lists[] = "SELECT max(list) FROM intent";
	int64_t certificate, intent, document, list;
	int rc = db_number(db, certificates, &certificate, e);

	if (rc == 0)
		rc = db_number(db, intents, &intent, e);
	if (rc == 0)
		rc = db_number(db, documents, &document, e);
	if (rc == 0)
		rc = db_number(db, lists, &list, e);
	if (rc == 0)
		rc = leaf_count(db, &f->ledger_size, e);
	if (rc != 0)
		return rc;
	f->certificates = (uint64_t)certificate;
	f->intents_open = (uint64_t)(intent - certificate);
	f->documents = (uint64_t)document;
	f->lists = (uint64_t)list;
	return 0;
}

static int
sqlite_figures(struct store *s, struct store_figures *f, struct err *e)
{
	struct db *db = reader_begin(s, e);
	int rc;

	memset(f, 0, sizeof(*f));
	if (db == NULL)
		return e->class;
	rc = counts(db, f, e);
	reader_end(s, db);
	f->bytes = atomic_load(&s->segments.total);
	f->commits = atomic_load(&s->writer.commits);
	f->committed_items = atomic_load(&s->writer.items);
	f->read_only = atomic_load(&s->writer.stuck);
	f->schema = s->schema;
	return rc;
}

const struct store_ops store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .intent_put = store_intent_put,
    .intent_find = store_intent_find,
    .intent_get = store_intent_get,
    .certificate_put = store_certificate_put,
    .certificate_get = store_certificate_get,
    .certificate_by_number = store_certificate_by_number,
    .certificate_list = store_certificate_list,
    .document_get = store_document_get,
    .document_list = store_document_list,
    .document_find = store_document_find,
    .event_put = store_event_put,
    .events = store_events,
    .records_put = store_records_put,
    .record_get = store_record_get,
    .record_list = store_record_list,
    .record_count = store_record_count,
    .status_list = store_status_list,
    .ledger_root = store_ledger_root,
    .ledger_leaf = store_ledger_leaf,
    .ledger_proof = store_ledger_proof,
    .audit = store_audit,
    .figures = sqlite_figures,
};
