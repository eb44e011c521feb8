/*
 * replay.c - run a fuzz target over files, without a fuzzer: each corpus is a
 * regression test.  Prints "ok NAME" a file; a crash ends the process, and the
 * last line printed ("try NAME") names the culprit.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	REPLAY_FILE_MAX = 1048576
};

static int
replay(const char *name)
{
	/* Exactly as large as the input, so that a sanitizer sees overruns. */
	uint8_t *all = malloc(REPLAY_FILE_MAX), *data;
	FILE *f = fopen(name, "rb");
	size_t n;

	if (all == NULL || f == NULL)
		return -1;
	n = fread(all, 1, REPLAY_FILE_MAX, f);
	fclose(f);
	data = realloc(all, n == 0 ? 1 : n);
	if (data == NULL)
		return -1;
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 0;
}

int
main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		printf("try %s\n", argv[i]);
		fflush(stdout);
		if (replay(argv[i]) != 0) {
			printf("not ok %s: cannot read\n", argv[i]);
			return 1;
		}
		printf("ok %s\n", argv[i]);
	}
	return 0;
}
