/*
 * cli_dump.c - certsvc dump FILE: what is inside any of our objects, as text.
 * It says what is written there, never whether it is true: that is verify's.
 */
#include "api/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "api/command.h"
#include "api/dump.h"
#include "certsvc/format/xml.h"
#include "certsvc/verify.h"
#include "certsvc/verify_picture.h"
#include "crypto/base/file.h"

static int
is_pdf(struct bytes v)
{
	return v.n >= 5 && memcmp(v.p, "%PDF-", 5) == 0;
}

static int
is_ofd(struct bytes v)
{
	return v.n >= 4 && memcmp(v.p, "PK\003\004", 4) == 0;
}

static int
is_xml(struct bytes v)
{
	return v.n >= 5 && memcmp(v.p, "<?xml", 5) == 0;
}

static int
is_cwt(struct bytes v)
{
	return v.n >= 1 && v.p[0] == 0xd2; /* CBOR tag 18 */
}

static int
dump_picture(struct bytes file, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = verify_picture_code(file, &text, e);

	if (rc == 0)
		rc = dump_code(buf_bytes(&text), e);
	buf_release(&text);
	return rc;
}

static int
dump_text(struct bytes file, struct err *e)
{
	if (file.n > 0 && file.p[file.n - 1] == '\n')
		file.n--;
	return dump_code(file, e);
}

static int
dump_file(const char *name)
{
	struct buf content = BUF_INIT;
	struct err e = ERR_INIT;
	struct bytes file;
	int rc;

	rc = file_read(name, VERIFY_FILE_MAX, &content, &e);
	file = buf_bytes(&content);
	if (rc != 0)
		;
	else if (is_pdf(file))
		rc = dump_pdf(file, &e);
	else if (is_ofd(file))
		rc = dump_ofd(file, &e);
	else if (is_xml(file))
		rc = dump_xml(file, &e);
	else if (is_cwt(file))
		rc = dump_status_list(file, &e);
	else if (verify_is_picture(file))
		rc = dump_picture(file, &e);
	else
		rc = dump_text(file, &e);
	buf_release(&content);
	return rc == 0 ? 0 : cli_fail(&e);
}

int
cli_dump(int argc, char **argv)
{
	int i, status = 0;

	optind = 0;
	if (getopt(argc, argv, "") != -1 || optind == argc) {
		fprintf(stderr,
		    "用法 / usage: certsvc dump FILE...   (PDF, OFD, XML, 二维码 / code, *.cwt)\n");
		return COMMAND_USAGE;
	}
	for (i = optind; i < argc; i++) {
		printf("== %s\n", argv[i]);
		status |= dump_file(argv[i]);
	}
	return status;
}
