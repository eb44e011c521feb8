/* key_store_table.c - the key stores there are. */
#include "keys/key_store.h"

#include <string.h>

#include "crypto/signature.h"
#include "crypto/x509.h"
#include "keys/key_store_file.h"

const struct key_store_ops *const key_store_table[] = {
    &key_store_file,
    NULL,
};

const struct key_store_ops *
key_store_find(const char *name)
{
	size_t i;

	for (i = 0; key_store_table[i] != NULL; i++)
		if (strcmp(key_store_table[i]->name, name) == 0)
			return key_store_table[i];
	return NULL;
}

static int
failed(struct err *e, const struct key_store *store, long place)
{
	const char *id = store->ops->id(store->ctx, place);

	return err_set(e, ERR_INTERNAL, "key_self_test",
	    "密钥 %s 自检失败：签名不能用它的证书验证；请从备份恢复 keys/vault",
	    "the key %s failed its self-test: its signature does not verify "
	    "with its x509; restore keys/vault from a backup",
	    id);
}

int
key_store_test(const struct key_store *store, long place, struct err *e)
{
	struct bytes message = bytes_str("certsvc key self-test");
	struct bytes der = store->ops->x509(store->ctx, place);
	uint8_t raw[2][SIGN_RAW_SIZE];
	const struct x509 *x;
	int i, bad = 0;

	if (x509_get(der, &x, e) != 0)
		return failed(e, store, place);
	for (i = 0; i < 2 && !bad; i++)
		bad =
		    store->ops->sign(store->ctx, place, message, raw[i], e) !=
			0 ||
		    signature_verify(x->alg, x->point, message, raw[i], e) != 0;
	x509_free(x);
	if (bad || memcmp(raw[0], raw[1], SIGN_RAW_SIZE) == 0)
		return failed(e, store, place);
	return 0;
}
