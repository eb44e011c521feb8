/*
 * ses_check.h - the order in which GB/T 38540-2020 verifies a seal (6.3) and a
 * signature (7.3), with a code for the step that failed first.
 */
#ifndef CRYPTO_SES_CHECK_H
#define CRYPTO_SES_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/chain.h"
#include "crypto/gm_signed_data.h"
#include "crypto/ses_seal.h"
#include "crypto/ses_signature.h"

/* The step that failed; the codes of ses_step_code are part of verdicts. */
enum ses_step {
	SES_GOOD,
	/* of the seal, 6.3 */
	SES_SEAL_MALFORMED,	/* seal_malformed */
	SES_SEAL_BAD_SIGNATURE, /* seal_bad_signature */
	SES_MAKER_UNTRUSTED,	/* seal_maker_untrusted */
	SES_MAKER_EXPIRED,	/* seal_maker_expired */
	SES_MAKER_REVOKED,	/* seal_maker_revoked */
	SES_SEAL_EXPIRED,	/* seal_expired */
	SES_SEAL_NOT_YET_VALID, /* seal_not_yet_valid */
	/* of the signature, 7.3 */
	SES_MALFORMED,		  /* ses_malformed */
	SES_BAD_SIGNATURE,	  /* ses_bad_signature */
	SES_SIGNER_UNTRUSTED,	  /* signer_untrusted */
	SES_SIGNER_EXPIRED,	  /* signer_expired */
	SES_SIGNER_REVOKED,	  /* signer_revoked */
	SES_SIGNING_TIME_OUTSIDE, /* signing_time_outside */
	SES_MODIFIED,		  /* modified */
	SES_SIGNER_NOT_IN_SEAL,	  /* signer_not_in_seal */
	SES_TIMESTAMP_INVALID,	  /* timestamp_invalid */
	/* of either: nothing can be said */
	SES_UNSUPPORTED_VERSION,   /* unsupported_version */
	SES_UNSUPPORTED_ALGORITHM, /* unsupported_algorithm */
	SES_STEPS
};

/* The stable code of a step ("" for SES_GOOD). */
const char *ses_step_code(enum ses_step step);

/* What the verifier believes and when; everything is borrowed. */
struct ses_trust {
	const struct bytes *anchors; /* DER; none: everything is untrusted */
	size_t nanchors;
	const struct bytes *helpers; /* DER of issuing CAs, any number */
	size_t nhelpers;
	const struct bytes *crls; /* DER */
	size_t ncrls;
	const uint8_t (*crl_issuers)[32]; /* as in chain.h */
	size_t ncrl_issuers;
	int64_t at; /* UTC seconds */
};

/* What a check found.  Mathematics and trust are told apart, so that a reader
 * without trust can still say that a seal is intact. */
struct ses_report {
	enum ses_step step;  /* SES_GOOD, or what failed first */
	enum ses_step doubt; /* passed only because of the claimed signing
				time: SES_SIGNER_EXPIRED, SES_SIGNER_REVOKED,
				SES_MAKER_EXPIRED, SES_MAKER_REVOKED; else
				SES_GOOD */
	int intact;	     /* signatures and document digest are right,
				whoever made them */
	int64_t time;	 /* of signing: proven, else claimed; of a seal alone
			    and of what claims none: trust->at */
	int time_proven; /* by a timestamp */
	enum chain_revocation revocation; /* the worse of maker and signer */
	int64_t lists_as_of; /* of the oldest list behind that; 0: none */
};

/* Verify a seal alone, at trust->at.  seal gets views into der once it was
 * read.  0 with the report filled; ERR_LIMIT, ERR_INTERNAL when the check could
 * not be made. */
int ses_check_seal(struct bytes der, const struct ses_trust *trust,
    struct ses_seal *seal, struct ses_report *report, struct err *e);

/*
 * Verify a signature over document (in OFD: the bytes of Signature.xml).
 * The embedded seal is judged for the time of signing.  An expired signer or
 * one revoked after it signed does not fail (7.3 d), but is named as a doubt
 * unless a timestamp proves the time.  0 with the report filled, as above.
 */
int ses_check_signature(struct bytes der, struct bytes document,
    const struct ses_trust *trust, struct ses_signature *signature,
    struct ses_report *report, struct err *e);

/* The same for a SignedData of GB/T 35275, which has no seal. */
int ses_check_signed_data(struct bytes der, struct bytes document,
    const struct ses_trust *trust, struct gm_signed_data *data,
    struct ses_report *report, struct err *e);

#endif
