/* etag.c - see etag.h. */
#include "api/etag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

/* Tag of a SHA-256 that is known already. */
static void
etag_of_digest(const uint8_t digest[32], char tag[ETAG_SIZE])
{
	tag[0] = '"';
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(tag + 1 + 2 * i, 3, "%02x", digest[i]);
	memcpy(tag + 65, "\"", 2);
}

int
etag_of_bytes(struct bytes v, char tag[ETAG_SIZE], struct err *e)
{
	uint8_t digest[32];

	if (EVP_Digest(v.p, v.n, digest, NULL, EVP_sha256(), NULL) != 1)
		return err_internal(e, "EVP_Digest");
	etag_of_digest(digest, tag);
	return 0;
}

int
etag_of_state(const json_t *certificate, char tag[ETAG_SIZE], struct err *e)
{
	static const char *const PARTS[] = {
	    "id", "status", "events", "superseded_by", "documents"};
	json_t *state = json_object();
	char *text;
	int rc;

	for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++)
		(void)json_object_set(
		    state, PARTS[i], json_object_get(certificate, PARTS[i]));
	text = json_dumps(state, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(state);
	if (text == NULL)
		return err_nomem(e);
	rc = etag_of_bytes(bytes_str(text), tag, e);
	free(text);
	return rc;
}
