/* trust_status.c - signed status lists of a trust; see trust.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/trust_parts.h"

enum {
	DIGITS_MAX = 18
};

/* The number that a list's name ends with, "…/status/3" or
 * "urn:certsvc:status-list:999001:3"; 0, or -1. */
static int
list_number(const char *uri, uint64_t *number)
{
	size_t end = strlen(uri), i = end;
	uint64_t v = 0;

	while (i > 0 && uri[i - 1] >= '0' && uri[i - 1] <= '9')
		i--;
	if (end == i || end - i > DIGITS_MAX || i == 0 ||
	    (uri[i - 1] != '/' && uri[i - 1] != ':'))
		return -1;
	for (; i < end; i++)
		v = v * 10 + (uint64_t)(uri[i] - '0');
	*number = v;
	return 0;
}

/* The issuer whose status key signed the list, or NULL. */
static const struct trust_issuer *
signer_find(const struct trust *trust, const struct cose *cose)
{
	const struct trust_issuer *issuer;
	const struct trust_key *key;
	struct err e = ERR_INIT;
	size_t i, j;
	int rc;

	for (i = 0; i < trust->nissuers; i++) {
		issuer = &trust->issuers[i];
		for (j = 0; j < issuer->nstatus_keys; j++) {
			key = &issuer->status_keys[j];
			if (memcmp(key->kid, cose->kid, COSE_KID_SIZE) != 0 ||
			    key->alg != cose->alg || key->revoked_since != 0)
				continue;
			rc = cose_verify(cose,
			    (struct bytes){key->point, sizeof(key->point)}, &e);
			err_clear(&e);
			if (rc == 0)
				return issuer;
		}
	}
	return NULL;
}

/* A list that nobody here signed, or a damaged one, says nothing: the status
 * it would have told is unknown, and the rest can be judged. */
int
trust_list_add(struct trust *trust, struct bytes cwt, struct err *e)
{
	struct trust_list *list = &trust->lists[trust->nlists];
	struct cose cose;
	int rc;

	memset(list, 0, sizeof(*list));
	if (cose_parse(cwt, &cose, e) != 0 ||
	    !bytes_equal(cose.typ, bytes_str(STATUS_LIST_TYP)) ||
	    (list->issuer = signer_find(trust, &cose)) == NULL) {
		err_clear(e);
		return 0;
	}
	rc = status_list_read(&cose, &list->status, e);
	if (rc == ERR_INTERNAL)
		return rc;
	if (rc == 0 && list_number(list->status.uri, &list->number) == 0)
		trust->nlists++;
	else if (rc == 0)
		status_list_release(&list->status);
	err_clear(e);
	return 0;
}

/* Of several lists of one second the one that objects is believed: which of
 * them is the later one cannot be told. */
static int
newest_value(
    const struct trust *trust, const struct trust_list *newest, uint64_t index)
{
	int value = status_list_get(&newest->status, index), other;
	const struct trust_list *l;
	size_t i;

	for (i = 0; value == (int)TRUST_STATUS_VALID && i < trust->nlists;
	     i++) {
		l = &trust->lists[i];
		if (l->issuer != newest->issuer ||
		    l->number != newest->number ||
		    l->status.issued != newest->status.issued)
			continue;
		other = status_list_get(&l->status, index);
		value = other > 0 ? other : value;
	}
	return value;
}

enum trust_status
trust_status(const struct trust *trust, const struct trust_issuer *issuer,
    uint64_t list, uint64_t index, int64_t *as_of)
{
	const struct trust_list *l, *newest = NULL;
	size_t i;
	int value;

	*as_of = 0;
	for (i = 0; i < trust->nlists; i++) {
		l = &trust->lists[i];
		if (l->issuer == issuer && l->number == list &&
		    (newest == NULL ||
			l->status.issued > newest->status.issued))
			newest = l;
	}
	value = newest == NULL ? -1 : newest_value(trust, newest, index);
	if (value < 0)
		return TRUST_STATUS_NONE;
	*as_of = newest->status.issued;
	return (enum trust_status)value;
}
