/*
 * ofd_seal.c - the seals of an OFD (GB/T 33190-2016, 18; GB/T 38540-2020): each
 * refers to everything before it by SM3, and its SES signature, which the
 * caller makes, to the package up to itself by SHA-256.
 */
#include <stdio.h>
#include <string.h>

#include "certsvc/format/ofd_private.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

static const char signatures_name[] = "Doc_0/Signs/Signatures.xml";

/* Note an entry's SM3 for the signatures to come. */
static void
refer(struct ofd_package *p, const char *name, const uint8_t sm3[DIGEST_SIZE])
{
	buf_add_str(&p->references, "<ofd:Reference FileRef=\"/");
	buf_add_str(&p->references, name);
	buf_add_str(&p->references, "\"><ofd:CheckValue>");
	text_base64(&p->references, (struct bytes){sm3, DIGEST_SIZE});
	buf_add_str(&p->references, "</ofd:CheckValue></ofd:Reference>\n");
}

int
ofd_package_add(struct ofd_package *p, const char *name, struct bytes content)
{
	uint8_t sm3[DIGEST_SIZE];

	if (digest_sm3(content, sm3) != 0)
		return err_nomem(p->e);
	refer(p, name, sm3);
	return zip_write_add(&p->zip, name, content);
}

int
ofd_package_template(
    struct ofd_package *p, const char *name, const struct ofd_template *t)
{
	refer(p, name, t->sm3);
	return zip_write_packed(&p->zip, name, &t->packed);
}

int
ofd_package_stored(
    struct ofd_package *p, const char *name, struct bytes content)
{
	uint8_t sm3[DIGEST_SIZE];

	if (digest_sm3(content, sm3) != 0)
		return err_nomem(p->e);
	refer(p, name, sm3);
	return zip_write_stored(&p->zip, name, content);
}

/* SHA-256 of the file as far as it is written. */
static int
package_digest(struct ofd_package *p, uint8_t digest[DIGEST_SIZE])
{
	digest_add(&p->digest,
	    (struct bytes){p->out->p + p->digested, p->out->n - p->digested});
	p->digested = p->out->n;
	return digest_so_far(&p->digest, digest) == 0 ? 0 : err_nomem(p->e);
}

static int
write_list(const struct ofd *o, struct ofd_package *p)
{
	struct buf xml = BUF_INIT;
	size_t i;
	int rc;

	/* One more than is in use: both are xs:ID in the published schemas, so
	 * that one may not repeat the other. */
	buf_printf(&xml,
	    OFD_HEAD "<ofd:Signatures " OFD_XMLNS "><ofd:MaxSignId>s%03zu"
		     "</ofd:MaxSignId>",
	    o->req->nseals + 1);
	for (i = 0; i < o->req->nseals; i++)
		buf_printf(&xml,
		    "<ofd:Signature ID=\"s%03zu\" Type=\"Seal\" "
		    "BaseLoc=\"Sign_%zu/Signature.xml\"/>",
		    i + 1, i);
	buf_add_str(&xml, "</ofd:Signatures>\n");
	rc = buf_failed(&xml)
		 ? err_nomem(p->e)
		 : zip_write_add(&p->zip, signatures_name, buf_bytes(&xml));
	buf_release(&xml);
	return rc;
}

/* A stamp: the whole seal, or of a slice the window on it, which is given from
 * the seal's own corner. */
static void
write_stamp(const struct step_seal *seal, const struct seal_picture *picture,
    unsigned int page, size_t number, struct buf *out)
{
	struct step_box box = seal_picture_box(picture, seal);
	struct step_box window = seal_picture_window(picture, seal);
	const long bounds[4] = {ofd_um((double)box.x), ofd_um((double)box.y),
	    ofd_um((double)box.w), ofd_um((double)box.h)};
	const long clip[4] = {ofd_um((double)(window.x - box.x)),
	    ofd_um((double)(window.y - box.y)), ofd_um((double)window.w),
	    ofd_um((double)window.h)};

	buf_printf(
	    out, "<ofd:StampAnnot ID=\"a%03zu\" PageRef=\"%u\"", number, page);
	ofd_write_box(out, "Boundary", bounds);
	if (seal->slices > 0)
		ofd_write_box(out, "Clip", clip);
	buf_add_str(out, "/>");
}

/* All places of seal n; how many. */
static size_t
write_stamps(const struct ofd *o, size_t n, struct buf *out)
{
	const struct step_list *steps = o->req->steps;
	const struct step_seal *seal;
	int whole = 0;
	size_t i, k, count = 0;

	for (i = 0; i < steps->npages; i++)
		for (k = 0; k < steps->pages[i].nsteps; k++) {
			seal = &steps->pages[i].steps[k].u.seal;
			if (steps->pages[i].steps[k].kind != STEP_SEAL ||
			    seal->place != n || (seal->slices == 0 && whole))
				continue;
			whole = whole || seal->slices == 0;
			write_stamp(seal, o->req->seals[n].picture,
			    o->page_ids[i], ++count, out);
		}
	return count;
}

/* "20261122235547Z" */
static void
write_time(struct buf *out, int64_t t)
{
	char rfc[CLOCK_RFC3339_SIZE];

	clock_rfc3339(rfc, t);
	buf_printf(out, "%.4s%.2s%.2s%.2s%.2s%.2sZ", rfc, rfc + 5, rfc + 8,
	    rfc + 11, rfc + 14, rfc + 17);
}

static int
write_signature(
    const struct ofd *o, const struct ofd_package *p, size_t n, struct buf *out)
{
	buf_add_str(out, OFD_HEAD
	    "<ofd:Signature " OFD_XMLNS "><ofd:SignedInfo>"
	    "<ofd:Provider ProviderName=\"certsvc\"/><ofd:SignatureMethod>"
	    "1.2.156.10197.1.501</ofd:SignatureMethod>"
	    "<ofd:SignatureDateTime>");
	write_time(out, o->req->info->created);
	buf_add_str(out, "</ofd:SignatureDateTime>"
			 "<ofd:References CheckMethod="
			 "\"1.2.156.10197.1.401\">\n");
	buf_add_buf(out, &p->references);
	buf_add_str(out, "</ofd:References>");
	if (write_stamps(o, n, out) == 0)
		return err_internal(o->e, "the layout has no seal place");
	buf_add_str(out,
	    "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>"
	    "</ofd:SignedInfo><ofd:SignedValue>SignedValue.dat"
	    "</ofd:SignedValue></ofd:Signature>\n");
	return buf_failed(out) ? err_nomem(o->e) : 0;
}

/* The last of the three files: what the caller signs.  Nothing refers to that
 * of the last seal. */
static int
write_value(const struct ofd *o, struct ofd_package *p,
    const struct format_to_sign *what)
{
	struct buf ses = BUF_INIT;
	char name[OFD_NAME_SIZE];
	int rc;

	snprintf(name, sizeof(name), "Doc_0/Signs/Sign_%zu/SignedValue.dat",
	    what->seal);
	rc = o->req->sign(o->req->sign_ctx, what, &ses, o->e);
	if (rc == 0 && what->seal + 1 == o->req->nseals)
		rc = zip_write_stored(&p->zip, name, buf_bytes(&ses));
	else if (rc == 0)
		rc = ofd_package_stored(p, name, buf_bytes(&ses));
	buf_release(&ses);
	return rc;
}

static int
write_seal(const struct ofd *o, struct ofd_package *p, size_t n)
{
	struct format_to_sign what = {.seal = n};
	struct buf xml = BUF_INIT;
	char name[OFD_NAME_SIZE], property[OFD_NAME_SIZE + 1];
	int rc;

	snprintf(name, sizeof(name), "Doc_0/Signs/Sign_%zu/Seal.esl", n);
	rc = ofd_package_add(p, name, o->req->seals[n].object);
	snprintf(name, sizeof(name), "Doc_0/Signs/Sign_%zu/Signature.xml", n);
	snprintf(property, sizeof(property), "/%s", name);
	what.property = property;
	if (rc == 0)
		rc = write_signature(o, p, n, &xml);
	if (rc == 0 && digest_sm3(buf_bytes(&xml), what.document_digest) != 0)
		rc = err_nomem(p->e);
	if (rc == 0) {
		refer(p, name, what.document_digest);
		rc = zip_write_add(&p->zip, name, buf_bytes(&xml));
	}
	if (rc == 0)
		rc = package_digest(p, what.package_digest);
	if (rc == 0)
		rc = write_value(o, p, &what);
	buf_release(&xml);
	return rc;
}

int
ofd_seals_write(struct ofd *o, struct ofd_package *p)
{
	size_t n;
	int rc = write_list(o, p);

	for (n = 0; n < o->req->nseals && rc == 0; n++)
		rc = write_seal(o, p, n);
	return rc;
}
