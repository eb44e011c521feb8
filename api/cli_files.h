/*
 * cli_files.h - the documents of a certificate as files: what they are called,
 * and fetching them all (issue -o, copy -o, demo).
 */
#ifndef API_CLI_FILES_H
#define API_CLI_FILES_H

#include "api/cli.h"

enum {
	CLI_FILES_MAX = 24 /* files of one certificate */
};

struct cli_file {
	char name[192];	 /* STEM.pdf, STEM-duplicate.ofd, STEM.sm2.qr.txt */
	char query[128]; /* what stands behind /files/ to fetch it */
};

/*
 * The files of a certificate, from the answer that issuing gave.  Of each
 * laid-out format the first variant has the bare stem.  Returns how many; a
 * further one is left out.
 */
size_t cli_files_list(const json_t *answer, const char *stem,
    struct cli_file files[CLI_FILES_MAX]);

/* Fetch them into cli->out, made when missing, with the answer as STEM.json;
 * says each path unless --json. */
int cli_files_fetch(
    struct cli *cli, const json_t *answer, const char *stem, struct err *e);

#endif
