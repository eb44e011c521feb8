/*
 * ofd_documents.h - the samples of documents.h as OFD, sealed by a signer that
 * signs nothing, and read back.
 */
#ifndef TESTS_SUPPORT_OFD_DOCUMENTS_H
#define TESTS_SUPPORT_OFD_DOCUMENTS_H

#include "tests/support/documents.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "certsvc/layout_flow.h"
#include "crypto/digest.h"
#include "crypto/ofd_file.h"

enum {
	SEALS_MAX = 4
};

/* What the writer asked to be signed. */
struct signed_seals {
	struct format_to_sign what[SEALS_MAX];
	char property[SEALS_MAX][128];
	size_t n, refuse; /* refuse: number of the seal that is, + 1 */
};

static inline int
sign(void *ctx, const struct format_to_sign *what, struct buf *out,
    struct err *e)
{
	struct signed_seals *seals = ctx;

	assert_true(seals->n < SEALS_MAX);
	if (seals->n + 1 == seals->refuse)
		return err_set(e, ERR_DENIED, "no_seal", "不", "no");
	snprintf(seals->property[seals->n], 128, "%s", what->property);
	seals->what[seals->n++] = *what;
	buf_printf(out, "signature %zu", what->seal);
	return 0;
}

/* An OFD of a list of steps, as many seals as it has places for. */
static inline int
write_ofd(struct samples *w, size_t type, const struct step_list *steps,
    struct signed_seals *seals, struct buf *out, struct err *e)
{
	struct pdf_info info = {.title = w->types[type]->zh,
	    .author = departments[type],
	    .language = "zh-CN",
	    .identifier = "golden",
	    .created = 1795391747,
	    .attachment = bytes_str("<a/>\n")};
	struct format_seal list[SEALS_MAX] = {{.picture = NULL}};
	struct buf face = BUF_INIT;
	struct format_request req = {.steps = steps,
	    .info = &info,
	    .qr_text = "x",
	    .seals = list,
	    .sign = sign,
	    .sign_ctx = seals};
	size_t page;
	int rc;

	assert_int_equal(face_write(w->faces[type], &face, e), 0);
	req.face = buf_bytes(&face);
	for (; req.nseals < SEALS_MAX &&
	       step_list_seal(steps, (unsigned int)req.nseals, &page) != NULL;
	     req.nseals++) {
		list[req.nseals].picture = &w->seals[type];
		list[req.nseals].object = bytes_str("a seal object");
		list[req.nseals].name = departments[type];
		list[req.nseals].id = "seal";
	}
	rc = format_find("ofd")->write(&req, out, e);
	buf_release(&face);
	return rc;
}

/* An OFD read back. */
struct opened {
	struct buf bytes;
	struct ofd_file *file;
	struct ofd_signature signatures[SEALS_MAX];
	struct signed_seals seals;
};

static inline void
open_ofd(struct samples *w, size_t type, const struct step_list *steps,
    struct opened *o)
{
	struct err e = ERR_INIT;
	size_t i;

	memset(o, 0, sizeof(*o));
	if (write_ofd(w, type, steps, &o->seals, &o->bytes, &e) != 0 ||
	    ofd_file_open(buf_bytes(&o->bytes), &o->file, &e) != 0)
		fail_msg("%s", e.en);
	assert_in_range(o->file->nsignatures, 1, SEALS_MAX);
	for (i = 0; i < o->file->nsignatures; i++)
		if (ofd_signature_read(o->file, i, &o->signatures[i], &e) != 0)
			fail_msg("%s", e.en);
}

static inline void
close_ofd(struct opened *o)
{
	size_t i;

	for (i = 0; i < o->file->nsignatures; i++)
		ofd_signature_release(&o->signatures[i]);
	ofd_file_free(o->file);
	buf_release(&o->bytes);
}

static inline struct bytes
part(const struct opened *o, const char *name)
{
	struct zip_entry *entry = zip_file_find(o->file->zip, bytes_str(name));
	struct err e = ERR_INIT;
	struct bytes content;

	if (entry == NULL)
		fail_msg("no %s", name);
	assert_int_equal(
	    zip_file_content(o->file->zip, entry, &content, &e), 0);
	return content;
}

static inline int
is_named(struct bytes name, const char *end)
{
	size_t n = strlen(end);

	return name.n >= n && memcmp(name.p + name.n - n, end, n) == 0;
}

/* One line of text on a page with a place for a seal. */
static inline void
lay_out(struct samples *w, const char *text, struct step_list *steps)
{
	static const struct layout_style style = {.font = FONT_KAI,
	    .size = 4.2f,
	    .min = 4.2f,
	    .leading = 1,
	    .wrap = 0};
	struct step_box box = {15, 20, 190, 6};
	struct step_page *page;
	struct step *seal;
	struct err e = ERR_INIT;
	struct flow flow;

	memset(steps, 0, sizeof(*steps));
	page = step_page_add(steps, 210, 297);
	assert_non_null(page);
	assert_int_equal(flow_make(w->fonts, &style, text, "", &flow, &e), 0);
	assert_int_equal(flow_place(&flow, box, 1, page, &e), 0);
	flow_release(&flow);
	seal = step_add(page, STEP_SEAL);
	seal->u.seal = (struct step_seal){.x = 100, .y = 200, .w = 50, .h = 50};
}

#endif
