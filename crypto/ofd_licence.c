/* ofd_licence.c - the shape our own licences have; see ofd_file.h. */
#include <stdio.h>
#include <string.h>

#include "crypto/ofd_file.h"

enum {
	NAME_SIZE = 64,
	SEAL_PARTS = 3 /* Seal.esl, Signature.xml, SignedValue.dat */
};

static const char *const root_parts[] = {"DocBody", NULL};
static const char *const body_parts[] = {
    "DocInfo", "DocRoot", "Signatures", NULL};
static const char *const document_parts[] = {
    "CommonData", "Pages", "Attachments", NULL};
static const char *const seal_parts[SEAL_PARTS] = {
    "Seal.esl", "Signature.xml", "SignedValue.dat"};

/* Going through the entries in order. */
struct walk {
	const struct ofd_file *f;
	size_t at;
};

static int
foreign(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "profile",
	    "不符合本系统证照的文件结构：%s",
	    "the file is not built as our licences are: %s", what);
}

/* The next entry, when it has this name; else NULL and nothing is taken. */
static struct zip_entry *
take(struct walk *w, const char *name)
{
	struct zip_file *zip = w->f->zip;

	if (w->at == zip->n ||
	    !bytes_equal(zip->entries[w->at].name, bytes_str(name)))
		return NULL;
	return &zip->entries[w->at++];
}

/* Resources: plain names, straight in their folder. */
static void
take_resources(struct walk *w)
{
	static const char folder[] = "Doc_0/Res/";
	const struct zip_file *zip = w->f->zip;
	size_t n = strlen(folder), i;
	struct bytes name;

	for (; w->at < zip->n; w->at++) {
		name = zip->entries[w->at].name;
		if (name.n <= n || memcmp(name.p, folder, n) != 0)
			return;
		for (i = n; i < name.n; i++)
			if (name.p[i] == '/')
				return;
	}
}

/* The pages, each where its number says and linked in the same order. */
static int
take_pages(struct walk *w)
{
	const struct ofd_file *f = w->f;
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < f->npages; i++) {
		snprintf(
		    name, sizeof(name), "Doc_0/Pages/Page_%zu/Content.xml", i);
		if (f->pages[i].entry != take(w, name) ||
		    f->pages[i].entry == NULL)
			return -1;
	}
	return 0;
}

static int
take_seals(struct walk *w, const struct ofd_signature *signatures)
{
	const struct ofd_file *f = w->f;
	struct zip_entry *parts[SEAL_PARTS];
	char name[NAME_SIZE];
	size_t i, k;

	for (i = 0; i < f->nsignatures; i++) {
		for (k = 0; k < SEAL_PARTS; k++) {
			snprintf(name, sizeof(name), "Doc_0/Signs/Sign_%zu/%s",
			    i, seal_parts[k]);
			if ((parts[k] = take(w, name)) == NULL)
				return -1;
		}
		if (f->signatures[i].kind != OFD_SEAL ||
		    signatures[i].seal != parts[0] ||
		    signatures[i].entry != parts[1] ||
		    signatures[i].value != parts[2] ||
		    parts[2]->method != ZIP_STORED ||
		    signatures[i].nstamps == 0)
			return -1;
	}
	return 0;
}

/* Every entry has its place, and every link leads to the entry meant for it. */
static int
entries_check(const struct ofd_file *f, const struct ofd_signature *signatures)
{
	struct walk w = {f, 0};
	const struct zip_entry *entry;

	if (f->root != take(&w, "OFD.xml") ||
	    (entry = take(&w, "Doc_0/Document.xml")) == NULL ||
	    f->document != entry || take(&w, "Doc_0/PublicRes.xml") == NULL)
		return -1;
	(void)take(&w, "Doc_0/DocumentRes.xml");
	take_resources(&w);
	if (take_pages(&w) != 0 ||
	    (entry = take(&w, "Doc_0/Attachs/Attachments.xml")) == NULL ||
	    f->attachments_part != entry ||
	    (entry = take(&w, "Doc_0/Attachs/certificate.xml")) == NULL ||
	    f->nattachments != 1 || f->attachments[0].entry != entry ||
	    (entry = take(&w, "Doc_0/Signs/Signatures.xml")) == NULL ||
	    f->signatures_part != entry)
		return -1;
	return take_seals(&w, signatures) == 0 && w.at == f->zip->n ? 0 : -1;
}

/* References name every entry before the signature's own, in their order, but
 * for the list of signatures; and the seal. */
static int
references_check(
    const struct ofd_file *f, const struct ofd_signature *s, struct err *e)
{
	const struct zip_entry *entry = f->zip->entries;
	size_t k = 0;

	for (; entry < s->entry; entry++) {
		if (entry == f->signatures_part)
			continue;
		if (k == s->nreferences || s->references[k].entry != entry)
			return err_set(e, ERR_INPUT, "not_covered",
			    "有文件不受签章保护",
			    "a seal does not protect a file of the package");
		k++;
	}
	return k == s->nreferences ? 0 : foreign(e, "a reference too many");
}

/* Nothing that acts when a page is opened or touched. */
static int
pages_check(struct ofd_file *f, struct err *e)
{
	static const char actions[] = "<ofd:Actions";
	struct bytes content;
	size_t i;
	int rc;

	for (i = 0; i < f->npages; i++) {
		rc = zip_file_content(f->zip, f->pages[i].entry, &content, e);
		if (rc != 0)
			return rc;
		if (memmem(content.p, content.n, actions, strlen(actions)) !=
		    NULL)
			return foreign(e, "a page with actions");
	}
	return 0;
}

int
ofd_licence_check(
    struct ofd_file *f, const struct ofd_signature *signatures, struct err *e)
{
	const struct ofd_xml *root = &f->root_xml, *document = &f->document_xml;
	size_t i;
	int rc;

	if ((rc = zip_file_canonical(f->zip, e)) != 0)
		return rc;
	if (entries_check(f, signatures) != 0)
		return foreign(e, "an entry out of place");
	if (!ofd_xml_children_are(root, root->nodes, root_parts) ||
	    !ofd_xml_children_are(root, f->body, body_parts) ||
	    !ofd_xml_children_are(document, document->nodes, document_parts))
		return foreign(e, "an element that does not belong there");
	for (i = 0; i < f->nsignatures; i++)
		if ((rc = references_check(f, &signatures[i], e)) != 0)
			return rc;
	return pages_check(f, e);
}
