/* pdf_ranges.c - digest of the covered bytes; see pdf_ranges.h. */
#include "crypto/pdf_ranges.h"

#include <openssl/evp.h>

int
pdf_ranges_digest(struct bytes pdf, const struct pdf_ranges *ranges,
    uint8_t digest[32], struct err *e)
{
	EVP_MD_CTX *ctx;
	int ok;

	if (ranges->gap > ranges->resume || ranges->resume > pdf.n ||
	    ranges->rest > pdf.n - ranges->resume)
		return err_set(e, ERR_INPUT, "malformed",
		    "签名的字节范围不在文件之内",
		    "the byte range of the signature is not in the file");
	ctx = EVP_MD_CTX_new();
	ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
	     EVP_DigestUpdate(ctx, pdf.p, ranges->gap) == 1 &&
	     EVP_DigestUpdate(ctx, pdf.p + ranges->resume, ranges->rest) == 1 &&
	     EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : err_internal(e, "SHA-256");
}
