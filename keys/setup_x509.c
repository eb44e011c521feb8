/* setup_x509.c - see setup_x509.h. */
#include "keys/setup_x509.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/base/text.h"
#include "crypto/x509.h"
#include "keys/setup.h"

enum {
	YEAR = 31557600,     /* seconds */
	CLOCK_SLACK = 86400, /* verifiers' clocks may be a day behind */
	COMMON_NAME_MAX = 64 /* characters (RFC 5280, ub-common-name) */
};

static int
vault_put(struct vault *vault, const char *id, EVP_PKEY *key,
    const struct buf *x509, struct err *e)
{
	struct vault_entry *entry = vault_add(vault, id);
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	uint8_t *der = NULL;
	int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;

	if (entry != NULL && n > 0) {
		buf_add(&entry->pkcs8, der, (size_t)n);
		buf_add_buf(&entry->x509, x509);
	}
	if (n > 0)
		OPENSSL_clear_free(der, (size_t)n);
	PKCS8_PRIV_KEY_INFO_free(info);
	if (entry == NULL || n <= 0 || buf_failed(&entry->pkcs8) ||
	    buf_failed(&entry->x509))
		return err_internal(e, "vault entry");
	return 0;
}

/* The first 64 characters. */
static void
common_name(char out[COMMON_NAME_MAX * 4 + 1], const char *name)
{
	size_t pos = 0, n = strlen(name), i;

	for (i = 0; i < COMMON_NAME_MAX && pos < n; i++)
		if (text_utf8_next(name, n, &pos) < 0)
			break;
	memcpy(out, name, pos);
	out[pos] = '\0';
}

/* What to make, and what came of it. */
struct subject {
	enum x509_role role;
	const char *id;
	const char *organisation;
	const char *name;
	int years;
	EVP_PKEY *issuer_key; /* NULL: itself */
	struct bytes issuer;  /* DER, empty for the root */
	EVP_PKEY *key;	      /* out, the caller's */
	struct buf x509;      /* out, the caller's */
};

static int
make(struct setup_x509s *s, struct subject *subject, struct err *e)
{
	char name[COMMON_NAME_MAX * 4 + 1];
	struct x509_request req = {.role = subject->role,
	    .country = "CN",
	    .organisation = subject->organisation,
	    .unit = s->unit,
	    .common_name = name,
	    .not_before = s->now - CLOCK_SLACK,
	    .not_after = s->now + (int64_t)subject->years * YEAR,
	    .issuer = subject->issuer};
	int rc;

	common_name(name, subject->name);
	subject->key = EVP_EC_gen("P-256");
	if (subject->key == NULL)
		return err_internal(e, "EVP_EC_gen");
	req.key = subject->key;
	req.issuer_key =
	    subject->issuer_key ? subject->issuer_key : subject->key;
	rc = x509_make(&req, &subject->x509, e);
	if (rc == 0)
		rc = vault_put(
		    s->vault, subject->id, subject->key, &subject->x509, e);
	return rc;
}

int
setup_x509s_start(struct setup_x509s *s, struct err *e)
{
	struct subject root = {.role = X509_ROOT,
	    .id = "root",
	    .organisation = s->organisation,
	    .name = "电子证照根证书",
	    .years = SETUP_ROOT_YEARS};
	struct subject ca = {.role = X509_ISSUING,
	    .id = "ca",
	    .organisation = s->organisation,
	    .name = "电子证照签发证书",
	    .years = SETUP_CA_YEARS};
	int rc;

	rc = make(s, &root, e);
	s->root_key = root.key;
	s->root = root.x509;
	if (rc != 0)
		return rc;
	ca.issuer_key = s->root_key;
	ca.issuer = buf_bytes(&s->root);
	rc = make(s, &ca, e);
	s->ca_key = ca.key;
	s->ca = ca.x509;
	return rc;
}

int
setup_x509s_signer(struct setup_x509s *s, const char *id,
    const char *organisation, const char *name, struct err *e)
{
	struct subject signer = {.role = X509_SIGNER,
	    .id = id,
	    .organisation = organisation,
	    .name = name,
	    .years = SETUP_SIGNER_YEARS,
	    .issuer_key = s->ca_key,
	    .issuer = buf_bytes(&s->ca)};
	int rc;

	rc = make(s, &signer, e);
	EVP_PKEY_free(signer.key);
	buf_release(&signer.x509);
	return rc;
}

void
setup_x509s_release(struct setup_x509s *s)
{
	EVP_PKEY_free(s->root_key);
	EVP_PKEY_free(s->ca_key);
	buf_release(&s->root);
	buf_release(&s->ca);
}
