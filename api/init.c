/*
 * init.c - certsvc init: a data directory with keys, seals and departments.
 */
#include "api/init.h"

#include <dirent.h>
#include <getopt.h>
#include <limits.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/demo_desk.h"
#include "api/serve.h"
#include "certsvc/config.h"
#include "certsvc/font.h"
#include "certsvc/json_strict.h"
#include "certsvc/seal_order.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "keys/passphrase.h"
#include "keys/setup.h"

/* api/demo.json, taken in by the assembler; the Makefile knows. */
__asm__(".section .rodata\n"
	".balign 8\n"
	"demo_json:\n"
	".incbin \"api/demo.json\"\n"
	"demo_json_end:\n"
	".byte 0\n"
	".balign 8\n"
	"demo_json_size:\n"
	".quad demo_json_end - demo_json\n.previous\n");
extern const unsigned char demo_json[];
extern const uint64_t demo_json_size;

enum {
	DESCRIPTION_MAX = 16777216
}; /* bytes of a departments file */

struct init {
	const char *dir, *url, *listen, *key, *departments, *templates, *fonts;
	int demo;
};

/* A directory next to the program: ../templates in the source tree, or
 * ../share/certsvc/templates when installed. */
static int
default_templates(char out[PATH_MAX])
{
	static const char *const places[] = {
	    "../templates", "../share/certsvc/templates"};
	char program[PATH_MAX], *slash;
	struct buf path = BUF_INIT;
	ssize_t n;
	size_t i;
	int found = 0;

	n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	if (n <= 0)
		return -1;
	program[n] = '\0';
	if ((slash = strrchr(program, '/')) == NULL)
		return -1;
	*slash = '\0';
	for (i = 0; i < sizeof(places) / sizeof(places[0]) && !found; i++) {
		buf_reset(&path);
		buf_printf(&path, "%s/%s", program, places[i]);
		found = buf_cstr(&path) != NULL &&
			realpath(buf_cstr(&path), out) != NULL;
	}
	buf_release(&path);
	return found ? 0 : -1;
}

/* The directory must not hold anything yet: init never overwrites keys. */
static int
check_empty(const char *dir, struct err *e)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	int used = 0;

	if (d == NULL)
		return 0;
	while ((entry = readdir(d)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			used = 1;
	closedir(d);
	return used
		   ? err_set(e, ERR_CONFLICT, "already_initialised",
			 "目录 %s 不是空的：init 不会覆盖已有的密钥与数据",
			 "the directory %s is not empty: init never overwrites keys or data",
			 dir)
		   : 0;
}

/* A demo without a passphrase of its own gets a random one beside its keys. */
static int
demo_passphrase(const struct init *o, struct buf *out, struct err *e)
{
	uint8_t raw[20];
	struct bytes view = {raw, sizeof(raw)};
	struct buf path = BUF_INIT;
	int rc;

	if (RAND_bytes(raw, sizeof(raw)) != 1)
		return err_internal(e, "RAND_bytes");
	text_base32(out, view);
	buf_printf(&path, "%s/passphrase", o->dir);
	rc = buf_cstr(&path) == NULL
		 ? err_nomem(e)
		 : file_replace(buf_cstr(&path), buf_bytes(out), 0600, e);
	buf_release(&path);
	return rc;
}

static int
write_config(const struct init *o, struct err *e)
{
	char templates[PATH_MAX];
	struct config config = {0};
	struct buf url = BUF_INIT;
	int rc;

	if (o->templates != NULL ? realpath(o->templates, templates) == NULL
				 : default_templates(templates) != 0)
		return err_set(e, ERR_NOT_FOUND, "no_templates",
		    "找不到模板目录，请用 --templates DIR 指定",
		    "no directory of templates: name one with --templates DIR");
	buf_printf(&url, "http://%s", o->listen);
	if (buf_cstr(&url) == NULL)
		return err_nomem(e);
	config.dir = text_dup(o->dir);
	config.public_url = text_dup(o->url ? o->url : buf_cstr(&url));
	config.listen = text_dup(o->listen);
	config.templates = text_dup(templates);
	config.fonts = text_dup(o->fonts);
	config.demo = o->demo;
	config.second_factor = !o->demo;
	/* A demo is looked at for days without its server running. */
	config.status_hours = o->demo ? 24 * 30 : CONFIG_STATUS_HOURS;
	config.lookups_hour = CONFIG_LOOKUPS_HOUR;
	rc = config_write(&config, e);
	config_release(&config);
	buf_release(&url);
	return rc;
}

static int
read_text(const struct init *o, struct buf *out, struct err *e)
{
	if (o->departments != NULL)
		return file_read(o->departments, DESCRIPTION_MAX, out, e);
	if (!o->demo)
		return err_set(e, ERR_INPUT, "departments_missing",
		    "请用 --departments FILE 给出部门与印章（格式见 docs/architecture.md），或用 --demo",
		    "name departments and seals with --departments FILE (docs/architecture.md), or use --demo");
	buf_add(out, demo_json, (size_t)demo_json_size);
	return buf_failed(out) ? err_nomem(e) : 0;
}

static int
read_description(const struct init *o, json_t **description, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = read_text(o, &text, e);

	if (rc == 0)
		rc = json_strict_read(
		    buf_bytes(&text), DESCRIPTION_MAX, description, e);
	buf_release(&text);
	return rc;
}

/* Start once, so that store and trust directory exist and everything works. A
 * demo of our own departments gets its desk. */
static int
first_start(const struct init *o, struct bytes passphrase, struct err *e)
{
	pid_t pid;
	int rc = serve_temporary(o->dir, NULL, passphrase, &pid, e);

	if (rc != 0)
		return rc;
	if (o->demo && o->departments == NULL)
		rc = demo_desk(o->dir, passphrase, e);
	serve_temporary_stop(pid);
	return rc;
}

/* Draw a seal of the description, as an administrator's seal is drawn. */
static int
draw_seal(
    void *ctx, const json_t *seal, struct setup_picture *out, struct err *e)
{
	struct seal_order_picture picture = {.data = BUF_INIT};
	int rc = seal_order_picture(ctx, seal, &picture, e);

	if (rc != 0) {
		buf_release(&picture.data);
		return rc;
	}
	snprintf(out->type, sizeof(out->type), "%s", picture.type);
	out->data = picture.data;
	out->width = picture.width;
	out->height = picture.height;
	return 0;
}

static int
make_keys(const struct init *o, struct bytes passphrase,
    const json_t *description, struct err *e)
{
	const char *dirs[1] = {o->fonts};
	struct font_set *fonts = NULL;
	int rc = font_set_load(dirs, 1, &fonts, e);

	if (rc == 0)
		rc = keys_setup(
		    o->dir, passphrase, description, draw_seal, fonts, e);
	font_set_free(fonts);
	return rc;
}

static int
make(const struct init *o, struct err *e)
{
	struct buf passphrase = BUF_INIT;
	json_t *description = NULL;
	int rc;

	if ((rc = check_empty(o->dir, e)) != 0 ||
	    (rc = read_description(o, &description, e)) != 0 ||
	    (rc = file_make_directory(o->dir, e)) != 0)
		goto out;
	if (o->demo && o->key == NULL)
		rc = demo_passphrase(o, &passphrase, e);
	else
		rc = passphrase_read(o->key, &passphrase, e);
	if (rc == 0)
		rc = make_keys(o, buf_bytes(&passphrase), description, e);
	if (rc == 0)
		rc = write_config(o, e);
	if (rc == 0)
		rc = first_start(o, buf_bytes(&passphrase), e);
out:
	buf_wipe(&passphrase);
	json_decref(description);
	return rc;
}

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc init -d DIR [--demo | --departments FILE] [--public-url URL]\n"
	    "       [-l HOST:PORT] [--key-file FILE] [--templates DIR] [--fonts DIR]\n");
	return 64;
}

static int
parse(int argc, char **argv, struct init *o)
{
	static const struct option options[] = {
	    {"demo", no_argument, NULL, 'D'},
	    {"public-url", required_argument, NULL, 'u'},
	    {"key-file", required_argument, NULL, 'k'},
	    {"departments", required_argument, NULL, 'p'},
	    {"templates", required_argument, NULL, 't'},
	    {"fonts", required_argument, NULL, 'f'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "d:l:", options, NULL)) != -1) {
		switch (c) {
		case 'd':
			o->dir = optarg;
			break;
		case 'l':
			o->listen = optarg;
			break;
		case 'D':
			o->demo = 1;
			break;
		case 'u':
			o->url = optarg;
			break;
		case 'k':
			o->key = optarg;
			break;
		case 'p':
			o->departments = optarg;
			break;
		case 't':
			o->templates = optarg;
			break;
		case 'f':
			o->fonts = optarg;
			break;
		default:
			return -1;
		}
	}
	return o->dir == NULL || optind != argc ? -1 : 0;
}

/* What a printed code starts with: lower-case scheme and host, no path. */
static int
check_url(const char *url, struct err *e)
{
	size_t scheme = strncmp(url, "https://", 8) == 0  ? 8
			: strncmp(url, "http://", 7) == 0 ? 7
							  : 0;

	if (scheme != 0 && url[scheme] != '\0' && strlen(url) <= 128 &&
	    strspn(url + scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") ==
		strlen(url + scheme))
		return 0;
	return err_set(e, ERR_INPUT, "bad_public_url",
	    "公开网址应形如 https://v.example.gov.cn（小写，无路径，结尾无斜杠）",
	    "the public URL must look like https://v.example.gov.cn (lower case, no path, no slash at its end)");
}

int
cli_init(int argc, char **argv)
{
	struct init o = {.dir = getenv("CERTSVC_DATA"),
	    .listen = getenv("CERTSVC_LISTEN"),
	    .fonts = "/usr/share/fonts/truetype"};
	struct err e = ERR_INIT;
	int rc;

	if (parse(argc, argv, &o) != 0)
		return usage();
	if (o.listen == NULL)
		o.listen = "127.0.0.1:8080";
	rc = o.url != NULL ? check_url(o.url, &e) : 0;
	if (rc == 0)
		rc = make(&o, &e);
	if (rc != 0) {
		serve_report(&e);
		err_clear(&e);
		return 1;
	}
	printf("数据目录已建立 / data directory made: %s\n", o.dir);
	return 0;
}
