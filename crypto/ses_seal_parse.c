/* ses_seal_parse.c - see ses_seal.h: the strict reader. */
#include "crypto/ses_seal.h"

#include <string.h>

#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/ses_parts.h"
#include "crypto/x509.h"

enum {
	TYPE_MAX = 255,
	VERSION_MAX = 255
};

/* Header: "ES", version, vendor. */
static int
read_header(struct der *d, unsigned int *version, struct ses_seal *seal)
{
	struct der header;
	struct bytes id;

	return der_enter(d, DER_SEQUENCE, &header) == 0 &&
		       der_get(&header, DER_IA5_STRING, &id) == 0 &&
		       bytes_equal(id, bytes_str("ES")) &&
		       ses_get_number(&header, VERSION_MAX, version) == 0 &&
		       ses_get_ascii(&header, DER_IA5_STRING, &seal->vendor) ==
			   0 &&
		       der_at_end(&header)
		   ? 0
		   : -1;
}

/* One entry of certList: an x509's DER or an SM3 digest. */
static int
read_entry(struct der *list, enum ses_list kind, struct bytes *entry)
{
	struct bytes algorithm;
	struct der item;

	if (kind == SES_LIST_X509S)
		return der_get(list, DER_OCTET_STRING, entry) == 0 &&
			       entry->n > 0 && entry->n <= X509_DER_MAX
			   ? 0
			   : -1;
	return der_enter(list, DER_SEQUENCE, &item) == 0 &&
		       ses_get_ascii(&item, DER_PRINTABLE_STRING, &algorithm) ==
			   0 &&
		       der_get(&item, DER_OCTET_STRING, entry) == 0 &&
		       entry->n == DIGEST_SIZE && der_at_end(&item)
		   ? 0
		   : -1;
}

static int
read_signers(struct der *property, struct ses_seal *seal)
{
	struct bytes entry;
	struct der list;

	if (der_enter(property, DER_SEQUENCE, &list) != 0)
		return -1;
	seal->signers = list.in;
	for (; !der_at_end(&list); seal->nsigners++)
		if (seal->nsigners == SES_SIGNERS_MAX ||
		    read_entry(&list, seal->list, &entry) != 0)
			return -1;
	return seal->nsigners > 0 ? 0 : -1;
}

static int
read_property(struct der *info, struct ses_seal *seal)
{
	unsigned int kind = SES_LIST_X509S;
	struct der d;

	if (der_enter(info, DER_SEQUENCE, &d) != 0 ||
	    ses_get_number(&d, TYPE_MAX, &seal->type) != 0 ||
	    der_get(&d, DER_UTF8_STRING, &seal->name) != 0 ||
	    seal->name.n > SES_TEXT_MAX || !ses_is_text(seal->name))
		return -1;
	/* V1 has no certListType: its list is of x509s. */
	if (seal->version != SES_V1 &&
	    (ses_get_number(&d, SES_LIST_DIGESTS, &kind) != 0 || kind == 0))
		return -1;
	seal->list = kind;
	return read_signers(&d, seal) == 0 &&
		       der_get_time(&d, &seal->created) == 0 &&
		       der_get_time(&d, &seal->from) == 0 &&
		       der_get_time(&d, &seal->until) == 0 && der_at_end(&d)
		   ? 0
		   : -1;
}

static int
read_picture(struct der *info, struct ses_seal *seal)
{
	struct der d;

	return der_enter(info, DER_SEQUENCE, &d) == 0 &&
		       ses_get_ascii(&d, DER_IA5_STRING, &seal->picture_type) ==
			   0 &&
		       der_get(&d, DER_OCTET_STRING, &seal->picture) == 0 &&
		       seal->picture.n <= SES_PICTURE_MAX &&
		       ses_get_number(&d, SES_SIZE_MAX, &seal->width) == 0 &&
		       ses_get_number(&d, SES_SIZE_MAX, &seal->height) == 0 &&
		       der_at_end(&d)
		   ? 0
		   : -1;
}

/* An extension that must be understood is not: none is known for seals. */
static int
has_critical(struct bytes extensions)
{
	struct ses_extension x;
	struct der list;

	der_init(&list, extensions);
	while (!der_at_end(&list) && ses_get_extension(&list, &x) == 0)
		if (x.critical)
			return 1;
	return 0;
}

/* eSealInfo but for its header, which tells the version. */
static int
read_info(struct der *info, struct ses_seal *seal)
{
	if (ses_get_ascii(info, DER_IA5_STRING, &seal->id) != 0 ||
	    read_property(info, seal) != 0 || read_picture(info, seal) != 0)
		return -1;
	if (!der_at_end(info) &&
	    (ses_get_extensions(info, &seal->extensions) != 0 ||
		has_critical(seal->extensions)))
		return -1;
	return der_at_end(info) ? 0 : -1;
}

/* The maker's x509, the algorithm and the signature, in V1 in a SEQUENCE of
 * their own; V5 may add a timestamp. */
static int
read_maker(struct der *d, struct ses_seal *seal)
{
	struct ses_value v;
	struct der tagged;

	if (der_get(d, DER_OCTET_STRING, &seal->maker) != 0 ||
	    seal->maker.n == 0 || seal->maker.n > X509_DER_MAX ||
	    ses_get_algorithm(d, &v) != 0 || ses_get_value(d, &v) != 0)
		return -1;
	seal->algorithm = v.oid;
	seal->alg = v.alg;
	seal->value = v.value;
	memcpy(seal->raw, v.raw, sizeof(seal->raw));
	if (seal->version == SES_V5 && !der_at_end(d) &&
	    (der_enter(d, DER_CONTEXT_CONSTRUCTED, &tagged) != 0 ||
		der_get_bits(&tagged, &seal->timestamp) != 0 ||
		!der_at_end(&tagged)))
		return -1;
	return der_at_end(d) ? 0 : -1;
}

/* The version from the shape: after eSealInfo comes the maker's x509, or in V1
 * a SEQUENCE.  0 when there is no such version. */
static enum ses_version
version_of(const struct der *seal, unsigned int header)
{
	if (der_peek(seal) == DER_SEQUENCE)
		return SES_V1;
	return header == SES_V4 || header == SES_V5 ? header : 0;
}

static int
read_seal(struct bytes der, struct ses_seal *seal, unsigned int *header)
{
	struct der d, outer, info, maker;

	der_init(&d, der);
	if (der_enter(&d, DER_SEQUENCE, &outer) != 0 || !der_at_end(&d))
		return -1;
	info = outer;
	if (der_get_whole(&outer, DER_SEQUENCE, &seal->info) != 0 ||
	    der_enter(&info, DER_SEQUENCE, &info) != 0 ||
	    read_header(&info, header, seal) != 0)
		return -1;
	seal->version = version_of(&outer, *header);
	if (seal->version == 0 || read_info(&info, seal) != 0)
		return -1;
	if (seal->version != SES_V1)
		return read_maker(&outer, seal);
	return der_enter(&outer, DER_SEQUENCE, &maker) == 0 &&
		       der_at_end(&outer)
		   ? read_maker(&maker, seal)
		   : -1;
}

int
ses_seal_parse(struct bytes der, struct ses_seal *seal, struct err *e)
{
	unsigned int header = 0;

	memset(seal, 0, sizeof(*seal));
	seal->der = der;
	if (der.n <= SES_SEAL_MAX && read_seal(der, seal, &header) == 0)
		return 0;
	if (header > SES_V5 && seal->version == 0)
		return err_set(e, ERR_INPUT, "unsupported_version",
		    "电子印章的版本（%u）较新，本程序不认识。",
		    "The seal has a later version (%u) than is known here.",
		    header);
	return err_set(e, ERR_INPUT, "seal_malformed",
	    "电子印章数据的格式不符合 GB/T 38540。",
	    "The seal object is not as GB/T 38540 demands.");
}

int
ses_seal_signer(const struct ses_seal *seal, size_t i, struct bytes *entry)
{
	struct der list;

	if (i >= seal->nsigners)
		return -1;
	der_init(&list, seal->signers);
	do {
		if (read_entry(&list, seal->list, entry) != 0)
			return -1;
	} while (i-- > 0);
	return 0;
}
