/*
 * tool.h - tools of other people, run by a test, and files for them.  Header
 * only.
 */
#ifndef TESTS_SUPPORT_TOOL_H
#define TESTS_SUPPORT_TOOL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/base/buf.h"

/* Run a tool; its output goes to `output` (or nowhere).  1 when it exits 0. */
static inline int
tool(const char *output, const char *const *argv)
{
	posix_spawn_file_actions_t files;
	pid_t pid;
	char *args[12] = {NULL};
	int status, i;

	for (i = 0; argv[i] != NULL; i++)
		assert_non_null(args[i] = strdup(argv[i]));
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1,
	    output != NULL ? output : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC,
	    0600);
	assert_int_equal(
	    posix_spawnp(&pid, args[0], &files, NULL, args, environ), 0);
	posix_spawn_file_actions_destroy(&files);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (i = 0; args[i] != NULL; i++)
		free(args[i]);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static inline void
write_file(const char *path, struct bytes v)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(v.p, 1, v.n, f), v.n);
	assert_int_equal(fclose(f), 0);
}

static inline void
read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(out, part, n);
	fclose(f);
}

#endif
