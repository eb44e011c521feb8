/* seal_object.c - see seal_object.h. */
#include "certsvc/seal_object.h"

#include "certsvc/format/ofd_write.h"
#include "crypto/base/text.h"
#include "crypto/digest.h"
#include "crypto/zip_write.h"

/* An id that tells seals apart and says nothing: of what is drawn. */
static int
write_root(struct bytes page, struct buf *out)
{
	uint8_t digest[DIGEST_SIZE];

	if (digest_sha256(page, digest) != 0)
		return -1;
	buf_add_str(out,
	    OFD_HEAD "<ofd:OFD " OFD_XMLNS " Version=\"1.0\" DocType=\"OFD\">"
		     "<ofd:DocBody><ofd:DocInfo><ofd:DocID>");
	text_hex(out, (struct bytes){digest, 16});
	buf_add_str(out,
	    "</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml"
	    "</ofd:DocRoot></ofd:DocBody></ofd:OFD>\n");
	return 0;
}

static void
write_document(
    const struct seal_picture *picture, unsigned int last, struct buf *out)
{
	buf_printf(out,
	    OFD_HEAD "<ofd:Document " OFD_XMLNS "><ofd:CommonData>"
		     "<ofd:MaxUnitID>%u</ofd:MaxUnitID><ofd:PageArea>"
		     "<ofd:PhysicalBox>0 0 ",
	    last);
	ofd_write_um(out, ofd_um((double)picture->width));
	buf_add_byte(out, ' ');
	ofd_write_um(out, ofd_um((double)picture->height));
	buf_add_str(out, "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
			 "<ofd:Pages><ofd:Page ID=\"1\" "
			 "BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages>"
			 "</ofd:Document>\n");
}

/* Returns the last id. */
static unsigned int
write_page(const struct seal_picture *picture, struct buf *out)
{
	unsigned int id = 2;
	size_t i;

	buf_add_str(out, OFD_HEAD "<ofd:Page " OFD_XMLNS "><ofd:Content>"
				  "<ofd:Layer ID=\"2\" Type=\"Body\">\n");
	for (i = 0; i < picture->drawing.npaths; i++)
		ofd_path_write(out, &picture->drawing.paths[i], 0, 0, &id);
	buf_add_str(out, "</ofd:Layer></ofd:Content></ofd:Page>\n");
	return id;
}

static int
write_package(const struct buf parts[3], struct buf *out, struct err *e)
{
	static const char *const names[] = {
	    "OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml"};
	struct zip_write zip;
	struct buf package = BUF_INIT;
	int rc, i;

	rc = zip_write_begin(&zip, ZIP_WRITE_LEVEL_ONCE, &package, e);
	for (i = 0; i < 3 && rc == 0; i++)
		rc = zip_write_add(&zip, names[i], buf_bytes(&parts[i]));
	if (rc == 0)
		rc = zip_write_end(&zip);
	if (rc == 0)
		buf_add_buf(out, &package);
	zip_write_release(&zip);
	buf_release(&package);
	return rc == 0 && buf_failed(out) ? err_nomem(e) : rc;
}

int
seal_picture_ofd(
    const struct seal_picture *picture, struct buf *out, struct err *e)
{
	struct buf parts[3] = {BUF_INIT, BUF_INIT, BUF_INIT};
	unsigned int last = write_page(picture, &parts[2]);
	int rc, i;

	write_document(picture, last, &parts[1]);
	rc = write_root(buf_bytes(&parts[2]), &parts[0]);
	if (rc != 0 || buf_failed(&parts[0]) || buf_failed(&parts[1]) ||
	    buf_failed(&parts[2]))
		rc = err_nomem(e);
	else
		rc = write_package(parts, out, e);
	for (i = 0; i < 3; i++)
		buf_release(&parts[i]);
	return rc;
}
