/* lookup_file.c - the files of a certificate; see service.h. */
#include "certsvc/service_state.h"

#include <string.h>

#include "certsvc/code_variant.h"
#include "certsvc/format/format.h"

static int
no_such_file(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_such_file",
	    "该证照没有这个文件（格式、版式或版本不存在）",
	    "the certificate has no such file (format, variant or version)");
}

/* The printed code is in the certificate; one in another algorithm is a
 * document, named by it. */
static int
read_code(struct service *s, const struct store_certificate *c,
    const struct service_file_name *name, struct store_document *doc,
    struct err *e)
{
	if (name->variant != NULL &&
	    strcmp(name->variant, code_variant_of(buf_bytes(&c->qr))) != 0)
		return s->ops->document_get(s->store, c->id, "qr",
		    name->variant, name->version, doc, e);
	if (name->version > 1)
		return no_such_file(e);
	buf_add_buf(&doc->bytes, &c->qr);
	memcpy(doc->format, "qr", 3);
	doc->version = 1;
	return buf_failed(&doc->bytes) ? err_nomem(e) : 0;
}

static int
read_laid_out(struct service *s, const struct store_certificate *c,
    const struct service_file_name *name, struct store_document *doc,
    struct err *e)
{
	const struct format *format = format_find(name->format);
	const struct template *t = template_find(&s->templates, c->type);
	const char *variant = name->variant;

	if (format == NULL)
		return no_such_file(e);
	if (!format->has_variants)
		variant = "";
	else if (variant == NULL)
		variant = t ? t->variants[0].id : "";
	return s->ops->document_get(
	    s->store, c->id, name->format, variant, name->version, doc, e);
}

int
service_file(struct service *s, const struct service_caller *caller,
    const struct service_file_name *name, struct store_document *doc,
    struct err *e)
{
	struct store_certificate c;
	int rc;

	memset(doc, 0, sizeof(*doc));
	if ((rc = lookup_certificate(s, caller, name->id, &c, e)) != 0)
		return rc;
	rc = strcmp(name->format, "qr") == 0
		 ? read_code(s, &c, name, doc, e)
		 : read_laid_out(s, &c, name, doc, e);
	store_certificate_release(&c);
	return rc == ERR_NOT_FOUND ? no_such_file(e) : rc;
}
