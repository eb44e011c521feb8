/* trust_json_seal.c - the seals of trust.json and their index (docs/trust.md).
 */
#include <stdlib.h>
#include <string.h>

#include "certsvc/trust_parts.h"
#include "crypto/digest.h"
#include "crypto/algorithm.h"
#include "crypto/base/text.h"

static int
signer_read(struct trust_signer *signer, json_t *json)
{
	const struct algorithm *algorithm;
	const char *hex, *alg, *revoked = NULL;

	if (json_unpack_ex(json, NULL, JSON_STRICT, "{s:s,s:s,s?s}", "sha256",
		&hex, "alg", &alg, "revoked_since", &revoked) != 0 ||
	    text_unhex(signer->sha256, sizeof(signer->sha256), hex,
		strlen(hex)) != 0 ||
	    (algorithm = algorithm_by_name(alg)) == NULL)
		return -1;
	signer->alg = algorithm->alg;
	return trust_time_get(json, "revoked_since", &signer->revoked_since);
}

static int
signers_read(struct trust_seal *seal, const json_t *list, struct err *e)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n > TRUST_SIGNERS_MAX)
		return trust_bad(e, "x509s of a seal");
	seal->signers = calloc(n + 1, sizeof(*seal->signers));
	if (seal->signers == NULL)
		return err_nomem(e);
	for (; seal->nsigners < n; seal->nsigners++)
		if (signer_read(&seal->signers[seal->nsigners],
			json_array_get(list, seal->nsigners)) != 0)
			return trust_bad(e, "x509 of a seal");
	return 0;
}

static int
lent_ok(const json_t *list)
{
	const char *department, *type;
	json_int_t place;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > TRUST_LENT_MAX)
		return 0;
	for (i = 0; i < json_array_size(list); i++)
		if (json_unpack_ex(json_array_get(list, i), NULL, JSON_STRICT,
			"{s:s,s:s,s:I}", "department", &department, "type",
			&type, "place", &place) != 0)
			return 0;
	return 1;
}

int
trust_json_seal_read(void *out, json_t *json, struct err *e)
{
	struct trust_seal *seal = out;
	json_t *types, *x509s, *lent = NULL;

	if (json_unpack_ex(json, NULL, JSON_STRICT,
		"{s:s,s:s,s:s,s:s,s:o,s:o,s?o}", "id", &seal->id, "zh",
		&seal->zh, "en", &seal->en, "department", &seal->department,
		"types", &types, "x509s", &x509s, "lent", &lent) != 0 ||
	    !trust_strings_ok(types, TRUST_TYPES_MAX) ||
	    (lent != NULL && !lent_ok(lent)))
		return trust_bad(e, "seal");
	seal->types = types;
	seal->lent = lent;
	return signers_read(seal, x509s, e);
}

static int
entry_compare(const void *a, const void *b)
{
	const struct trust_index_entry *x = a, *y = b;

	return memcmp(x->sha256, y->sha256, DIGEST_SIZE);
}

static size_t
signers_count(const struct trust *trust)
{
	const struct trust_issuer *issuer;
	size_t i, j, n = 0;

	for (i = 0; i < trust->nissuers; i++) {
		issuer = &trust->issuers[i];
		for (j = 0; j < issuer->nseals; j++)
			n += issuer->seals[j].nsigners;
	}
	return n;
}

static void
index_add(struct trust *trust, const struct trust_issuer *issuer,
    const struct trust_seal *seal)
{
	size_t i;

	for (i = 0; i < seal->nsigners; i++)
		trust->index[trust->nindex++] = (struct trust_index_entry){
		    seal->signers[i].sha256, seal, issuer};
}

int
trust_index_make(struct trust *trust, struct err *e)
{
	size_t i, j;

	trust->index = calloc(signers_count(trust) + 1, sizeof(*trust->index));
	if (trust->index == NULL)
		return err_nomem(e);
	for (i = 0; i < trust->nissuers; i++)
		for (j = 0; j < trust->issuers[i].nseals; j++)
			index_add(trust, &trust->issuers[i],
			    &trust->issuers[i].seals[j]);
	qsort(
	    trust->index, trust->nindex, sizeof(*trust->index), entry_compare);
	for (i = 1; i < trust->nindex; i++)
		if (entry_compare(&trust->index[i - 1], &trust->index[i]) == 0)
			return trust_bad(e, "x509 of two seals");
	return 0;
}

const struct trust_seal *
trust_seal_find(const struct trust *trust, const uint8_t x509_sha256[32],
    const struct trust_issuer **issuer)
{
	struct trust_index_entry key = {x509_sha256, NULL, NULL}, *found;

	found = bsearch(&key, trust->index, trust->nindex,
	    sizeof(*trust->index), entry_compare);
	if (found == NULL)
		return trust_packed_find(trust, x509_sha256, issuer);
	*issuer = found->issuer;
	return found->seal;
}

const struct trust_signer *
trust_signer_find(const struct trust_seal *seal, const uint8_t x509_sha256[32])
{
	size_t i;

	for (i = 0; i < seal->nsigners; i++)
		if (memcmp(seal->signers[i].sha256, x509_sha256, 32) == 0)
			return &seal->signers[i];
	return NULL;
}

int
trust_seal_may(const struct trust_seal *seal, const char *department,
    const char *type, size_t place)
{
	const json_t *row;
	size_t i;

	/* The department's own word is no other department's. */
	if (place == 0)
		return strcmp(seal->department, department) == 0 &&
		       trust_types_have(seal->types, type);
	for (i = 0; i < json_array_size(seal->lent); i++) {
		row = json_array_get(seal->lent, i);
		if (strcmp(department, json_string_value(json_object_get(
					   row, "department"))) == 0 &&
		    strcmp(type,
			json_string_value(json_object_get(row, "type"))) == 0 &&
		    json_integer_value(json_object_get(row, "place")) ==
			(json_int_t)place)
			return 1;
	}
	return 0;
}
