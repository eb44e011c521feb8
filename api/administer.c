/* administer.c - see administer.h. */
#include "api/administer.h"

#include <stdlib.h>
#include <string.h>

#include "api/serve.h"
#include "crypto/base/text.h"
#include "keys/administrator.h"

struct administer {
	struct client *client;
	struct administrator *keys;
};

int
administer_with(const char *dir, struct bytes passphrase, struct client *client,
    struct administer **out, struct err *e)
{
	struct administer *adm = calloc(1, sizeof(*adm));
	int rc;

	*out = NULL;
	if (adm == NULL)
		return err_nomem(e);
	adm->client = client;
	rc = administrator_new(dir, passphrase, &adm->keys, e);
	if (rc != 0) {
		administer_close(adm);
		return rc;
	}
	*out = adm;
	return 0;
}

int
administer_open(const char *dir, const char *key_source, struct client *client,
    struct administer **out, struct err *e)
{
	struct buf passphrase = BUF_INIT;
	int rc = serve_passphrase(dir, key_source, &passphrase, e);

	*out = NULL;
	if (rc == 0)
		rc = administer_with(
		    dir, buf_bytes(&passphrase), client, out, e);
	buf_wipe(&passphrase);
	return rc;
}

void
administer_close(struct administer *adm)
{
	if (adm == NULL)
		return;
	administrator_free(adm->keys);
	free(adm);
}

/* Bytes to the keeper and its answer back, as base64 in JSON. */
static int
relay(struct administer *adm, const struct buf *request, int more,
    struct buf *answer, struct err *e)
{
	struct client_call call = {
	    .method = "POST", .path = "/v1/administration"};
	struct buf text = BUF_INIT;
	json_t *body = NULL, *reply = NULL;
	const char *back;
	int rc;

	text_base64(&text, buf_bytes(request));
	if (buf_cstr(&text) != NULL)
		body = json_pack(
		    "{s:s, s:b}", "request", buf_cstr(&text), "more", more);
	call.body = body;
	rc = body == NULL ? err_nomem(e)
			  : client_json(adm->client, &call, &reply, e);
	back = json_string_value(json_object_get(reply, "answer"));
	if (rc == 0 &&
	    (back == NULL || text_unbase64(answer, back, strlen(back)) != 0))
		rc = err_internal(e, "answer");
	json_decref(body);
	json_decref(reply);
	buf_release(&text);
	return rc;
}

int
administer_act(struct administer *adm, const json_t *action, int more,
    json_t **answer, struct err *e)
{
	struct buf request = BUF_INIT, nonce = BUF_INIT, reply = BUF_INIT;
	int rc;

	administrator_ask(&request);
	rc = relay(adm, &request, 1, &nonce, e);
	buf_reset(&request);
	if (rc == 0)
		rc = administrator_request(
		    adm->keys, buf_bytes(&nonce), action, &request, e);
	if (rc == 0)
		rc = relay(adm, &request, more, &reply, e);
	if (rc == 0)
		rc = administrator_answer(
		    adm->keys, buf_bytes(&reply), answer, e);
	buf_release(&request);
	buf_release(&nonce);
	buf_release(&reply);
	return rc;
}

int
administer_office_key(const struct administer *adm, const char *id,
    unsigned int generation, char key[OFFICE_KEY_SIZE], struct err *e)
{
	return administrator_office_key(adm->keys, id, generation, key, e);
}
