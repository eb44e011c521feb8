/* zip_write.c - see zip_write.h. */
#include "crypto/zip_write.h"

#include <libdeflate.h>
#include <string.h>

enum {
	VERSION = 20, /* made by, and needed: 2.0, MS-DOS */
	DATE = 0x21,  /* 1980-01-01 00:00, the earliest there is */
	STORED = 0,
	DEFLATED = 8,
	ENTRIES_MAX = 0xfffe
};

/* One entry's fields. */
struct entry {
	const char *name;
	size_t name_size, packed_size, at;
	uint32_t size, crc;
	unsigned int method;
};

static void
put16(struct buf *out, size_t v)
{
	const uint8_t b[2] = {(uint8_t)(v & 0xff), (uint8_t)(v >> 8 & 0xff)};

	buf_add(out, b, sizeof(b));
}

static void
put32(struct buf *out, size_t v)
{
	put16(out, v & 0xffff);
	put16(out, v >> 16 & 0xffff);
}

/* What a local header and a record of the directory share (4.3.7, 4.3.12): from
 * the version needed to the length of the extra field. */
static void
put_common(struct buf *out, const struct entry *entry)
{
	put16(out, VERSION);
	put16(out, 0);
	put16(out, entry->method);
	put16(out, 0);
	put16(out, DATE);
	put32(out, entry->crc);
	put32(out, entry->packed_size);
	put32(out, entry->size);
	put16(out, entry->name_size);
	put16(out, 0);
}

static void
put_local(struct buf *out, const struct entry *entry)
{
	put32(out, 0x04034b50);
	put_common(out, entry);
	buf_add(out, entry->name, entry->name_size);
}

static void
put_record(struct buf *out, const struct entry *entry)
{
	static const uint8_t none[10]; /* comment, disk, attributes */

	put32(out, 0x02014b50);
	put16(out, VERSION);
	put_common(out, entry);
	buf_add(out, none, sizeof(none));
	put32(out, entry->at);
	buf_add(out, entry->name, entry->name_size);
}

static int
limits_ok(const struct zip_write *w, const char *name, size_t size)
{
	size_t n = strlen(name);

	return n > 0 && n <= ZIP_WRITE_NAME_MAX && w->n < ENTRIES_MAX &&
	       size < 0x40000000 && w->out->n < 0x40000000;
}

static int
finish_entry(struct zip_write *w, const struct entry *entry)
{
	put_record(&w->record, entry);
	w->n++;
	return buf_failed(w->out) || buf_failed(&w->record) ? err_nomem(w->e)
							    : 0;
}

int
zip_write_begin(struct zip_write *w, int level, struct buf *out, struct err *e)
{
	memset(w, 0, sizeof(*w));
	w->out = out;
	w->e = e;
	w->z = libdeflate_alloc_compressor(level);
	return w->z == NULL ? err_nomem(e) : 0;
}

int
zip_write_stored(struct zip_write *w, const char *name, struct bytes content)
{
	struct entry entry = {.name = name,
	    .name_size = strlen(name),
	    .packed_size = content.n,
	    .at = w->out->n,
	    .size = (uint32_t)content.n,
	    .method = STORED};

	if (!limits_ok(w, name, content.n))
		return err_internal(w->e, "zip entry");
	entry.crc = libdeflate_crc32(0, content.p, content.n);
	put_local(w->out, &entry);
	buf_add(w->out, content.p, content.n);
	return finish_entry(w, &entry);
}

/* Deflates straight behind the local header, whose sizes are set after. */
int
zip_write_add(struct zip_write *w, const char *name, struct bytes content)
{
	struct entry entry = {.name = name,
	    .name_size = strlen(name),
	    .at = w->out->n,
	    .size = (uint32_t)content.n,
	    .method = DEFLATED};
	size_t start, room;
	uint8_t *p;

	if (!limits_ok(w, name, content.n))
		return err_internal(w->e, "zip entry");
	put_local(w->out, &entry);
	start = w->out->n;
	room = libdeflate_deflate_compress_bound(w->z, content.n);
	p = buf_extend(w->out, room);
	if (p == NULL)
		return err_nomem(w->e);
	entry.packed_size =
	    libdeflate_deflate_compress(w->z, content.p, content.n, p, room);
	w->out->n = entry.at;
	if (entry.packed_size == 0 || entry.packed_size >= content.n)
		return zip_write_stored(w, name, content);
	entry.crc = libdeflate_crc32(0, content.p, content.n);
	put_local(w->out, &entry);
	w->out->n = start + entry.packed_size;
	return finish_entry(w, &entry);
}

int
zip_write_packed(
    struct zip_write *w, const char *name, const struct zip_packed *packed)
{
	struct entry entry = {.name = name,
	    .name_size = strlen(name),
	    .packed_size = packed->bytes.n,
	    .at = w->out->n,
	    .size = packed->size,
	    .crc = packed->crc,
	    .method = packed->method};

	if (!limits_ok(w, name, packed->bytes.n))
		return err_internal(w->e, "zip entry");
	put_local(w->out, &entry);
	buf_add_buf(w->out, &packed->bytes);
	return finish_entry(w, &entry);
}

int
zip_write_end(struct zip_write *w)
{
	size_t at = w->out->n;

	buf_add_buf(w->out, &w->record);
	put32(w->out, 0x06054b50);
	put32(w->out, 0);
	put16(w->out, w->n);
	put16(w->out, w->n);
	put32(w->out, w->record.n);
	put32(w->out, at);
	put16(w->out, 0);
	return buf_failed(w->out) || buf_failed(&w->record) ? err_nomem(w->e)
							    : 0;
}

void
zip_write_release(struct zip_write *w)
{
	libdeflate_free_compressor(w->z);
	buf_release(&w->record);
	w->z = NULL;
}

int
zip_pack(struct bytes content, struct zip_packed *out, struct err *e)
{
	struct libdeflate_compressor *z;
	size_t room;
	uint8_t *p;

	memset(out, 0, sizeof(*out));
	z = libdeflate_alloc_compressor(ZIP_WRITE_LEVEL_ONCE);
	if (z == NULL)
		return err_nomem(e);
	out->size = (uint32_t)content.n;
	out->crc = libdeflate_crc32(0, content.p, content.n);
	out->method = DEFLATED;
	room = libdeflate_deflate_compress_bound(z, content.n);
	p = buf_extend(&out->bytes, room);
	if (p != NULL)
		out->bytes.n = libdeflate_deflate_compress(
		    z, content.p, content.n, p, room);
	libdeflate_free_compressor(z);
	if (p != NULL && (out->bytes.n == 0 || out->bytes.n >= content.n)) {
		buf_reset(&out->bytes);
		buf_add(&out->bytes, content.p, content.n);
		out->method = STORED;
	}
	return buf_failed(&out->bytes) ? err_nomem(e) : 0;
}

void
zip_packed_release(struct zip_packed *packed)
{
	buf_release(&packed->bytes);
	memset(packed, 0, sizeof(*packed));
}
