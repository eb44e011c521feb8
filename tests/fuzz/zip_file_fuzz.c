/* zip_file_fuzz.c - any bytes as an archive: read, inflate, judge. */
#include "crypto/zip_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes content;
	struct zip_file *zip;
	struct err e = ERR_INIT;
	size_t i;

	if (zip_file_open((struct bytes){data, size}, &zip, &e) != 0)
		return 0;
	(void)zip_file_canonical(zip, &e);
	for (i = 0; i < zip->n; i++) {
		if (zip_file_find(zip, zip->entries[i].name) !=
		    &zip->entries[i])
			__builtin_trap();
		(void)zip_file_content(zip, &zip->entries[i], &content, &e);
	}
	zip_file_free(zip);
	return 0;
}
