/* desk_password.c - what operators change about their own login; see
 * desk_session.h. */
#include "certsvc/desk_session.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "certsvc/desk_login.h"
#include "certsvc/desk_session_token.h"
#include "certsvc/qr_symbol.h"
#include "certsvc/service_state.h"
#include "certsvc/totp.h"
#include "certsvc/wrapped.h"
#include "crypto/base/text.h"

/* The operator and this session go on together: sessions elsewhere, of the
 * epoch before, are over. */
static int
put_both(struct desk_attempt *a, const char *session, struct err *e)
{
	struct service *s = a->service;
	struct store_record v[2];
	int rc;

	memset(v, 0, sizeof(v));
	a->op.epoch++;
	if ((rc = desk_operator_fill(&a->op, &v[0], e)) == 0 &&
	    (rc = desk_session_renew(s, session, a->op.epoch, &v[1], e)) == 0)
		rc = s->ops->records_put(s->store, v, 2, NULL, e);
	store_record_release(&v[0]);
	store_record_release(&v[1]);
	return rc;
}

int
service_password(struct service *s, const struct service_caller *caller,
    const char *old, const char *fresh, struct err *e)
{
	const struct service_operator *op = caller->operator;
	struct desk_attempt a = {
	    .service = s, .name = op->name, .address = caller->address};
	int rc = service_check_writable(s, e);

	if (rc == 0)
		rc = desk_attempt_again(&a, old, e);
	if (rc != 0)
		goto out;
	desk_attempt_good(&a);
	if (strcmp(old, fresh) == 0)
		rc = err_set(e, ERR_INPUT, "weak_password",
		    "新密码与当前密码相同，请换一个",
		    "the new password is the present one: choose another");
	if (rc == 0)
		rc = password_check(fresh, op->name, e);
	if (rc == 0)
		rc = desk_operator_rekey(&a.op, &a.keys, fresh, e);
	a.op.must_change = 0;
	if (rc == 0)
		rc = put_both(&a, op->session, e);
out:
	desk_attempt_wipe(&a);
	return rc;
}

/* Rows of modules, 1 dark: the page draws it, no picture leaves the answer. */
static int
qr_rows(const char *text, json_t **rows, struct err *e)
{
	struct qr_symbol qr;
	char row[QR_SIDE_MAX];
	int rc = qr_symbol_make(text, &qr, e);

	if (rc != 0)
		return rc;
	*rows = json_array();
	for (unsigned int y = 0; y < qr.side; y++) {
		for (unsigned int x = 0; x < qr.side; x++)
			row[x] = qr.dark[y * qr.side + x] ? '1' : '0';
		json_array_append_new(*rows, json_stringn(row, qr.side));
	}
	OPENSSL_cleanse(&qr, sizeof(qr));
	OPENSSL_cleanse(row, sizeof(row));
	return 0;
}

static int
totp_answer(
    struct bytes secret, const char *name, json_t **answer, struct err *e)
{
	struct buf text = BUF_INIT, uri = BUF_INIT;
	json_t *rows = NULL;
	int rc = 0;

	text_base32(&text, secret);
	totp_uri(secret, name, &uri);
	if (buf_cstr(&text) == NULL || buf_cstr(&uri) == NULL)
		rc = err_nomem(e);
	if (rc == 0)
		rc = qr_rows(buf_cstr(&uri), &rows, e);
	if (rc == 0) {
		*answer = json_pack("{s:s, s:s, s:o}", "secret",
		    buf_cstr(&text), "uri", buf_cstr(&uri), "qr", rows);
		rc = *answer == NULL ? err_nomem(e) : 0;
	}
	buf_wipe(&text);
	buf_wipe(&uri);
	return rc;
}

/* A secret that waits for its first code. */
static int
begin(struct desk_attempt *a, json_t **answer, struct err *e)
{
	uint8_t raw[TOTP_SECRET_SIZE];
	struct bytes secret = {raw, sizeof(raw)};
	struct buf wrapped = BUF_INIT;
	int rc = RAND_bytes(raw, sizeof(raw)) == 1
		     ? 0
		     : err_internal(e, "RAND_bytes");

	if (rc == 0)
		rc = wrapped_seal(
		    a->keys.wrap, DESK_TOTP, a->op.name, secret, &wrapped, e);
	if (rc == 0)
		text_copy(
		    a->op.totp_new, sizeof(a->op.totp_new), buf_cstr(&wrapped));
	if (rc == 0)
		rc = desk_operator_put(a->service, &a->op, e);
	if (rc == 0)
		rc = totp_answer(secret, a->op.name, answer, e);
	OPENSSL_cleanse(raw, sizeof(raw));
	buf_release(&wrapped);
	return rc;
}

static int
finish(struct desk_attempt *a, const char *code, json_t **answer, struct err *e)
{
	int64_t step = -1;
	int rc;

	if (a->op.totp_new[0] == '\0')
		return err_set(e, ERR_CONFLICT, "totp_not_begun",
		    "请先取得动态验证码的密钥", "ask for the secret first");
	rc = desk_attempt_code(a, a->op.totp_new, code, &step, e);
	if (rc == 0 && step < 0)
		rc = err_set(e, ERR_DENIED, "bad_code",
		    "动态验证码不正确：请检查手机时间，再输入下一个",
		    "the code is wrong: check the phone's clock and enter the next one");
	if (rc != 0)
		return rc;
	memcpy(a->op.totp, a->op.totp_new, sizeof(a->op.totp));
	a->op.totp_new[0] = '\0';
	a->op.totp_used = step;
	rc = desk_operator_put(a->service, &a->op, e);
	if (rc == 0)
		*answer = json_pack("{s:s}", "totp", "enrolled");
	return rc;
}

int
service_totp(struct service *s, const struct service_caller *caller,
    const char *password, const char *code, json_t **answer, struct err *e)
{
	struct desk_attempt a = {.service = s,
	    .name = caller->operator->name,
	    .address = caller->address};
	int rc = service_check_writable(s, e);

	*answer = NULL;
	if (rc == 0 && (rc = desk_attempt_again(&a, password, e)) == 0) {
		desk_attempt_good(&a);
		rc = code == NULL ? begin(&a, answer, e)
				  : finish(&a, code, answer, e);
	}
	desk_attempt_wipe(&a);
	return rc;
}
