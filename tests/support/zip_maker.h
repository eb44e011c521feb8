/*
 * zip_maker.h - archives of any shape for tests: the canonical one by default,
 * and each field of each header to be changed.  Header only.
 */
#ifndef TESTS_SUPPORT_ZIP_MAKER_H
#define TESTS_SUPPORT_ZIP_MAKER_H

#include <libdeflate.h>

#include <stdlib.h>
#include <string.h>

#include "crypto/base/buf.h"
#include "crypto/zip_file.h"

enum {
	ZIP_MAKER_MAX = 64 /* entries */
};

struct zip_maker_entry {
	struct bytes name, content; /* borrowed */
	int stored;
};

static inline void
zip_put(struct buf *out, uint64_t v, int n)
{
	for (; n > 0; n--, v >>= 8)
		buf_add_byte(out, (uint8_t)(v & 0xff));
}

/* Append the deflated content. */
static inline void
zip_pack(struct bytes content, struct buf *out)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t room = libdeflate_deflate_compress_bound(c, content.n), n;
	uint8_t *p = malloc(room);

	n = libdeflate_deflate_compress(c, content.p, content.n, p, room);
	if (n == 0)
		abort();
	buf_add(out, p, n);
	free(p);
	libdeflate_free_compressor(c);
}

/* Append a local header with its data. */
static inline void
zip_put_local(struct buf *out, const struct zip_maker_entry *entry)
{
	struct buf packed = BUF_INIT;
	struct bytes data = entry->content;

	if (!entry->stored) {
		zip_pack(entry->content, &packed);
		data = buf_bytes(&packed);
	}
	zip_put(out, 0x04034b50, 4);
	zip_put(out, 20, 2);
	zip_put(out, 0, 2);
	zip_put(out, entry->stored ? 0 : 8, 2);
	zip_put(out, 0, 2);
	zip_put(out, 0x21, 2);
	zip_put(
	    out, libdeflate_crc32(0, entry->content.p, entry->content.n), 4);
	zip_put(out, data.n, 4);
	zip_put(out, entry->content.n, 4);
	zip_put(out, entry->name.n, 2);
	zip_put(out, 0, 2);
	buf_add(out, entry->name.p, entry->name.n);
	buf_add(out, data.p, data.n);
	buf_release(&packed);
}

/* Append the directory of the n entries whose local headers stand at these
 * offsets of out, and the end record. */
static inline void
zip_put_directory(struct buf *out, const size_t *at, size_t n)
{
	size_t i, start = out->n, name;
	const uint8_t *p;
	struct buf record = BUF_INIT;

	for (i = 0; i < n; i++) {
		buf_reset(&record);
		p = out->p + at[i];
		name = (size_t)p[26] | (size_t)p[27] << 8;
		zip_put(&record, 0x02014b50, 4);
		zip_put(&record, 20, 2);
		buf_add(&record, p + 4, 26);
		zip_put(&record, 0, 8);
		zip_put(&record, 0, 2);
		zip_put(&record, at[i], 4);
		buf_add(&record, p + 30, name);
		buf_add_buf(out, &record);
	}
	buf_release(&record);
	name = out->n - start;
	zip_put(out, 0x06054b50, 4);
	zip_put(out, 0, 4);
	zip_put(out, n, 2);
	zip_put(out, n, 2);
	zip_put(out, name, 4);
	zip_put(out, start, 4);
	zip_put(out, 0, 2);
}

/* The canonical archive of these entries. */
static inline void
zip_make(struct buf *out, const struct zip_maker_entry *entries, size_t n)
{
	size_t at[ZIP_MAKER_MAX], i;

	if (n > ZIP_MAKER_MAX)
		abort();
	for (i = 0; i < n; i++) {
		at[i] = out->n;
		zip_put_local(out, &entries[i]);
	}
	zip_put_directory(out, at, n);
}

#endif
