/*
 * trust.h - what a verifier believes: anchors, issuer numbers, keys -> types,
 * host names, status data.  A directory (docs/trust.md):
 *   trust.json            issuers, keys, seals, types, hosts, demo mark
 *   anchors/NAME.pem      trust anchors (x509)
 *   x509s/NAME.pem        x509s of CAs below them: helpers, not anchors
 *   crl/NAME.crl          lists of revoked x509s (DER)
 *   status/NUMBER.cwt     signed status lists
 */
#ifndef CERTSVC_TRUST_H
#define CERTSVC_TRUST_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "certsvc/template.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/cose.h"
#include "crypto/sign.h"

enum {
	TRUST_VERSION = 2,
	TRUST_JSON_MAX = 16777216,	 /* bytes of trust.json */
	TRUST_PEM_MAX = 65536,		 /* bytes of a file of x509s */
	TRUST_CRL_MAX = 4194304,	 /* bytes of a CRL */
	TRUST_OUTSIDE_CRL_MAX = 1048576, /* bytes of one of an outside CA */
	TRUST_LIST_MAX = 1048576,	 /* bytes of a status list */
	TRUST_ANCHORS_MAX = 32,		 /* anchors */
	TRUST_X509S_MAX = 64,		 /* x509s of CAs below them */
	TRUST_CRLS_MAX = 64,		 /* CRLs */
	TRUST_LISTS_MAX = 1024,		 /* status lists */
	TRUST_ISSUERS_MAX = 64,		 /* issuers */
	TRUST_KEYS_MAX = 64,		 /* keys of one kind of one issuer */
	TRUST_SEALS_MAX = 16384,	 /* seals of one issuer */
	TRUST_SIGNERS_MAX = 1024, /* x509s of one seal, all generations */
	TRUST_LENT_MAX = 4096,	  /* uses by other departments of one seal */
	TRUST_DIGESTS_MAX = 64,	  /* seal makers, CAs with CRLs of one issuer */
	TRUST_DEPARTMENTS_MAX = 16384,
	TRUST_TYPES_MAX = 4096,
	TRUST_HOSTS_MAX = 16,
	TRUST_POINT_SIZE = 65,	   /* uncompressed point of a 256-bit curve */
	TRUST_DEMO_FIRST = 999000, /* issuer numbers of demonstrations */
	TRUST_DEMO_LAST = 999999
};

/* Strings are views into the trust; times are UTC seconds, 0 = none. */
struct trust_key {
	enum sign_alg alg; /* of its x509; no other verifies with this key */
	uint8_t kid[COSE_KID_SIZE];
	uint8_t point[TRUST_POINT_SIZE];
	const json_t *types; /* codes; NULL = all types of the issuer */
	int64_t not_before, revoked_since;
};

/* An x509 of a seal. */
struct trust_signer {
	uint8_t sha256[32]; /* of its DER */
	enum sign_alg alg;
	int64_t revoked_since;
};

struct trust_seal {
	const char *id, *zh, *en;
	const char *department; /* its code */
	const json_t *types;	/* of its own department */
	const json_t *lent;	/* [{department, type, place}], NULL = none */
	struct trust_signer *signers;
	size_t nsigners;
};

struct trust_department {
	const char *code, *zh, *en;
	const json_t *types;
};

struct trust_issuer {
	uint64_t number;
	const char *zh, *en;
	const json_t *hosts; /* "v.example.cn" or "http://127.0.0.1:8080" */
	struct trust_department *departments;
	struct trust_key *code_keys, *status_keys;
	struct trust_seal *seals;
	/* SHA-256 of the x509s of its seal makers, and of the CAs whose lists
	 * of revoked x509s a verifier needs */
	uint8_t (*makers)[32], (*crl_issuers)[32];
	size_t ndepartments, ncode_keys, nstatus_keys, nseals, nmakers,
	    ncrl_issuers;
};

struct trust_type {
	const char *code, *zh, *en;
	int64_t status_max_age;	     /* seconds an offline status may be old */
	uint64_t template_version;   /* 0: unknown */
	size_t seals;		     /* that version's; 0: unknown */
	const json_t *public_fields; /* [{name, zh, en}], as in full codes */
};

struct trust;

/* What a trust directory holds, as bytes. */
struct trust_parts {
	struct bytes json;	     /* text of trust.json */
	struct bytes seals;	     /* of trust_pack, or empty; it must last as
					long as the trust */
	const struct bytes *anchors; /* PEM */
	const struct bytes *x509s;   /* PEM */
	const struct bytes *crls;    /* DER */
	const struct bytes *lists;   /* CWT */
	size_t nanchors, nx509s, ncrls, nlists;
};

/* A trust directory read into memory. */
struct trust_files {
	struct trust_parts parts; /* views into the rest */
	struct buf json;
	struct buf *files; /* in the order of parts */
	struct bytes *views;
	size_t n;
};
/* ERR_NOT_FOUND "no_trust" without a trust.json; ERR_LIMIT "too_large".  To be
 * released after a failure, too. */
int trust_files_read(const char *dir, struct trust_files *files, struct err *e);
void trust_files_release(struct trust_files *files);

/* trust_parse of a directory. */
int trust_read(const char *dir, struct trust **trust, struct err *e);
/* From the parts in memory (the parse process has no files).  ERR_INPUT
 * "bad_trust" says where; "unsupported_version" for another version. */
int trust_parse(
    const struct trust_parts *parts, struct trust **trust, struct err *e);
/*
 * The same trust.json for many who each ask it once: its text without any seal,
 * and a table of the seals from which only those are read that are asked for.
 * For another process of this program on this machine.  Both are appended;
 * errors as trust_parse.
 */
int trust_pack(
    struct bytes json, struct buf *head, struct buf *seals, struct err *e);
void trust_free(struct trust *trust);

/* 1 when the trust itself is for demonstrations. */
int trust_is_demo(const struct trust *trust);
/* 1 for a number of the demonstration range. */
int trust_number_is_demo(uint64_t number);

/* NULL when there is none. */
const struct trust_issuer *trust_issuer_find(
    const struct trust *trust, uint64_t number);
const struct trust_key *trust_code_key(
    const struct trust_issuer *issuer, const uint8_t kid[COSE_KID_SIZE]);
const struct trust_department *trust_department_find(
    const struct trust_issuer *issuer, const char *code);
const struct trust_type *trust_type_find(
    const struct trust *trust, const char *code);
/* The seal a signer's x509 belongs to, of any generation; *issuer gets whose
 * it is.  No two seals share an x509. */
const struct trust_seal *trust_seal_find(const struct trust *trust,
    const uint8_t x509_sha256[32], const struct trust_issuer **issuer);
/* That x509 among those of its seal, or NULL. */
const struct trust_signer *trust_signer_find(
    const struct trust_seal *seal, const uint8_t x509_sha256[32]);
/* 1 when the seal may stand at this place (0: the issuing department's own) on
 * certificates of this type that the department issues: its own department's,
 * or lent to that one for a place from 1. */
int trust_seal_may(const struct trust_seal *seal, const char *department,
    const char *type, size_t place);
/* 1 when the x509 is that of a seal maker of the issuer. */
int trust_maker_known(
    const struct trust_issuer *issuer, const uint8_t x509_sha256[32]);

/* The issuer that has this seal maker, or NULL. */
const struct trust_issuer *trust_maker_find(
    const struct trust *trust, const uint8_t x509_sha256[32]);

/* 1 when the list of types is missing (all) or names the code. */
int trust_types_have(const json_t *types, const char *code);

/* 1 when url is "https://" and one of the issuer's hosts, or a host that
 * names http itself, and nothing more (a path of the public URL counts as
 * part of the host's entry).  Nothing signs the scheme: it has one form. */
int trust_host_ok(const struct trust_issuer *issuer, struct bytes url);

/* Anchors, x509s of CAs below them, and CRLs, as DER. */
const struct bytes *trust_anchors(const struct trust *trust, size_t *n);
const struct bytes *trust_x509s(const struct trust *trust, size_t *n);
const struct bytes *trust_crls(const struct trust *trust, size_t *n);
/* The CAs that are known to publish CRLs, by the SHA-256 of their x509s. */
const uint8_t (*trust_crl_issuers(const struct trust *trust, size_t *n))[32];

/* Values of the status lists. */
enum trust_status {
	TRUST_STATUS_VALID = 0,
	TRUST_STATUS_REVOKED = 1,
	TRUST_STATUS_SUSPENDED = 2, /* or not yet handed over */
	TRUST_STATUS_SUPERSEDED = 3,
	TRUST_STATUS_NONE = -1 /* no list of this issuer has it */
};

/* Status at place (list, index) by the newest list at hand whose signature is
 * the issuer's; *as_of is when that list was made. */
enum trust_status trust_status(const struct trust *trust,
    const struct trust_issuer *issuer, uint64_t list, uint64_t index,
    int64_t *as_of);

/*
 * The text of trust.json from the keeper's directory (docs/keeper.md), the
 * types and the public URL that codes start with; made: UTC seconds.
 */
int trust_make(const json_t *directory, const struct template_set *types,
    const char *public_url, int64_t made, struct buf *json, struct err *e);

/*
 * Add to a trust.json just made what an earlier one of the same issuer lets
 * departments issue and seals stand on: to take an authorisation away does not
 * undo what was sealed under it, and only the keeper decides what is sealed.
 * Anything else than such a trust.json adds nothing.
 */
int trust_keep(struct bytes before, struct buf *json, struct err *e);

/*
 * Replace the parts that are given in DIR (made when missing), each file
 * atomically, trust.json last.  Anchors and x509s are named by their place:
 * anchors/root.pem, root-sm2.pem, root-3.pem ..., x509s/ca.pem, ca-sm2.pem,
 * ca-3.pem ...  What is empty stays as it is; CRLs and lists have their own.
 */
int trust_write(
    const char *dir, const struct trust_parts *parts, struct err *e);
int trust_write_list(
    const char *dir, uint64_t list, struct bytes cwt, struct err *e);
/* crl/NAME.crl */
int trust_write_crl(
    const char *dir, const char *name, struct bytes der, struct err *e);

/*
 * Keep the list of an outside CA in DIR, as crl/outside-<x509>.crl.  ERR_INPUT
 * "malformed_crl", "unsupported_crl"; "crl_unknown_issuer" unless an anchor or
 * x509 of DIR that is not the issuer's own signed it; ERR_CONFLICT "crl_older",
 * ERR_LIMIT "too_large".
 */
int trust_outside_crl_put(const char *dir, struct bytes der, struct err *e);
/* The list of that CA (DER of its x509), appended.  ERR_NOT_FOUND; ERR_INPUT
 * when the file is no list by that CA. */
int trust_outside_crl_read(
    const char *dir, struct bytes ca, struct buf *der, struct err *e);

#endif
