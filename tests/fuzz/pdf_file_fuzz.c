/* pdf_file_fuzz.c - any bytes as a PDF: read, list, judge. */
#include "crypto/pdf_signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pdf_signature list[PDF_SIGNATURES_MAX];
	struct pdf_file *f = NULL;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n = 0, fields;

	if (pdf_file_open((struct bytes){data, size}, &f, &e) == 0) {
		if (pdf_signatures_find(f, list, &n, &fields, &e) == 0 && n > 0)
			(void)pdf_licence_check(f, list, n, &e);
		(void)pdf_file_attachment(
		    f, "certificate.xml", 65536, &out, &e);
		(void)pdf_file_page(f, 1);
	}
	pdf_file_free(f);
	buf_release(&out);
	err_clear(&e);
	return 0;
}
