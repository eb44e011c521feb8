/* cli_seal_make.c - certsvc seal make | renew | preview; see cli_seal.h.  A
 * seal is checked and drawn here before anything is made of it. */
#include "api/cli_seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/json_strict.h"
#include "certsvc/seal_order.h"
#include "certsvc/seal_png.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "keys/seal_make.h"

enum {
	ORDER_MAX = 1048576, /* bytes of a file */
	ARRAY_MAX = 64,	     /* seals that one action may make ... */
	ITEMS_MAX = 240000,  /* ... and bytes of their JSON */
	PREVIEW_DPI = 300
};

static int
read_order(const struct seal_command *c, json_t **order, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = file_read(c->cli.file, ORDER_MAX, &text, e);

	if (rc == 0)
		rc = json_strict_read(buf_bytes(&text), ORDER_MAX, order, e);
	buf_release(&text);
	return rc;
}

/* Which of many orders is wrong. */
static int
name_order(size_t i, struct err *e)
{
	const struct err why = *e;

	return err_set(e, why.class, why.code, "第 %1$zu 枚：%2$s%3$.0s",
	    "seal %1$zu of the array: %2$.0s%3$s", i + 1, why.zh, why.en);
}

/* One order, or an array of them: all are checked before the first is made. */
static int
items_make(const struct font_set *fonts, const json_t *order, json_t *items,
    struct err *e)
{
	json_t *one, *item = NULL;
	size_t i;
	int rc = 0;

	if (!json_is_array(order)) {
		rc = seal_order_make(fonts, order, &item, e);
		if (rc == 0)
			json_array_append_new(items, item);
		return rc;
	}
	if (json_array_size(order) == 0 || json_array_size(order) > ARRAY_MAX)
		return err_set(e, ERR_INPUT, "usage",
		    "数组应有 1 至 %d 枚印章；更多的请用 certsvc seal bulk",
		    "an array has 1 to %d seals; for more there is certsvc "
		    "seal bulk",
		    ARRAY_MAX);
	json_array_foreach (order, i, one) {
		if ((rc = seal_order_make(fonts, one, &item, e)) != 0)
			return name_order(i, e);
		json_array_append_new(items, item);
	}
	return 0;
}

/* One action carries all of them, with their pictures. */
static int
size_check(const json_t *items, struct err *e)
{
	if (json_dumpb(items, NULL, 0, JSON_COMPACT) <= ITEMS_MAX)
		return 0;
	return err_set(e, ERR_INPUT, "too_large",
	    "这些印章合起来超过 %d 字节，不能一次制作；请用 certsvc seal bulk",
	    "these seals together are over %d bytes: there is certsvc seal "
	    "bulk",
	    ITEMS_MAX);
}

int
seal_make_verb(struct seal_command *c, struct err *e)
{
	struct font_set *fonts = NULL;
	json_t *order = NULL, *items = json_array();
	int rc;

	rc = read_order(c, &order, e);
	if (rc == 0)
		rc = seal_command_fonts(c, &fonts, e);
	if (rc == 0)
		rc = items_make(fonts, order, items, e);
	if (rc == 0)
		rc = size_check(items, e);
	if (rc == 0)
		rc = seal_command_act(c,
		    json_pack(
			"{s:s, s:O}", "action", "seal_make", "seals", items),
		    1, e);
	font_set_free(fonts);
	json_decref(order);
	json_decref(items);
	return rc;
}

/* The members of the drawing, of what a department is told of the seal. */
static void
keep_drawing(json_t *seal)
{
	static const char *const others[] = {"id", "zh", "en", "state",
	    "generation", "types", "uses", "last_used", "x509s", "department",
	    "department_zh", "department_en", "authorised"};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		json_object_del(seal, others[i]);
}

int
seal_renew_verb(struct seal_command *c, struct err *e)
{
	struct seal_order_picture picture = {.data = BUF_INIT};
	struct font_set *fonts = NULL;
	json_t *seal = NULL;
	int years = 0, rc;

	rc = cli_number("--years", c->years, 1, SEAL_YEARS_MAX, &years, e);
	if (rc == 0)
		rc = seal_command_seal(c, &seal, e);
	if (rc == 0)
		rc = seal_command_fonts(c, &fonts, e);
	if (rc == 0) {
		keep_drawing(seal);
		rc = seal_order_picture(fonts, seal, &picture, e);
	}
	if (rc == 0)
		rc = seal_command_act(c,
		    json_pack("{s:s, s:s, s:o, s:i}", "action", "seal_renew",
			"seal", c->id, "picture",
			seal_order_picture_json(&picture), "years", years),
		    1, e);
	font_set_free(fonts);
	json_decref(seal);
	buf_release(&picture.data);
	return rc;
}

static int
name_check(const char *name, struct err *e)
{
	if (text_ends_with(name, ".svg") || text_ends_with(name, ".png"))
		return 0;
	return err_set(e, ERR_INPUT, "usage", "-o 须以 .png 或 .svg 结尾",
	    "-o ends with .png or .svg");
}

int
seal_preview_verb(struct seal_command *c, struct err *e)
{
	const char *name = c->cli.out ? c->cli.out : "seal.png";
	int dpi = PREVIEW_DPI, rc;
	struct seal_picture picture;
	struct font_set *fonts = NULL;
	struct buf out = BUF_INIT;
	json_t *order = NULL;

	if ((rc = cli_number("--dpi", c->dpi, SEAL_PNG_DPI_MIN,
		 SEAL_PNG_DPI_MAX, &dpi, e)) == 0 &&
	    (rc = name_check(name, e)) == 0 &&
	    (rc = read_order(c, &order, e)) == 0 &&
	    (rc = seal_command_fonts(c, &fonts, e)) == 0 &&
	    (rc = seal_order_draw(fonts, order, &picture, e)) == 0) {
		rc = text_ends_with(name, ".svg")
			 ? seal_picture_svg(&picture, &out, e)
			 : seal_png(&picture, (unsigned int)dpi, &out, e);
		seal_picture_release(&picture);
	}
	if (rc == 0)
		rc = file_replace(name, buf_bytes(&out), 0644, e);
	if (rc == 0)
		printf("%s\n", name);
	font_set_free(fonts);
	json_decref(order);
	buf_release(&out);
	return rc;
}
