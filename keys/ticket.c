/* ticket.c - see ticket.h. */
#include "keys/ticket.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/base/text.h"
#include "crypto/cbor.h"
#include "keys/authority_check.h"

enum {
	TICKET_VERSION = 1,
	TICKET_ITEMS = 8,
	REGION_MIN = 6, /* digits: province, prefecture, county */
	AREA_START = 2, /* of the area code in a unified social credit code */
	AREA_SIZE = 6,
	CODE_LEN = 18
};

int
ticket_refuse(struct err *e)
{
	return err_set(e, ERR_DENIED, "bad_ticket",
	    "网点的许可无效：不存在、被改动、已过期或与网点密钥不符；请管理员重新"
	    "发放",
	    "the office's ticket is not accepted: unknown, changed, out of its "
	    "days or not of this office key; an administrator can give a new "
	    "one");
}

int
ticket_id_ok(const char *id)
{
	size_t n = strlen(id);

	return n > 0 && n < TICKET_ID_SIZE &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

/* It is printed on sheets and read by people. */
static int
name_ok(const char *name)
{
	size_t n = strlen(name), pos = 0;
	int32_t cp;

	while (pos < n) {
		cp = text_utf8_next(name, n, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			return 0;
	}
	return n > 0;
}

static int
region_ok(const char *region)
{
	size_t n = strlen(region);

	return n >= REGION_MIN && strspn(region, "0123456789") == n;
}

/* Types come once, in ascending order: a set has one form. */
static int
types_ok(const struct ticket *t)
{
	size_t i;

	for (i = 0; i < t->ntypes; i++)
		if (!authority_type_ok(t->types[i].type) ||
		    t->types[i].quota > TICKET_QUOTA_MAX ||
		    (i > 0 &&
			strcmp(t->types[i - 1].type, t->types[i].type) >= 0))
			return 0;
	return t->ntypes <= TICKET_TYPES_MAX;
}

/* What both directions ask of a ticket. */
static int
ticket_fits(const struct ticket *t)
{
	return ticket_id_ok(t->id) && name_ok(t->zh) && region_ok(t->region) &&
	       t->issued >= 0 && t->not_after >= 0 && types_ok(t);
}

static int
make_mac(struct bytes body, const uint8_t key[32], uint8_t mac[TICKET_MAC_SIZE])
{
	unsigned int n = 0;

	return HMAC(EVP_sha256(), key, 32, body.p, body.n, mac, &n) != NULL &&
		       n == TICKET_MAC_SIZE
		   ? 0
		   : -1;
}

int
ticket_write(const struct ticket *t, const uint8_t key[32], struct buf *out,
    struct err *e)
{
	uint8_t mac[TICKET_MAC_SIZE];
	size_t i, start = out->n;

	if (!ticket_fits(t))
		return err_set(e, ERR_INPUT, "bad_ticket",
		    "网点许可的内容不合规定",
		    "the content of the office's ticket is not well formed");
	cbor_put_array(out, TICKET_ITEMS);
	cbor_put_uint(out, TICKET_VERSION);
	cbor_put_str(out, t->id);
	cbor_put_str(out, t->zh);
	cbor_put_str(out, t->region);
	cbor_put_bstr(out, (struct bytes){t->hash, sizeof(t->hash)});
	cbor_put_uint(out, (uint64_t)t->issued);
	cbor_put_uint(out, (uint64_t)t->not_after);
	cbor_put_array(out, t->ntypes);
	for (i = 0; i < t->ntypes; i++) {
		cbor_put_array(out, 2);
		cbor_put_str(out, t->types[i].type);
		cbor_put_uint(out, t->types[i].quota);
	}
	if (buf_failed(out))
		return err_nomem(e);
	if (make_mac(
		(struct bytes){out->p + start, out->n - start}, key, mac) != 0)
		return err_internal(e, "HMAC");
	buf_add(out, mac, sizeof(mac));
	return buf_failed(out) ? err_nomem(e) : 0;
}

/* A time: 0 .. INT64_MAX. */
static int64_t
get_time(struct cbor *r)
{
	uint64_t t = cbor_get_uint(r);

	if (t > INT64_MAX)
		cbor_refuse(r);
	return t > INT64_MAX ? 0 : (int64_t)t;
}

static void
get_types(struct cbor *r, struct ticket *t)
{
	size_t i, n = cbor_get_array(r);

	if (n > TICKET_TYPES_MAX) {
		cbor_refuse(r);
		return;
	}
	for (i = 0; i < n; i++) {
		cbor_get_tuple(r, 2);
		cbor_get_str(r, t->types[i].type, sizeof(t->types[i].type));
		t->types[i].quota = cbor_get_uint(r);
		cbor_end(r);
	}
	t->ntypes = n;
	cbor_end(r);
}

static struct bytes
body_of(struct bytes in)
{
	in.n -= TICKET_MAC_SIZE;
	return in;
}

static int
size_ok(struct bytes in)
{
	return in.n > TICKET_MAC_SIZE && in.n <= TICKET_MAX;
}

int
ticket_parse(struct bytes in, struct ticket *t)
{
	struct cbor r;

	memset(t, 0, sizeof(*t));
	if (!size_ok(in))
		return -1;
	cbor_init(&r, body_of(in));
	cbor_get_tuple(&r, TICKET_ITEMS);
	if (cbor_get_uint(&r) != TICKET_VERSION)
		return -1;
	cbor_get_str(&r, t->id, sizeof(t->id));
	cbor_get_str(&r, t->zh, sizeof(t->zh));
	cbor_get_str(&r, t->region, sizeof(t->region));
	cbor_get_fixed(&r, t->hash, sizeof(t->hash));
	t->issued = get_time(&r);
	t->not_after = get_time(&r);
	get_types(&r, t);
	cbor_end(&r);
	return cbor_done(&r) == 0 && ticket_fits(t) ? 0 : -1;
}

int
ticket_open(
    struct bytes in, const uint8_t key[32], struct ticket *t, struct err *e)
{
	uint8_t mac[TICKET_MAC_SIZE];

	if (!size_ok(in))
		return ticket_refuse(e);
	if (make_mac(body_of(in), key, mac) != 0)
		return err_internal(e, "HMAC");
	if (CRYPTO_memcmp(mac, in.p + in.n - TICKET_MAC_SIZE, sizeof(mac)) !=
		0 ||
	    ticket_parse(in, t) != 0)
		return ticket_refuse(e);
	return 0;
}

const struct ticket_type *
ticket_type_find(const struct ticket *t, const char *type)
{
	size_t i;

	for (i = 0; i < t->ntypes; i++)
		if (strcmp(t->types[i].type, type) == 0)
			return &t->types[i];
	return NULL;
}

int
ticket_covered_by(const struct ticket *t, const char *department)
{
	const char *area = department + AREA_START;
	size_t n = AREA_SIZE;

	if (strlen(department) != CODE_LEN)
		return 0;
	while (n > 0 && memcmp(area + n - 2, "00", 2) == 0)
		n -= 2;
	return strncmp(t->region, area, n) == 0;
}
