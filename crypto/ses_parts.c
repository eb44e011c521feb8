/* ses_parts.c - see ses_parts.h. */
#include "crypto/ses_parts.h"

#include <string.h>

#include "crypto/base/text.h"
#include "crypto/ses_seal.h"
#include "crypto/signature.h"

static const uint8_t face_sm3[] = {0x69, 0x81, 0xe0, 0xdf, 0xd3, 0xb5, 0xbf,
    0xfc, 0xe9, 0xcc, 0xdf, 0xf5, 0xa9, 0xc2, 0xe7, 0x98, 0xfe, 0x81, 0xe1,
    0x33, 0x01};
static const uint8_t package_digest[] = {0x69, 0x81, 0xe0, 0xdf, 0xd3, 0xb5,
    0xbf, 0xfc, 0xe9, 0xcc, 0xdf, 0xf5, 0xa9, 0xc2, 0xe7, 0x98, 0xfe, 0x81,
    0xe1, 0x33, 0x02};

const struct bytes ses_oid_face_sm3 = {face_sm3, sizeof(face_sm3)};
const struct bytes ses_oid_package_digest = {
    package_digest, sizeof(package_digest)};

int
ses_is_ascii(struct bytes text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] > 0x7e)
			return 0;
	return 1;
}

int
ses_is_text(struct bytes text)
{
	const char *s = (const char *)text.p;
	size_t pos = 0;
	int32_t cp;

	while (pos < text.n) {
		cp = text_utf8_next(s, text.n, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			return 0;
	}
	return 1;
}

void
ses_put_number(struct buf *out, unsigned int v)
{
	const uint8_t big_endian[] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v};

	der_put_uint(out, (struct bytes){big_endian, sizeof(big_endian)});
}

void
ses_put_signature(struct buf *out, const struct algorithm *a,
    const uint8_t raw[SIGN_RAW_SIZE])
{
	size_t mark;

	buf_add(out, a->signature_oid.p, a->signature_oid.n);
	mark = der_begin(out, DER_BIT_STRING);
	buf_add_byte(out, 0);
	signature_to_der(out, raw);
	der_end(out, mark);
}

int
ses_get_number(struct der *d, unsigned int max, unsigned int *v)
{
	uint8_t b[4];
	uint32_t n;

	if (der_get_uint(d, b, sizeof(b)) != 0)
		return -1;
	n = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
	    b[3];
	if (n > max)
		return -1;
	*v = n;
	return 0;
}

int
ses_get_ascii(struct der *d, unsigned int tag, struct bytes *text)
{
	return der_get(d, tag, text) == 0 && text->n <= SES_TEXT_MAX &&
		       ses_is_ascii(*text)
		   ? 0
		   : -1;
}

int
ses_get_algorithm(struct der *d, struct ses_value *v)
{
	const struct algorithm *a;
	struct der probe = *d;
	struct bytes whole;

	if (der_get(d, DER_OID, &v->oid) != 0 || v->oid.n == 0 ||
	    der_get_whole(&probe, DER_OID, &whole) != 0)
		return -1;
	a = algorithm_by_signature_oid(whole);
	v->alg = a != NULL ? a->alg : 0;
	return 0;
}

int
ses_get_value(struct der *d, struct ses_value *v)
{
	if (der_get_bits(d, &v->value) != 0)
		return -1;
	return v->alg == 0 ? 0 : signature_from_der(v->value, v->raw);
}

int
ses_get_extension(struct der *list, struct ses_extension *x)
{
	static const uint8_t no[] = {0x01, 0x01, 0x00};
	static const uint8_t yes[] = {0x01, 0x01, 0xff};
	struct der d;

	x->critical = 0;
	if (der_enter(list, DER_SEQUENCE, &d) != 0 ||
	    der_get(&d, DER_OID, &x->oid) != 0 || x->oid.n == 0)
		return -1;
	if (der_expect(&d, (struct bytes){yes, sizeof(yes)}) == 0)
		x->critical = 1;
	else
		der_expect(&d, (struct bytes){no, sizeof(no)});
	return der_get(&d, DER_OCTET_STRING, &x->value) == 0 && der_at_end(&d)
		   ? 0
		   : -1;
}

int
ses_get_extensions(struct der *d, struct bytes *list)
{
	struct bytes seen[SES_EXTENSIONS_MAX];
	struct ses_extension x;
	struct der tagged, inner;
	size_t i, n = 0;

	if (der_peek(d) == DER_CONTEXT_CONSTRUCTED) {
		if (der_enter(d, DER_CONTEXT_CONSTRUCTED, &tagged) != 0 ||
		    der_enter(&tagged, DER_SEQUENCE, &inner) != 0 ||
		    !der_at_end(&tagged))
			return -1;
	} else if (der_enter(d, DER_SEQUENCE, &inner) != 0) {
		return -1;
	}
	*list = inner.in;
	while (!der_at_end(&inner)) {
		if (n == SES_EXTENSIONS_MAX ||
		    ses_get_extension(&inner, &x) != 0)
			return -1;
		for (i = 0; i < n; i++)
			if (bytes_equal(seen[i], x.oid))
				return -1;
		seen[n++] = x.oid;
	}
	return 0;
}
