/* zip_file.c - see zip_file.h: the directory and the local headers. */
#include "crypto/zip_file.h"

#include <libdeflate.h>

#include <stdlib.h>
#include <string.h>

enum {
	LOCAL_SIZE = 30,
	RECORD_SIZE = 46,
	END_SIZE = 22,
	DESCRIPTOR_SIZE = 12, /* 16 with its signature */
	LOCAL_SIGNATURE = 0x04034b50,
	RECORD_SIGNATURE = 0x02014b50,
	DESCRIPTOR_SIGNATURE = 0x08074b50,
	END_SIGNATURE = 0x06054b50,
	VERSION_MAX = 20,
	FLAG_ENCRYPTED = 0x0001,
	FLAG_LEVEL = 0x0006,
	FLAG_DESCRIPTOR = 0x0008,
	FLAG_UTF8 = 0x0800,
	FLAGS_ENCRYPTED = FLAG_ENCRYPTED | 0x0040 | 0x2000,
	FLAGS_KNOWN = FLAG_LEVEL | FLAG_DESCRIPTOR | FLAG_UTF8,
	MODE_TYPE = 0170000, /* of a Unix mode, in the upper attributes */
	MODE_FILE = 0100000,
	MODE_FOLDER = 0040000
};

/* Extra fields that change nothing: times and owners. */
static const uint16_t harmless[] = {0x000a, 0x5455, 0x5855, 0x7855, 0x7875};

/* One record of the directory with its entry, before it is accepted. */
struct record {
	unsigned int flags;
	uint32_t packed; /* bytes */
	int is_folder;
	struct zip_entry entry;
};

/* A file being read. */
struct reader {
	struct zip_file *zip;
	struct record *records; /* all, folders among them */
	size_t n;
	uint64_t inflated; /* bytes that the records promise */
	struct err *e;
};

static unsigned int
u16(const uint8_t *p)
{
	return (unsigned int)p[0] | (unsigned int)p[1] << 8;
}

static uint32_t
u32(const uint8_t *p)
{
	return u16(p) | (uint32_t)u16(p + 2) << 16;
}

static int
malformed(struct err *e)
{
	return err_set(e, ERR_INPUT, "zip_malformed",
	    "压缩包损坏，或格式不符合要求",
	    "the archive is damaged or not as it must be");
}

static int
mismatch(struct err *e)
{
	return err_set(e, ERR_INPUT, "zip_header_mismatch",
	    "压缩包目录与文件头不一致",
	    "the archive's directory and its local headers differ");
}

static int
too_large(struct err *e)
{
	return err_set(e, ERR_LIMIT, "zip_too_large",
	    "压缩包或其内容超出大小限制",
	    "the archive or what it holds is over the limits");
}

/* Only extra fields that change nothing, and nothing after them. */
static int
extra_ok(const uint8_t *p, size_t n)
{
	size_t i, size;

	while (n >= 4) {
		size = u16(p + 2);
		for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
			if (u16(p) == harmless[i])
				break;
		if (i == sizeof(harmless) / sizeof(harmless[0]) || size > n - 4)
			return 0;
		p += 4 + size;
		n -= 4 + size;
	}
	return n == 0;
}

/* The end record stands at the very end and has no comment. */
static int
end_read(struct reader *r)
{
	struct bytes b = r->zip->bytes;
	const uint8_t *p;
	uint32_t size, at;

	if (b.n > ZIP_FILE_MAX)
		return too_large(r->e);
	if (b.n < END_SIZE)
		return malformed(r->e);
	p = b.p + b.n - END_SIZE;
	size = u32(p + 12);
	at = u32(p + 16);
	r->n = u16(p + 10);
	if (u32(p) != END_SIGNATURE || u16(p + 4) != 0 || u16(p + 6) != 0 ||
	    u16(p + 8) != r->n || u16(p + 20) != 0 || r->n == 0 ||
	    (uint64_t)at + size != b.n - END_SIZE)
		return malformed(r->e);
	if (r->n > ZIP_ENTRIES_MAX)
		return too_large(r->e);
	r->zip->directory = at;
	return 0;
}

/* Plain files and folders; the upper half of the attributes may be a mode. */
static int
kind_read(const uint8_t *p, struct record *rec)
{
	unsigned int mode = u32(p + 38) >> 16 & MODE_TYPE;
	struct bytes name = rec->entry.name;

	rec->is_folder = name.n > 0 && name.p[name.n - 1] == '/';
	if (rec->is_folder)
		return (mode == 0 || mode == MODE_FOLDER) &&
			       rec->entry.size == 0
			   ? 0
			   : -1;
	return mode == 0 || mode == MODE_FILE ? 0 : -1;
}

static int
limits_check(struct reader *r, const struct record *rec)
{
	uint32_t size = rec->entry.size;

	r->inflated += size;
	if (size > ZIP_ENTRY_MAX || r->inflated > ZIP_INFLATED_MAX ||
	    (size > ZIP_RATIO_FREE && size / ZIP_RATIO_MAX > rec->packed))
		return too_large(r->e);
	return 0;
}

/* The record at *at, up to `end`; *at moves behind it. */
static int
record_read(struct reader *r, size_t *at, size_t end, struct record *rec)
{
	const uint8_t *p = r->zip->bytes.p + *at;
	size_t name, extra;
	int rc;

	if (end - *at < RECORD_SIZE || u32(p) != RECORD_SIGNATURE)
		return malformed(r->e);
	name = u16(p + 28);
	extra = u16(p + 30);
	rec->flags = u16(p + 8);
	rec->packed = u32(p + 20);
	rec->entry = (struct zip_entry){.name = {p + RECORD_SIZE, name},
	    .at = u32(p + 42),
	    .record = *at,
	    .size = u32(p + 24),
	    .crc = u32(p + 16),
	    .method = u16(p + 10)};
	if ((rec->flags & FLAGS_ENCRYPTED) != 0)
		return err_set(r->e, ERR_INPUT, "zip_encrypted", "压缩包已加密",
		    "the archive is encrypted");
	if (end - *at - RECORD_SIZE < name + extra ||
	    u16(p + 6) > VERSION_MAX ||
	    (rec->flags & ~(unsigned int)FLAGS_KNOWN) != 0 ||
	    u16(p + 32) != 0 || u16(p + 34) != 0 ||
	    !extra_ok(p + RECORD_SIZE + name, extra) ||
	    (rec->entry.method != ZIP_STORED &&
		rec->entry.method != ZIP_DEFLATED) ||
	    (rec->entry.method == ZIP_STORED && rec->packed != rec->entry.size))
		return malformed(r->e);
	*at += RECORD_SIZE + name + extra;
	if ((rc = zip_name_check(rec->entry.name, r->e)) != 0)
		return rc;
	if (kind_read(p, rec) != 0)
		return malformed(r->e);
	return limits_check(r, rec);
}

/* CRC and sizes of a local header: as in the directory, or all zero when they
 * follow the data. */
static int
sizes_match(const uint8_t *p, const struct record *rec, int may_be_zero)
{
	uint32_t crc = u32(p), packed = u32(p + 4), size = u32(p + 8);

	if (may_be_zero && crc == 0 && packed == 0 && size == 0)
		return 1;
	return crc == rec->entry.crc && packed == rec->packed &&
	       size == rec->entry.size;
}

/* The local header; the entry's data ends at or before `next`. */
static int
local_read(struct reader *r, struct record *rec, size_t next)
{
	struct zip_entry *entry = &rec->entry;
	const uint8_t *central = r->zip->bytes.p + entry->record;
	const uint8_t *p = r->zip->bytes.p + entry->at;
	int deferred = (rec->flags & FLAG_DESCRIPTOR) != 0;
	size_t extra, head;

	if (next - entry->at < LOCAL_SIZE || u32(p) != LOCAL_SIGNATURE)
		return malformed(r->e);
	extra = u16(p + 28);
	head = LOCAL_SIZE + entry->name.n + extra;
	/* Version, flags, method, time and date stand two bytes further on in
	 * the directory. */
	if (memcmp(p + 4, central + 6, 10) != 0 ||
	    u16(p + 26) != entry->name.n || next - entry->at < head ||
	    memcmp(p + LOCAL_SIZE, entry->name.p, entry->name.n) != 0 ||
	    !sizes_match(p + 14, rec, deferred))
		return mismatch(r->e);
	if (!extra_ok(p + LOCAL_SIZE + entry->name.n, extra) ||
	    next - entry->at - head < rec->packed)
		return malformed(r->e);
	entry->packed = (struct bytes){p + head, rec->packed};
	entry->end = entry->at + head + rec->packed;
	return 0;
}

/* Between an entry's data and the next entry: nothing, or its descriptor. */
static int
descriptor_read(struct reader *r, struct record *rec, size_t next)
{
	const uint8_t *p = r->zip->bytes.p + rec->entry.end;
	size_t gap = next - rec->entry.end;

	if ((rec->flags & FLAG_DESCRIPTOR) == 0)
		return gap == 0 ? 0 : malformed(r->e);
	rec->entry.end = next;
	if (gap == DESCRIPTOR_SIZE + 4 && u32(p) == DESCRIPTOR_SIGNATURE)
		return sizes_match(p + 4, rec, 0) ? 0 : mismatch(r->e);
	if (gap == DESCRIPTOR_SIZE)
		return sizes_match(p, rec, 0) ? 0 : mismatch(r->e);
	return malformed(r->e);
}

static int
by_place(const void *a, const void *b)
{
	const struct record *const *x = a, *const *y = b;
	size_t p = (*x)->entry.at, q = (*y)->entry.at;

	return (p > q) - (p < q);
}

/* Entries follow each other from the first byte to the directory. */
static int
locals_read(struct reader *r)
{
	struct record **order = calloc(r->n, sizeof(*order));
	size_t i, next;
	int rc = 0;

	if (order == NULL)
		return err_nomem(r->e);
	for (i = 0; i < r->n; i++)
		order[i] = &r->records[i];
	qsort(order, r->n, sizeof(*order), by_place);
	if (order[0]->entry.at != 0)
		rc = malformed(r->e);
	for (i = 0; i < r->n && rc == 0; i++) {
		next =
		    i + 1 < r->n ? order[i + 1]->entry.at : r->zip->directory;
		if (order[i]->entry.at >= next || next > r->zip->directory)
			rc = malformed(r->e);
		else if ((rc = local_read(r, order[i], next)) == 0)
			rc = descriptor_read(r, order[i], next);
	}
	free(order);
	return rc;
}

static int
records_read(struct reader *r)
{
	size_t at = r->zip->directory, i;
	size_t end = r->zip->bytes.n - END_SIZE;
	int rc = 0;

	for (i = 0; i < r->n && rc == 0; i++)
		rc = record_read(r, &at, end, &r->records[i]);
	if (rc == 0 && at != end)
		rc = malformed(r->e);
	return rc;
}

static int
names_check(struct reader *r)
{
	struct bytes *names = calloc(r->n, sizeof(*names));
	size_t i;
	int rc;

	if (names == NULL)
		return err_nomem(r->e);
	for (i = 0; i < r->n; i++)
		names[i] = r->records[i].entry.name;
	rc = zip_names_differ(names, r->n, r->e);
	free(names);
	return rc;
}

static int
compare(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = memcmp(a.p, b.p, n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
by_name(const void *a, const void *b, void *entries)
{
	const struct zip_entry *list = entries;

	return compare(
	    list[*(const size_t *)a].name, list[*(const size_t *)b].name);
}

/* Keep the files among the records, and an index of their names. */
static int
entries_keep(struct reader *r)
{
	struct zip_file *zip = r->zip;
	size_t i;

	zip->entries = calloc(r->n, sizeof(*zip->entries));
	zip->by_name = calloc(r->n, sizeof(*zip->by_name));
	if (zip->entries == NULL || zip->by_name == NULL)
		return err_nomem(r->e);
	for (i = 0; i < r->n; i++)
		if (!r->records[i].is_folder)
			zip->entries[zip->n++] = r->records[i].entry;
	zip->nfolders = r->n - zip->n;
	for (i = 0; i < zip->n; i++)
		zip->by_name[i] = i;
	qsort_r(
	    zip->by_name, zip->n, sizeof(*zip->by_name), by_name, zip->entries);
	return 0;
}

int
zip_file_open(struct bytes bytes, struct zip_file **out, struct err *e)
{
	struct reader r = {.zip = calloc(1, sizeof(*r.zip)), .e = e};
	int rc;

	*out = NULL;
	if (r.zip == NULL)
		return err_nomem(e);
	r.zip->bytes = bytes;
	rc = end_read(&r);
	if (rc == 0 && (r.records = calloc(r.n, sizeof(*r.records))) == NULL)
		rc = err_nomem(e);
	if (rc == 0)
		rc = records_read(&r);
	if (rc == 0)
		rc = names_check(&r);
	if (rc == 0)
		rc = locals_read(&r);
	if (rc == 0)
		rc = entries_keep(&r);
	free(r.records);
	if (rc != 0) {
		zip_file_free(r.zip);
		return rc;
	}
	*out = r.zip;
	return 0;
}

void
zip_file_free(struct zip_file *zip)
{
	size_t i;

	if (zip == NULL)
		return;
	for (i = 0; i < zip->n; i++)
		free(zip->entries[i].inflated);
	libdeflate_free_decompressor(zip->inflater);
	free(zip->entries);
	free(zip->by_name);
	free(zip);
}

struct zip_entry *
zip_file_find(const struct zip_file *zip, struct bytes name)
{
	size_t low = 0, high = zip->n, middle;
	struct zip_entry *entry;
	int c;

	while (low < high) {
		middle = low + (high - low) / 2;
		entry = &zip->entries[zip->by_name[middle]];
		c = compare(name, entry->name);
		if (c == 0)
			return entry;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
