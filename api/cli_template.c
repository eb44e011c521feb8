/* cli_template.c - certsvc template check | preview; see cli.h. */
#include "api/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/command.h"
#include "api/serve.h"
#include "certsvc/preview.h"
#include "certsvc/template.h"
#include "crypto/base/file.h"

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc template check DIR...\n"
	    "       certsvc template preview DIR [-o OUTDIR] [--fonts DIR] [--sheets]\n"
	    "  DIR: 一个类型的目录，或所有类型的目录 / the folder of a type, or of all types\n"
	    "  --sheets: 网点打印的样子 / as offices print it\n");
	return COMMAND_USAGE;
}

static int
has_template(const char *dir)
{
	struct buf path = BUF_INIT;
	int ok;

	buf_printf(&path, "%s/template.xml", dir);
	ok = buf_cstr(&path) != NULL && access(buf_cstr(&path), F_OK) == 0;
	buf_release(&path);
	return ok;
}

/* The folder of one type, or of all types. */
static int
read_types(const char *dir, struct template_set *set, struct err *e)
{
	int rc;

	memset(set, 0, sizeof(*set));
	if (!has_template(dir))
		return template_set_read(dir, set, e);
	set->v = calloc(1, sizeof(*set->v));
	if (set->v == NULL)
		return err_nomem(e);
	if ((rc = template_read(dir, &set->v[0], e)) == 0)
		set->n = 1;
	return rc;
}

static int
check(int n, char **dirs)
{
	struct template_set set;
	struct err e = ERR_INIT;
	int i, status = 0;
	size_t j;

	for (i = 0; i < n; i++) {
		if (read_types(dirs[i], &set, &e) != 0)
			status = cli_fail(&e);
		for (j = 0; j < set.n; j++)
			printf("✓ %s  %s  %s  v%u\n", set.v[j]->folder,
			    set.v[j]->code, set.v[j]->zh, set.v[j]->version);
		template_set_release(&set);
	}
	return status;
}

/* Which previews, from where and to where. */
struct wanted {
	const char *dir, *fonts, *out;
	int sheets;
};

static const char *const kinds[] = {
    [PREVIEW_DOCUMENT] = "preview",
    [PREVIEW_SHEET] = "sheet",
    [PREVIEW_BLANK] = "blank",
};

static int
preview_variant(const struct wanted *wanted, const struct template *t,
    const char *variant, enum preview_kind kind, struct err *e)
{
	struct buf name = BUF_INIT, folder = BUF_INIT, pdf = BUF_INIT;
	int rc;

	buf_add_str(&folder, wanted->dir);
	if (!has_template(wanted->dir))
		buf_printf(&folder, "/%s", t->folder);
	buf_printf(&name, "%s/%s-%s-%s.pdf", wanted->out, t->folder, variant,
	    kinds[kind]);
	if (buf_cstr(&name) == NULL || buf_cstr(&folder) == NULL)
		rc = err_nomem(e);
	else
		rc = preview_make(t, buf_cstr(&folder), variant, kind,
		    wanted->fonts, &pdf, e);
	if (rc == 0)
		rc = file_replace(buf_cstr(&name), buf_bytes(&pdf), 0644, e);
	if (rc == 0)
		printf("%s\n", buf_cstr(&name));
	buf_release(&name);
	buf_release(&folder);
	buf_release(&pdf);
	return rc;
}

static int
preview_type(
    const struct wanted *wanted, const struct template *t, struct err *e)
{
	const char *id;
	size_t i;
	int rc = 0;

	for (i = 0; i < t->nvariants && rc == 0; i++) {
		id = t->variants[i].id;
		rc = preview_variant(wanted, t, id, PREVIEW_DOCUMENT, e);
		if (rc == 0 && wanted->sheets && t->print_originals > 0)
			rc = preview_variant(wanted, t, id, PREVIEW_SHEET, e);
		if (rc == 0 && wanted->sheets && t->print_stock)
			rc = preview_variant(wanted, t, id, PREVIEW_BLANK, e);
	}
	return rc;
}

static int
preview(const struct wanted *wanted)
{
	struct template_set set;
	struct err e = ERR_INIT;
	size_t i;
	int rc;

	rc = read_types(wanted->dir, &set, &e);
	if (rc == 0)
		rc = file_make_directory(wanted->out, &e);
	for (i = 0; i < set.n && rc == 0; i++)
		rc = preview_type(wanted, set.v[i], &e);
	template_set_release(&set);
	return rc == 0 ? 0 : cli_fail(&e);
}

int
cli_template(int argc, char **argv)
{
	static const struct option options[] = {
	    {"fonts", required_argument, NULL, 'f'},
	    {"sheets", no_argument, NULL, 's'},
	    {NULL, 0, NULL, 0},
	};
	struct wanted wanted = {
	    .out = ".", .fonts = "/usr/share/fonts/truetype"};
	int c;

	while ((c = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (c == 'o')
			wanted.out = optarg;
		else if (c == 'f')
			wanted.fonts = optarg;
		else if (c == 's')
			wanted.sheets = 1;
		else
			return usage();
	}
	argc -= optind;
	argv += optind;
	if (argc >= 2 && strcmp(argv[0], "check") == 0)
		return check(argc - 1, argv + 1);
	if (argc == 2 && strcmp(argv[0], "preview") == 0) {
		wanted.dir = argv[1];
		return preview(&wanted);
	}
	return usage();
}
