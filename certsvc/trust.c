/* trust.c - trust data and looking things up in it; see trust.h. */
#include "certsvc/trust.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/trust_parts.h"
#include "crypto/crl.h"
#include "crypto/digest.h"
#include "crypto/x509.h"

static int
der_add(struct trust_ders *ders, size_t max, struct bytes der, struct err *e)
{
	struct buf *owned;
	struct bytes *views;

	if (ders->n == max)
		return trust_bad(e, "too many x509s or CRLs");
	owned = realloc(ders->owned, (ders->n + 1) * sizeof(*owned));
	if (owned == NULL)
		return err_nomem(e);
	ders->owned = owned;
	views = realloc(ders->views, (ders->n + 1) * sizeof(*views));
	if (views == NULL)
		return err_nomem(e);
	ders->views = views;
	owned = &ders->owned[ders->n];
	memset(owned, 0, sizeof(*owned));
	buf_add(owned, der.p, der.n);
	views[ders->n++] = buf_bytes(owned);
	return buf_failed(owned) ? err_nomem(e) : 0;
}

static void
ders_release(struct trust_ders *ders)
{
	size_t i;

	for (i = 0; i < ders->n; i++)
		buf_release(&ders->owned[i]);
	free(ders->owned);
	free(ders->views);
}

static int
anchor_add(void *ctx, struct bytes der, struct err *e)
{
	struct trust *trust = ctx;

	return der_add(&trust->anchors, TRUST_ANCHORS_MAX, der, e);
}

static int
x509_add(void *ctx, struct bytes der, struct err *e)
{
	struct trust *trust = ctx;

	return der_add(&trust->x509s, TRUST_X509S_MAX, der, e);
}

static int
pems_add(struct trust *trust, const struct bytes *pems, size_t n,
    int (*each)(void *ctx, struct bytes der, struct err *e), struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		rc = x509_from_pem(pems[i], each, trust, e);
	return rc;
}

/* A CRL that cannot be read is an error, unlike a status list: without the
 * one the status would be unknown, without the other nothing is revoked. */
static int
crls_add(struct trust *trust, const struct bytes *crls, size_t n, struct err *e)
{
	const struct crl *crl = NULL;
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		if (crl_get(crls[i], &crl, e) != 0) {
			rc = trust_bad(e, "CRL");
		} else {
			crl_free(crl);
			rc = der_add(&trust->crls, TRUST_CRLS_MAX, crls[i], e);
		}
	}
	return rc;
}

static int
parts_add(struct trust *trust, const struct trust_parts *parts, struct err *e)
{
	size_t i;
	int rc;

	if (parts->nlists > TRUST_LISTS_MAX)
		return trust_bad(e, "too many status lists");
	trust->lists = calloc(parts->nlists + 1, sizeof(*trust->lists));
	if (trust->lists == NULL)
		return err_nomem(e);
	if ((rc = pems_add(
		 trust, parts->anchors, parts->nanchors, anchor_add, e)) != 0 ||
	    (rc = pems_add(trust, parts->x509s, parts->nx509s, x509_add, e)) !=
		0 ||
	    (rc = crls_add(trust, parts->crls, parts->ncrls, e)) != 0)
		return rc;
	for (i = 0; i < parts->nlists; i++)
		if ((rc = trust_list_add(trust, parts->lists[i], e)) != 0)
			return rc;
	return 0;
}

int
trust_parse(const struct trust_parts *parts, struct trust **out, struct err *e)
{
	struct trust *trust;
	int rc;

	if (parts->json.n > TRUST_JSON_MAX)
		return trust_bad(e, "too large");
	trust = calloc(1, sizeof(*trust));
	if (trust == NULL ||
	    (trust->rows = calloc(1, sizeof(*trust->rows))) == NULL) {
		free(trust);
		return err_nomem(e);
	}
	trust->rows->packed = parts->seals;
	trust->root = json_loadb((const char *)parts->json.p, parts->json.n,
	    JSON_REJECT_DUPLICATES, NULL);
	rc = trust->root == NULL ? trust_bad(e, "not JSON")
				 : trust_json_read(trust, e);
	if (rc == 0)
		rc = parts_add(trust, parts, e);
	if (rc != 0) {
		trust_free(trust);
		return rc;
	}
	*out = trust;
	return 0;
}

static void
issuer_release(struct trust_issuer *issuer)
{
	size_t i;

	for (i = 0; i < issuer->nseals; i++)
		free(issuer->seals[i].signers);
	free(issuer->departments);
	free(issuer->code_keys);
	free(issuer->status_keys);
	free(issuer->seals);
	free(issuer->makers);
	free(issuer->crl_issuers);
}

void
trust_free(struct trust *trust)
{
	size_t i;

	if (trust == NULL)
		return;
	for (i = 0; i < trust->nissuers; i++)
		issuer_release(&trust->issuers[i]);
	ders_release(&trust->anchors);
	ders_release(&trust->x509s);
	ders_release(&trust->crls);
	for (i = 0; i < trust->nlists; i++)
		status_list_release(&trust->lists[i].status);
	free(trust->issuers);
	free(trust->types);
	free(trust->crl_issuers);
	free(trust->index);
	free(trust->lists);
	trust_rows_free(trust->rows);
	json_decref(trust->root);
	free(trust);
}

int
trust_is_demo(const struct trust *trust)
{
	return trust->demo;
}

int
trust_number_is_demo(uint64_t number)
{
	return number >= TRUST_DEMO_FIRST && number <= TRUST_DEMO_LAST;
}

const struct trust_issuer *
trust_issuer_find(const struct trust *trust, uint64_t number)
{
	size_t i;

	for (i = 0; i < trust->nissuers; i++)
		if (trust->issuers[i].number == number)
			return &trust->issuers[i];
	return NULL;
}

const struct trust_key *
trust_code_key(
    const struct trust_issuer *issuer, const uint8_t kid[COSE_KID_SIZE])
{
	size_t i;

	for (i = 0; i < issuer->ncode_keys; i++)
		if (memcmp(issuer->code_keys[i].kid, kid, COSE_KID_SIZE) == 0)
			return &issuer->code_keys[i];
	return NULL;
}

const struct trust_type *
trust_type_find(const struct trust *trust, const char *code)
{
	size_t i;

	for (i = 0; i < trust->ntypes; i++)
		if (strcmp(trust->types[i].code, code) == 0)
			return &trust->types[i];
	return NULL;
}

int
trust_maker_known(
    const struct trust_issuer *issuer, const uint8_t x509_sha256[32])
{
	return digest_among((const uint8_t(*)[DIGEST_SIZE])issuer->makers,
	    issuer->nmakers, x509_sha256);
}

const struct trust_issuer *
trust_maker_find(const struct trust *trust, const uint8_t x509_sha256[32])
{
	size_t i;

	for (i = 0; i < trust->nissuers; i++)
		if (trust_maker_known(&trust->issuers[i], x509_sha256))
			return &trust->issuers[i];
	return NULL;
}

int
trust_types_have(const json_t *types, const char *code)
{
	size_t i;

	if (types == NULL)
		return 1;
	for (i = 0; i < json_array_size(types); i++)
		if (strcmp(json_string_value(json_array_get(types, i)), code) ==
		    0)
			return 1;
	return 0;
}

int
trust_host_ok(const struct trust_issuer *issuer, struct bytes url)
{
	static const char https[] = "https://";
	const size_t n = sizeof(https) - 1;
	struct bytes entry, rest = url;
	size_t i;

	if (url.n > n && memcmp(url.p, https, n) == 0)
		rest = (struct bytes){url.p + n, url.n - n};
	for (i = 0; i < json_array_size(issuer->hosts); i++) {
		entry = bytes_str(
		    json_string_value(json_array_get(issuer->hosts, i)));
		if (bytes_equal(rest, entry))
			return 1;
	}
	return 0;
}

const struct bytes *
trust_anchors(const struct trust *trust, size_t *n)
{
	*n = trust->anchors.n;
	return trust->anchors.views;
}

const struct bytes *
trust_x509s(const struct trust *trust, size_t *n)
{
	*n = trust->x509s.n;
	return trust->x509s.views;
}

const struct bytes *
trust_crls(const struct trust *trust, size_t *n)
{
	*n = trust->crls.n;
	return trust->crls.views;
}

const uint8_t (*trust_crl_issuers(const struct trust *trust, size_t *n))[32]
{
	*n = trust->ncrl_issuers;
	return (const uint8_t(*)[32])trust->crl_issuers;
}
