/* rendition.c - the sealed documents of a certificate; see rendition.h. */
#include "certsvc/rendition.h"

#include <openssl/rand.h>
#include <string.h>

#include "certsvc/format/xml.h"
#include "certsvc/service_state.h"

int
rendition_seals(const struct directory *directory,
    const struct directory_department *department, const struct template *t,
    struct rendition_seals *seals, struct err *e)
{
	unsigned int place;

	if (t->nseals > RENDITION_SEALS_MAX)
		return err_internal(e, "seal places");
	for (place = 0; place < t->nseals; place++) {
		seals->v[place] =
		    directory_seal_for(directory, department, t->code, place);
		if (seals->v[place] == NULL)
			break;
	}
	seals->n = place;
	if (place == 0)
		return err_set(e, ERR_DENIED, "not_authorised",
		    "本部门或该接口密钥无权签发这个证照类型",
		    "this department or key may not issue this type");
	if (place < t->nseals)
		return err_set(e, ERR_DENIED, "no_joint_seal",
		    "联合发证的第 %u 个盖章位没有授权给本部门使用的印章，请管理员授权",
		    "no seal is granted to this department for place %u of this jointly issued type; its administrator can grant one",
		    place);
	return 0;
}

/* For sign: a document on its way. */
struct signing {
	const struct rendition *rendition;
	enum format_signature kind;
};

/*
 * The keeper seals with the seal as it is now; the document has its object from
 * a moment ago.  After a renewal between the two the document would carry
 * another seal than its signature: try again with the new one.
 */
static int
same_object(
    const struct rendition *r, size_t n, const struct buf *ses, struct err *e)
{
	const struct buf *object = &r->objects[n];
	int rc;

	if (memmem(ses->p, ses->n, object->p, object->n) != NULL)
		return 0;
	directory_seal_forget(r->service->directory, r->seals->v[n]);
	rc = err_set(e, ERR_BUSY, "seal_changed", "印章刚刚换发，请重试",
	    "the seal was just renewed: try again");
	e->retryable = 1;
	return rc;
}

/* The keeper signs; it builds the structure around the digests itself (a
 * format_sign_fn). */
static int
sign(void *ctx, const struct format_to_sign *what, struct buf *signature,
    struct err *e)
{
	const struct signing *signing = ctx;
	const struct rendition *r = signing->rendition;
	struct keeper_seal_request cms = {.matter = *r->matter,
	    .seal = r->seals->v[what->seal]->id,
	    .place = (unsigned int)what->seal};
	struct keeper_ses_request ses = {.matter = *r->matter,
	    .seal = cms.seal,
	    .place = cms.place,
	    .property = what->property};
	int rc;

	if (signing->kind == FORMAT_CMS) {
		memcpy(cms.document_digest, what->document_digest,
		    sizeof(cms.document_digest));
		return keeper_seal(r->service->keeper, &cms, signature, e);
	}
	memcpy(ses.document_digest, what->document_digest,
	    sizeof(ses.document_digest));
	memcpy(ses.package_digest, what->package_digest,
	    sizeof(ses.package_digest));
	rc = keeper_seal_ses(r->service->keeper, &ses, signature, e);
	return rc == 0 ? same_object(r, what->seal, signature, e) : rc;
}

/* The steps get the size of the seals that go there, so that what is checked
 * is what will be seen: a seal may be larger than its place. */
static void
fit_seals(const struct rendition *r, struct step_list *steps)
{
	struct step_seal *seal;
	struct step_box box;
	size_t i, j;

	for (i = 0; i < steps->npages; i++)
		for (j = 0; j < steps->pages[i].nsteps; j++) {
			seal = &steps->pages[i].steps[j].u.seal;
			if (steps->pages[i].steps[j].kind != STEP_SEAL ||
			    seal->place >= r->seals->n)
				continue;
			box = seal_picture_window(
			    r->drawn[seal->place].picture, seal);
			seal->x = box.x;
			seal->y = box.y;
			seal->w = box.w;
			seal->h = box.h;
		}
}

int
rendition_lay_out(struct rendition *r, size_t variant, struct err *e)
{
	const struct template *t = r->template;
	struct step_list *steps = &r->steps[variant];
	int rc;

	if (r->sheet != NULL)
		rc = layout_sheet_make(r->service->fonts, r->sheet, steps, e);
	else
		rc = layout_make(r->service->fonts, t, t->variants[variant].id,
		    r->face, &r->qr, steps, e);
	if (rc != 0)
		return rc;
	fit_seals(r, steps);
	return step_list_check(steps, e);
}

int
rendition_write(const struct rendition *r, const struct format *format,
    size_t variant, struct buf *out, struct err *e)
{
	const struct store_certificate *c = r->certificate;
	struct signing signing = {r, format->signature};
	struct pdf_info info = {.title = r->template->zh,
	    .language = "zh-CN",
	    .created = r->created,
	    .author = r->department->zh,
	    .identifier = c->identifier,
	    .attachment = buf_bytes(&r->xml)};
	struct format_request req = {
	    .steps = format->has_variants ? &r->steps[variant] : NULL,
	    .info = &info,
	    .face = buf_bytes(&c->face),
	    .qr_text = r->qr_text,
	    .seals = r->drawn,
	    .nseals = r->seals->n,
	    .sign = sign,
	    .sign_ctx = &signing};

	if (RAND_bytes(info.id, sizeof(info.id)) != 1)
		return err_internal(e, "RAND_bytes");
	return format->write(&req, out, e);
}

/* Does some format that is asked for want seals of this kind? */
static int
wants(unsigned int formats, enum format_signature kind)
{
	size_t i;

	for (i = 0; i < format_count; i++)
		if ((formats & format_table[i]->template) != 0 &&
		    format_table[i]->signature == kind)
			return 1;
	return 0;
}

static int
gather_seal(struct rendition *r, size_t n, struct err *e)
{
	const struct directory_seal *seal = r->seals->v[n];
	struct format_seal *out = &r->drawn[n];
	int rc = 0;

	out->id = seal->id;
	out->name = seal->department->zh;
	if (wants(r->formats, FORMAT_SES))
		rc = directory_seal_object(r->service->directory, seal,
		    r->service->keeper, &r->objects[n], e);
	out->object = buf_bytes(&r->objects[n]);
	if (rc == 0)
		rc = seal_once_get(seal->drawn, r->service->fonts,
		    &seal->picture, &out->picture, e);
	return rc;
}

int
rendition_open(struct rendition *r, struct err *e)
{
	struct bytes face = buf_bytes(&r->certificate->face);
	size_t i;
	int rc;

	if ((rc = face_parse(face, &r->face, e)) != 0 ||
	    (rc = qr_symbol_make(r->qr_text, &r->qr, e)) != 0 ||
	    (rc = xml_document_write(face, r->qr_text, &r->xml, e)) != 0)
		return rc;
	for (i = 0; i < r->seals->n && rc == 0; i++)
		rc = gather_seal(r, i, e);
	return rc;
}

void
rendition_release(struct rendition *r)
{
	size_t i;

	face_free(r->face);
	buf_release(&r->xml);
	for (i = 0; i < RENDITION_SEALS_MAX; i++)
		buf_release(&r->objects[i]);
	for (i = 0; i < TEMPLATE_VARIANTS_MAX; i++)
		step_list_release(&r->steps[i]);
}
