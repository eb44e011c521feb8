/*
 * documents.h - the samples of all types, laid out and written with a fixed
 * clock, id and code, for golden_test and document_test.
 */
#ifndef TESTS_SUPPORT_DOCUMENTS_H
#define TESTS_SUPPORT_DOCUMENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "certsvc/format/format.h"
#include "certsvc/layout.h"
#include "certsvc/layout_format.h"
#include "certsvc/layout_spec.h"
#include "certsvc/order.h"
#include "certsvc/template.h"
#include "crypto/base/text.h"
#include "tests/support/tool.h"

static const char *const folders[] = {"business-licence",
    "social-insurance-proof", "dog-registration", "tree-felling-permit",
    "hotel-permit", "food-licence"};

enum {
	FOLDERS = 6
};

struct samples {
	struct font_set *fonts;
	struct template *types[FOLDERS];
	struct face *faces[FOLDERS];
	struct seal_picture seals[FOLDERS]; /* of the departments */
	struct qr_symbol qr;
	char folder[64]; /* a temporary one */
};

static const char *const departments[] = {"青禾市市场监督管理局",
    "青禾市社会保险事业管理中心", "青禾市公安局", "青禾市林业局",
    "青禾市市场监督管理局", "青禾市市场监督管理局"};
static const char *const numbers[] = {"91990100MA9QH0018G",
    "青社险证2026110000001", "青犬登字〔2026〕第000001号",
    "青采字〔2026〕第00001号", "青综许字〔2026〕第000001号",
    "JY29901010000001"};

/* The header fields as issuing writes them, then the sample's own. */
static struct face *
sample_face(size_t i, const struct template *t)
{
	struct face *face = face_new(), *own = face_new();
	struct err e = ERR_INIT;
	struct order order;
	char path[128];
	json_t *body;
	size_t k;

	snprintf(path, sizeof(path), "templates/%s", folders[i]);
	assert_int_equal(order_sample(path, &body, &e), 0);
	assert_int_equal(order_parse(body, &order, &e), 0);
	assert_int_equal(order_check(&order, t, own, &e), 0);
	face_add(face, "ZZMC", t->zh, &e);
	face_add(face, "ZZLXDM", t->code, &e);
	face_add(face, "ZZBH", numbers[i], &e);
	face_add(face, "ZZBS",
	    "1.2.156.3005.2.11990000MB9A010097001.11990100MB9A00014N."
	    "0000000001.001.X",
	    &e);
	face_add(face, "ZZBFJG", departments[i], &e);
	face_add(face, "ZZBFRQ", "2026-11-22", &e);
	if (face_get(own, "ZZYXQQSRQ") == NULL) {
		face_add(face, "ZZYXQQSRQ", "2026-11-22", &e);
		face_add(face, "ZZYXQJZRQ", "2027-11-21", &e);
	}
	for (k = 0; k < own->nfields; k++)
		if (own->fields[k].value != NULL)
			assert_int_equal(face_add(face, own->fields[k].name,
					     own->fields[k].value, &e),
			    0);
	for (k = 0; k < own->nfields; k++)
		if (own->fields[k].value == NULL) {
			/* The table moves over as it is. */
			face->fields = realloc(face->fields,
			    (face->nfields + 1) * sizeof(*face->fields));
			face->fields[face->nfields++] = own->fields[k];
			own->fields[k].rows = NULL;
			own->fields[k].nrows = 0;
		}
	json_decref(body);
	order_release(&order);
	face_free(own);
	err_clear(&e);
	return face;
}

static int
setup(void **state)
{
	struct samples *w = calloc(1, sizeof(*w));
	struct seal_definition def = {
	    .kind = "round", .below = "演示专用章", .diameter = 42};
	struct err e = ERR_INIT;
	char path[128];
	char text[600] = "https://v.example.test/#";
	size_t i;

	assert_non_null(w);
	assert_int_equal(font_set_load(NULL, 0, &w->fonts, &e), 0);
	for (i = strlen(text); i < 500; i++)
		text[i] = (char)('0' + (i * 7 + i / 3) % 10);
	assert_int_equal(qr_symbol_make(text, &w->qr, &e), 0);
	for (i = 0; i < FOLDERS; i++) {
		snprintf(path, sizeof(path), "templates/%s", folders[i]);
		assert_int_equal(template_read(path, &w->types[i], &e), 0);
		w->faces[i] = sample_face(i, w->types[i]);
		def.arc = departments[i];
		assert_int_equal(
		    seal_picture_make(w->fonts, &def, &w->seals[i], &e), 0);
	}
	snprintf(w->folder, sizeof(w->folder), "/tmp/golden-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct samples *w = *state;
	size_t i;

	for (i = 0; i < FOLDERS; i++) {
		face_free(w->faces[i]);
		template_free(w->types[i]);
		seal_picture_release(&w->seals[i]);
	}
	font_set_free(w->fonts);
	rmdir(w->folder);
	free(w);
	return 0;
}

/* Lay out and write one variant to a file of the temporary folder. */
static inline void
render(struct samples *w, size_t type, size_t variant, struct step_list *steps,
    char path[128])
{
	const struct template *t = w->types[type];
	struct pdf_info info = {.title = t->zh,
	    .author = departments[type],
	    .language = "zh-CN",
	    .identifier = "golden",
	    .created = 1795391747,
	    .attachment = bytes_str("<a/>\n")};
	struct format_seal seals[] = {{.picture = &w->seals[type]}};
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;

	assert_int_equal(layout_make(w->fonts, t, t->variants[variant].id,
			     w->faces[type], &w->qr, steps, &e),
	    0);
	assert_int_equal(pdf_render(steps, seals, 1, &info, &pdf, &e), 0);
	snprintf(path, 128, "%s/%s-%s.pdf", w->folder, t->folder,
	    t->variants[variant].id);
	write_file(path, buf_bytes(&pdf));
	buf_release(&pdf);
}

/* Call `look` for each variant of each type. */
static inline void
each_variant(struct samples *w,
    void (*look)(struct samples *w, size_t type, const struct step_list *steps,
	const char *pdf, const char *name))
{
	struct step_list steps;
	char path[128], name[96];
	size_t i, k;

	for (i = 0; i < FOLDERS; i++)
		for (k = 0; k < w->types[i]->nvariants; k++) {
			render(w, i, k, &steps, path);
			snprintf(name, sizeof(name), "%s-%s",
			    w->types[i]->folder, w->types[i]->variants[k].id);
			look(w, i, &steps, path, name);
			step_list_release(&steps);
			unlink(path);
		}
}

#endif
