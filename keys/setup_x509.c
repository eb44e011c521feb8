/* setup_x509.c - see setup_x509.h. */
#include "keys/setup_x509.h"

#include <openssl/evp.h>

#include "crypto/x509.h"
#include "keys/private_key.h"
#include "keys/setup.h"

enum {
	YEAR = 31557600,    /* seconds */
	CLOCK_SLACK = 86400 /* verifiers' clocks may be a day behind */
};

/* Ids in the vaults and names by hierarchy. */
static const struct {
	enum sign_alg alg;
	const char *root, *root_name, *ca, *ca_name;
} hierarchies[SETUP_HIERARCHIES] = {
    {SIGN_ES256, "root", "电子证照根证书", "ca", "电子证照签发证书"},
    {SIGN_SM2, "root-sm2", "电子证照根证书（SM2）", "ca-sm2",
	"电子证照签发证书（SM2）"},
};

/* key NULL: only the x509. */
static int
vault_put(struct vault *vault, const char *id, EVP_PKEY *key,
    const struct buf *x509, struct err *e)
{
	struct vault_entry *entry = vault_add(vault, id);

	if (entry == NULL)
		return err_internal(e, "vault entry");
	buf_add_buf(&entry->x509, x509);
	if (buf_failed(&entry->x509))
		return err_nomem(e);
	return key ? private_key_write(key, &entry->pkcs8, e) : 0;
}

/* What to make, and what came of it. */
struct subject {
	enum x509_role role;
	enum sign_alg alg;
	const char *name;
	int years;
	EVP_PKEY *issuer_key; /* NULL: itself */
	struct bytes issuer;  /* DER, empty for the root */
	EVP_PKEY *key;	      /* out, the caller's */
	struct buf x509;      /* out, the caller's */
};

static int
make(const struct setup_x509s *s, struct subject *subject, struct err *e)
{
	char name[X509_NAME_SIZE], organisation[X509_NAME_SIZE];
	struct x509_request req = {.role = subject->role,
	    .country = "CN",
	    .organisation = organisation,
	    .unit = s->unit,
	    .common_name = name,
	    .not_before = s->now - CLOCK_SLACK,
	    .not_after = s->now + (int64_t)subject->years * YEAR,
	    .issuer = subject->issuer};
	int rc;

	x509_name_cut(name, subject->name);
	x509_name_cut(organisation, s->organisation);
	rc = x509_key_new(subject->alg, &subject->key, e);
	if (rc != 0)
		return rc;
	req.key = subject->key;
	req.issuer_key =
	    subject->issuer_key ? subject->issuer_key : subject->key;
	return x509_make(&req, &subject->x509, e);
}

static int
start_one(struct setup_x509s *s, size_t i, struct err *e)
{
	struct subject root = {.role = X509_ROOT,
	    .alg = hierarchies[i].alg,
	    .name = hierarchies[i].root_name,
	    .years = SETUP_ROOT_YEARS};
	struct subject ca = {.role = X509_ISSUING,
	    .alg = hierarchies[i].alg,
	    .name = hierarchies[i].ca_name,
	    .years = SETUP_CA_YEARS};
	int rc;

	rc = make(s, &root, e);
	s->of[i].root_key = root.key;
	s->of[i].root = root.x509;
	if (rc == 0)
		rc = vault_put(
		    s->roots, hierarchies[i].root, root.key, &root.x509, e);
	if (rc == 0)
		rc = vault_put(
		    s->vault, hierarchies[i].root, NULL, &root.x509, e);
	if (rc != 0)
		return rc;
	ca.issuer_key = root.key;
	ca.issuer = buf_bytes(&s->of[i].root);
	rc = make(s, &ca, e);
	s->of[i].ca_key = ca.key;
	s->of[i].ca = ca.x509;
	return rc != 0 ? rc
		       : vault_put(
			     s->vault, hierarchies[i].ca, ca.key, &ca.x509, e);
}

int
setup_x509s_start(struct setup_x509s *s, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < SETUP_HIERARCHIES; i++)
		rc = start_one(s, i, e);
	return rc;
}

int
setup_x509s_signer(
    struct setup_x509s *s, const struct setup_signer *signer, struct err *e)
{
	size_t i = signer->alg == hierarchies[0].alg ? 0 : 1;
	struct subject subject = {.role = (enum x509_role)signer->role,
	    .alg = signer->alg,
	    .name = signer->name,
	    .years = SETUP_SIGNER_YEARS,
	    .issuer_key = s->of[i].ca_key,
	    .issuer = buf_bytes(&s->of[i].ca)};
	int rc;

	rc = make(s, &subject, e);
	if (rc == 0)
		rc = vault_put(
		    s->vault, signer->id, subject.key, &subject.x509, e);
	EVP_PKEY_free(subject.key);
	buf_release(&subject.x509);
	return rc;
}

void
setup_x509s_release(struct setup_x509s *s)
{
	size_t i;

	for (i = 0; i < SETUP_HIERARCHIES; i++) {
		EVP_PKEY_free(s->of[i].root_key);
		EVP_PKEY_free(s->of[i].ca_key);
		buf_release(&s->of[i].root);
		buf_release(&s->of[i].ca);
	}
}
