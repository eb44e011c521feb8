/* ofd_file.c - see ofd_file.h: from the package to pages, attachments and the
 * list of signatures. */
#include "crypto/ofd_file.h"

#include <stdlib.h>
#include <string.h>

int
ofd_malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "ofd_malformed", "OFD 文件不符合要求：%s",
	    "the OFD is not as it must be: %s", what);
}

static int
missing(struct err *e)
{
	return err_set(e, ERR_INPUT, "ofd_missing_part",
	    "OFD 文件缺少其引用的部分",
	    "the OFD lacks a part that it refers to");
}

/* Append the segments of path to the name, going up at "..". */
static int
path_add(struct bytes path, char *name, size_t *n)
{
	size_t i, from = 0, len;

	for (i = 0; i <= path.n; i++) {
		if (i < path.n && path.p[i] != '/')
			continue;
		len = i - from;
		if (len == 2 && memcmp(path.p + from, "..", 2) == 0) {
			if (*n == 0)
				return -1;
			while (*n > 0 && name[--*n] != '/')
				continue;
		} else if (len > 0 && !(len == 1 && path.p[from] == '.')) {
			if (*n + 1 + len > ZIP_NAME_MAX)
				return -1;
			if (*n > 0)
				name[(*n)++] = '/';
			memcpy(name + *n, path.p + from, len);
			*n += len;
		}
		from = i + 1;
	}
	return 0;
}

int
ofd_link(const struct ofd_file *f, const struct zip_entry *from,
    struct bytes loc, struct zip_entry **out, struct err *e)
{
	char name[ZIP_NAME_MAX + 1];
	struct bytes folder = from->name;
	size_t n = 0;

	*out = NULL;
	if (loc.n == 0)
		return ofd_malformed(e, "an empty link");
	while (folder.n > 0 && folder.p[folder.n - 1] != '/')
		folder.n--;
	if (loc.p[0] != '/' && path_add(folder, name, &n) != 0)
		return ofd_malformed(e, "a link too long");
	if (path_add(loc, name, &n) != 0)
		return ofd_malformed(e, "a link that leads out");
	*out = zip_file_find(f->zip, (struct bytes){(const uint8_t *)name, n});
	return *out != NULL ? 0 : missing(e);
}

/* Read an XML part into x; its root must have this name. */
static int
part_read(struct ofd_file *f, struct zip_entry *entry, struct ofd_xml *x,
    const char *root, struct err *e)
{
	struct bytes text;
	int rc;

	if ((rc = zip_file_content(f->zip, entry, &text, e)) != 0 ||
	    (rc = ofd_xml_parse(text, x, e)) != 0)
		return rc;
	return ofd_xml_root(x, root) != NULL
		   ? 0
		   : ofd_malformed(e, "another root element");
}

/* The child that must be there once; NULL else. */
static const struct ofd_node *
only(const struct ofd_xml *x, const struct ofd_node *node, const char *name)
{
	return ofd_xml_count(x, node, name) == 1 ? ofd_xml_child(x, node, name)
						 : NULL;
}

/* Follow the link that is the text of the optional child `name`. */
static int
child_link(struct ofd_file *f, const struct ofd_xml *x,
    const struct ofd_node *node, const struct zip_entry *from, const char *name,
    struct zip_entry **out, struct err *e)
{
	const struct ofd_node *child = ofd_xml_child(x, node, name);

	*out = NULL;
	if (child == NULL)
		return 0;
	if (ofd_xml_next(x, child, name) != NULL)
		return ofd_malformed(e, name);
	return ofd_link(f, from, child->text, out, e);
}

static int
root_read(struct ofd_file *f, struct err *e)
{
	struct ofd_xml *x = &f->root_xml;
	int rc;

	f->root = zip_file_find(f->zip, bytes_str("OFD.xml"));
	if (f->root == NULL)
		return missing(e);
	if ((rc = part_read(f, f->root, x, "OFD", e)) != 0)
		return rc;
	f->body = only(x, ofd_xml_root(x, "OFD"), "DocBody");
	if (f->body == NULL)
		return ofd_malformed(e, "not one document");
	rc = child_link(f, x, f->body, f->root, "DocRoot", &f->document, e);
	if (rc == 0 && f->document == NULL)
		rc = ofd_malformed(e, "no DocRoot");
	if (rc == 0)
		rc = child_link(f, x, f->body, f->root, "Signatures",
		    &f->signatures_part, e);
	return rc;
}

int
ofd_id(struct bytes text, uint32_t *id)
{
	uint64_t n = 0;
	size_t i;

	if (text.n == 0 || text.n > 10)
		return -1;
	for (i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return -1;
		n = n * 10 + (uint64_t)(text.p[i] - '0');
	}
	*id = (uint32_t)n;
	return n <= UINT32_MAX ? 0 : -1;
}

static int
by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int
ids_differ(const struct ofd_file *f, struct err *e)
{
	uint32_t *ids = calloc(f->npages + 1, sizeof(*ids));
	size_t i;
	int rc = 0;

	if (ids == NULL)
		return err_nomem(e);
	for (i = 0; i < f->npages; i++)
		ids[i] = f->pages[i].id;
	qsort(ids, f->npages, sizeof(*ids), by_id);
	for (i = 1; i < f->npages && rc == 0; i++)
		if (ids[i] == ids[i - 1])
			rc = ofd_malformed(e, "one id for two pages");
	free(ids);
	return rc;
}

static int
pages_read(struct ofd_file *f, const struct ofd_node *document, struct err *e)
{
	const struct ofd_xml *x = &f->document_xml;
	const struct ofd_node *pages = only(x, document, "Pages"), *node;
	size_t n = ofd_xml_count(x, pages, "Page");
	struct ofd_page *page;
	int rc;

	if (pages == NULL || n == 0)
		return ofd_malformed(e, "no pages");
	if (n > OFD_PAGES_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "OFD 页数超限",
		    "the OFD has too many pages");
	if ((f->pages = calloc(n, sizeof(*f->pages))) == NULL)
		return err_nomem(e);
	for (node = ofd_xml_child(x, pages, "Page"); node != NULL;
	     node = ofd_xml_next(x, node, "Page")) {
		page = &f->pages[f->npages++];
		if (ofd_id(ofd_xml_attribute(x, node, "ID"), &page->id) != 0)
			return ofd_malformed(e, "a page without an id");
		rc = ofd_link(f, f->document,
		    ofd_xml_attribute(x, node, "BaseLoc"), &page->entry, e);
		if (rc != 0)
			return rc;
	}
	return ids_differ(f, e);
}

static int
attachments_read(
    struct ofd_file *f, const struct ofd_node *document, struct err *e)
{
	struct ofd_xml *x = &f->attachments_xml;
	const struct ofd_node *list, *node;
	struct ofd_attachment *a;
	size_t n;
	int rc;

	rc = child_link(f, &f->document_xml, document, f->document,
	    "Attachments", &f->attachments_part, e);
	if (rc != 0 || f->attachments_part == NULL)
		return rc;
	if ((rc = part_read(f, f->attachments_part, x, "Attachments", e)) != 0)
		return rc;
	list = ofd_xml_root(x, "Attachments");
	n = ofd_xml_count(x, list, "Attachment");
	if (n > OFD_ATTACHMENTS_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "OFD 附件数超限",
		    "the OFD has too many attachments");
	if ((f->attachments = calloc(n + 1, sizeof(*a))) == NULL)
		return err_nomem(e);
	for (node = ofd_xml_child(x, list, "Attachment"); node != NULL;
	     node = ofd_xml_next(x, node, "Attachment")) {
		a = &f->attachments[f->nattachments++];
		a->id = ofd_xml_attribute(x, node, "ID");
		a->name = ofd_xml_attribute(x, node, "Name");
		rc = child_link(
		    f, x, node, f->attachments_part, "FileLoc", &a->entry, e);
		if (rc == 0 && a->entry == NULL)
			rc = ofd_malformed(e, "an attachment without a file");
		if (rc != 0)
			return rc;
	}
	return 0;
}

static enum ofd_kind
kind_of(struct bytes type)
{
	if (type.p == NULL || bytes_equal(type, bytes_str("Seal")))
		return OFD_SEAL;
	return bytes_equal(type, bytes_str("Sign")) ? OFD_SIGN : OFD_OTHER;
}

/* No two signatures share an id or a file. */
static int
listed_differ(const struct ofd_file *f, struct err *e)
{
	size_t i, j;

	for (i = 0; i < f->nsignatures; i++)
		for (j = 0; j < i; j++)
			if (f->signatures[i].entry == f->signatures[j].entry ||
			    bytes_equal(
				f->signatures[i].id, f->signatures[j].id))
				return ofd_malformed(e, "a signature twice");
	return 0;
}

static int
signatures_read(struct ofd_file *f, struct err *e)
{
	struct ofd_xml *x = &f->signatures_xml;
	const struct ofd_node *list, *node;
	struct ofd_listed *s;
	size_t n;
	int rc;

	if (f->signatures_part == NULL)
		return 0;
	if ((rc = part_read(f, f->signatures_part, x, "Signatures", e)) != 0)
		return rc;
	list = ofd_xml_root(x, "Signatures");
	n = ofd_xml_count(x, list, "Signature");
	if (n > OFD_SIGNATURES_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "OFD 签名数超限",
		    "the OFD has too many signatures");
	if ((f->signatures = calloc(n + 1, sizeof(*s))) == NULL)
		return err_nomem(e);
	for (node = ofd_xml_child(x, list, "Signature"); node != NULL;
	     node = ofd_xml_next(x, node, "Signature")) {
		s = &f->signatures[f->nsignatures++];
		s->id = ofd_xml_attribute(x, node, "ID");
		s->kind = kind_of(ofd_xml_attribute(x, node, "Type"));
		rc = ofd_link(f, f->signatures_part,
		    ofd_xml_attribute(x, node, "BaseLoc"), &s->entry, e);
		if (rc != 0)
			return rc;
	}
	return listed_differ(f, e);
}

static int
document_read(struct ofd_file *f, struct err *e)
{
	const struct ofd_node *document;
	int rc;

	rc = part_read(f, f->document, &f->document_xml, "Document", e);
	if (rc != 0)
		return rc;
	document = ofd_xml_root(&f->document_xml, "Document");
	rc = pages_read(f, document, e);
	if (rc == 0)
		rc = attachments_read(f, document, e);
	return rc;
}

int
ofd_file_open(struct bytes file, struct ofd_file **out, struct err *e)
{
	struct ofd_file *f = calloc(1, sizeof(*f));
	int rc;

	*out = NULL;
	if (f == NULL)
		return err_nomem(e);
	rc = zip_file_open(file, &f->zip, e);
	if (rc == 0) {
		f->sm3 = calloc(f->zip->n + 1, sizeof(*f->sm3));
		f->hashed = calloc(f->zip->n + 1, 1);
		if (f->sm3 == NULL || f->hashed == NULL)
			rc = err_nomem(e);
	}
	if (rc == 0)
		rc = root_read(f, e);
	if (rc == 0)
		rc = document_read(f, e);
	if (rc == 0)
		rc = signatures_read(f, e);
	if (rc != 0) {
		ofd_file_free(f);
		return rc;
	}
	*out = f;
	return 0;
}

void
ofd_file_free(struct ofd_file *f)
{
	if (f == NULL)
		return;
	ofd_xml_release(&f->root_xml);
	ofd_xml_release(&f->document_xml);
	ofd_xml_release(&f->attachments_xml);
	ofd_xml_release(&f->signatures_xml);
	free(f->pages);
	free(f->attachments);
	free(f->signatures);
	free(f->sm3);
	free(f->hashed);
	zip_file_free(f->zip);
	free(f);
}

int
ofd_file_attachment(
    struct ofd_file *f, const char *name, struct bytes *content, struct err *e)
{
	struct zip_entry *found = NULL;
	size_t i;

	for (i = 0; i < f->nattachments; i++) {
		if (!bytes_equal(f->attachments[i].name, bytes_str(name)))
			continue;
		if (found != NULL)
			return ofd_malformed(e, "an attachment twice");
		found = f->attachments[i].entry;
	}
	if (found == NULL)
		return err_set(e, ERR_NOT_FOUND, "no_attachment",
		    "文件没有附件 %s", "no attachment %s", name);
	return zip_file_content(f->zip, found, content, e);
}
