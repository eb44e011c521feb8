/* preview.c - see preview.h. */
#include "certsvc/preview.h"

#include <string.h>

#include "certsvc/certificate_face.h"
#include "certsvc/font.h"
#include "certsvc/format/pdf.h"
#include "certsvc/layout.h"
#include "certsvc/number.h"
#include "certsvc/order.h"
#include "certsvc/qr_symbol.h"

/* Where the code of a certificate would be: text that no verifier takes. */
static const char no_code[] = "样张 SAMPLE - 不是证照 / not a certificate";

struct sample {
	const struct template *template;
	enum preview_kind kind;
	struct order order;
	struct face *fields, *face;
	struct buf number, canonical;
};

static const char *
field_value(void *ctx, const char *id)
{
	const struct sample *sample = ctx;
	const struct template *t = sample->template;
	size_t i;

	for (i = 0; i < t->nfields; i++)
		if (strcmp(t->fields[i].id, id) == 0)
			return face_get(sample->fields, t->fields[i].name);
	return NULL;
}

static int
read_sample(struct sample *sample, const char *folder, struct err *e)
{
	json_t *body = NULL;
	int rc;

	if ((sample->fields = face_new()) == NULL)
		return err_nomem(e);
	rc = order_sample(folder, &body, e);
	if (rc == 0)
		rc = order_parse(body, &sample->order, e);
	if (rc == 0)
		rc = order_check(
		    &sample->order, sample->template, sample->fields, e);
	json_decref(body);
	return rc;
}

static int
make_face(struct sample *sample, struct err *e)
{
	const struct template *t = sample->template;
	char date[CLOCK_DATE_SIZE], from[CLOCK_DATE_SIZE], to[CLOCK_DATE_SIZE];
	struct number_source source = {
	    .date = date, .sequence = 1, .field = field_value, .ctx = sample};
	struct certificate_header header = {.department = "（样张）颁发机构",
	    .issued = date,
	    .from = from,
	    .to = to};
	int rc;

	clock_date_cst(date, clock_now());
	if ((rc = number_write(t->number, &source, &sample->number, e)) != 0 ||
	    (rc = certificate_validity(t, sample->fields, date, from, to, e)) !=
		0)
		return rc;
	header.number = buf_cstr(&sample->number);
	rc = certificate_face_write(
	    t, &header, sample->fields, &sample->canonical, e);
	if (rc == 0)
		rc =
		    face_parse(buf_bytes(&sample->canonical), &sample->face, e);
	return rc;
}

/* As an office prints it. */
static int
lay_out_sheet(const struct sample *sample, const char *variant,
    const struct font_set *fonts, const struct qr_symbol *qr,
    struct step_list *steps, struct err *e)
{
	struct layout_sheet sheet = {.template = sample->template,
	    .variant = variant,
	    .face = sample->face,
	    .qr = qr,
	    .word = "样张 SAMPLE",
	    .number = (const char *)sample->number.p,
	    .data_only = sample->kind == PREVIEW_BLANK};
	struct buf line = BUF_INIT;
	char today[CLOCK_DATE_SIZE];
	int rc;

	clock_date_cst(today, clock_now());
	buf_printf(&line, "打印件 第 1 份 · （样张）便民服务中心 · %s%s", today,
	    sheet.data_only ? " · 空白证号 00000000" : "");
	sheet.line = buf_cstr(&line);
	rc = sheet.line == NULL ? err_nomem(e)
				: layout_sheet_make(fonts, &sheet, steps, e);
	buf_release(&line);
	return rc;
}

static int
draw(const struct sample *sample, const char *variant,
    const struct font_set *fonts, struct buf *pdf, struct err *e)
{
	struct step_list steps = {NULL, 0};
	struct pdf_info info = {.title = sample->template->zh,
	    .language = "zh-CN",
	    .created = clock_now()};
	struct qr_symbol qr;
	int rc = qr_symbol_make(no_code, &qr, e);

	if (rc == 0 && sample->kind == PREVIEW_DOCUMENT)
		rc = layout_preview(fonts, sample->template, variant,
		    sample->face, &qr, &steps, e);
	else if (rc == 0)
		rc = lay_out_sheet(sample, variant, fonts, &qr, &steps, e);
	if (rc == 0)
		rc = pdf_render(&steps, NULL, 0, &info, pdf, e);
	step_list_release(&steps);
	return rc;
}

int
preview_make(const struct template *t, const char *folder, const char *variant,
    enum preview_kind kind, const char *fonts, struct buf *pdf, struct err *e)
{
	struct sample sample = {.template = t, .kind = kind};
	struct font_set *set = NULL;
	const char *dirs[1] = {fonts};
	int rc;

	if ((rc = read_sample(&sample, folder, e)) == 0 &&
	    (rc = make_face(&sample, e)) == 0 &&
	    (rc = font_set_load(dirs, 1, &set, e)) == 0)
		rc = draw(&sample, variant, set, pdf, e);
	font_set_free(set);
	order_release(&sample.order);
	face_free(sample.fields);
	face_free(sample.face);
	buf_release(&sample.number);
	buf_release(&sample.canonical);
	return rc;
}
