/* zip_content.c - what entries hold, and the one form that our own archives
 * have; see zip_file.h. */
#include <libdeflate.h>

#include <stdlib.h>
#include <string.h>

#include "crypto/zip_file.h"

enum {
	LOCAL_SIZE = 30,
	RECORD_SIZE = 46,
	END_SIZE = 22,
	DATE = 0x0021, /* 1980-01-01 */
	VERSION = 20
};

static int
damaged(struct err *e)
{
	return err_set(e, ERR_INPUT, "zip_malformed", "压缩包内容损坏",
	    "what the archive holds is damaged");
}

static int
inflate_entry(struct zip_file *zip, struct zip_entry *entry, struct err *e)
{
	uint8_t *out = malloc((size_t)entry->size + 1);
	size_t in_used = 0, out_used = 0;
	enum libdeflate_result result;

	if (zip->inflater == NULL)
		zip->inflater = libdeflate_alloc_decompressor();
	if (out == NULL || zip->inflater == NULL) {
		free(out);
		return err_nomem(e);
	}
	result =
	    libdeflate_deflate_decompress_ex(zip->inflater, entry->packed.p,
		entry->packed.n, out, entry->size, &in_used, &out_used);
	if (result != LIBDEFLATE_SUCCESS || in_used != entry->packed.n ||
	    out_used != entry->size) {
		free(out);
		return damaged(e);
	}
	entry->inflated = out;
	return 0;
}

int
zip_file_content(struct zip_file *zip, struct zip_entry *entry,
    struct bytes *content, struct err *e)
{
	int rc, first = entry->inflated == NULL;

	if (entry->method == ZIP_STORED)
		*content = entry->packed;
	else if (first && (rc = inflate_entry(zip, entry, e)) != 0)
		return rc;
	else
		*content = (struct bytes){entry->inflated, entry->size};
	if (first &&
	    libdeflate_crc32(0, content->p, content->n) != entry->crc) {
		free(entry->inflated);
		entry->inflated = NULL;
		return damaged(e);
	}
	return 0;
}

static int
foreign(struct err *e)
{
	return err_set(e, ERR_INPUT, "profile",
	    "压缩包不是本系统写出的唯一形式",
	    "the archive is not written in our one form");
}

static void
put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v & 0xff);
	p[1] = (uint8_t)(v >> 8 & 0xff);
}

static void
put32(uint8_t *p, size_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

/* What a local header and a record have in common, from the version needed to
 * the length of the extra field. */
static void
common_put(uint8_t p[26], const struct zip_entry *entry)
{
	memset(p, 0, 26);
	put16(p, VERSION);
	put16(p + 4, entry->method);
	put16(p + 8, DATE);
	put32(p + 10, entry->crc);
	put32(p + 14, entry->packed.n);
	put32(p + 18, entry->size);
	put16(p + 22, entry->name.n);
}

static int
entry_canonical(const struct zip_file *zip, size_t i)
{
	const struct zip_entry *entry = &zip->entries[i];
	const uint8_t *local = zip->bytes.p + entry->at;
	const uint8_t *record = zip->bytes.p + entry->record;
	uint8_t want[26], tail[14] = {0};
	size_t start = i == 0 ? 0 : zip->entries[i - 1].end;

	common_put(want, entry);
	put32(tail + 10, entry->at);
	/* The reader has seen both signatures, and that the names agree. */
	return entry->at == start &&
	       entry->packed.p == local + LOCAL_SIZE + entry->name.n &&
	       entry->end ==
		   entry->at + LOCAL_SIZE + entry->name.n + entry->packed.n &&
	       memcmp(local + 4, want, 26) == 0 && record[4] == VERSION &&
	       record[5] == 0 && memcmp(record + 6, want, 26) == 0 &&
	       memcmp(record + 32, tail, sizeof(tail)) == 0;
}

int
zip_file_canonical(const struct zip_file *zip, struct err *e)
{
	size_t i, j, at = zip->directory;

	if (zip->nfolders != 0)
		return foreign(e);
	for (i = 0; i < zip->n; i++) {
		if (!entry_canonical(zip, i) || zip->entries[i].record != at)
			return foreign(e);
		at += RECORD_SIZE + zip->entries[i].name.n;
		for (j = 0; j < zip->entries[i].name.n; j++)
			if (zip->entries[i].name.p[j] > '~')
				return foreign(e);
	}
	/* The reader has checked every field of the end record. */
	return at + END_SIZE == zip->bytes.n ? 0 : foreign(e);
}
