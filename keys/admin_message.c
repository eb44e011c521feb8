/* admin_message.c - see admin_message.h. */
#include "keys/admin_message.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/cbor.h"

int
admin_message_mac(const uint8_t key[32], enum admin_label label,
    const uint8_t nonce[ADMIN_NONCE_SIZE], struct bytes json,
    uint8_t mac[ADMIN_MAC_SIZE])
{
	struct buf v = BUF_INIT;
	unsigned int n;
	int ok;

	buf_add_str(&v, label == ADMIN_REQUEST ? "certsvc admin request"
					       : "certsvc admin answer.");
	buf_add(&v, nonce, ADMIN_NONCE_SIZE);
	buf_add(&v, json.p, json.n);
	ok = !buf_failed(&v) &&
	     HMAC(EVP_sha256(), key, 32, v.p, v.n, mac, &n) != NULL;
	buf_release(&v);
	return ok ? 0 : -1;
}

void
admin_message_write(const struct admin_message *m, struct buf *out)
{
	cbor_put_array(out, m->action ? 4 : 1);
	cbor_put_uint(out, m->action ? 1 : 0);
	if (!m->action)
		return;
	cbor_put_bstr(out, (struct bytes){m->nonce, ADMIN_NONCE_SIZE});
	cbor_put_tstr(out, m->json);
	cbor_put_bstr(out, (struct bytes){m->mac, ADMIN_MAC_SIZE});
}

int
admin_message_read(struct bytes in, struct admin_message *m)
{
	struct cbor r;
	uint64_t kind;
	size_t n;

	memset(m, 0, sizeof(*m));
	cbor_init(&r, in);
	n = cbor_get_array(&r);
	kind = cbor_get_uint(&r);
	m->action = kind == 1;
	if (kind > 1 || n != (m->action ? 4 : 1))
		return -1;
	if (m->action) {
		cbor_get_fixed(&r, m->nonce, ADMIN_NONCE_SIZE);
		m->json = cbor_get_tstr(&r);
		cbor_get_fixed(&r, m->mac, ADMIN_MAC_SIZE);
	}
	cbor_end(&r);
	return cbor_done(&r) == 0 && m->json.n <= ADMIN_JSON_MAX ? 0 : -1;
}
