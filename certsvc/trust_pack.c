/* trust_pack.c - the seals of a trust as a table in which one is found without
 * reading the others; see trust.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/trust_parts.h"
#include "crypto/digest.h"

/* One machine, one program: native byte order.  The table is a count, entries
 * ordered by digest, then the rows' texts. */
struct entry {
	uint8_t sha256[DIGEST_SIZE];
	uint64_t issuer; /* its number */
	uint32_t at, n;	 /* of the row's text, from the end of the entries */
};

struct table {
	const uint8_t *entries;
	uint64_t n;
	struct bytes texts;
};

/* A row that was asked for. */
struct trust_row {
	struct trust_row *next;
	json_t *json;
	struct trust_seal seal;
};

/* 0, or -1 when the bytes are no table. */
static int
table_read(struct bytes packed, struct table *t)
{
	size_t head = sizeof(t->n), entries;

	if (packed.n < head)
		return -1;
	memcpy(&t->n, packed.p, head);
	if (t->n > (packed.n - head) / sizeof(struct entry))
		return -1;
	entries = (size_t)t->n * sizeof(struct entry);
	t->entries = packed.p + head;
	t->texts =
	    (struct bytes){t->entries + entries, packed.n - head - entries};
	return 0;
}

static struct entry
entry_at(const struct table *t, size_t i)
{
	struct entry entry;

	memcpy(&entry, t->entries + i * sizeof(entry), sizeof(entry));
	return entry;
}

static int
table_find(const struct table *t, const uint8_t sha256[DIGEST_SIZE],
    struct entry *found)
{
	size_t low = 0, high = (size_t)t->n, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		*found = entry_at(t, middle);
		order = memcmp(sha256, found->sha256, DIGEST_SIZE);
		if (order == 0)
			return 0;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

/* The row as it is in trust.json, kept with the trust; NULL when it is none. */
static const struct trust_seal *
row_read(struct trust_rows *rows, struct bytes text)
{
	struct trust_row *row = calloc(1, sizeof(*row));
	struct err e = ERR_INIT;

	if (row == NULL)
		return NULL;
	row->json = json_loadb(
	    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (row->json == NULL ||
	    trust_json_seal_read(&row->seal, row->json, &e) != 0) {
		free(row->seal.signers);
		json_decref(row->json);
		free(row);
		err_clear(&e);
		return NULL;
	}
	row->next = rows->first;
	rows->first = row;
	return &row->seal;
}

/* Asked for before? */
static const struct trust_seal *
row_known(const struct trust_rows *rows, const uint8_t sha256[DIGEST_SIZE])
{
	const struct trust_row *row;

	for (row = rows->first; row != NULL; row = row->next)
		if (trust_signer_find(&row->seal, sha256) != NULL)
			return &row->seal;
	return NULL;
}

const struct trust_seal *
trust_packed_find(const struct trust *trust, const uint8_t sha256[DIGEST_SIZE],
    const struct trust_issuer **issuer)
{
	const struct trust_seal *seal;
	struct entry entry;
	struct table t;

	if (trust->rows->packed.n == 0 ||
	    table_read(trust->rows->packed, &t) != 0 ||
	    table_find(&t, sha256, &entry) != 0 || entry.at > t.texts.n ||
	    entry.n > t.texts.n - entry.at)
		return NULL;
	*issuer = trust_issuer_find(trust, entry.issuer);
	if (*issuer == NULL)
		return NULL;
	seal = row_known(trust->rows, sha256);
	if (seal == NULL)
		seal = row_read(
		    trust->rows, (struct bytes){t.texts.p + entry.at, entry.n});
	return seal != NULL && trust_signer_find(seal, sha256) != NULL ? seal
								       : NULL;
}

void
trust_rows_free(struct trust_rows *rows)
{
	struct trust_row *row;

	while (rows != NULL && (row = rows->first) != NULL) {
		rows->first = row->next;
		free(row->seal.signers);
		json_decref(row->json);
		free(row);
	}
	free(rows);
}

static int
entry_compare(const void *a, const void *b)
{
	return memcmp(((const struct entry *)a)->sha256,
	    ((const struct entry *)b)->sha256, DIGEST_SIZE);
}

/* Entries of one row, whose text is put behind those of the others. */
static int
row_pack(json_t *json, uint64_t issuer, struct buf *entries, struct buf *texts,
    struct err *e)
{
	struct entry entry = {.issuer = issuer, .at = (uint32_t)texts->n};
	struct trust_seal seal = {.id = NULL};
	char *text = json_dumps(json, JSON_COMPACT);
	size_t i;
	int rc;

	rc = text == NULL ? err_nomem(e) : trust_json_seal_read(&seal, json, e);
	if (rc == 0) {
		buf_add_str(texts, text);
		entry.n = (uint32_t)(texts->n - entry.at);
	}
	for (i = 0; rc == 0 && i < seal.nsigners; i++) {
		memcpy(entry.sha256, seal.signers[i].sha256, DIGEST_SIZE);
		buf_add(entries, &entry, sizeof(entry));
	}
	free(seal.signers);
	free(text);
	return rc;
}

static int
seals_take(json_t *root, struct buf *entries, struct buf *texts, struct err *e)
{
	json_t *issuer, *row;
	uint64_t number;
	size_t i, k;
	int rc = 0;

	json_array_foreach (json_object_get(root, "issuers"), i, issuer) {
		number = (uint64_t)json_integer_value(
		    json_object_get(issuer, "number"));
		json_array_foreach (json_object_get(issuer, "seals"), k, row)
			if (rc == 0)
				rc = row_pack(row, number, entries, texts, e);
		json_object_set_new(issuer, "seals", json_array());
	}
	return rc;
}

static int
pack(json_t *root, struct buf *head, struct buf *seals, struct err *e)
{
	struct buf entries = BUF_INIT, texts = BUF_INIT;
	uint64_t n;
	char *text = NULL;
	int rc;

	rc = seals_take(root, &entries, &texts, e);
	if (rc == 0) {
		n = entries.n / sizeof(struct entry);
		if (n > 0)
			qsort(
			    entries.p, n, sizeof(struct entry), entry_compare);
		buf_add(seals, &n, sizeof(n));
		buf_add_buf(seals, &entries);
		buf_add_buf(seals, &texts);
		text = json_dumps(root, JSON_COMPACT);
		buf_add_str(head, text != NULL ? text : "");
		if (text == NULL || buf_failed(head) || buf_failed(seals))
			rc = err_nomem(e);
	}
	free(text);
	buf_release(&entries);
	buf_release(&texts);
	return rc;
}

int
trust_pack(
    struct bytes json, struct buf *head, struct buf *seals, struct err *e)
{
	const struct trust_parts parts = {.json = json};
	struct trust *trust = NULL;
	int rc = trust_parse(&parts, &trust, e);

	/* The checks were the trust's last use: its seals may be taken. */
	if (rc == 0)
		rc = pack(trust->root, head, seals, e);
	trust_free(trust);
	return rc;
}
