/* ses_seal_fuzz.c - the reader of seal objects; what it accepts can be
 * verified, judged and compared. */
#include "crypto/ses_check.h"
#include "crypto/ses_seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, entry;
	struct ses_trust trust = {.at = 1767225600};
	struct ses_report report;
	struct err e = ERR_INIT;
	struct ses_seal seal;
	size_t i;

	if (ses_seal_parse(in, &seal, &e) == 0) {
		for (i = 0; i < seal.nsigners; i++)
			ses_seal_signer(&seal, i, &entry);
		ses_seal_names(&seal, in, &e);
		ses_seal_canonical(&seal, &e);
		ses_check_seal(in, &trust, &seal, &report, &e);
	}
	err_clear(&e);
	return 0;
}
