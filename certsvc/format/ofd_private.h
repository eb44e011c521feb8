/*
 * ofd_private.h - shared by ofd*.c: one OFD (GB/T 33190-2016) under way.
 */
#ifndef CERTSVC_FORMAT_OFD_PRIVATE_H
#define CERTSVC_FORMAT_OFD_PRIVATE_H

#include "certsvc/font.h"
#include "certsvc/format/format.h"
#include "certsvc/format/ofd_map.h"
#include "certsvc/format/ofd_template.h"
#include "certsvc/format/ofd_write.h"
#include "crypto/digest.h"
#include "crypto/zip_write.h"

enum {
	OFD_FONTS_MAX = 32,
	OFD_PICTURES_MAX = 64,
	OFD_NAME_SIZE = 64 /* path of an entry, with NUL */
};

/* A font of the document and what it needs of it. */
struct ofd_font {
	const struct font *font;
	unsigned int id;       /* ST_ID of the resource */
	struct ofd_map glyphs; /* glyph -> its largest size, um; once the subset
				  is made, -> glyph of the subset */
	struct ofd_map chars;  /* code point -> the glyph its cmap gives */
	struct buf file;       /* the subset */
};

/* A picture, shared by all steps that show it. */
struct ofd_picture {
	const uint8_t *rgb;
	unsigned int id;
	struct buf png;
};

struct ofd {
	const struct format_request *req;
	struct ofd_font fonts[OFD_FONTS_MAX];
	struct ofd_picture pictures[OFD_PICTURES_MAX];
	size_t nfonts, npictures;
	const struct drawing *drawings[DRAWING_TEMPLATES]; /* as templates */
	size_t ndrawings;
	unsigned int template_id; /* of the first */
	unsigned int *page_ids;	  /* owned, as are the pages' texts */
	struct buf *pages;
	unsigned int id; /* the last one given */
	struct ofd_piece *pieces;
	size_t pieces_capacity;
	struct err *e;
};

/*
 * A glyph and the characters it stands for, in logical order.  One that shows
 * none of its own (a later glyph of a cluster) has len 0.
 */
struct ofd_piece {
	const struct glyph *glyph;
	const char *text; /* view into the run's text */
	uint32_t len;
	uint32_t cp; /* its character when it is just one, else 0 */
};

/* Take a run apart; views into o, valid until the next call. */
int ofd_text_pieces(
    struct ofd *o, const struct step_text *t, const struct ofd_piece **out);

/* Append the TextObjects of a run. */
int ofd_text_write(struct ofd *o, const struct step_text *t, struct buf *out);

/* Append the line round a bold run's glyphs; bounds: um, x y w h. */
void ofd_bold_write(struct ofd *o, const struct step_text *t,
    const long bounds[4], struct buf *out);

/* Number the drawings that become templates; ids of objects start after. */
void ofd_templates_find(struct ofd *o);

/* Give every font of the steps an id and make its subset. */
int ofd_fonts_make(struct ofd *o);
struct ofd_font *ofd_font_find(struct ofd *o, const struct font *font);
void ofd_font_release(struct ofd_font *f);

/*
 * Append the font with what a reader other than a PDF's wants: cmap for these
 * characters (-> glyphs of the font), names, OS/2 and post.
 */
int ofd_sfnt_write(const struct ofd_font *f, struct bytes font, struct buf *out,
    struct err *e);

/* Append the content of a page (Content.xml). */
int ofd_page_write(
    struct ofd *o, const struct step_page *page, struct buf *out);

/* Append the path that fills a code's dark modules. */
void ofd_qr_write(struct ofd *o, const struct step_qr *step, struct buf *out);

/* A PNG of the picture. */
int ofd_png(const struct step_picture *step, struct buf *out, struct err *e);

/* Append OFD.xml, Document.xml, PublicRes.xml. */
int ofd_root_write(const struct ofd *o, struct buf *out);
void ofd_document_write(const struct ofd *o, struct buf *out);
void ofd_resources_write(const struct ofd *o, struct buf *out);
/* Names of the i-th font's and picture's file, below Doc_0/Res. */
void ofd_font_name(size_t i, char out[OFD_NAME_SIZE]);
void ofd_picture_name(size_t i, char out[OFD_NAME_SIZE]);

/* The package on its way into a file. */
struct ofd_package {
	struct zip_write zip;
	struct buf *out;
	struct digest digest;  /* SHA-256 of out so far ... */
	size_t digested;       /* ... up to here */
	struct buf references; /* to what the next signature protects */
	struct err *e;
};

/* Add an entry that signatures refer to, at its place in the package. */
int ofd_package_add(
    struct ofd_package *p, const char *name, struct bytes content);
int ofd_package_template(
    struct ofd_package *p, const char *name, const struct ofd_template *t);
int ofd_package_stored(
    struct ofd_package *p, const char *name, struct bytes content);

/* Put all seals on: Signatures.xml and the three files of each. */
int ofd_seals_write(struct ofd *o, struct ofd_package *p);

#endif
