/*
 * pdf_private.h - shared by pdf*.c: one PDF under way.
 */
#ifndef CERTSVC_FORMAT_PDF_PRIVATE_H
#define CERTSVC_FORMAT_PDF_PRIVATE_H

#include <hpdf.h>

#include "certsvc/font.h"
#include "certsvc/format/format.h"
#include "certsvc/format/pdf.h"
#include "certsvc/format/pdf_path.h"
#include "certsvc/format/pdf_write.h"
#include "crypto/pdf_sign.h"

enum {
	PDF_FONTS_MAX = 32,
	PDF_GLYPHS_MAX = 16384 /* different glyphs of one font */
};

/* A glyph as the document uses it; its CID is its index + 1. */
struct pdf_glyph {
	uint32_t id;	    /* in the font */
	uint32_t text, len; /* its characters in pdf_font.texts; len 0: none */
	unsigned int width; /* 1/1000 em */
	float largest;	    /* size in use, mm */
};

/* A font of the document and the glyphs it needs. */
struct pdf_font {
	const struct font *font;
	struct pdf_glyph *glyphs; /* owned */
	size_t nglyphs;
	uint16_t *slots; /* owned; hash of (id, text) -> CID, 0 = free */
	size_t nslots;	 /* a power of two */
	struct buf texts;
	HPDF_Dict dict; /* the Type0 font, filled at the end */
};

struct pdf {
	HPDF_Doc doc;
	const struct pdf_info *info;
	const struct format_seal *seals;
	size_t nseals;
	struct libdeflate_compressor *z;
	struct pdf_font fonts[PDF_FONTS_MAX];
	size_t nfonts;
	const struct drawing *drawings[64]; /* as Form XObjects /D1 ... */
	HPDF_Dict forms[64];
	size_t ndrawings, npictures;
	HPDF_Dict
	    seal_forms[PDF_SEALS_MAX]; /* of slices, by place, once used */
	struct err *e;
};

/* CID of a glyph that stands for text (len bytes) and is drawn at size mm; 0
 * when out of memory.  *width: 1/1000 em. */
unsigned int pdf_font_cid(struct pdf_font *f, uint32_t glyph, float size,
    const char *text, uint32_t len, unsigned int *width);
/* The document's use of a font, made when new; NULL when out of memory. */
struct pdf_font *pdf_font_use(struct pdf *pdf, const struct font *font);
void pdf_font_release(struct pdf_font *f);
/* Fill in the font objects: subset, widths, ToUnicode. */
int pdf_font_finish(struct pdf *pdf, struct pdf_font *f);

/* A stream object whose bytes are deflated already, or plain. */
HPDF_Dict pdf_stream(struct pdf *pdf, struct bytes data, int deflated);
/* Deflate and make it a stream object; NULL on error. */
HPDF_Dict pdf_stream_deflate(struct pdf *pdf, struct bytes plain);
/* The operators of a page. */
int pdf_page_write(struct pdf *pdf, const struct step_page *page,
    HPDF_Dict resources, struct buf *out);

/* A slice of a seam seal: the seal's picture, clipped.  forms: XObjects of the
 * page's resources. */
int pdf_slice_write(struct pdf *pdf, const struct step_page *page,
    const struct step_seal *slice, HPDF_Dict forms, struct buf *out);

/* Metadata, output intent, attachment, /ID, document information. */
int pdf_meta_write(struct pdf *pdf);

/* The sRGB colour profile (ICC.1:2001-04, version 2.4), made from constants. */
void pdf_icc_write(struct buf *out);

/* UTF-16BE with byte order mark. */
void pdf_utf16(struct buf *out, const char *text, size_t len, int bom);

/* A text string object. */
HPDF_Binary pdf_text(struct pdf *pdf, const char *text);

#endif
