/* dump.c - codes, records and status lists as text; see dump.h. */
#include "api/dump.h"

#include <stdio.h>
#include <stdlib.h>

#include "certsvc/format/xml.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/cose.h"
#include "crypto/face.h"
#include "crypto/qr_claims.h"
#include "crypto/status_list.h"

void
dump_hex(const char *name, struct bytes v)
{
	struct buf hex = BUF_INIT;

	text_hex(&hex, v);
	printf("%s: %s\n", name, buf_cstr(&hex) ? buf_cstr(&hex) : "");
	buf_release(&hex);
}

static void
print_time(const char *name, int64_t t)
{
	char text[CLOCK_RFC3339_SIZE];

	clock_rfc3339(text, t);
	printf("%s: %s\n", name, t == 0 ? "-" : text);
}

static void
print_table(const struct face_field *f)
{
	size_t i, j;

	printf("%s:\n", f->name);
	for (i = 0; i < f->nrows; i++) {
		printf("  %zu:", i + 1);
		for (j = 0; j < f->rows[i].ncells; j++)
			printf(" %s=%s", f->rows[i].cells[j].name,
			    f->rows[i].cells[j].value);
		printf("\n");
	}
}

static int
print_face(struct bytes canonical, struct err *e)
{
	struct face *face = NULL;
	uint8_t digest[FACE_DIGEST_SIZE];
	size_t i;
	int rc;

	if ((rc = face_parse(canonical, &face, e)) != 0 ||
	    (rc = face_digest(canonical, digest, e)) != 0) {
		face_free(face);
		return rc;
	}
	for (i = 0; i < face->nfields; i++)
		if (face->fields[i].value != NULL)
			printf("%s: %s\n", face->fields[i].name,
			    face->fields[i].value);
		else
			print_table(&face->fields[i]);
	dump_hex(
	    "face digest (SHA-256)", (struct bytes){digest, sizeof(digest)});
	face_free(face);
	return 0;
}

int
dump_xml(struct bytes file, struct err *e)
{
	struct bytes face, qr;
	int rc;

	if ((rc = xml_document_parse(file, &face, &qr, e)) != 0 ||
	    (rc = print_face(face, e)) != 0)
		return rc;
	printf("-- code\n");
	return dump_code(qr, e);
}

static void
print_claims(const struct qr_claims *c)
{
	static const char *const forms[] = {"full", "reduced", "minimal"};
	struct buf id = BUF_INIT;
	size_t i;

	text_base32(&id, (struct bytes){c->cti, sizeof(c->cti)});
	printf("issuer: %llu\ncertificate: %s\ntype: %s version %llu\n",
	    (unsigned long long)c->issuer, buf_cstr(&id) ? buf_cstr(&id) : "",
	    c->type, (unsigned long long)c->template_version);
	printf("status place: list %llu index %llu\nform: %s\n",
	    (unsigned long long)c->list, (unsigned long long)c->index,
	    c->form < 3 ? forms[c->form] : "?");
	print_time("issued", c->issued);
	print_time("expires", c->expires);
	for (i = 0; i < c->nvalues; i++)
		printf("value %zu: %s\n", i + 1, c->values[i]);
	dump_hex("face digest",
	    (struct bytes){c->face_digest, sizeof(c->face_digest)});
	if (c->copy.number != 0)
		printf("%s: %llu, office %s, day %llu\n",
		    c->copy.kind == QR_COPY_SHEET ? "sheet" : "copy",
		    (unsigned long long)c->copy.number, c->copy.office,
		    (unsigned long long)c->copy.day);
	buf_release(&id);
}

int
dump_code(struct bytes text, struct err *e)
{
	struct bytes url;
	struct buf bytes = BUF_INIT;
	struct cose cose;
	struct qr_claims claims;
	int rc;

	if ((rc = qr_text_read(text, &url, &bytes, e)) == 0 &&
	    (rc = cose_parse(buf_bytes(&bytes), &cose, e)) == 0 &&
	    (rc = qr_claims_read(cose.payload, &claims, e)) == 0) {
		printf("url: %.*s\ncose: %zu bytes\n", (int)url.n,
		    (const char *)url.p, bytes.n);
		dump_hex("kid", (struct bytes){cose.kid, sizeof(cose.kid)});
		print_claims(&claims);
		qr_claims_release(&claims);
	}
	buf_release(&bytes);
	return rc;
}

int
dump_status_list(struct bytes cwt, struct err *e)
{
	static const char *const words[] = {
	    "valid", "revoked", "suspended or pending", "superseded"};
	struct cose cose;
	struct status_list list;
	size_t i, n;
	int rc, value;

	if ((rc = cose_parse(cwt, &cose, e)) != 0 ||
	    (rc = status_list_read(&cose, &list, e)) != 0)
		return rc;
	n = status_list_size(&list);
	printf("uri: %s\nplaces: %zu\n", list.uri, n);
	dump_hex("kid", (struct bytes){cose.kid, sizeof(cose.kid)});
	print_time("issued", list.issued);
	print_time("expires", list.expires);
	for (i = 0; i < n; i++) {
		value = status_list_get(&list, i);
		if (value > 0)
			printf("%zu: %s\n", i, words[value]);
	}
	status_list_release(&list);
	return 0;
}
