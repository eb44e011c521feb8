/* cli_files.c - see cli_files.h. */
#include "api/cli_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/file.h"

/* Name and query of a document; first: the first of its format. */
static void
name_document(
    const json_t *doc, const char *stem, int first, struct cli_file *file)
{
	const char *format = cli_text(doc, "format");
	const char *variant = cli_text(doc, "variant");

	snprintf(file->query, sizeof(file->query), "%s?version=1%s%s", format,
	    variant[0] ? "&variant=" : "", variant);
	if (strcmp(format, "qr") == 0)
		snprintf(file->name, sizeof(file->name), "%s.%s.qr.txt", stem,
		    variant);
	else
		snprintf(file->name, sizeof(file->name), "%s%s%s.%s", stem,
		    first ? "" : "-", first ? "" : variant, format);
}

static size_t
add_file(struct cli_file files[CLI_FILES_MAX], size_t n, const char *stem,
    const char *ending, const char *query)
{
	if (n == CLI_FILES_MAX)
		return n;
	snprintf(files[n].name, sizeof(files[n].name), "%s%s", stem, ending);
	snprintf(files[n].query, sizeof(files[n].query), "%s", query);
	return n + 1;
}

size_t
cli_files_list(const json_t *answer, const char *stem,
    struct cli_file files[CLI_FILES_MAX])
{
	const char *before = "", *format;
	const json_t *doc;
	size_t i, n = 0;

	json_array_foreach (json_object_get(answer, "documents"), i, doc) {
		if (n == CLI_FILES_MAX)
			break;
		format = cli_text(doc, "format");
		name_document(
		    doc, stem, strcmp(format, before) != 0, &files[n++]);
		before = format;
	}
	n = add_file(files, n, stem, ".qr.txt", "qr");
	return add_file(files, n, stem, ".qr.png", "qr?as=png");
}

static int
fetch(
    struct cli *cli, const char *id, const struct cli_file *file, struct err *e)
{
	struct buf path = BUF_INIT, target = BUF_INIT, content = BUF_INIT;
	struct client_call call = {.method = "GET"};
	int rc;

	buf_printf(&path, "/v1/certificates/%s/files/%s", id, file->query);
	buf_printf(&target, "%s/%s", cli->out, file->name);
	call.path = buf_cstr(&path);
	if (call.path == NULL || buf_cstr(&target) == NULL)
		rc = err_nomem(e);
	else
		rc = cli_send(cli, &call, &content, e);
	if (rc == 0)
		rc = file_replace(
		    buf_cstr(&target), buf_bytes(&content), 0644, e);
	if (rc == 0 && !cli->json)
		printf("  %s\n", buf_cstr(&target));
	buf_release(&path);
	buf_release(&target);
	buf_release(&content);
	return rc;
}

static int
write_answer(const struct cli *cli, const json_t *answer, const char *stem,
    struct err *e)
{
	struct buf target = BUF_INIT;
	char *text = json_dumps(answer, JSON_INDENT(2));
	int rc;

	buf_printf(&target, "%s/%s.json", cli->out, stem);
	rc = text == NULL || buf_cstr(&target) == NULL
		 ? err_nomem(e)
		 : file_replace(buf_cstr(&target), bytes_str(text), 0644, e);
	free(text);
	buf_release(&target);
	return rc;
}

int
cli_files_fetch(
    struct cli *cli, const json_t *answer, const char *stem, struct err *e)
{
	struct cli_file files[CLI_FILES_MAX];
	size_t n = cli_files_list(answer, stem, files), i;
	int rc = file_make_directory(cli->out, e);

	for (i = 0; i < n && rc == 0; i++)
		rc = fetch(cli, cli_text(answer, "id"), &files[i], e);
	return rc == 0 ? write_answer(cli, answer, stem, e) : rc;
}
