/* verify.c - which format, and several files together; see verify.h. */
#include "certsvc/verify.h"

#include <stdio.h>
#include <string.h>

#include "certsvc/verify_parts.h"
#include "certsvc/verify_picture.h"
#include "crypto/base/text.h"

void
verify_add_error(struct verdict *v, const struct err *e)
{
	/* Not the file's fault: say that it could not be read. */
	if (e->class == ERR_INTERNAL)
		verdict_add(v, "parser_died");
	else
		verdict_add(v, e->code);
}

const struct trust_type *
verify_type(const struct verify_code *code, const struct verify_options *opt)
{
	return opt->trust == NULL
		   ? NULL
		   : trust_type_find(opt->trust, code->claims.type);
}

void
verify_seal_count(const struct verify_code *code,
    const struct verify_options *opt, size_t n, struct verdict *v)
{
	const struct trust_type *type = verify_type(code, opt);

	if (type != NULL && type->seals > n &&
	    type->template_version == code->claims.template_version)
		verdict_add(v, "seal_missing");
}

static int
starts_with(struct bytes b, const char *s)
{
	size_t n = strlen(s);

	return b.n >= n && memcmp(b.p, s, n) == 0;
}

static int
is_text(struct bytes b)
{
	size_t i;

	for (i = 0; i < b.n; i++)
		if (b.p[i] < 0x20 && b.p[i] != '\n' && b.p[i] != '\r' &&
		    b.p[i] != '\t')
			return 0;
	return text_utf8_count((const char *)b.p, b.n) >= 0;
}

struct bytes
verify_code_text(struct bytes file)
{
	if (file.n > 0 && file.p[file.n - 1] == '\n')
		file.n--;
	if (file.n > 0 && file.p[file.n - 1] == '\r')
		file.n--;
	return file;
}

static void
text_verify(
    struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	struct bytes text = verify_code_text(file);

	snprintf(v->format, sizeof(v->format), "qr");
	if (text.n > QR_TEXT_MAX)
		verdict_add(v, "not_our_code");
	else
		verify_qr(text, opt, v);
}

static int
contains(struct bytes b, const char *s)
{
	return memmem(b.p, b.n, s, strlen(s)) != NULL;
}

/*
 * Readers look for a PDF's header behind other bytes too, and for the directory
 * of an archive (OFD) from the end: a person would see that document and take
 * the code's verdict for its.
 */
static int
is_document_too(struct bytes file)
{
	return contains(file, "%PDF-") ||
	       (contains(file, "PK\001\002") && contains(file, "PK\005\006"));
}

static void
picture_verify(
    struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	snprintf(v->format, sizeof(v->format), "qr");
	if (is_document_too(file))
		verdict_add(v, "malformed");
	else if (verify_picture_code(file, &text, &e) != 0)
		verify_add_error(v, &e);
	else
		verify_qr(buf_bytes(&text), opt, v);
	buf_release(&text);
	err_clear(&e);
}

void
verify_bytes(
    struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	memset(v, 0, sizeof(*v));
	if (file.n == 0)
		verdict_add(v, "malformed");
	else if (file.n > VERIFY_FILE_MAX)
		verdict_add(v, "too_large");
	else if (starts_with(file, "%PDF-"))
		verify_pdf(file, opt, v);
	else if (verify_is_picture(file))
		picture_verify(file, opt, v);
	else if (starts_with(file, "<"))
		verify_xml(file, opt, v);
	else if (starts_with(file, "PK\003\004"))
		verify_ofd(file, opt, v);
	else if (is_text(file))
		text_verify(file, opt, v);
	else
		verify_seal(file, opt, v);
}

/*
 * Certificates are the same when their faces have one digest.  A file that
 * names none is different from one that does: nothing shows that they match.
 */
void
verify_same(struct verdict *v, size_t n)
{
	size_t i;
	int same = 1;

	for (i = 0; n > 1 && i < n; i++)
		if (!v[i].certificate.known ||
		    memcmp(v[i].certificate.face_digest,
			v[0].certificate.face_digest,
			sizeof(v[0].certificate.face_digest)) != 0)
			same = 0;
	for (i = 0; !same && i < n; i++)
		verdict_add(&v[i], "different_certificates");
}
