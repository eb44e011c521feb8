/*
 * zip_write.h - a ZIP archive (PKWARE APPNOTE 6.3) in one canonical form: the
 * entries lie one after the other from offset 0, the central directory lists
 * them in the same order, and every header field has one value, so the file is
 * determined by the names, methods and packed bytes of its entries
 * (zip_file_canonical of crypto/zip_file.h checks it).
 */
#ifndef CRYPTO_ZIP_WRITE_H
#define CRYPTO_ZIP_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

struct libdeflate_compressor;

enum {
	ZIP_WRITE_NAME_MAX = 255, /* bytes of a name */
	ZIP_WRITE_LEVEL = 1,	  /* 4: 2 % smaller, a quarter more time */
	ZIP_WRITE_LEVEL_ONCE = 12 /* for what is packed once and kept */
};

/* Bytes packed beforehand, to be used in many archives. */
struct zip_packed {
	struct buf bytes; /* deflated (RFC 1951), or as they are */
	uint32_t size, crc;
	unsigned int method; /* 0 stored, 8 deflated */
};

/* An archive under way. */
struct zip_write {
	struct buf *out;   /* the caller's: starts empty */
	struct buf record; /* central directory so far */
	unsigned int n;	   /* entries */
	struct libdeflate_compressor *z;
	struct err *e;
};

/* Start an archive; out must be empty and outlive w.  Release in any case. */
int zip_write_begin(
    struct zip_write *w, int level, struct buf *out, struct err *e);

/*
 * Add an entry, deflated when that is shorter; zip_write_stored: as it is.
 * name: ASCII, a new one.  ERR_INTERNAL when out of memory or a name or size
 * is beyond what the format holds.
 */
int zip_write_add(struct zip_write *w, const char *name, struct bytes content);
int zip_write_stored(
    struct zip_write *w, const char *name, struct bytes content);
int zip_write_packed(
    struct zip_write *w, const char *name, const struct zip_packed *packed);

/* Append the central directory; the archive is whole. */
int zip_write_end(struct zip_write *w);
void zip_write_release(struct zip_write *w);

/* Pack bytes to be added to many archives; out is to be released. */
int zip_pack(struct bytes content, struct zip_packed *out, struct err *e);
void zip_packed_release(struct zip_packed *packed);

#endif
