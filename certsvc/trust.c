/* trust.c - trust data and looking things up in it; see trust.h. */
#include "certsvc/trust.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/trust_parts.h"
#include "crypto/x509.h"

static int
anchor_add(void *ctx, struct bytes der, struct err *e)
{
	struct trust *trust = ctx;
	struct buf *owned;

	if (trust->nanchors == TRUST_ANCHORS_MAX)
		return trust_bad(e, "too many anchors");
	owned = &trust->owned[trust->nanchors];
	buf_add(owned, der.p, der.n);
	if (buf_failed(owned))
		return err_nomem(e);
	trust->anchors[trust->nanchors++] = buf_bytes(owned);
	return 0;
}

static int
parts_add(struct trust *trust, const struct bytes *anchors, size_t nanchors,
    const struct bytes *lists, size_t nlists, struct err *e)
{
	size_t i;
	int rc;

	if (nlists > TRUST_LISTS_MAX)
		return trust_bad(e, "too many status lists");
	trust->lists = calloc(nlists + 1, sizeof(*trust->lists));
	if (trust->lists == NULL)
		return err_nomem(e);
	for (i = 0; i < nanchors; i++)
		if ((rc = x509_from_pem(anchors[i], anchor_add, trust, e)) != 0)
			return rc;
	for (i = 0; i < nlists; i++)
		if ((rc = trust_list_add(trust, lists[i], e)) != 0)
			return rc;
	return 0;
}

int
trust_parse(struct bytes json, const struct bytes *anchors, size_t nanchors,
    const struct bytes *lists, size_t nlists, struct trust **out, struct err *e)
{
	struct trust *trust;
	int rc;

	if (json.n > TRUST_JSON_MAX)
		return trust_bad(e, "too large");
	trust = calloc(1, sizeof(*trust));
	if (trust == NULL)
		return err_nomem(e);
	trust->root = json_loadb(
	    (const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	rc = trust->root == NULL ? trust_bad(e, "not JSON")
				 : trust_json_read(trust, e);
	if (rc == 0)
		rc = parts_add(trust, anchors, nanchors, lists, nlists, e);
	if (rc != 0) {
		trust_free(trust);
		return rc;
	}
	*out = trust;
	return 0;
}

void
trust_free(struct trust *trust)
{
	size_t i;

	if (trust == NULL)
		return;
	for (i = 0; i < trust->nissuers; i++) {
		free(trust->issuers[i].departments);
		free(trust->issuers[i].code_keys);
		free(trust->issuers[i].status_keys);
		free(trust->issuers[i].seals);
	}
	for (i = 0; i < TRUST_ANCHORS_MAX; i++)
		buf_release(&trust->owned[i]);
	for (i = 0; i < trust->nlists; i++)
		status_list_release(&trust->lists[i].status);
	free(trust->issuers);
	free(trust->types);
	free(trust->lists);
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

const struct trust_department *
trust_department_find(const struct trust_issuer *issuer, const char *code)
{
	size_t i;

	for (i = 0; i < issuer->ndepartments; i++)
		if (strcmp(issuer->departments[i].code, code) == 0)
			return &issuer->departments[i];
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

const struct trust_seal *
trust_seal_find(const struct trust *trust, const uint8_t x509_sha256[32],
    const struct trust_issuer **issuer)
{
	size_t i, j;

	for (i = 0; i < trust->nissuers; i++)
		for (j = 0; j < trust->issuers[i].nseals; j++)
			if (memcmp(trust->issuers[i].seals[j].x509_sha256,
				x509_sha256, 32) == 0) {
				*issuer = &trust->issuers[i];
				return &trust->issuers[i].seals[j];
			}
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
	*n = trust->nanchors;
	return trust->anchors;
}
