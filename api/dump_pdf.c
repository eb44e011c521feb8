/* dump_pdf.c - a PDF's signatures and record as text; see dump.h. */
#include "api/dump.h"

#include <stdio.h>

#include "certsvc/format/xml.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/cms.h"
#include "crypto/pdf_file.h"
#include "crypto/pdf_ranges.h"
#include "crypto/pdf_signature.h"
#include "crypto/x509.h"

enum {
	DUMP_XML_MAX = 131072
}; /* bytes of the attached record */

void
dump_x509(struct bytes der)
{
	const struct x509 *x;
	struct err e = ERR_INIT;
	char from[CLOCK_RFC3339_SIZE], to[CLOCK_RFC3339_SIZE];

	if (x509_get(der, &x, &e) != 0) {
		printf("  x509: %s\n", e.en);
		err_clear(&e);
		return;
	}
	clock_rfc3339(from, x->not_before);
	clock_rfc3339(to, x->not_after);
	printf("  x509: %s  (%s .. %s)\n", x->text, from, to);
	x509_free(x);
}

/* The DER without the zero padding of its placeholder. */
static struct bytes
trim(struct bytes v)
{
	size_t n;

	if (v.n < 4 || v.p[0] != 0x30 || v.p[1] != 0x82)
		return v;
	n = 4 + ((size_t)v.p[2] << 8 | v.p[3]);
	v.n = n < v.n ? n : v.n;
	return v;
}

static void
print_cms(struct bytes der)
{
	struct cms cms;
	struct err e = ERR_INIT;
	size_t i;

	printf("  CMS: %zu bytes\n", der.n);
	if (cms_parse(der, &cms, &e) != 0) {
		printf("  %s\n", e.en);
		err_clear(&e);
		return;
	}
	dump_hex("  message digest", cms.message_digest);
	dump_hex("  face digest", cms.face_digest);
	for (i = 0; i < cms.nx509s; i++)
		dump_x509(cms.x509s[i]);
}

static void
print_signature(size_t i, const struct pdf_signature *s)
{
	static const char *const coverage[] = {
	    "unclear", "part", "revision", "whole file"};
	char time[CLOCK_RFC3339_SIZE];

	clock_rfc3339(time, s->claimed_time);
	printf("signature %zu: %.*s, covers %s, claimed %s\n", i + 1,
	    (int)s->subfilter.n, (const char *)s->subfilter.p,
	    coverage[s->coverage], s->claimed_time ? time : "-");
	printf("  byte range: 0 %zu %zu %zu\n", s->ranges.gap, s->ranges.resume,
	    s->ranges.rest);
	print_cms(trim(s->contents));
}

static int
print_file(struct pdf_file *f, struct err *e)
{
	struct pdf_signature list[PDF_SIGNATURES_MAX];
	struct buf xml = BUF_INIT;
	size_t n, fields, i;
	int rc;

	printf("revisions: %zu, objects: %zu\n", f->nsections, f->nobjects);
	if ((rc = pdf_signatures_find(f, list, &n, &fields, e)) != 0)
		return rc;
	printf("signatures: %zu, signature fields: %zu\n", n, fields);
	for (i = 0; i < n; i++)
		print_signature(i, &list[i]);
	if (pdf_file_attachment(f, "certificate.xml", DUMP_XML_MAX, &xml, e) ==
	    0) {
		printf("-- certificate.xml\n");
		rc = dump_xml(buf_bytes(&xml), e);
	} else {
		printf("no certificate.xml: %s\n", e->en);
		err_clear(e);
	}
	buf_release(&xml);
	return rc;
}

int
dump_pdf(struct bytes file, struct err *e)
{
	struct pdf_file *f = NULL;
	int rc;

	if ((rc = pdf_file_open(file, &f, e)) == 0)
		rc = print_file(f, e);
	pdf_file_free(f);
	return rc;
}
