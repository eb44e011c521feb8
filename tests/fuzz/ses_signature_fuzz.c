/* ses_signature_fuzz.c - the reader of seal signatures; what it accepts can be
 * verified, judged and compared. */
#include "crypto/ses_check.h"
#include "crypto/ses_signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, anchor;
	struct ses_trust trust = {.at = 1767225600};
	struct ses_signature signature;
	struct ses_report report;
	struct err e = ERR_INIT;

	if (ses_signature_parse(in, &signature, &e) == 0) {
		ses_signature_canonical(&signature, &e);
		/* A timestamp's authority is asked for with any anchor. */
		anchor = signature.x509;
		trust.anchors = &anchor;
		trust.nanchors = 1;
		ses_check_signature(in, in, &trust, &signature, &report, &e);
	}
	err_clear(&e);
	return 0;
}
