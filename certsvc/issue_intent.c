/* issue_intent.c - the durable intent before every signature; see issue.h. */
#include "certsvc/issue.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "certsvc/number.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/digest.h"

enum {
	SERIAL_LEN = 20
}; /* part 4 of the identifier: random [0-9A-Z] */

/* The same for a copy: what it is of, by whom, until when. */
static int
copy_digest(const struct issue *issue, uint8_t digest[32], struct err *e)
{
	struct buf all = BUF_INIT;
	int rc;

	buf_add(&all, issue->order.digest, 32);
	buf_printf(&all, "copy\n%s\n%s\n%s", issue->old.id, issue->maker,
	    issue->until);
	rc = buf_failed(&all) ? err_nomem(e)
			      : digest_sha256(buf_bytes(&all), digest);
	buf_release(&all);
	return rc == 0 ? 0 : err_internal(e, "SHA-256");
}

/* Digest of all that must be the same when a key is used again: for a renewal
 * or correction also what it replaces, why, and how. */
static int
call_digest(const struct issue *issue, uint8_t digest[32], struct err *e)
{
	struct buf all = BUF_INIT;
	unsigned int n = 32;
	const char *note;
	int ok;

	memcpy(digest, issue->order.digest, 32);
	if (issue->maker != NULL)
		return copy_digest(issue, digest, e);
	if (!issue->reissue)
		return 0;
	note = json_string_value(json_object_get(issue->call->body, "note"));
	buf_add(&all, issue->order.digest, 32);
	buf_printf(&all, "%s\n%s\n%s\n%s", issue->call->action, issue->call->id,
	    json_string_value(json_object_get(issue->call->body, "reason")),
	    note ? note : "");
	ok = !buf_failed(&all) &&
	     EVP_Digest(all.p, all.n, digest, &n, EVP_sha256(), NULL) == 1;
	buf_release(&all);
	return ok ? 0 : err_internal(e, "SHA-256");
}

static int
random_serial(char out[SERIAL_LEN + 1])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	uint8_t byte;
	size_t n = 0;

	while (n < SERIAL_LEN) {
		if (RAND_bytes(&byte, 1) != 1)
			return -1;
		if (byte < 252) /* 7 * 36: every digit is as likely */
			out[n++] = digits[byte % 36];
	}
	out[n] = '\0';
	return 0;
}

static int
random_id(char out[STORE_ID_SIZE])
{
	uint8_t raw[16];
	struct bytes view = {raw, sizeof(raw)};
	struct buf text = BUF_INIT;
	int ok;

	ok = RAND_bytes(raw, sizeof(raw)) == 1;
	text_base32(&text, view);
	ok = ok && text.n == STORE_ID_SIZE - 1;
	if (ok)
		memcpy(out, buf_cstr(&text), STORE_ID_SIZE);
	buf_release(&text);
	return ok ? 0 : -1;
}

/* A renewal or correction keeps the identifier's serial, one version up. */
static int
follow_old(
    const struct issue *issue, struct store_intent *intent, struct err *e)
{
	struct store_intent old;
	struct service *s = issue->service;
	int rc;

	rc = s->ops->intent_get(s->store, issue->old.intent, &old, e);
	if (rc != 0)
		return rc;
	if (old.identifier_version >= 999)
		return err_set(e, ERR_CONFLICT, "too_many_versions",
		    "证照标识的版本号已用尽",
		    "the identifier has no version left");
	memcpy(intent->identifier_serial, old.identifier_serial,
	    sizeof(intent->identifier_serial));
	intent->identifier_version = old.identifier_version + 1;
	memcpy(intent->supersedes, issue->old.id, sizeof(intent->supersedes));
	return 0;
}

/* "of/what" as 24 bytes of SHA-256 in hex: no value of a field stands in the
 * scope. */
static int
hash_scope(const char *of, const char *what, char out[64], struct err *e)
{
	uint8_t digest[DIGEST_SIZE];
	struct buf all = BUF_INIT, hex = BUF_INIT;
	int rc = 0;

	buf_printf(&all, "%s/%s", of, what);
	if (buf_failed(&all))
		rc = err_nomem(e);
	else if (digest_sha256(buf_bytes(&all), digest) != 0)
		rc = err_internal(e, "SHA-256");
	else
		text_hex(&hex, (struct bytes){digest, 24});
	if (rc == 0 && buf_cstr(&hex) == NULL)
		rc = err_nomem(e);
	if (rc == 0)
		memcpy(out, hex.p, hex.n + 1);
	buf_release(&all);
	buf_release(&hex);
	return rc;
}

/* What the printed number's sequence counts: as the template says, for each
 * department on its own. */
static int
scope(const struct issue *issue, struct store_intent *intent, struct err *e)
{
	char date[CLOCK_DATE_SIZE], counted[NUMBER_SCOPE_SIZE];
	struct number_source source = {.date = date,
	    .field = issue_field_value,
	    .ctx = (void *)(uintptr_t)issue};
	int rc;

	clock_date_cst(date, intent->created);
	rc = number_scope(issue->template->number, issue->template->code,
	    &source, counted, e);
	if (rc != 0 || counted[0] == '\0')
		return rc;
	return hash_scope(intent->department, counted, intent->number_scope, e);
}

static int
fill(struct issue *issue, struct store_intent *intent, struct err *e)
{
	const struct order *order = &issue->order;
	int rc;

	memset(intent, 0, sizeof(*intent));
	intent->created = clock_now();
	if (RAND_bytes(intent->id, sizeof(intent->id)) != 1 ||
	    random_id(intent->certificate) != 0 ||
	    random_serial(intent->identifier_serial) != 0)
		return err_internal(e, "RAND_bytes");
	intent->identifier_version = 1;
	memcpy(intent->department, issue_department(issue),
	    strlen(issue_department(issue)) + 1);
	memcpy(intent->matter, order->matter, strlen(order->matter) + 1);
	memcpy(intent->serial, order->serial, strlen(order->serial) + 1);
	memcpy(
	    intent->type, issue->template->code, sizeof(issue->template->code));
	if ((rc = call_digest(issue, intent->order_digest, e)) != 0)
		return rc;
	/* A copy has its original's number and identifier, and one of its own
	 * among that original's copies. */
	if (issue->maker != NULL)
		return hash_scope(
		    "copy", issue->old.id, intent->number_scope, e);
	if ((rc = scope(issue, intent, e)) != 0)
		return rc;
	return issue->reissue ? follow_old(issue, intent, e) : 0;
}

/* Only one call works on an intent at a time. */
static int
enter(struct under_way *u, const uint8_t id[16], struct err *e)
{
	size_t i;
	int rc = 0;

	pthread_mutex_lock(&u->lock);
	for (;;) {
		for (i = 0; i < u->n; i++)
			if (memcmp(u->intents[i], id, 16) == 0)
				break;
		if (i == u->n)
			break;
		pthread_cond_wait(&u->changed, &u->lock);
	}
	if (u->n == SERVICE_UNDER_WAY_MAX)
		rc = err_set(e, ERR_BUSY, "busy", "服务繁忙，请稍后重试",
		    "the service is busy, try again later");
	else
		memcpy(u->intents[u->n++], id, 16);
	pthread_mutex_unlock(&u->lock);
	return rc;
}

void
issue_intent_done(struct issue *issue)
{
	struct under_way *u = &issue->service->under_way;
	size_t i;

	pthread_mutex_lock(&u->lock);
	for (i = 0; i < u->n; i++)
		if (memcmp(u->intents[i], issue->intent.id, 16) == 0) {
			memcpy(u->intents[i], u->intents[--u->n], 16);
			break;
		}
	pthread_cond_broadcast(&u->changed);
	pthread_mutex_unlock(&u->lock);
}

int
issue_check_old(const struct issue *issue, struct err *e)
{
	if (issue->maker != NULL)
		return issue_check_original(issue, e);
	if (issue->old.status == STATUS_VALID ||
	    issue->old.status == STATUS_PENDING)
		return 0;
	return err_set(e, ERR_CONFLICT, "wrong_status",
	    "该证照当前状态（%s）不允许换发或更正",
	    "the certificate is %s: it cannot be renewed or corrected",
	    answer_status(issue->old.status, 0, 0));
}

int
issue_intent(struct issue *issue, struct err *e)
{
	struct service *s = issue->service;
	struct store_intent *intent = &issue->intent;
	uint8_t digest[32];
	int existed = 0, rc;

	rc = s->ops->intent_find(s->store, issue_department(issue),
	    issue->order.matter, issue->order.serial, intent, e);
	if (rc == 0) {
		existed = 1;
	} else if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		if (issue->old.id[0] != '\0' &&
		    (rc = issue_check_old(issue, e)) != 0)
			return rc;
		if ((rc = fill(issue, intent, e)) == 0)
			rc = s->ops->intent_put(s->store, intent, &existed, e);
	}
	if (rc != 0 || (rc = call_digest(issue, digest, e)) != 0)
		return rc;
	if (existed && memcmp(digest, intent->order_digest, 32) != 0)
		return err_set(e, ERR_CONFLICT, "key_reused",
		    "同一事项编码与办件流水号已用于另一份内容不同的请求",
		    "this matter and serial were used already by a request with other content");
	return enter(&s->under_way, intent->id, e);
}
