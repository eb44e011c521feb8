/* ofd_signature.c - one Signature.xml of an OFD: what it protects, and where
 * its seal shows (GB/T 33190-2016, 18); see ofd_file.h. */
#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"
#include "crypto/ofd_file.h"

enum {
	NUMBER_MAX = 32, /* characters of one number */
	BOX_NUMBERS = 4
};

/* "SM3" in its many spellings; ours is the first. */
static const char *const sm3_names[] = {
    "1.2.156.10197.1.401", "SM3", "sm3", "1.2.156.10197.1.401.2"};
static const char *const weak_names[] = {"MD5", "md5", "SHA1", "sha1", "SHA-1",
    "1.2.840.113549.2.5", "1.3.14.3.2.26"};

static int
is_one_of(struct bytes text, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (bytes_equal(text, bytes_str(names[i])))
			return 1;
	return 0;
}

/* The standard of 2016 knew MD5 and SHA-1, and took MD5 when nothing is said.
 */
static enum ofd_digest
digest_of(struct bytes method)
{
	if (is_one_of(
		method, sm3_names, sizeof(sm3_names) / sizeof(sm3_names[0])))
		return OFD_DIGEST_SM3;
	if (method.n == 0 || is_one_of(method, weak_names,
				 sizeof(weak_names) / sizeof(weak_names[0])))
		return OFD_DIGEST_WEAK;
	return OFD_DIGEST_OTHER;
}

/* One decimal number: digits, perhaps a sign and a fraction. */
static int
read_number(struct bytes *text, double *out)
{
	char copy[NUMBER_MAX + 1];
	size_t n = 0;
	char *end;

	while (text->n > 0 && text->p[0] == ' ') {
		text->p++;
		text->n--;
	}
	while (n < text->n && text->p[n] != ' ') {
		if (n == NUMBER_MAX ||
		    strchr("+-.0123456789", text->p[n]) == NULL)
			return -1;
		copy[n] = (char)text->p[n];
		n++;
	}
	copy[n] = '\0';
	text->p += n;
	text->n -= n;
	*out = strtod(copy, &end);
	return n > 0 && *end == '\0' ? 0 : -1;
}

/* A ST_Box: x, y, width and height. */
static int
read_box(struct bytes text, double box[BOX_NUMBERS])
{
	size_t i;

	if (text.n == 0)
		return -1;
	for (i = 0; i < BOX_NUMBERS; i++)
		if (read_number(&text, &box[i]) != 0)
			return -1;
	return text.n == 0 && box[2] > 0 && box[3] > 0 ? 0 : -1;
}

static int
page_of(const struct ofd_file *f, struct bytes ref, size_t *page)
{
	uint32_t id;
	size_t i;

	if (ofd_id(ref, &id) != 0)
		return -1;
	for (i = 0; i < f->npages; i++)
		if (f->pages[i].id == id) {
			*page = i;
			return 0;
		}
	return -1;
}

static int
stamps_read(const struct ofd_file *f, struct ofd_signature *s,
    const struct ofd_node *info, struct err *e)
{
	const struct ofd_xml *x = &s->xml;
	size_t n = ofd_xml_count(x, info, "StampAnnot");
	const struct ofd_node *node;
	struct ofd_stamp *stamp;
	struct bytes clip;

	if (n > OFD_STAMPS_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "OFD 签章数超限",
		    "a signature of the OFD has too many stamps");
	if ((s->stamps = calloc(n + 1, sizeof(*s->stamps))) == NULL)
		return err_nomem(e);
	for (node = ofd_xml_child(x, info, "StampAnnot"); node != NULL;
	     node = ofd_xml_next(x, node, "StampAnnot")) {
		stamp = &s->stamps[s->nstamps++];
		stamp->id = ofd_xml_attribute(x, node, "ID");
		clip = ofd_xml_attribute(x, node, "Clip");
		stamp->has_clip = clip.n > 0;
		if (page_of(f, ofd_xml_attribute(x, node, "PageRef"),
			&stamp->page) != 0 ||
		    read_box(ofd_xml_attribute(x, node, "Boundary"),
			stamp->box) != 0 ||
		    (stamp->has_clip && read_box(clip, stamp->clip) != 0))
			return ofd_malformed(e, "a stamp without its place");
	}
	return 0;
}

static int
by_entry(const void *a, const void *b)
{
	const struct zip_entry *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

/* No file is named twice: readers would differ on what is checked. */
static int
references_differ(const struct ofd_signature *s, struct err *e)
{
	const struct zip_entry **list =
	    calloc(s->nreferences + 1, sizeof(*list));
	size_t i;
	int rc = 0;

	if (list == NULL)
		return err_nomem(e);
	for (i = 0; i < s->nreferences; i++)
		list[i] = s->references[i].entry;
	qsort(list, s->nreferences, sizeof(*list), by_entry);
	for (i = 1; i < s->nreferences && rc == 0; i++)
		if (list[i] == list[i - 1])
			rc = ofd_malformed(e, "a reference twice");
	free(list);
	return rc;
}

static int
references_read(const struct ofd_file *f, struct ofd_signature *s,
    const struct ofd_node *info, struct err *e)
{
	const struct ofd_xml *x = &s->xml;
	const struct ofd_node *list = ofd_xml_child(x, info, "References");
	size_t n = ofd_xml_count(x, list, "Reference");
	const struct ofd_node *node, *value;
	struct ofd_reference *ref;
	int rc;

	if (ofd_xml_count(x, info, "References") != 1 || n == 0)
		return ofd_malformed(e, "not one list of references");
	if (n > ZIP_ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "OFD 引用数超限",
		    "a signature of the OFD has too many references");
	if ((s->references = calloc(n, sizeof(*ref))) == NULL)
		return err_nomem(e);
	s->digest = digest_of(ofd_xml_attribute(x, list, "CheckMethod"));
	for (node = ofd_xml_child(x, list, "Reference"); node != NULL;
	     node = ofd_xml_next(x, node, "Reference")) {
		ref = &s->references[s->nreferences++];
		rc = ofd_link(f, s->entry,
		    ofd_xml_attribute(x, node, "FileRef"), &ref->entry, e);
		if (rc != 0)
			return rc;
		value = ofd_xml_child(x, node, "CheckValue");
		if (ofd_xml_count(x, node, "CheckValue") != 1)
			return ofd_malformed(e, "a reference without a value");
		ref->check = value->text;
	}
	return references_differ(s, e);
}

/* The seal is optional: it also lies inside the signed value. */
static int
seal_read(const struct ofd_file *f, struct ofd_signature *s,
    const struct ofd_node *info, struct err *e)
{
	const struct ofd_xml *x = &s->xml;
	const struct ofd_node *seal = ofd_xml_child(x, info, "Seal");

	if (seal == NULL)
		return 0;
	if (ofd_xml_count(x, info, "Seal") != 1 ||
	    ofd_xml_count(x, seal, "BaseLoc") != 1)
		return ofd_malformed(e, "not one seal");
	return ofd_link(
	    f, s->entry, ofd_xml_child(x, seal, "BaseLoc")->text, &s->seal, e);
}

static int
info_read(const struct ofd_file *f, struct ofd_signature *s,
    const struct ofd_node *root, struct err *e)
{
	const struct ofd_xml *x = &s->xml;
	const struct ofd_node *info = ofd_xml_child(x, root, "SignedInfo");
	const struct ofd_node *value = ofd_xml_child(x, root, "SignedValue");
	const struct ofd_node *node;
	int rc;

	if (ofd_xml_count(x, root, "SignedInfo") != 1 ||
	    ofd_xml_count(x, root, "SignedValue") != 1)
		return ofd_malformed(e, "not one signed value");
	if ((node = ofd_xml_child(x, info, "Provider")) != NULL)
		s->provider = ofd_xml_attribute(x, node, "ProviderName");
	if ((node = ofd_xml_child(x, info, "SignatureMethod")) != NULL)
		s->method = node->text;
	if ((rc = ofd_link(f, s->entry, value->text, &s->value, e)) != 0 ||
	    (rc = references_read(f, s, info, e)) != 0 ||
	    (rc = stamps_read(f, s, info, e)) != 0)
		return rc;
	return seal_read(f, s, info, e);
}

int
ofd_signature_read(struct ofd_file *f, size_t i,
    struct ofd_signature *signature, struct err *e)
{
	const struct ofd_node *root;
	int rc;

	memset(signature, 0, sizeof(*signature));
	signature->entry = f->signatures[i].entry;
	rc = zip_file_content(f->zip, signature->entry, &signature->bytes, e);
	if (rc != 0)
		return rc;
	rc = ofd_xml_parse(signature->bytes, &signature->xml, e);
	if (rc != 0)
		return rc;
	root = ofd_xml_root(&signature->xml, "Signature");
	if (root == NULL)
		return ofd_malformed(e, "another root element");
	return info_read(f, signature, root, e);
}

void
ofd_signature_release(struct ofd_signature *signature)
{
	ofd_xml_release(&signature->xml);
	free(signature->references);
	free(signature->stamps);
	memset(signature, 0, sizeof(*signature));
}

/* The CheckValue must say this digest; base64 has one form. */
static int
check_value(struct bytes check, const uint8_t *digest, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	text_base64(&text, (struct bytes){digest, OFD_SM3_SIZE});
	if (buf_failed(&text))
		rc = err_nomem(e);
	else if (!bytes_equal(buf_bytes(&text), check))
		rc = err_set(e, ERR_INPUT, "modified", "文件在签章之后被改动过",
		    "a protected file was changed");
	buf_release(&text);
	return rc;
}

int
ofd_signature_digests(
    struct ofd_file *f, const struct ofd_signature *signature, struct err *e)
{
	const uint8_t *digest;
	size_t i;
	int rc;

	if (signature->digest == OFD_DIGEST_WEAK)
		return err_set(e, ERR_INPUT, "weak_digest",
		    "签名使用已不安全的摘要算法",
		    "the signature uses a broken digest");
	if (signature->digest != OFD_DIGEST_SM3)
		return err_set(e, ERR_INPUT, "unsupported_version",
		    "签名使用未知的摘要算法",
		    "the signature uses a digest not known here");
	for (i = 0; i < signature->nreferences; i++) {
		rc =
		    ofd_file_sm3(f, signature->references[i].entry, &digest, e);
		if (rc == 0)
			rc = check_value(
			    signature->references[i].check, digest, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static void
mark(const struct ofd_file *f, uint8_t *covered, const struct zip_entry *entry)
{
	if (entry != NULL)
		covered[entry - f->zip->entries] = 1;
}

int
ofd_signature_covers(
    const struct ofd_file *f, const struct ofd_signature *signatures, size_t i)
{
	const struct ofd_signature *s = &signatures[i];
	uint8_t *covered = calloc(f->zip->n, 1);
	size_t k;
	int all = 1;

	if (covered == NULL)
		return 0;
	for (k = 0; k < s->nreferences; k++)
		mark(f, covered, s->references[k].entry);
	mark(f, covered, f->signatures_part);
	mark(f, covered, s->entry);
	mark(f, covered, s->value);
	for (k = i + 1; k < f->nsignatures; k++) {
		mark(f, covered, signatures[k].entry);
		mark(f, covered, signatures[k].value);
		mark(f, covered, signatures[k].seal);
	}
	for (k = 0; all && k < f->zip->n; k++)
		all = covered[k];
	free(covered);
	return all;
}
