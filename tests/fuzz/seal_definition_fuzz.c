/* seal_definition_fuzz.c - a seal's parameters as JSON: what is accepted is
 * drawn the same twice, or refused in words. */
#include <stdlib.h>

#include "certsvc/json_strict.h"
#include "certsvc/seal_picture.h"

enum {
	JSON_MAX = 4096
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
draw(const struct font_set *fonts, const struct seal_definition *def)
{
	struct seal_picture a, b;
	struct err e = ERR_INIT;
	int rc = seal_picture_make(fonts, def, &a, &e);

	if ((rc != 0 && (e.code[0] == '\0' || a.drawing.npaths != 0)) ||
	    seal_picture_make(fonts, def, &b, &e) != rc ||
	    !bytes_equal(a.content, b.content))
		abort();
	seal_picture_release(&a);
	seal_picture_release(&b);
	err_clear(&e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const others[] = {"id", NULL};
	static struct font_set *fonts;
	struct bytes in = {data, size};
	struct seal_definition def;
	struct err e = ERR_INIT;
	json_t *json = NULL;

	if (fonts == NULL && font_set_load(NULL, 0, &fonts, &e) != 0)
		abort();
	if (json_strict_read(in, JSON_MAX, &json, &e) == 0 &&
	    seal_definition_read(json, others, &def, &e) == 0)
		draw(fonts, &def);
	json_decref(json);
	err_clear(&e);
	return 0;
}
