/* ofd_file_test.c - an OFD's digests, apart from what is made of them
 * (verify_ofd_test.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/base/text.h"
#include "crypto/digest.h"
#include "crypto/ofd_file.h"
#include "tests/support/scarce_memory.h"
#include "tests/support/zip_maker.h"

#define OFD_XMLNS "xmlns:ofd=\"http://www.ofdspec.org/2016\""

static struct zip_maker_entry
part(const char *name, const char *text)
{
	return (struct zip_maker_entry){bytes_str(name), bytes_str(text), 0};
}

/* A document of one page, with one signature; check: of the page, in base64. */
static void
make_document(const char *page, const char *check, struct buf *out)
{
	struct buf document = BUF_INIT, signature = BUF_INIT;
	struct zip_maker_entry entries[6];

	buf_printf(&document,
	    "<ofd:Document " OFD_XMLNS "><ofd:Pages><ofd:Page ID=\"1\" "
	    "BaseLoc=\"%s\"/></ofd:Pages><ofd:Attachments>A.xml"
	    "</ofd:Attachments></ofd:Document>",
	    page);
	buf_printf(&signature,
	    "<ofd:Signature " OFD_XMLNS "><ofd:SignedInfo><ofd:References "
	    "CheckMethod=\"SM3\"><ofd:Reference FileRef=\"%s\">"
	    "<ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>"
	    "</ofd:References></ofd:SignedInfo><ofd:SignedValue>S.xml"
	    "</ofd:SignedValue></ofd:Signature>",
	    page, check);

	entries[0] = part("OFD.xml",
	    "<ofd:OFD " OFD_XMLNS "><ofd:DocBody><ofd:DocRoot>D.xml"
	    "</ofd:DocRoot><ofd:Signatures>L.xml</ofd:Signatures>"
	    "</ofd:DocBody></ofd:OFD>");
	entries[1] = part("D.xml", buf_cstr(&document));
	entries[2] = part("A.xml",
	    "<ofd:Attachments " OFD_XMLNS "><ofd:Attachment ID=\"1\" "
	    "Name=\"certificate&#46;xml\"><ofd:FileLoc>D.xml</ofd:FileLoc>"
	    "</ofd:Attachment></ofd:Attachments>");
	entries[3] = part("L.xml",
	    "<ofd:Signatures " OFD_XMLNS "><ofd:Signature ID=\"1\" "
	    "BaseLoc=\"S.xml\"/></ofd:Signatures>");
	entries[4] = part(page, "a page");
	entries[5] = part("S.xml", buf_cstr(&signature));
	zip_make(out, entries, 6);
	buf_release(&document);
	buf_release(&signature);
}

static int
read_document(void *ctx, struct err *e)
{
	struct ofd_signature signature = {.nreferences = 0};
	struct ofd_file *f;
	struct bytes content;
	int rc = ofd_file_open(buf_bytes(ctx), &f, e);

	if (rc == 0)
		rc = ofd_file_attachment(f, "certificate.xml", &content, e);
	if (rc == 0)
		rc = ofd_signature_read(f, 0, &signature, e);
	if (rc == 0)
		rc = ofd_signature_digests(f, &signature, e);
	ofd_signature_release(&signature);
	ofd_file_free(f);
	return rc;
}

/* Not even with a value that is as empty as what there was no room for. */
static void
no_memory_is_no_digest(void **state)
{
	struct buf file = BUF_INIT, check = BUF_INIT;
	uint8_t sm3[32];

	(void)state;
	assert_int_equal(digest_sm3(bytes_str("a page"), sm3), 0);
	text_base64(&check, (struct bytes){sm3, sizeof(sm3)});
	make_document("page.xml", buf_cstr(&check), &file);
	starve(read_document, &file, 0);
	buf_reset(&file);
	make_document("page.xml", "", &file);
	starve(read_document, &file, ERR_INPUT);
	buf_release(&check);
	buf_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_memory_is_no_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
