/*
 * pdf_update.h - writer of one incremental update of a PDF with a classic
 * cross-reference table (ISO 32000-1, 7.5.6).
 */
#ifndef CRYPTO_PDF_UPDATE_H
#define CRYPTO_PDF_UPDATE_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/pdf_file.h"

enum {
	PDF_UPDATE_OBJECTS_MAX = 32
};

struct pdf_update {
	const struct pdf_file *file; /* what is updated */
	struct buf *out;	     /* the file, then the update */
	uint32_t next;		     /* next free object number */
	size_t nobjects;
	struct {
		uint32_t num, gen;
		size_t at;
	} objects[PDF_UPDATE_OBJECTS_MAX];
};

/* Copy the file to out and start; ERR_INPUT "pdf_not_ours" when it does not
 * end in a classic section. */
int pdf_update_start(struct pdf_update *u, const struct pdf_file *file,
    struct buf *out, struct err *e);

/* A number for a new object. */
uint32_t pdf_update_number(struct pdf_update *u);

/* Write "num gen obj" or "endobj"; the caller adds the object between. */
void pdf_update_open(struct pdf_update *u, uint32_t num, uint32_t gen);
void pdf_update_close(struct pdf_update *u);

/* Write dictionary `dict` with some keys replaced or added: keys[i] gets the
 * text values[i]. */
void pdf_update_dict(struct pdf_update *u, const struct pdf_value *dict,
    const char *const *keys, struct buf *const *values, size_t n);

/* Cross-reference, trailer, %%EOF. */
int pdf_update_finish(struct pdf_update *u, struct err *e);

/* A text string: literal when it is ASCII, else UTF-16BE as hex. */
void pdf_text_write(struct buf *out, const char *utf8);
/* A number of thousandths as decimal, whatever the locale. */
void pdf_real_write(struct buf *out, double v);

#endif
