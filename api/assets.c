/*
 * assets.c - see assets.h.  The assembler takes the files in; the Makefile
 * knows that this object depends on them.
 */
#include "api/assets.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define EMBED(symbol, file)                                                    \
	__asm__(".section .rodata\n"                                           \
		".global " #symbol "\n" #symbol ":\n"                          \
		".incbin \"" file "\"\n"                                       \
		".global " #symbol "_end\n" #symbol "_end:\n"                  \
		".byte 0\n.previous\n");                                       \
	extern const uint8_t symbol[], symbol##_end[]

EMBED(asset_index_html, "api/pages/index.html");
EMBED(asset_style_css, "api/pages/style.css");
EMBED(asset_verify_js, "api/pages/verify.js");
EMBED(asset_words_js, "api/pages/words.js");
EMBED(asset_openapi_json, "api/openapi.json");

static struct {
	struct asset asset;
	const uint8_t *begin, *end;
} files[] = {
    {{.name = "index.html", .type = "text/html; charset=utf-8"},
	asset_index_html, asset_index_html_end},
    {{.name = "style.css", .type = "text/css; charset=utf-8"}, asset_style_css,
	asset_style_css_end},
    {{.name = "verify.js", .type = "text/javascript; charset=utf-8"},
	asset_verify_js, asset_verify_js_end},
    {{.name = "words.js", .type = "text/javascript; charset=utf-8"},
	asset_words_js, asset_words_js_end},
    {{.name = "openapi.json", .type = "application/json"}, asset_openapi_json,
	asset_openapi_json_end},
};

enum {
	FILES = sizeof(files) / sizeof(files[0])
};

/* Guards the tags and the filled-in page. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct buf page = BUF_INIT;

const struct asset *
asset_find(const char *name)
{
	for (size_t i = 0; i < FILES; i++)
		if (strcmp(files[i].asset.name, name) == 0)
			return &files[i].asset;
	return NULL;
}

/* "@NAME@" of a file -> its address; anything else stays. */
static size_t
fill_name(const char *p, size_t n)
{
	for (size_t i = 0; i < FILES; i++) {
		const struct asset *a = &files[i].asset;
		size_t len = strlen(a->name);

		if (n < len + 2 || memcmp(p + 1, a->name, len) != 0 ||
		    p[len + 1] != '@')
			continue;
		buf_add_str(&page, "/assets/");
		buf_add(&page, a->etag + 1, ASSET_HASH_LEN);
		buf_add_str(&page, "/");
		buf_add_str(&page, a->name);
		return len + 2;
	}
	return 0;
}

static int
fill_page(struct asset *index, struct err *e)
{
	const char *p = (const char *)index->content.p;
	size_t n = index->content.n, skip;

	for (size_t i = 0; i < n;) {
		skip = p[i] == '@' ? fill_name(p + i, n - i) : 0;
		if (skip == 0)
			buf_add_byte(&page, (uint8_t)p[i++]);
		i += skip;
	}
	if (buf_failed(&page))
		return err_nomem(e);
	index->content = buf_bytes(&page);
	return etag_of_bytes(index->content, index->etag, e);
}

int
assets_load(struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < FILES && page.n == 0 && rc == 0; i++) {
		struct asset *a = &files[i].asset;

		a->content = (struct bytes){
		    files[i].begin, (size_t)(files[i].end - files[i].begin)};
		rc = etag_of_bytes(a->content, a->etag, e);
	}
	if (rc == 0 && page.n == 0)
		rc = fill_page(&files[0].asset, e);
	pthread_mutex_unlock(&lock);
	return rc;
}
