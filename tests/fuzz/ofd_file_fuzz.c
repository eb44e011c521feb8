/* ofd_file_fuzz.c - any bytes as an OFD: read, follow, hash, judge. */
#include <stdlib.h>

#include "crypto/ofd_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ofd_signature *list;
	struct ofd_file *f;
	struct bytes content;
	struct err e = ERR_INIT;
	size_t i, n = 0;

	if (ofd_file_open((struct bytes){data, size}, &f, &e) != 0)
		return 0;
	(void)ofd_file_attachment(f, "certificate.xml", &content, &e);
	list = calloc(f->nsignatures + 1, sizeof(*list));
	while (
	    n < f->nsignatures && ofd_signature_read(f, n, &list[n], &e) == 0)
		n++;
	if (n == f->nsignatures)
		(void)ofd_licence_check(f, list, &e);
	for (i = 0; i < n; i++) {
		(void)ofd_signature_digests(f, &list[i], &e);
		if (n == f->nsignatures)
			(void)ofd_signature_covers(f, list, i);
	}
	for (i = 0; i <= n && i < f->nsignatures; i++)
		ofd_signature_release(&list[i]);
	free(list);
	ofd_file_free(f);
	return 0;
}
