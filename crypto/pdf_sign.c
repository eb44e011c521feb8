/* pdf_sign.c - appended seals; see pdf_sign.h. */
#include "crypto/pdf_sign.h"

#include <stdio.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/pdf_update.h"

enum {
	RANGE_SIZE = 48, /* room for "[0 a b c]" */
	PARENTS_MAX = 32
};

static const double pt_per_mm = 72.0 / 25.4;

/* What one call writes. */
struct work {
	const struct pdf_seal *seal;
	struct pdf_update update;
	uint32_t signature, picture;
	uint32_t fields[PDF_SEALS_MAX]; /* new fields, own one first */
	size_t range_at, contents_at;
};

static int
not_ours(struct err *e)
{
	return err_set(e, ERR_INPUT, "pdf_not_ours",
	    "此 PDF 不能追加签章：结构与本系统生成的文件不同，或已有签章",
	    "this PDF cannot take a seal: it is not built as ours are, or is sealed");
}

static void
time_write(struct buf *out, int64_t t)
{
	char s[CLOCK_RFC3339_SIZE];

	clock_rfc3339(s, t);
	buf_printf(out, "(D:%.4s%.2s%.2s%.2s%.2s%.2sZ)", s, s + 5, s + 8,
	    s + 11, s + 14, s + 17);
}

static void
string_entry(struct buf *out, const char *key, const char *utf8)
{
	if (utf8 == NULL)
		return;
	buf_printf(out, "/%s ", key);
	pdf_text_write(out, utf8);
	buf_add_byte(out, '\n');
}

/* The signature dictionary; remembers where its two holes are. */
static void
signature_write(struct work *w)
{
	const struct pdf_seal *seal = w->seal;
	struct buf *out = w->update.out;
	size_t room = 2 * (seal->cms_size + PDF_SEAL_RESERVE);
	uint8_t *hole;

	pdf_update_open(&w->update, w->signature, 0);
	buf_add_str(out, "<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n"
			 "/SubFilter /ETSI.CAdES.detached\n/M ");
	time_write(out, seal->time);
	buf_add_byte(out, '\n');
	string_entry(out, "Name", seal->name);
	string_entry(out, "Reason", seal->reason);
	string_entry(out, "Location", seal->location);
	if (seal->number == 0)
		buf_printf(out,
		    "/Reference [<< /Type /SigRef /TransformMethod /DocMDP "
		    "/TransformParams << /Type /TransformParams /P %d "
		    "/V /1.2 >> >>]\n",
		    seal->nmore > 0 ? 2 : 1);
	buf_add_str(out, "/ByteRange ");
	w->range_at = out->n;
	hole = buf_extend(out, RANGE_SIZE);
	if (hole != NULL)
		memset(hole, ' ', RANGE_SIZE);
	buf_add_str(out, "\n/Contents ");
	w->contents_at = out->n;
	hole = buf_extend(out, room + 2);
	if (hole != NULL) {
		memset(hole, '0', room + 2);
		hole[0] = '<';
		hole[room + 1] = '>';
	}
	buf_add_str(out, "\n>>");
	pdf_update_close(&w->update);
}

static void
picture_write(struct work *w)
{
	const struct pdf_picture *picture = &w->seal->picture;
	struct buf *out = w->update.out;
	size_t i;

	pdf_update_open(&w->update, w->picture, 0);
	buf_add_str(out, "<<\n/Type /XObject\n/Subtype /Form\n/BBox [");
	for (i = 0; i < 4; i++) {
		pdf_real_write(out, picture->bbox[i]);
		buf_add_byte(out, i < 3 ? ' ' : ']');
	}
	buf_printf(out, "\n/Resources << >>\n%s/Length %zu\n>>\nstream\n",
	    picture->deflated ? "/Filter /FlateDecode\n" : "",
	    picture->content.n);
	buf_add(out, picture->content.p, picture->content.n);
	buf_add_str(out, "\nendstream");
	pdf_update_close(&w->update);
}

/* MediaBox of a page, inherited when it has none; 0 or -1. */
static int
media_box(const struct pdf_file *f, const struct pdf_value *page, double box[4])
{
	const struct pdf_value *v;
	size_t i, n;

	for (n = 0; page != NULL && n < PARENTS_MAX; n++) {
		v = pdf_file_get(f, page, "MediaBox");
		if (v == NULL) {
			page = pdf_file_get(f, page, "Parent");
			continue;
		}
		if (v->kind != PDF_ARRAY || v->nitems != 4)
			return -1;
		for (i = 0, v = v->first; i < 4; i++, v = v->next) {
			if (v->kind != PDF_INT && v->kind != PDF_REAL)
				return -1;
			box[i] = v->real;
		}
		return 0;
	}
	return -1;
}

static int
rect_write(struct buf *out, const struct pdf_file *f,
    const struct pdf_object *page, const struct pdf_place *place)
{
	double box[4], rect[4];
	size_t i;

	if (media_box(f, page->value, box) != 0)
		return -1;
	rect[0] = box[0] + place->x * pt_per_mm;
	rect[2] = rect[0] + place->w * pt_per_mm;
	rect[3] = box[3] - place->y * pt_per_mm;
	rect[1] = rect[3] - place->h * pt_per_mm;
	buf_add_str(out, "/Rect [");
	for (i = 0; i < 4; i++) {
		pdf_real_write(out, rect[i]);
		buf_add_byte(out, i < 3 ? ' ' : ']');
	}
	buf_add_byte(out, '\n');
	return 0;
}

/* A new field n with its widget: signed when n is 0, else empty. */
static int
field_write(struct work *w, size_t n)
{
	const struct pdf_place *place =
	    n == 0 ? &w->seal->place : &w->seal->more[n - 1];
	const struct pdf_file *f = w->update.file;
	const struct pdf_object *page = pdf_file_page(f, place->page);
	struct buf *out = w->update.out;

	if (page == NULL)
		return -1;
	pdf_update_open(&w->update, w->fields[n], 0);
	buf_printf(out,
	    "<<\n/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T (Seal%zu)\n"
	    "/F 132\n/P %u %u R\n",
	    n + 1, page->num, page->gen);
	if (rect_write(out, f, page, place) != 0)
		return -1;
	if (n == 0)
		buf_printf(out, "/V %u 0 R\n/AP << /N %u 0 R >>\n",
		    w->signature, w->picture);
	buf_add_str(out, ">>");
	pdf_update_close(&w->update);
	return 0;
}

/* 1 when a place before place n is on the same page. */
static int
page_done(const struct pdf_seal *seal, size_t n)
{
	size_t page = n == 0 ? seal->place.page : seal->more[n - 1].page, i;

	for (i = 0; i < n; i++)
		if ((i == 0 ? seal->place.page : seal->more[i - 1].page) ==
		    page)
			return 1;
	return 0;
}

/* The page of place n again, with the widgets of all places on it. */
static int
page_write(struct work *w, size_t n)
{
	static const char *const keys[] = {"Annots"};
	const struct pdf_seal *seal = w->seal;
	size_t number = n == 0 ? seal->place.page : seal->more[n - 1].page, i;
	const struct pdf_object *page = pdf_file_page(w->update.file, number);
	const struct pdf_value *annots, *v;
	struct buf list = BUF_INIT, *values[] = {&list};

	if (page == NULL)
		return -1;
	annots = pdf_file_get(w->update.file, page->value, "Annots");
	if (annots != NULL && annots->kind != PDF_ARRAY)
		return -1;
	buf_add_byte(&list, '[');
	for (v = annots == NULL ? NULL : annots->first; v != NULL;
	     v = v->next) {
		buf_add(&list, v->raw.p, v->raw.n);
		buf_add_byte(&list, ' ');
	}
	for (i = n; i <= seal->nmore; i++)
		if ((i == 0 ? seal->place.page : seal->more[i - 1].page) ==
		    number)
			buf_printf(&list, "%u 0 R ", w->fields[i]);
	buf_add_byte(&list, ']');
	pdf_update_open(&w->update, page->num, page->gen);
	pdf_update_dict(&w->update, page->value, keys, values, 1);
	pdf_update_close(&w->update);
	if (buf_failed(&list))
		w->update.out->failed = 1;
	buf_release(&list);
	return 0;
}

static void
catalog_write(struct work *w, const struct pdf_object *catalog)
{
	static const char *const keys[] = {"AcroForm", "Perms"};
	struct buf form = BUF_INIT, perms = BUF_INIT;
	struct buf *values[] = {&form, &perms};
	size_t i;

	buf_add_str(&form, "<< /SigFlags 3 /Fields [");
	for (i = 0; i <= w->seal->nmore; i++)
		buf_printf(&form, "%u 0 R ", w->fields[i]);
	buf_add_str(&form, "] >>");
	buf_printf(&perms, "<< /DocMDP %u 0 R >>", w->signature);
	pdf_update_open(&w->update, catalog->num, catalog->gen);
	pdf_update_dict(&w->update, catalog->value, keys, values, 2);
	pdf_update_close(&w->update);
	if (buf_failed(&form) || buf_failed(&perms))
		w->update.out->failed = 1;
	buf_release(&form);
	buf_release(&perms);
}

/* The first seal: form, fields, pages. */
static int
first_seal_write(struct work *w, struct err *e)
{
	const struct pdf_file *f = w->update.file;
	const struct pdf_object *catalog = pdf_file_catalog(f);
	size_t i;

	if (catalog == NULL || f->nsections != 1 ||
	    pdf_get(catalog->value, "AcroForm") != NULL ||
	    pdf_get(catalog->value, "Perms") != NULL ||
	    w->seal->nmore >= PDF_SEALS_MAX)
		return not_ours(e);
	for (i = 0; i <= w->seal->nmore; i++)
		w->fields[i] = pdf_update_number(&w->update);
	for (i = 0; i <= w->seal->nmore; i++) {
		if (field_write(w, i) != 0)
			return not_ours(e);
		if (!page_done(w->seal, i) && page_write(w, i) != 0)
			return not_ours(e);
	}
	catalog_write(w, catalog);
	return 0;
}

/* A later seal: its empty field gets the signature and the picture. */
static int
later_seal_write(struct work *w, struct err *e)
{
	static const char *const keys[] = {"V", "AP"};
	const struct pdf_file *f = w->update.file;
	const struct pdf_object *catalog = pdf_file_catalog(f), *field;
	struct buf v = BUF_INIT, ap = BUF_INIT, *values[] = {&v, &ap};
	const struct pdf_value *fields, *item;
	size_t i;

	fields =
	    catalog == NULL
		? NULL
		: pdf_file_get(
		      f, pdf_file_get(f, catalog->value, "AcroForm"), "Fields");
	if (fields == NULL || fields->kind != PDF_ARRAY ||
	    fields->nitems <= w->seal->number)
		return not_ours(e);
	for (i = 0, item = fields->first; i < w->seal->number; i++)
		item = item->next;
	field = item->kind == PDF_REF ? pdf_file_object(f, item->number) : NULL;
	if (field == NULL || pdf_get(field->value, "V") != NULL ||
	    !pdf_is_name(pdf_get(field->value, "FT"), "Sig"))
		return not_ours(e);
	buf_printf(&v, "%u 0 R", w->signature);
	buf_printf(&ap, "<< /N %u 0 R >>", w->picture);
	pdf_update_open(&w->update, field->num, field->gen);
	pdf_update_dict(&w->update, field->value, keys, values, 2);
	pdf_update_close(&w->update);
	buf_release(&v);
	buf_release(&ap);
	return 0;
}

/* Write the real byte range over its blanks. */
static void
range_patch(const struct work *w, struct pdf_ranges *ranges)
{
	char text[RANGE_SIZE + 1];
	struct buf *out = w->update.out;
	int n;

	ranges->gap = w->contents_at;
	ranges->resume =
	    w->contents_at + 2 + 2 * (w->seal->cms_size + PDF_SEAL_RESERVE);
	ranges->rest = out->n - ranges->resume;
	n = snprintf(text, sizeof(text), "[0 %zu %zu %zu]", ranges->gap,
	    ranges->resume, ranges->rest);
	memcpy(out->p + w->range_at, text, (size_t)n);
}

int
pdf_sign_prepare(struct bytes pdf, const struct pdf_seal *seal, struct buf *out,
    struct pdf_ranges *ranges, struct err *e)
{
	struct work w = {.seal = seal};
	struct pdf_file *f = NULL;
	int rc;

	if ((rc = pdf_file_open(pdf, &f, e)) != 0)
		return rc;
	if ((rc = pdf_update_start(&w.update, f, out, e)) == 0) {
		w.signature = pdf_update_number(&w.update);
		w.picture = pdf_update_number(&w.update);
		signature_write(&w);
		picture_write(&w);
		rc = seal->number == 0 ? first_seal_write(&w, e)
				       : later_seal_write(&w, e);
	}
	if (rc == 0)
		rc = pdf_update_finish(&w.update, e);
	if (rc == 0)
		range_patch(&w, ranges);
	pdf_file_free(f);
	return rc;
}

int
pdf_sign_finish(struct buf *pdf, const struct pdf_ranges *ranges,
    struct bytes cms, struct err *e)
{
	struct buf hex = BUF_INIT;
	int rc = 0;

	if (ranges->resume > pdf->n || ranges->gap + 2 > ranges->resume)
		return err_internal(e, "pdf_sign_finish");
	if (cms.n > (ranges->resume - ranges->gap - 2) / 2)
		return err_set(e, ERR_LIMIT, "cms_too_large",
		    "签名数据 %zu 字节，超过预留空间",
		    "the signature of %zu bytes is larger than its room",
		    cms.n);
	text_hex_upper(&hex, cms);
	if (buf_failed(&hex))
		rc = err_nomem(e);
	else if (hex.n > 0)
		memcpy(pdf->p + ranges->gap + 1, hex.p, hex.n);
	buf_release(&hex);
	return rc;
}
