/* keeper_frame.c - see keeper_frame.h. */
#include "keys/keeper_frame.h"

#include <stdio.h>
#include <string.h>

#include "crypto/cbor.h"

static void
put_caller(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 3);
	cbor_put_str(out, f->cred.id);
	cbor_put_str(out, f->cred.secret);
	cbor_put_str(out, f->address);
}

static void
get_caller(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 3);
	cbor_get_str(r, f->cred.id, sizeof(f->cred.id));
	cbor_get_str(r, f->cred.secret, sizeof(f->cred.secret));
	cbor_get_str(r, f->address, sizeof(f->address));
	cbor_end(r);
}

/* A department is [ id, secret, address ], an office [ ticket, key, address ]:
 * the first member is text or bytes. */
static void
put_signer(const struct keeper_frame *f, struct buf *out)
{
	if (f->ticket.n == 0) {
		put_caller(f, out);
		return;
	}
	cbor_put_array(out, 3);
	cbor_put_bstr(out, f->ticket);
	cbor_put_str(out, f->cred.secret);
	cbor_put_str(out, f->address);
}

static void
get_signer(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 3);
	if (cbor_peek(r) == CBOR_BSTR) {
		f->ticket = cbor_get_bstr(r);
		if (f->ticket.n == 0)
			cbor_refuse(r);
	} else {
		cbor_get_str(r, f->cred.id, sizeof(f->cred.id));
	}
	cbor_get_str(r, f->cred.secret, sizeof(f->cred.secret));
	cbor_get_str(r, f->address, sizeof(f->address));
	cbor_end(r);
}

static void
put_matter(const struct keeper_frame *f, struct buf *out)
{
	put_signer(f, out);
	cbor_put_bstr(out, (struct bytes){f->intent, sizeof(f->intent)});
	cbor_put_bstr(out, f->face);
	cbor_put_bstr(out, f->proof);
}

static void
get_matter(struct cbor *r, struct keeper_frame *f)
{
	get_signer(r, f);
	cbor_get_fixed(r, f->intent, sizeof(f->intent));
	f->face = cbor_get_bstr(r);
	f->proof = cbor_get_bstr(r);
	if (f->proof.n > KEEPER_PROOF_MAX)
		cbor_refuse(r);
}

static void
put_code(const struct keeper_frame *f, struct buf *out)
{
	size_t i;

	cbor_put_array(out, 15);
	put_matter(f, out);
	cbor_put_uint(out, f->template_version);
	cbor_put_uint(out, f->list);
	cbor_put_uint(out, f->index);
	cbor_put_int(out, f->issued);
	cbor_put_int(out, f->expires);
	cbor_put_bstr(out, (struct bytes){f->cti, sizeof(f->cti)});
	cbor_put_uint(out, f->form);
	cbor_put_uint(out, (uint64_t)f->alg);
	cbor_put_uint(out, f->copy);
	cbor_put_uint(out, f->sheet);
	cbor_put_array(out, 2 * f->nnames);
	for (i = 0; i < f->nnames; i++) {
		cbor_put_str(out, f->names[i]);
		cbor_put_bool(out, f->mask[i]);
	}
}

static enum sign_alg
get_alg(struct cbor *r)
{
	uint64_t alg = cbor_get_uint(r);

	if (alg != SIGN_ES256 && alg != SIGN_SM2)
		cbor_refuse(r);
	return alg == SIGN_SM2 ? SIGN_SM2 : SIGN_ES256;
}

static void
get_code(struct cbor *r, struct keeper_frame *f)
{
	uint64_t form;
	size_t i, n;

	cbor_get_tuple(r, 15);
	get_matter(r, f);
	f->template_version = cbor_get_uint(r);
	f->list = cbor_get_uint(r);
	f->index = cbor_get_uint(r);
	f->issued = cbor_get_int(r);
	f->expires = cbor_get_int(r);
	cbor_get_fixed(r, f->cti, sizeof(f->cti));
	form = cbor_get_uint(r);
	f->alg = get_alg(r);
	f->copy = cbor_get_uint(r);
	f->sheet = cbor_get_uint(r);
	n = cbor_get_array(r);
	if (form > 2 || n % 2 != 0 || n / 2 > QR_VALUES_MAX) {
		cbor_refuse(r);
		return;
	}
	f->form = (unsigned int)form;
	f->nnames = n / 2;
	for (i = 0; i < f->nnames; i++) {
		cbor_get_str(r, f->names[i], sizeof(f->names[i]));
		f->mask[i] = (uint8_t)cbor_get_bool(r);
	}
	cbor_end(r);
	cbor_end(r);
}

static void
put_seal(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 7);
	put_matter(f, out);
	cbor_put_str(out, f->seal);
	cbor_put_uint(out, f->place);
	cbor_put_bstr(out,
	    (struct bytes){f->document_digest, sizeof(f->document_digest)});
}

static void
get_seal_place(struct cbor *r, struct keeper_frame *f)
{
	uint64_t place;

	cbor_get_str(r, f->seal, sizeof(f->seal));
	place = cbor_get_uint(r);
	if (place > KEEPER_PLACE_MAX)
		cbor_refuse(r);
	f->place = (unsigned int)place;
}

static void
get_seal(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 7);
	get_matter(r, f);
	get_seal_place(r, f);
	cbor_get_fixed(r, f->document_digest, sizeof(f->document_digest));
	cbor_end(r);
}

static void
put_seal_ses(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 9);
	put_matter(f, out);
	cbor_put_str(out, f->seal);
	cbor_put_uint(out, f->place);
	cbor_put_bstr(out,
	    (struct bytes){f->document_digest, sizeof(f->document_digest)});
	cbor_put_bstr(
	    out, (struct bytes){f->package_digest, sizeof(f->package_digest)});
	cbor_put_str(out, f->property);
}

/* A path inside an OFD goes into the signature as ASCII. */
static int
is_path(const char *s)
{
	while (*s > ' ' && *s < 0x7f)
		s++;
	return *s == '\0';
}

static void
get_seal_ses(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 9);
	get_matter(r, f);
	get_seal_place(r, f);
	cbor_get_fixed(r, f->document_digest, sizeof(f->document_digest));
	cbor_get_fixed(r, f->package_digest, sizeof(f->package_digest));
	cbor_get_str(r, f->property, sizeof(f->property));
	if (!is_path(f->property))
		cbor_refuse(r);
	cbor_end(r);
}

static void
put_seal_object(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 1);
	cbor_put_str(out, f->seal);
}

static void
get_seal_object(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 1);
	cbor_get_str(r, f->seal, sizeof(f->seal));
	cbor_end(r);
}

static void
put_seal_uses(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 2);
	cbor_put_str(out, f->seal);
	cbor_put_uint(out, f->cursor);
}

static void
get_seal_uses(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 2);
	cbor_get_str(r, f->seal, sizeof(f->seal));
	f->cursor = cbor_get_uint(r);
	cbor_end(r);
}

static void
put_status_list(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 4);
	cbor_put_uint(out, f->list);
	cbor_put_int(out, f->issued);
	cbor_put_int(out, f->expires);
	cbor_put_bstr(out, f->body);
}

static void
get_status_list(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 4);
	f->list = cbor_get_uint(r);
	f->issued = cbor_get_int(r);
	f->expires = cbor_get_int(r);
	f->body = cbor_get_bstr(r);
	cbor_end(r);
}

static void
put_directory(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 2);
	cbor_put_uint(out, f->snapshot);
	cbor_put_uint(out, f->offset);
}

static void
get_directory(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 2);
	f->snapshot = cbor_get_uint(r);
	f->offset = cbor_get_uint(r);
	cbor_end(r);
}

static void
put_crl(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 4);
	cbor_put_uint(out, f->alg);
	cbor_put_uint(out, f->which);
	cbor_put_uint(out, f->snapshot);
	cbor_put_uint(out, f->offset);
}

static void
get_crl(struct cbor *r, struct keeper_frame *f)
{
	uint64_t which;

	cbor_get_tuple(r, 4);
	f->alg = get_alg(r);
	which = cbor_get_uint(r);
	if (which > KEEPER_CRL_MAX)
		cbor_refuse(r);
	f->which = (unsigned int)(which & KEEPER_CRL_MAX);
	f->snapshot = cbor_get_uint(r);
	f->offset = cbor_get_uint(r);
	cbor_end(r);
}

static void
put_nothing(const struct keeper_frame *f, struct buf *out)
{
	(void)f;
	cbor_put_array(out, 0);
}

static void
get_nothing(struct cbor *r, struct keeper_frame *f)
{
	(void)f;
	cbor_get_tuple(r, 0);
	cbor_end(r);
}

static void
put_administer(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 1);
	cbor_put_bstr(out, f->body);
}

static void
get_administer(struct cbor *r, struct keeper_frame *f)
{
	cbor_get_tuple(r, 1);
	f->body = cbor_get_bstr(r);
	cbor_end(r);
}

/* Arguments by operation. */
static const struct {
	void (*put)(const struct keeper_frame *f, struct buf *out);
	void (*get)(struct cbor *r, struct keeper_frame *f);
} arguments[] = {
    [KEEPER_IDENTIFY] = {put_caller, get_caller},
    [KEEPER_CODE] = {put_code, get_code},
    [KEEPER_SEAL] = {put_seal, get_seal},
    [KEEPER_STATUS_LIST] = {put_status_list, get_status_list},
    [KEEPER_DIRECTORY] = {put_directory, get_directory},
    [KEEPER_SELF_TEST] = {put_nothing, get_nothing},
    [KEEPER_ADMINISTER] = {put_administer, get_administer},
    [KEEPER_SEAL_SES] = {put_seal_ses, get_seal_ses},
    [KEEPER_SEAL_OBJECT] = {put_seal_object, get_seal_object},
    [KEEPER_SEAL_USES] = {put_seal_uses, get_seal_uses},
    [KEEPER_PING] = {put_nothing, get_nothing},
    [KEEPER_CRL] = {put_crl, get_crl},
};

void
keeper_frame_write(const struct keeper_frame *f, struct buf *out)
{
	cbor_put_array(out, 4);
	cbor_put_uint(out, KEEPER_FRAME_VERSION);
	cbor_put_uint(out, f->number);
	cbor_put_uint(out, f->op);
	arguments[f->op].put(f, out);
}

int
keeper_frame_read(struct bytes in, struct keeper_frame *f)
{
	struct cbor r;
	uint64_t op;

	memset(f, 0, sizeof(*f));
	cbor_init(&r, in);
	cbor_get_tuple(&r, 4);
	if (cbor_get_uint(&r) != KEEPER_FRAME_VERSION)
		return -1;
	f->number = cbor_get_uint(&r);
	op = cbor_get_uint(&r);
	if (op < KEEPER_IDENTIFY ||
	    op >= sizeof(arguments) / sizeof(arguments[0]))
		return -1;
	f->op = (enum keeper_op)op;
	arguments[op].get(&r, f);
	cbor_end(&r);
	return cbor_done(&r);
}

void
keeper_answer_write(
    uint64_t number, struct bytes payload, const struct err *e, struct buf *out)
{
	int failed = e != NULL && e->class != ERR_OK;

	cbor_put_array(out, failed ? 7 : 4);
	cbor_put_uint(out, KEEPER_FRAME_VERSION);
	cbor_put_uint(out, number);
	if (!failed) {
		cbor_put_uint(out, 0);
		cbor_put_bstr(out, payload);
		return;
	}
	cbor_put_uint(out, (uint64_t)-e->class);
	cbor_put_str(out, e->code);
	cbor_put_str(out, e->zh);
	cbor_put_str(out, e->en);
	cbor_put_bool(out, e->retryable);
}

static int
read_error(struct cbor *r, uint64_t class, struct err *e)
{
	char code[ERR_CODE_SIZE], zh[ERR_TEXT_SIZE], en[ERR_TEXT_SIZE];
	int retryable;

	cbor_get_str(r, code, sizeof(code));
	cbor_get_str(r, zh, sizeof(zh));
	cbor_get_str(r, en, sizeof(en));
	retryable = cbor_get_bool(r);
	cbor_end(r);
	if (cbor_done(r) != 0 || class > -ERR_INTERNAL)
		return err_internal(e, "keeper answer");
	err_set(
	    e, (enum err_class)(-(int)class), code, "%s%.0s", "%.0s%s", zh, en);
	e->retryable = retryable;
	return e->class;
}

int
keeper_answer_read(
    struct bytes in, uint64_t *number, struct bytes *payload, struct err *e)
{
	struct cbor r;
	uint64_t class;
	size_t n;

	*number = 0;
	cbor_init(&r, in);
	n = cbor_get_array(&r);
	if (cbor_get_uint(&r) != KEEPER_FRAME_VERSION || (n != 4 && n != 7))
		return err_internal(e, "keeper answer");
	*number = cbor_get_uint(&r);
	class = cbor_get_uint(&r);
	if (class != 0)
		return read_error(&r, class, e);
	*payload = cbor_get_bstr(&r);
	cbor_end(&r);
	return cbor_done(&r) == 0 ? 0 : err_internal(e, "keeper answer");
}
