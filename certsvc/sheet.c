/* sheet.c - what an office prints, as bytes; see sheet.h. */
#include "certsvc/sheet.h"

#include <math.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "certsvc/rendition.h"
#include "certsvc/service_state.h"
#include "certsvc/sheet_parts.h"
#include "crypto/base/clock.h"
#include "crypto/cose.h"

enum {
	DAY = 86400 /* seconds */
};

/* A sheet on its way. */
struct sheet {
	struct service *service;
	const struct sheet_request *req;
	const struct template *template;
	size_t variant;
	struct keeper_office office;
	struct keeper_matter matter;
	struct buf original, code; /* COSE: of the certificate, of the sheet */
	struct buf line;	   /* the print line */
};

int
sheet_check_offsets(float dx, float dy, struct err *e)
{
	/* Not a number is no offset either. */
	if (fabsf(dx) <= SHEET_OFFSET_MAX && fabsf(dy) <= SHEET_OFFSET_MAX)
		return 0;
	return err_set(e, ERR_INPUT, "bad_offset",
	    "打印机的校准偏移最多 %d 毫米，偏得更多请先检查进纸",
	    "a printer is put right by at most %d mm; when it is off by more, look at the paper feed first",
	    SHEET_OFFSET_MAX);
}

/* The type as it is now, when the certificate can be printed by it. */
static int
find_template(struct service *s, const struct store_certificate *c,
    const struct template **out, struct err *e)
{
	const struct template *t = template_find(&s->templates, c->type);

	if (c->copy_of[0] != '\0')
		return err_set(e, ERR_CONFLICT, "is_copy",
		    "加注件按原样打印，没有份号",
		    "a purpose-bound copy is printed as it is and gets no number");
	if (t == NULL || t->version != c->template_version)
		return err_set(e, ERR_CONFLICT, "template_changed",
		    "原证照按旧版模板签发，请先换发再打印",
		    "the certificate was made by another version of its template: renew it first");
	if (t->print_originals == 0)
		return err_set(e, ERR_DENIED, "print_not_allowed",
		    "这个证照类型不允许打印原件",
		    "this type is not printed by offices");
	*out = t;
	return 0;
}

/* Digits, letters and hyphens: what is printed on a blank. */
static int
is_blank_number(const char *s)
{
	static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz-";
	size_t n = strlen(s);

	return n > 0 && n < SHEET_BLANK_MAX && strspn(s, allowed) == n;
}

static int
check_blank(const struct sheet *sheet, struct err *e)
{
	const struct sheet_request *req = sheet->req;

	if (req->blank == NULL)
		return 0;
	if (!sheet->template->print_stock)
		return err_set(e, ERR_INPUT, "no_stock",
		    "这个证照类型没有预印空白证，请用普通纸打印",
		    "there is no pre-printed stock of this type: print it on plain paper");
	if (!is_blank_number(req->blank))
		return err_set(e, ERR_INPUT, "bad_blank",
		    "空白证编号只能有字母、数字和连字符，最多 %d 个",
		    "the number of a blank has letters, digits and hyphens, at most %d",
		    SHEET_BLANK_MAX - 1);
	return sheet_check_offsets(req->dx, req->dy, e);
}

/* Who asks: the key of an office, or of a department. */
static int
set_caller(struct sheet *sheet, struct err *e)
{
	const struct service_caller *caller = sheet->req->caller;
	const struct service_operator *op = caller->operator;
	struct keeper_matter *m = &sheet->matter;

	m->address = caller->address;
	m->cred = caller->cred;
	if (op == NULL)
		return 0;
	if (op->office_key[0] == '\0')
		return err_set(e, ERR_DENIED, "not_allowed",
		    "只有办事网点的工作人员可以打印",
		    "only somebody who works at an office prints");
	sheet->office.key = op->office_key;
	sheet->office.ticket = buf_bytes(&op->ticket);
	m->cred = NULL;
	m->office = &sheet->office;
	return 0;
}

static int
check(struct sheet *sheet, struct err *e)
{
	const struct sheet_request *req = sheet->req;
	const struct store_certificate *c = req->certificate;
	struct bytes url;
	int rc;

	if (req->number == 0 || req->number > SHEET_NUMBER_MAX)
		return err_set(e, ERR_LIMIT, "too_many_sheets",
		    "同一证照最多打印 %d 份",
		    "a certificate has at most %d sheets", SHEET_NUMBER_MAX);
	if ((rc = find_template(sheet->service, c, &sheet->template, e)) != 0 ||
	    (rc = sheet_variant(
		 sheet->template, req->variant, &sheet->variant, e)) != 0 ||
	    (rc = check_blank(sheet, e)) != 0 ||
	    (rc = set_caller(sheet, e)) != 0 ||
	    (rc = qr_text_read(buf_bytes(&c->qr), &url, &sheet->original, e)) !=
		0)
		return rc;
	memcpy(sheet->matter.intent, c->intent, sizeof(sheet->matter.intent));
	sheet->matter.face = buf_bytes(&c->face);
	return 0;
}

/* What the page says of the sheet: what its code says, which the keeper wrote.
 */
static int
write_line(struct sheet *sheet, const struct qr_copy *copy, struct err *e)
{
	char day[CLOCK_DATE_SIZE];

	if (copy->number != sheet->req->number || copy->day > INT32_MAX)
		return err_internal(e, "the code of a sheet");
	clock_date_cst(day, (int64_t)copy->day * DAY);
	buf_printf(&sheet->line, "打印件 第 %llu 份 · %s · %s",
	    (unsigned long long)copy->number, copy->office, day);
	if (sheet->req->blank != NULL)
		buf_printf(&sheet->line, " · 空白证号 %s", sheet->req->blank);
	return buf_cstr(&sheet->line) == NULL ? err_nomem(e) : 0;
}

static int
make_code(struct sheet *sheet, struct buf *text, struct err *e)
{
	struct keeper_code_request req = {
	    .alg = sheet->template->codes[0], .sheet = sheet->req->number};
	struct qr_claims claims;
	struct cose cose;
	uint8_t digest[32];
	int rc;

	sheet->matter.proof = buf_bytes(&sheet->original);
	req.matter = sheet->matter;
	rc = keeper_code(sheet->service->keeper, &req, &sheet->code, digest, e);
	if (rc != 0 ||
	    (rc = cose_parse(buf_bytes(&sheet->code), &cose, e)) != 0)
		return rc;
	rc = qr_claims_read(cose.payload, &claims, e);
	if (rc == 0)
		rc = write_line(sheet, &claims.copy, e);
	qr_claims_release(&claims);
	sheet->matter.proof = buf_bytes(&sheet->code);
	qr_text_write(
	    text, sheet->service->config.public_url, buf_bytes(&sheet->code));
	return rc != 0 ? rc : buf_cstr(text) == NULL ? err_nomem(e) : 0;
}

/* Fine lines differ from sheet to sheet and stay the same for one. */
static uint64_t
seed_of(const struct store_certificate *c, uint64_t number)
{
	uint64_t seed;

	memcpy(&seed, c->face_digest, sizeof(seed));
	return seed ^ number * 0x9E3779B97F4A7C15U;
}

/* Lay out and, on pre-printed stock, move. */
static int
lay_out(struct sheet *sheet, struct rendition *r, struct err *e)
{
	const struct sheet_request *req = sheet->req;
	struct layout_sheet what = {.template = sheet->template,
	    .variant = sheet->template->variants[sheet->variant].id,
	    .face = r->face,
	    .qr = &r->qr,
	    .line = buf_cstr(&sheet->line),
	    .number = req->certificate->number,
	    .seed = seed_of(req->certificate, req->number),
	    .data_only = req->blank != NULL};
	struct step_list *steps = &r->steps[sheet->variant];
	int rc;

	r->sheet = &what;
	rc = rendition_lay_out(r, sheet->variant, e);
	r->sheet = NULL;
	if (rc != 0 || req->blank == NULL)
		return rc;
	layout_move(steps, req->dx, req->dy);
	if (step_list_check(steps, e) == 0)
		return 0;
	return err_set(e, ERR_INPUT, "bad_offset",
	    "按这个偏移，有内容会超出纸张，请调小",
	    "moved so far, something would leave the page: move it less");
}

static int
make_document(
    struct sheet *sheet, const char *qr_text, struct buf *pdf, struct err *e)
{
	struct service *s = sheet->service;
	const struct store_certificate *c = sheet->req->certificate;
	struct rendition_seals seals;
	struct rendition r = {.service = s,
	    .template = sheet->template,
	    .seals = &seals,
	    .certificate = c,
	    .qr_text = qr_text,
	    .matter = &sheet->matter,
	    .created = clock_now(),
	    .formats = TEMPLATE_PDF};
	int rc;

	r.department = directory_department_find(s->directory, c->department);
	if (r.department == NULL)
		return err_set(e, ERR_DENIED, "not_authorised",
		    "签发部门已不在授权表中，不能再盖章",
		    "the issuing department is no longer in the table of authority: nothing can be sealed");
	rc = rendition_seals(
	    s->directory, r.department, sheet->template, &seals, e);
	if (rc != 0)
		return rc;
	rc = rendition_open(&r, e);
	if (rc == 0)
		rc = lay_out(sheet, &r, e);
	if (rc == 0)
		rc = rendition_write(&r, &format_pdf, sheet->variant, pdf, e);
	rendition_release(&r);
	return rc;
}

int
sheet_make(struct service *s, const struct sheet_request *req, struct buf *pdf,
    struct buf *qr_text, struct err *e)
{
	struct sheet sheet = {.service = s, .req = req};
	int rc;

	pthread_rwlock_rdlock(&s->directory_lock);
	if ((rc = check(&sheet, e)) == 0 &&
	    (rc = make_code(&sheet, qr_text, e)) == 0)
		rc = make_document(&sheet, buf_cstr(qr_text), pdf, e);
	pthread_rwlock_unlock(&s->directory_lock);
	buf_release(&sheet.original);
	buf_release(&sheet.code);
	buf_release(&sheet.line);
	return rc;
}

/* Lay out and write, unsealed. */
static int
preview(struct service *s, const struct store_certificate *c,
    struct layout_sheet *what, struct buf *pdf, struct err *e)
{
	struct step_list steps = STEP_LIST_INIT;
	struct pdf_info info = {.language = "zh-CN", .created = clock_now()};
	struct buf title = BUF_INIT;
	struct face *face = NULL;
	int rc = face_parse(buf_bytes(&c->face), &face, e);

	what->face = face;
	buf_printf(&title, "预览稿 DRAFT · %s", what->template->zh);
	if (rc == 0 && ((info.title = buf_cstr(&title)) == NULL ||
			   RAND_bytes(info.id, sizeof(info.id)) != 1))
		rc = err_nomem(e);
	if (rc == 0)
		rc = layout_sheet_make(s->fonts, what, &steps, e);
	if (rc == 0)
		rc = step_list_check(&steps, e);
	if (rc == 0)
		rc = pdf_render(&steps, NULL, 0, &info, pdf, e);
	step_list_release(&steps);
	buf_release(&title);
	face_free(face);
	return rc;
}

int
sheet_preview(struct service *s, const struct store_certificate *c,
    const char *variant, struct buf *pdf, struct err *e)
{
	struct layout_sheet what = {.word = "预览 PREVIEW",
	    .line = "打印件 第 — 份 · 打印单位 · 打印日期",
	    .number = c->number,
	    .seed = seed_of(c, 0)};
	size_t number;
	int rc;

	if ((rc = find_template(s, c, &what.template, e)) != 0 ||
	    (rc = sheet_variant(what.template, variant, &number, e)) != 0)
		return rc;
	what.variant = what.template->variants[number].id;
	return preview(s, c, &what, pdf, e);
}
