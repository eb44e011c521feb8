/*
 * trust.h - what a verifier believes: anchors, issuer numbers, keys -> types,
 * host names, status data.  A directory (docs/trust.md):
 *   trust.json            issuers, keys, seals, types, hosts, demo mark
 *   anchors/NAME.pem      trust anchors (x509)
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

enum {
	TRUST_VERSION = 1,
	TRUST_JSON_MAX = 4194304, /* bytes of trust.json */
	TRUST_PEM_MAX = 65536,	  /* bytes of an anchor's file */
	TRUST_LIST_MAX = 1048576, /* bytes of a status list */
	TRUST_ANCHORS_MAX = 32,	  /* anchors */
	TRUST_LISTS_MAX = 1024,	  /* status lists */
	TRUST_ISSUERS_MAX = 64,	  /* issuers */
	TRUST_KEYS_MAX = 64,	  /* keys of one kind of one issuer */
	TRUST_SEALS_MAX = 4096,	  /* x509s of seals of one issuer */
	TRUST_DEPARTMENTS_MAX = 4096,
	TRUST_TYPES_MAX = 4096,
	TRUST_HOSTS_MAX = 16,
	TRUST_POINT_SIZE = 65,	   /* uncompressed P-256 point */
	TRUST_DEMO_FIRST = 999000, /* issuer numbers of demonstrations */
	TRUST_DEMO_LAST = 999999
};

/* Strings are views into the trust; times are UTC seconds, 0 = none. */
struct trust_key {
	uint8_t kid[COSE_KID_SIZE];
	uint8_t point[TRUST_POINT_SIZE];
	const json_t *types; /* codes; NULL = all types of the issuer */
	int64_t not_before, revoked_since;
};

struct trust_seal {
	const char *id, *zh, *en;
	const char *department; /* its code */
	const json_t *types;
	uint8_t x509_sha256[32]; /* of the signer's DER */
	int64_t revoked_since;
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
	size_t ndepartments, ncode_keys, nstatus_keys, nseals;
};

struct trust_type {
	const char *code, *zh, *en;
	int64_t status_max_age;	     /* seconds an offline status may be old */
	const json_t *public_fields; /* [{name, zh, en}], as in full codes */
};

struct trust;

int trust_read(const char *dir, struct trust **trust, struct err *e);
/* From the parts in memory (the parse process has no files): the text of
 * trust.json, anchors as PEM, status lists as CWT.  ERR_INPUT "bad_trust" says
 * where; "unsupported_version" for a later version. */
int trust_parse(struct bytes json, const struct bytes *anchors, size_t nanchors,
    const struct bytes *lists, size_t nlists, struct trust **trust,
    struct err *e);
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
/* The seal a signer's x509 belongs to; *issuer gets whose it is. */
const struct trust_seal *trust_seal_find(const struct trust *trust,
    const uint8_t x509_sha256[32], const struct trust_issuer **issuer);

/* 1 when the list of types is missing (all) or names the code. */
int trust_types_have(const json_t *types, const char *code);

/* 1 when url is "https://" and one of the issuer's hosts, or a host that
 * names http itself, and nothing more (a path of the public URL counts as
 * part of the host's entry).  Nothing signs the scheme: it has one form. */
int trust_host_ok(const struct trust_issuer *issuer, struct bytes url);

/* Anchors as DER. */
const struct bytes *trust_anchors(const struct trust *trust, size_t *n);

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
 * Replace the parts that are given in DIR (made when missing), each file
 * atomically, trust.json last: anchors/root.pem, status/NUMBER.cwt.  An empty
 * view leaves that part as it is.
 */
int trust_write(
    const char *dir, struct bytes json, struct bytes root_pem, struct err *e);
int trust_write_list(
    const char *dir, uint64_t list, struct bytes cwt, struct err *e);

#endif
