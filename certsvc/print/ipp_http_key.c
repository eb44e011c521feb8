/* ipp_http_key.c - the public key by which a printer is known. */
#include "certsvc/print/ipp_http_private.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static const char pem_label[] = "Cert:";

/* SHA-256 of the SubjectPublicKeyInfo of an x509 in PEM. */
static int
digest_key(const char *pem, uint8_t out[PRINTER_FINGERPRINT_SIZE])
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x509 =
	    bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
	uint8_t *der = NULL;
	int n = x509 == NULL
		    ? -1
		    : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
	int ok = n > 0 &&
		 EVP_Digest(der, (size_t)n, out, NULL, EVP_sha256(), NULL) == 1;

	OPENSSL_free(der);
	X509_free(x509);
	BIO_free(bio);
	return ok ? 0 : -1;
}

int
ipp_http_key(CURL *curl, uint8_t out[PRINTER_FINGERPRINT_SIZE])
{
	struct curl_certinfo *info = NULL;
	struct curl_slist *line;

	if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info) != CURLE_OK ||
	    info == NULL || info->num_of_certs < 1)
		return -1;
	for (line = info->certinfo[0]; line != NULL; line = line->next)
		if (strncmp(line->data, pem_label, sizeof(pem_label) - 1) == 0)
			return digest_key(
			    line->data + sizeof(pem_label) - 1, out);
	return -1;
}

int
ipp_http_ask_key(struct ipp_http *http, uint8_t out[PRINTER_FINGERPRINT_SIZE])
{
	CURL *curl = curl_easy_init();
	int rc = -1;

	if (curl != NULL && ipp_http_common(http, curl) == 0 &&
	    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
		(long)PRINTER_CONNECT_MS) == CURLE_OK &&
	    curl_easy_perform(curl) == CURLE_OK)
		rc = ipp_http_key(curl, out);
	curl_easy_cleanup(curl);
	return rc;
}
