/* client.c - see client.h. */
#include "api/client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/serve.h"
#include "certsvc/config.h"
#include "crypto/base/text.h"

enum {
	CLIENT_SECONDS = 60,	     /* for one call */
	CLIENT_ANSWER_MAX = 67108864 /* bytes of an answer */
};

struct client {
	CURL *curl;
	char *socket;
	pid_t server; /* started for us, or -1 */
};

/* 1 when somebody listens on the socket. */
static int
is_served(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd, ok;

	if (strlen(path) >= sizeof(sun.sun_path))
		return 0;
	memcpy(sun.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ok = fd >= 0 &&
	     connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* A directory that init never made is named before anything is started. */
static int
check_directory(const char *dir, struct err *e)
{
	struct config config;
	int rc = config_read(dir, &config, e);

	config_release(&config);
	return rc;
}

int
client_open(
    const char *dir, const char *key_source, struct client **out, struct err *e)
{
	struct client *client = calloc(1, sizeof(*client));
	struct buf path = BUF_INIT;
	int rc;

	*out = NULL;
	if (client == NULL)
		return err_nomem(e);
	client->server = -1;
	buf_printf(&path, "%s/admin.sock", dir);
	if (buf_cstr(&path) == NULL) {
		free(client);
		return err_nomem(e);
	}
	client->socket = (char *)path.p;
	rc = check_directory(dir, e);
	if (rc == 0 && !is_served(client->socket))
		rc = serve_temporary(dir, key_source, (struct bytes){NULL, 0},
		    &client->server, e);
	if (rc == 0 && (client->curl = curl_easy_init()) == NULL)
		rc = err_nomem(e);
	if (rc != 0) {
		client_close(client);
		return rc;
	}
	*out = client;
	return 0;
}

void
client_close(struct client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	serve_temporary_stop(client->server);
	free(client->socket);
	free(client);
}

static size_t
take(char *p, size_t size, size_t n, void *ctx)
{
	struct buf *content = ctx;

	if (content->n + size * n > CLIENT_ANSWER_MAX)
		return 0;
	buf_add(content, p, size * n);
	return buf_failed(content) ? 0 : size * n;
}

static const char *
text_member(const json_t *json, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text != NULL ? text : otherwise;
}

static enum err_class
class_of(long status)
{
	switch (status) {
	case 401:
		return ERR_UNKNOWN;
	case 403:
		return ERR_DENIED;
	case 404:
		return ERR_NOT_FOUND;
	case 409:
	case 412:
		return ERR_CONFLICT;
	case 413:
	case 429:
		return ERR_LIMIT;
	case 503:
		return ERR_BUSY;
	case 507:
		return ERR_STORAGE;
	default:
		return status >= 500 ? ERR_INTERNAL : ERR_INPUT;
	}
}

/* problem+json back into an error. */
static int
take_problem(long status, const struct buf *content, struct err *e)
{
	json_t *problem, *item;
	size_t i;

	problem = json_loadb((const char *)content->p, content->n, 0, NULL);
	json_array_foreach (json_object_get(problem, "errors"), i, item)
		err_add(e, text_member(item, "code", ""),
		    text_member(item, "pointer", ""), "%s%.0s", "%.0s%s",
		    text_member(item, "zh", ""), text_member(item, "en", ""));
	err_set(e, class_of(status), text_member(problem, "code", "http"),
	    "%s%.0s", "%.0s%s", text_member(problem, "zh", "服务没有给出说明"),
	    text_member(problem, "en", "the server gave no reason"));
	json_decref(problem);
	return e->class;
}

static int
set_up(struct client *client, const struct client_call *call, const char *body,
    struct curl_slist **headers, struct buf *content)
{
	CURL *curl = client->curl;
	struct buf url = BUF_INIT, accept = BUF_INIT, key = BUF_INIT;
	int ok;

	curl_easy_reset(curl);
	buf_printf(&url, "http://localhost%s", call->path);
	if (call->accept != NULL)
		buf_printf(&accept, "Accept: %s", call->accept);
	*headers = curl_slist_append(NULL, "Content-Type: application/json");
	if (call->key != NULL)
		buf_printf(&key, "Idempotency-Key: %s", call->key);
	if (accept.n > 0 && buf_cstr(&accept) != NULL)
		*headers = curl_slist_append(*headers, (char *)accept.p);
	if (key.n > 0 && buf_cstr(&key) != NULL)
		*headers = curl_slist_append(*headers, (char *)key.p);
	ok = buf_cstr(&url) != NULL && *headers != NULL &&
	     curl_easy_setopt(curl, CURLOPT_URL, (char *)url.p) == CURLE_OK;
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, client->socket);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)CLIENT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, content);
	if (call->credential != NULL) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERPWD, call->credential);
	}
	if (body != NULL) {
		curl_easy_setopt(
		    curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
		curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body);
	}
	buf_release(&url);
	buf_release(&accept);
	buf_release(&key);
	return ok ? 0 : -1;
}

int
client_send(struct client *client, const struct client_call *call,
    struct buf *content, struct err *e)
{
	struct curl_slist *headers = NULL;
	char *body = NULL;
	long status = 0;
	CURLcode code;
	int rc = 0;

	if (call->body != NULL &&
	    (body = json_dumps(call->body, JSON_COMPACT)) == NULL)
		return err_nomem(e);
	if (set_up(client, call, body, &headers, content) != 0) {
		rc = err_nomem(e);
	} else if ((code = curl_easy_perform(client->curl)) != CURLE_OK) {
		rc = err_set(e, ERR_BUSY, "server_unreachable",
		    "无法与服务通信：%s", "cannot talk to the server: %s",
		    curl_easy_strerror(code));
	} else {
		curl_easy_getinfo(
		    client->curl, CURLINFO_RESPONSE_CODE, &status);
		if (status < 200 || status > 299)
			rc = take_problem(status, content, e);
	}
	curl_slist_free_all(headers);
	free(body);
	return rc;
}

int
client_json(struct client *client, const struct client_call *call,
    json_t **answer, struct err *e)
{
	struct buf content = BUF_INIT;
	int rc = client_send(client, call, &content, e);

	*answer = NULL;
	if (rc == 0) {
		*answer =
		    json_loadb((const char *)content.p, content.n, 0, NULL);
		if (*answer == NULL)
			rc = err_internal(e, "the answer is no JSON");
	}
	buf_release(&content);
	return rc;
}
