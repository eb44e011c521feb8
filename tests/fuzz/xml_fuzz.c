/* The certificate XML document: what parses must be what we write. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/format/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes document = {data, size}, face, qr;
	struct buf again = BUF_INIT;
	struct err e = ERR_INIT;
	char *text;

	if (xml_document_parse(document, &face, &qr, &e) == 0) {
		text = strndup((const char *)qr.p, qr.n);
		if (text != NULL &&
		    (xml_document_write(face, text, &again, &e) != 0 ||
			!bytes_equal(document, buf_bytes(&again))))
			abort();
		free(text);
	}
	buf_release(&again);
	err_clear(&e);
	return 0;
}
