/*
 * assets.c - see assets.h.  The assembler takes the files in; the Makefile
 * knows that this object depends on them.
 */
#include "api/assets.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define MODULE "text/javascript; charset=utf-8"
#define SVG "image/svg+xml"
#define JSON "application/json"

/* A file names only files that stand above it: their hashes are in it. */
#define FILES(FILE)                                                            \
	FILE(zh_json, "api/pages/", "zh.json", JSON)                           \
	FILE(en_json, "api/pages/", "en.json", JSON)                           \
	FILE(icon_svg, "api/pages/", "icon.svg", SVG)                          \
	FILE(style_css, "api/pages/", "style.css", CSS)                        \
	FILE(dom_js, "api/pages/", "dom.js", MODULE)                           \
	FILE(words_js, "api/pages/", "words.js", MODULE)                       \
	FILE(call_js, "api/pages/", "call.js", MODULE)                         \
	FILE(verify_js, "api/pages/", "verify.js", MODULE)                     \
	FILE(desk_state_js, "api/pages/", "desk-state.js", MODULE)             \
	FILE(desk_paper_js, "api/pages/", "desk-paper.js", MODULE)             \
	FILE(desk_job_js, "api/pages/", "desk-job.js", MODULE)                 \
	FILE(desk_login_js, "api/pages/", "desk-login.js", MODULE)             \
	FILE(desk_print_js, "api/pages/", "desk-print.js", MODULE)             \
	FILE(desk_give_js, "api/pages/", "desk-give.js", MODULE)               \
	FILE(desk_find_js, "api/pages/", "desk-find.js", MODULE)               \
	FILE(desk_jobs_js, "api/pages/", "desk-jobs.js", MODULE)               \
	FILE(desk_day_js, "api/pages/", "desk-day.js", MODULE)                 \
	FILE(desk_stock_js, "api/pages/", "desk-stock.js", MODULE)             \
	FILE(desk_audit_js, "api/pages/", "desk-audit.js", MODULE)             \
	FILE(desk_seals_js, "api/pages/", "desk-seals.js", MODULE)             \
	FILE(desk_region_js, "api/pages/", "desk-region.js", MODULE)           \
	FILE(desk_js, "api/pages/", "desk.js", MODULE)                         \
	FILE(index_html, "api/pages/", "index.html", HTML)                     \
	FILE(desk_html, "api/pages/", "desk.html", HTML)                       \
	FILE(openapi_json, "api/", "openapi.json", JSON)

#define EMBED(symbol, folder, file, kind)                                      \
	__asm__(".section .rodata\n"                                           \
		".global asset_" #symbol "\nasset_" #symbol ":\n"              \
		".incbin \"" folder file "\"\n"                                \
		".global asset_" #symbol "_end\nasset_" #symbol "_end:\n"      \
		".byte 0\n.previous\n");                                       \
	extern const uint8_t asset_##symbol[], asset_##symbol##_end[];
FILES(EMBED)

#define ROW(symbol, folder, file, kind)                                        \
	{{.name = file, .type = kind}, asset_##symbol, asset_##symbol##_end,   \
	    BUF_INIT, BUF_INIT},

static struct {
	struct asset asset;
	const uint8_t *begin, *end;
	struct buf filled, packed; /* what asset's forms show; never freed */
} files[] = {FILES(ROW)};

enum {
	NFILES = sizeof(files) / sizeof(files[0]),
	GZIP_LEVEL = 9 /* 12: 3 % smaller, six times as long at each start */
};

/* Guards the filled files; how many of them are ready. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t ready;

/* Among the files that are ready; under the lock while loading. */
const struct asset *
asset_find(const char *name)
{
	for (size_t i = 0; i < ready; i++)
		if (strcmp(files[i].asset.name, name) == 0)
			return &files[i].asset;
	return NULL;
}

static int
pack(struct bytes text, struct buf *out, struct err *e)
{
	struct libdeflate_compressor *c =
	    libdeflate_alloc_compressor(GZIP_LEVEL);
	size_t bound, n = 0;
	uint8_t *p = NULL;

	if (c != NULL) {
		bound = libdeflate_gzip_compress_bound(c, text.n);
		p = malloc(bound);
		if (p != NULL)
			n = libdeflate_gzip_compress(
			    c, text.p, text.n, p, bound);
		libdeflate_free_compressor(c);
	}
	buf_add(out, p, n);
	free(p);
	return n == 0 || buf_failed(out) ? err_nomem(e) : 0;
}

static int
load(size_t i, const json_t *words, struct err *e)
{
	struct bytes text = {
	    files[i].begin, (size_t)(files[i].end - files[i].begin)};
	struct asset *a = &files[i].asset;
	int rc = 0;

	buf_reset(&files[i].filled);
	buf_reset(&files[i].packed);
	if (strcmp(a->type, JSON) == 0)
		buf_add(&files[i].filled, text.p, text.n);
	else
		rc = asset_fill(text, asset_find, words, &files[i].filled, e);
	if (rc == 0 && buf_failed(&files[i].filled))
		rc = err_nomem(e);
	a->plain.content = buf_bytes(&files[i].filled);
	if (rc != 0 || (rc = pack(a->plain.content, &files[i].packed, e)) != 0)
		return rc;
	a->gzip.content = buf_bytes(&files[i].packed);
	rc = etag_of_bytes(a->plain.content, a->plain.etag, e);
	return rc != 0 ? rc : etag_of_bytes(a->gzip.content, a->gzip.etag, e);
}

int
assets_load(struct err *e)
{
	json_t *words = json_loadb((const char *)asset_zh_json,
	    (uintptr_t)asset_zh_json_end - (uintptr_t)asset_zh_json, 0, NULL);
	int rc = words == NULL ? err_set(e, ERR_INTERNAL, "bad_page",
				     "页面的词表不是 JSON",
				     "the words of the pages are not JSON")
			       : 0;

	pthread_mutex_lock(&lock);
	while (rc == 0 && ready < NFILES && (rc = load(ready, words, e)) == 0)
		ready++;
	pthread_mutex_unlock(&lock);
	json_decref(words);
	return rc;
}
