/*
 * verify_ofd.h - one OFD on its way through the checks; for the files that make
 * up its verification.
 */
#ifndef CERTSVC_VERIFY_OFD_H
#define CERTSVC_VERIFY_OFD_H

#include "certsvc/trust.h"
#include "certsvc/verdict.h"
#include "certsvc/verify.h"
#include "crypto/ofd_file.h"
#include "crypto/ses_check.h"

struct ofd_job {
	const struct verify_options *opt;
	struct verdict *v;
	struct ofd_file *file;
	struct ofd_signature *list; /* file->nsignatures of them, owned */
	struct ses_trust trust;	    /* views into opt->trust */
	struct bytes record;	    /* certificate.xml */
	int has_record;
};

/* What was found of one seal. */
struct ofd_seal {
	struct ses_signature ses;
	struct ses_report report;
	int intact; /* all that it covers, and its own mathematics */
	const struct trust_seal *seal; /* of the signer, or NULL */
	const struct trust_issuer *sealed_by;
	const struct trust_signer *signer;
};

/*
 * References, seal object, and the standard's own steps of the i-th signature;
 * fills out and adds what is wrong.  0, or -1 when there is nothing to go on
 * with.
 */
int verify_ofd_seal(struct ofd_job *job, size_t i, struct ofd_seal *seal,
    struct verdict_signature *out);

/* Add what the report found, for the signature of a seal or a bare one. */
void verify_ofd_report(struct ofd_job *job, const struct ses_report *report,
    struct verdict_signature *out);

/* Point job->trust at what the options believe. */
void verify_ofd_trust(struct ofd_job *job);

/* Name the signer by its x509; a demonstration's is refused elsewhere. */
void verify_ofd_signer(struct ofd_job *job, struct bytes x509,
    struct ofd_seal *seal, struct verdict_signature *out);

/* A registered issuer's seals are made by its own seal makers: another one is
 * "seal_maker_untrusted". */
void verify_ofd_maker(
    struct ofd_job *job, const struct trust_issuer *issuer, struct bytes maker);

/* One of ours (--profile licence). */
void verify_ofd_licence(struct ofd_job *job);

/* Anybody's (--profile document). */
void verify_ofd_document(struct ofd_job *job);

#endif
