/* dump_ofd.c - an OFD's package, signatures and record as text; see dump.h. */
#include "api/dump.h"

#include <stdio.h>

#include "crypto/base/clock.h"
#include "crypto/ofd_file.h"
#include "crypto/ses_signature.h"

static void
print_entries(const struct ofd_file *f, const char *form)
{
	const struct zip_entry *entry;
	size_t i;

	printf("entries: %zu, %s\n", f->zip->n, form);
	for (i = 0; i < f->zip->n; i++) {
		entry = &f->zip->entries[i];
		printf("  %8zu %8zu %8u %s %.*s\n", entry->at, entry->packed.n,
		    entry->size,
		    entry->method == ZIP_STORED ? "stored  " : "deflated",
		    (int)entry->name.n, (const char *)entry->name.p);
	}
}

static void
print_text(const char *name, struct bytes text)
{
	printf("  %s: %.*s\n", name, (int)text.n, (const char *)text.p);
}

static void
print_time(const char *name, int64_t t)
{
	char text[CLOCK_RFC3339_SIZE];

	clock_rfc3339(text, t);
	printf("  %s: %s\n", name, text);
}

static void
print_digest(const char *name, struct bytes v)
{
	if (v.n == 0)
		return;
	printf("  ");
	dump_hex(name, v);
}

static void
print_seal(const struct ses_seal *seal)
{
	printf("  seal: V%d, type %u, %u x %u mm\n", (int)seal->version,
	    seal->type, seal->width, seal->height);
	print_text("seal id", seal->id);
	print_text("seal name", seal->name);
	print_text("seal picture", seal->picture_type);
	print_time("seal from", seal->from);
	print_time("seal until", seal->until);
	printf("  seal maker:\n");
	dump_x509(seal->maker);
}

static void
print_ses(struct bytes der)
{
	struct ses_signature ses;
	struct err e = ERR_INIT;

	printf("  signed value: %zu bytes\n", der.n);
	if (ses_signature_parse(der, &ses, &e) != 0) {
		printf("  %s\n", e.en);
		err_clear(&e);
		return;
	}
	dump_x509(ses.x509);
	print_time("signed", ses.time);
	print_text("property", ses.property);
	print_digest("document digest", ses.document_digest);
	print_digest("face digest (SHA-256)", ses.face_digest);
	print_digest("face digest (SM3)", ses.face_sm3);
	print_digest("package digest", ses.package_digest);
	print_seal(&ses.seal);
}

static void
print_stamps(const struct ofd_signature *s)
{
	const struct ofd_stamp *stamp;
	size_t i;

	for (i = 0; i < s->nstamps; i++) {
		stamp = &s->stamps[i];
		printf("  stamp on page %zu at %.3f %.3f, %.3f x %.3f mm",
		    stamp->page + 1, stamp->box[0], stamp->box[1],
		    stamp->box[2], stamp->box[3]);
		if (stamp->has_clip)
			printf(", clipped to %.3f %.3f %.3f %.3f",
			    stamp->clip[0], stamp->clip[1], stamp->clip[2],
			    stamp->clip[3]);
		printf("\n");
	}
}

static int
print_signature(
    struct ofd_file *f, size_t i, const struct ofd_signature *s, struct err *e)
{
	static const char *const kinds[] = {"Seal", "Sign", "other"};
	struct bytes value;
	int rc;

	printf("-- signature %zu: %.*s, %s, %zu references\n", i + 1,
	    (int)f->signatures[i].id.n, (const char *)f->signatures[i].id.p,
	    kinds[f->signatures[i].kind], s->nreferences);
	print_text("provider", s->provider);
	print_text("method", s->method);
	print_stamps(s);
	if ((rc = zip_file_content(f->zip, s->value, &value, e)) != 0)
		return rc;
	if (f->signatures[i].kind == OFD_SEAL)
		print_ses(value);
	else
		printf("  signed value: %zu bytes\n", value.n);
	return 0;
}

static int
print_signatures(struct ofd_file *f, struct err *e)
{
	struct ofd_signature s;
	size_t i;
	int rc = 0;

	for (i = 0; i < f->nsignatures && rc == 0; i++) {
		rc = ofd_signature_read(f, i, &s, e);
		if (rc == 0)
			rc = print_signature(f, i, &s, e);
		ofd_signature_release(&s);
	}
	return rc;
}

int
dump_ofd(struct bytes file, struct err *e)
{
	struct err form = ERR_INIT;
	struct ofd_file *f;
	struct bytes record;
	int rc;

	if ((rc = ofd_file_open(file, &f, e)) != 0)
		return rc;
	print_entries(f, zip_file_canonical(f->zip, &form) == 0
			     ? "in our one form"
			     : "in another form");
	err_clear(&form);
	printf("pages: %zu\nattachments: %zu\n", f->npages, f->nattachments);
	rc = print_signatures(f, e);
	if (rc == 0) {
		rc = ofd_file_attachment(f, "certificate.xml", &record, e);
		if (rc == 0) {
			printf("-- record\n");
			rc = dump_xml(record, e);
		} else if (rc == ERR_NOT_FOUND) {
			rc = 0;
		}
	}
	ofd_file_free(f);
	return rc;
}
