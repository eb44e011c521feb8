/*
 * store_ledger.c - the Merkle log: RFC 6962 section 2.1 hashing over salted
 * commitments.  A leaf's row carries the tree nodes that the leaf completes
 * (levels 1 to the number of trailing ones of its place), so appending reads
 * and writes O(log n), one row each, and any complete subtree is one row read.
 */
#include <string.h>
#include <openssl/rand.h>

#include "certsvc/store/store_parts.h"

enum {
	NODE = 32,
	LEVELS_MAX = ROW_VAR_MAX / NODE
};

static const struct row_column columns[] = {
    ROW_COLUMN(struct leaf_row, ROW_INT, place),
    ROW_COLUMN(struct leaf_row, ROW_BYTES, body),
    ROW_COLUMN(struct leaf_row, ROW_VAR, nodes),
};

const struct row_table leaf_table = {"leaf", columns,
    sizeof(columns) / sizeof(columns[0]), offsetof(struct leaf_row, hash),
    sizeof(struct leaf_row)};

static int
leaf_hash(
    struct db *db, const uint8_t body[LEAF_SIZE], uint8_t *out, struct err *e)
{
	static const uint8_t zero = 0;
	struct bytes parts[] = {{&zero, 1}, {body, LEAF_SIZE}};

	return db_digest(db, parts, 2, out, e);
}

/* out may be left or right. */
static int
node_hash(struct db *db, const uint8_t *left, const uint8_t *right,
    uint8_t *out, struct err *e)
{
	static const uint8_t one = 1;
	struct bytes parts[] = {{&one, 1}, {left, NODE}, {right, NODE}};

	return db_digest(db, parts, 3, out, e);
}

static int
leaf_read(struct db *db, uint64_t place, struct leaf_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT place, body, nodes, hash FROM leaf WHERE place=?1";
	int rc = row_by_number(db, &leaf_table, sql, (int64_t)place, row, e);

	if (rc == 0 || (rc == 1 && row->place != place))
		return db_damaged("leaf", (int64_t)place, e);
	return rc == 1 ? 0 : rc;
}

/* Hash of the complete subtree of 2^level leaves, the at-th of its level. */
static int
subtree(struct db *db, unsigned int level, uint64_t at, uint8_t out[NODE],
    struct err *e)
{
	struct leaf_row row;
	uint64_t place = ((at + 1) << level) - 1;
	int rc = leaf_read(db, place, &row, e);

	if (rc != 0)
		return rc;
	if (level == 0)
		return leaf_hash(db, row.body, out, e);
	if (row.nodes.n < (size_t)level * NODE)
		return db_damaged("leaf", (int64_t)place, e);
	memcpy(out, row.nodes.p + (level - 1) * NODE, NODE);
	return 0;
}

/* MTH of the n leaves from start, where start is a multiple of a power of two
 * not below n: its complete subtrees, joined from the right. */
static int
range_hash(
    struct db *db, uint64_t start, uint64_t n, uint8_t out[NODE], struct err *e)
{
	uint8_t left[NODE];
	unsigned int level;
	int rc = 0, some = 0;

	if (n == 0)
		return db_digest(db, NULL, 0, out, e);
	for (level = 0; rc == 0 && n >> level != 0; level++) {
		if (!(n >> level & 1))
			continue;
		rc = subtree(db, level, ((start + n) >> level) - 1,
		    some ? left : out, e);
		if (rc == 0 && some)
			rc = node_hash(db, left, out, out, e);
		some = 1;
	}
	return rc;
}

int
leaf_count(struct db *db, uint64_t *size, struct err *e)
{
	static const char sql[] = "SELECT max(place)+1 FROM leaf";
	int64_t n;
	int rc = db_number(db, sql, &n, e);

	*size = (uint64_t)n;
	return rc;
}

int
leaf_commitment(struct db *db, const uint8_t salt[16],
    const uint8_t event_hash[32], const uint8_t certificate_hash[32],
    uint8_t commitment[32], struct err *e)
{
	struct bytes parts[] = {bytes_str("certsvc-leaf-1"), {salt, 16},
	    {event_hash, 32}, {certificate_hash, 32}};

	return db_digest(db, parts, 4, commitment, e);
}

/* The nodes that this leaf completes: its hash joined with the complete
 * subtrees to its left. */
static int
leaf_nodes(struct db *db, struct leaf_row *row, struct err *e)
{
	uint8_t hash[NODE], left[NODE];
	unsigned int level;
	int rc = leaf_hash(db, row->body, hash, e);

	row->nodes.n = 0;
	for (level = 0; rc == 0 && row->place >> level & 1; level++) {
		if (level == LEVELS_MAX)
			return err_internal(e, "ledger too deep");
		rc = subtree(db, level, (row->place >> level) - 1, left, e);
		if (rc == 0)
			rc = node_hash(db, left, hash, hash, e);
		memcpy(row->nodes.p + row->nodes.n, hash, NODE);
		row->nodes.n += NODE;
	}
	return rc;
}

int
leaf_append(struct store *s, const uint8_t event_hash[32],
    const uint8_t certificate_hash[32], uint64_t *place, struct err *e)
{
	static const char sql[] =
	    "INSERT INTO leaf(place, body, nodes, hash) VALUES(?,?,?,?)";
	struct leaf_row row;
	int rc = leaf_count(&s->db, &row.place, e);

	if (rc != 0)
		return rc;
	row.body[0] = LEAF_VERSION;
	if (RAND_bytes(row.body + 1, 16) != 1)
		return err_internal(e, "RAND_bytes");
	rc = leaf_commitment(&s->db, row.body + 1, event_hash, certificate_hash,
	    row.body + 17, e);
	if (rc == 0)
		rc = leaf_nodes(&s->db, &row, e);
	if (rc == 0)
		rc = row_insert(&s->db, &leaf_table, sql, &row, e);
	*place = row.place;
	return rc;
}

/* Audit: the nodes are what the leaves below make them. */
int
leaf_check(struct db *db, const struct leaf_row *row, struct err *e)
{
	struct leaf_row again;
	int rc;

	again.place = row->place;
	memcpy(again.body, row->body, LEAF_SIZE);
	rc = leaf_nodes(db, &again, e);
	if (rc != 0)
		return rc;
	if (again.nodes.n != row->nodes.n ||
	    memcmp(again.nodes.p, row->nodes.p, row->nodes.n) != 0)
		return db_damaged("leaf", (int64_t)row->place, e);
	return 0;
}

int
store_ledger_root(
    struct store *s, uint64_t *size, uint8_t root[32], struct err *e)
{
	struct db *db = reader_begin(s, e);
	int rc;

	if (db == NULL)
		return e->class;
	rc = leaf_count(db, size, e);
	if (rc == 0)
		rc = range_hash(db, 0, *size, root, e);
	reader_end(s, db);
	return rc;
}

static int
no_such_leaf(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_such_leaf", "账本中没有该条目",
	    "the ledger has no such entry");
}

int
store_ledger_leaf(
    struct store *s, uint64_t index, struct buf *leaf, struct err *e)
{
	struct db *db = reader_begin(s, e);
	struct leaf_row row;
	uint64_t size;
	int rc;

	if (db == NULL)
		return e->class;
	rc = leaf_count(db, &size, e);
	if (rc == 0 && index >= size)
		rc = no_such_leaf(e);
	if (rc == 0)
		rc = leaf_read(db, index, &row, e);
	reader_end(s, db);
	if (rc != 0)
		return rc;
	buf_add(leaf, row.body, LEAF_SIZE);
	return buf_failed(leaf) ? err_nomem(e) : 0;
}

/* PATH(m, D[n]) of RFC 6962 2.1.1, walked from the root and turned round. */
static int
proof(struct db *db, uint64_t index, uint64_t size, struct buf *hashes,
    struct err *e)
{
	uint8_t path[64][NODE];
	uint64_t start = 0, n = size, k;
	size_t depth = 0;
	int rc = 0;

	while (rc == 0 && n > 1) {
		for (k = 1; k << 1 < n; k <<= 1)
			;
		if (index - start < k) {
			rc = range_hash(db, start + k, n - k, path[depth++], e);
			n = k;
		} else {
			rc = range_hash(db, start, k, path[depth++], e);
			start += k;
			n -= k;
		}
	}
	while (rc == 0 && depth > 0)
		buf_add(hashes, path[--depth], NODE);
	return rc == 0 && buf_failed(hashes) ? err_nomem(e) : rc;
}

int
store_ledger_proof(struct store *s, uint64_t index, uint64_t size,
    struct buf *hashes, struct err *e)
{
	struct db *db = reader_begin(s, e);
	uint64_t have;
	int rc;

	if (db == NULL)
		return e->class;
	rc = leaf_count(db, &have, e);
	if (rc == 0 && (index >= size || size > have))
		rc = no_such_leaf(e);
	if (rc == 0)
		rc = proof(db, index, size, hashes, e);
	reader_end(s, db);
	return rc;
}
