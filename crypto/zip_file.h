/*
 * zip_file.h - a ZIP archive (PKWARE APPNOTE 6.3), read strictly: what the
 * central directory says and what stands in the local headers must be one and
 * the same, every byte belongs to exactly one header, entry or record, and
 * nothing is searched for, repaired or guessed.
 *
 * Refused: bytes before the first entry, between entries and after the end
 * record, comments, ZIP64, several disks, encryption, methods other than stored
 * and deflate, symbolic links, names that are absolute, climb (".."), are not
 * UTF-8, hold a backslash or a control character, or differ from another only
 * by case, and entries that inflate beyond the limits below.  Tolerated,
 * because OFD makers write it: folders as entries, data descriptors, extra
 * fields for times and owners, entries in another order than the directory.
 */
#ifndef CRYPTO_ZIP_FILE_H
#define CRYPTO_ZIP_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	ZIP_FILE_MAX = 33554432,     /* bytes of an archive */
	ZIP_ENTRIES_MAX = 4096,	     /* entries, folders among them */
	ZIP_NAME_MAX = 255,	     /* bytes of a name */
	ZIP_ENTRY_MAX = 33554432,    /* inflated bytes of one entry */
	ZIP_INFLATED_MAX = 67108864, /* inflated bytes of all entries */
	ZIP_RATIO_MAX = 200,	     /* inflated to deflated bytes ... */
	ZIP_RATIO_FREE = 1048576,    /* ... of what is larger than this */
	ZIP_STORED = 0,
	ZIP_DEFLATED = 8
};

struct zip_entry {
	struct bytes name;   /* UTF-8, separated by '/', view */
	struct bytes packed; /* the bytes as they stand in the file, view */
	size_t at, end;	     /* local header; what follows the entry */
	size_t record;	     /* place in the central directory */
	uint32_t size, crc;  /* of the content */
	unsigned int method;
	uint8_t *inflated; /* owned; NULL until asked for, or stored */
};

struct zip_file {
	struct bytes bytes;	   /* owned by the caller */
	struct zip_entry *entries; /* as in the directory, folders left out */
	size_t n, nfolders;
	size_t directory; /* offset of the central directory */
	size_t *by_name;  /* indices into entries, in the order of names */
	struct libdeflate_decompressor *inflater;
};

/*
 * Read the directory and check it against the local headers; bytes must outlive
 * the file.  Nothing is inflated yet.  ERR_INPUT "zip_malformed",
 * "zip_header_mismatch", "zip_bad_name", "zip_duplicate_name",
 * "zip_encrypted"; ERR_LIMIT "zip_too_large".  Caller frees with zip_file_free.
 */
int zip_file_open(struct bytes bytes, struct zip_file **out, struct err *e);
void zip_file_free(struct zip_file *zip);

/* The entry of exactly this name, or NULL. */
struct zip_entry *zip_file_find(const struct zip_file *zip, struct bytes name);

/*
 * The content of an entry, inflated once and kept, so that what is hashed is
 * what was parsed; a view that lives as long as the file.  The CRC is checked,
 * and that nothing follows the deflated stream.  ERR_INPUT "zip_malformed".
 */
int zip_file_content(struct zip_file *zip, struct zip_entry *entry,
    struct bytes *content, struct err *e);

/*
 * 0 when the file is the one that our writer (crypto/zip_write.h) makes of
 * these names, methods and packed bytes: every other byte has one value.
 * ERR_INPUT "profile".
 */
int zip_file_canonical(const struct zip_file *zip, struct err *e);

/* Parts of the reader (zip_name.c): a name that may stand in an archive (a
 * folder's ends in '/'); no two names alike ("zip_bad_name",
 * "zip_duplicate_name"). */
int zip_name_check(struct bytes name, struct err *e);
int zip_names_differ(const struct bytes *names, size_t n, struct err *e);

#endif
