/* crl_parse.c - see crl.h: reading a list (RFC 5280, 5.1). */
#include <stdlib.h>
#include <string.h>

#include "crypto/crl_private.h"
#include "crypto/der.h"
#include "crypto/der_value.h"

#define VIEW(a) ((struct bytes){(a), sizeof(a)})

/* Contents of OBJECT IDENTIFIERs. */
static const uint8_t oid_number[] = {0x55, 0x1d, 0x14};
static const uint8_t oid_reason[] = {0x55, 0x1d, 0x15};

int
crl_malformed(struct err *e)
{
	return err_set(e, ERR_INPUT, "malformed_crl", "吊销列表格式不正确。",
	    "The list of revoked x509s is not well formed.");
}

static int
unsupported(struct err *e)
{
	return err_set(e, ERR_INPUT, "unsupported_crl",
	    "吊销列表不是完整列表，或含有不认识的关键扩展。",
	    "The list of revoked x509s is not a whole one, or has a critical "
	    "extension that we do not know.");
}

int
crl_compare(const void *a, const void *b)
{
	const struct crl_entry *x = a, *y = b;
	size_t n = x->serial.n < y->serial.n ? x->serial.n : y->serial.n;
	int order = memcmp(x->serial.p, y->serial.p, n);

	if (order != 0)
		return order;
	if (x->serial.n != y->serial.n)
		return x->serial.n < y->serial.n ? -1 : 1;
	return x->revoked < y->revoked ? -1 : x->revoked > y->revoked;
}

/* One Extension: *critical, and the content of its value. */
static int
read_extension(
    struct der *list, struct bytes *oid, int *critical, struct bytes *value)
{
	static const uint8_t yes[] = {0x01, 0x01, 0xff};
	static const uint8_t no[] = {0x01, 0x01, 0x00};
	struct der x;

	if (der_enter(list, DER_SEQUENCE, &x) != 0 ||
	    der_get(&x, DER_OID, oid) != 0)
		return -1;
	*critical = der_expect(&x, VIEW(yes)) == 0;
	/* Not DER, but written by some. */
	if (!*critical)
		der_expect(&x, VIEW(no));
	return der_get(&x, DER_OCTET_STRING, value) == 0 && der_at_end(&x) ? 0
									   : -1;
}

static int
read_number(struct bytes value, uint64_t *number)
{
	uint8_t big_endian[20];
	struct der d;
	size_t i;

	der_init(&d, value);
	if (der_get_uint(&d, big_endian, sizeof(big_endian)) != 0 ||
	    !der_at_end(&d))
		return -1;
	/* Longer ones than ours keep their low part. */
	*number = 0;
	for (i = sizeof(big_endian) - 8; i < sizeof(big_endian); i++)
		*number = *number << 8 | big_endian[i];
	return 0;
}

static int
read_reason(struct bytes value, enum crl_reason *reason)
{
	if (value.n != 3 || value.p[0] != DER_ENUMERATED || value.p[1] != 1 ||
	    value.p[2] > 10)
		return -1;
	*reason = (enum crl_reason)value.p[2];
	return 0;
}

static int
read_entry(struct der *list, struct crl_entry *entry, struct err *e)
{
	struct der item, extensions;
	struct bytes oid, value;
	int critical;

	entry->reason = CRL_UNSPECIFIED;
	if (der_enter(list, DER_SEQUENCE, &item) != 0 ||
	    der_get_whole(&item, DER_INTEGER, &entry->serial) != 0 ||
	    der_get_time(&item, &entry->revoked) != 0)
		return crl_malformed(e);
	if (der_at_end(&item))
		return 0;
	if (der_enter(&item, DER_SEQUENCE, &extensions) != 0 ||
	    !der_at_end(&item))
		return crl_malformed(e);
	while (!der_at_end(&extensions)) {
		if (read_extension(&extensions, &oid, &critical, &value) != 0)
			return crl_malformed(e);
		if (bytes_equal(oid, VIEW(oid_reason))) {
			if (read_reason(value, &entry->reason) != 0)
				return crl_malformed(e);
		} else if (critical) {
			return unsupported(e);
		}
	}
	return 0;
}

static size_t
count(struct der list)
{
	struct bytes skip;
	size_t n = 0;

	while (der_get(&list, DER_SEQUENCE, &skip) == 0)
		n++;
	return n;
}

static int
read_entries(struct crl *crl, struct der *list, struct err *e)
{
	size_t n = count(*list), i;
	int r = 0;

	if (n == 0)
		return crl_malformed(e);
	if (n > CRL_ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "crl_too_long",
		    "吊销列表过长：%zu 条。",
		    "The list of revoked x509s is too long: %zu entries.", n);
	crl->entries = calloc(n, sizeof(*crl->entries));
	if (crl->entries == NULL)
		return err_nomem(e);
	for (i = 0; i < n && r == 0; i++)
		r = read_entry(list, &crl->entries[i], e);
	if (r == 0 && !der_at_end(list))
		r = crl_malformed(e);
	if (r != 0)
		return r;
	crl->nentries = n;
	qsort(crl->entries, n, sizeof(*crl->entries), crl_compare);
	return 0;
}

/* Of the whole list; anything critical says that it is not what it seems. */
static int
read_extensions(struct crl *crl, struct der *tbs, struct err *e)
{
	struct der tagged, list;
	struct bytes oid, value;
	int critical;

	if (der_at_end(tbs))
		return 0;
	if (der_enter(tbs, DER_CONTEXT_CONSTRUCTED, &tagged) != 0 ||
	    !der_at_end(tbs) || der_enter(&tagged, DER_SEQUENCE, &list) != 0 ||
	    !der_at_end(&tagged))
		return crl_malformed(e);
	while (!der_at_end(&list)) {
		if (read_extension(&list, &oid, &critical, &value) != 0)
			return crl_malformed(e);
		if (critical)
			return unsupported(e);
		if (bytes_equal(oid, VIEW(oid_number)) &&
		    read_number(value, &crl->number) != 0)
			return crl_malformed(e);
	}
	return 0;
}

/* TBSCertList; its signature field must be the one outside. */
static int
read_tbs(struct crl *crl, struct err *e)
{
	static const uint8_t version2[] = {0x02, 0x01, 0x01};
	struct der d, tbs, list;
	struct bytes algorithm;
	int r = 0;

	der_init(&d, crl->tbs);
	if (der_enter(&d, DER_SEQUENCE, &tbs) != 0)
		return crl_malformed(e);
	der_expect(&tbs, VIEW(version2));
	if (der_get_whole(&tbs, DER_SEQUENCE, &algorithm) != 0 ||
	    !bytes_equal(algorithm, crl->algorithm) ||
	    der_get_whole(&tbs, DER_SEQUENCE, &crl->issuer) != 0 ||
	    der_get_time(&tbs, &crl->this_update) != 0)
		return crl_malformed(e);
	if (der_peek(&tbs) != DER_UTC_TIME &&
	    der_peek(&tbs) != DER_GENERALIZED_TIME)
		return unsupported(e);
	if (der_get_time(&tbs, &crl->next_update) != 0)
		return crl_malformed(e);
	if (der_peek(&tbs) == DER_SEQUENCE)
		r = der_enter(&tbs, DER_SEQUENCE, &list) != 0
			? crl_malformed(e)
			: read_entries(crl, &list, e);
	return r == 0 ? read_extensions(crl, &tbs, e) : r;
}

int
crl_parse(struct crl *crl, struct err *e)
{
	struct der d, outer;

	der_init(&d, crl->der);
	if (der_enter(&d, DER_SEQUENCE, &outer) != 0 || !der_at_end(&d) ||
	    der_get_whole(&outer, DER_SEQUENCE, &crl->tbs) != 0 ||
	    der_get_whole(&outer, DER_SEQUENCE, &crl->algorithm) != 0 ||
	    der_get_bits(&outer, &crl->value) != 0 || !der_at_end(&outer))
		return crl_malformed(e);
	return read_tbs(crl, e);
}
