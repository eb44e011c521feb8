/*
 * publish_crl.c - DIR/trust/crl: what the issuing CAs and the roots revoked.
 * The keeper signs a list anew when it is due or says something new; here it is
 * only asked, and what it says written.
 */
#include <string.h>

#include "certsvc/service_state.h"
#include "certsvc/trust.h"
#include "crypto/x509.h"

/* older: the number of a CA that was followed by another. */
static const struct {
	const char *name;
	enum sign_alg alg;
	int (*get)(struct keeper *k, enum sign_alg alg, struct buf *der,
	    struct err *e);
	unsigned int older;
} lists[SERVICE_CRLS] = {
    {"p256", SIGN_ES256, keeper_crl, 0},
    {"sm2", SIGN_SM2, keeper_crl, 0},
    {"root-p256", SIGN_ES256, keeper_root_crl, 0},
    {"root-sm2", SIGN_SM2, keeper_root_crl, 0},
    {"p256-1", SIGN_ES256, NULL, 1},
    {"p256-2", SIGN_ES256, NULL, 2},
    {"p256-3", SIGN_ES256, NULL, 3},
    {"p256-4", SIGN_ES256, NULL, 4},
    {"sm2-1", SIGN_SM2, NULL, 1},
    {"sm2-2", SIGN_SM2, NULL, 2},
    {"sm2-3", SIGN_SM2, NULL, 3},
    {"sm2-4", SIGN_SM2, NULL, 4},
};

/* Ask the keeper for a list. */
static int
fetch(struct service *s, size_t i, struct buf *der, struct err *e)
{
	return lists[i].older == 0
		   ? lists[i].get(s->keeper, lists[i].alg, der, e)
		   : keeper_older_crl(
			 s->keeper, lists[i].alg, lists[i].older, der, e);
}

/* Write a list if it is another than the published one. */
static int
publish(struct service *s, size_t i, struct buf *der, struct err *e)
{
	struct published *pub = &s->published;
	struct buf dir = BUF_INIT;
	int rc;

	if (bytes_equal(buf_bytes(der), buf_bytes(&pub->crls[i])))
		return 0;
	buf_printf(&dir, "%s/trust", s->config.dir);
	rc = buf_cstr(&dir) == NULL ? err_nomem(e)
				    : trust_write_crl(buf_cstr(&dir),
					  lists[i].name, buf_bytes(der), e);
	if (rc == 0) {
		pthread_mutex_lock(&pub->lock);
		buf_swap(&pub->crls[i], der);
		pthread_mutex_unlock(&pub->lock);
	}
	buf_release(&dir);
	return rc;
}

int
publish_crls(struct service *s, struct err *e)
{
	struct buf der = BUF_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; i < SERVICE_CRLS && rc == 0; i++) {
		buf_reset(&der);
		rc = fetch(s, i, &der, e);
		if (rc == ERR_NOT_FOUND) {
			err_clear(e);
			rc = 0;
		} else if (rc == 0) {
			rc = publish(s, i, &der, e);
		}
	}
	buf_release(&der);
	return rc;
}

/* The lists of CAs elsewhere, as an administrator puts them into DIR/trust. */
struct outside_lists {
	const char *dir;
	struct buf crls[SERVICE_OUTSIDE_CRLS];
	size_t n;
};

/* One that is not there or cannot be used is missing: what needs it is then
 * "revocation_unknown". */
static int
outside_take(void *ctx, struct bytes der, struct err *e)
{
	struct outside_lists *out = ctx;
	struct err ignored = ERR_INIT;
	struct buf *crl = &out->crls[out->n];

	(void)e;
	if (out->n == SERVICE_OUTSIDE_CRLS)
		return 0;
	if (trust_outside_crl_read(out->dir, der, crl, &ignored) == 0)
		out->n++;
	else
		buf_release(crl);
	err_clear(&ignored);
	return 0;
}

/* out gets what was there before. */
static void
outside_replace(struct published *pub, struct outside_lists *out)
{
	size_t i;

	pthread_mutex_lock(&pub->lock);
	for (i = 0; i < SERVICE_OUTSIDE_CRLS; i++)
		buf_swap(&pub->outside_crls[i], &out->crls[i]);
	pub->noutside_crls = out->n;
	pthread_mutex_unlock(&pub->lock);
}

int
publish_outside_crls(struct service *s, struct err *e)
{
	struct published *pub = &s->published;
	struct outside_lists out = {.n = 0};
	struct buf dir = BUF_INIT, pems = BUF_INIT;
	size_t i;
	int rc = 0;

	buf_printf(&dir, "%s/trust", s->config.dir);
	pthread_mutex_lock(&pub->lock);
	buf_add_buf(&pems, &pub->anchors);
	buf_add_buf(&pems, &pub->x509s);
	pthread_mutex_unlock(&pub->lock);
	out.dir = buf_cstr(&dir);
	if (out.dir == NULL || buf_failed(&pems))
		rc = err_nomem(e);
	else if (pems.n > 0)
		rc = x509_from_pem(buf_bytes(&pems), outside_take, &out, e);
	if (rc == 0)
		outside_replace(pub, &out);
	for (i = 0; i < SERVICE_OUTSIDE_CRLS; i++)
		buf_release(&out.crls[i]);
	buf_release(&dir);
	buf_release(&pems);
	return rc;
}

int
service_crl(struct service *s, const char *ca, struct buf *der, struct err *e)
{
	struct published *pub = &s->published;
	size_t i;

	pthread_mutex_lock(&pub->lock);
	for (i = 0; i < SERVICE_CRLS; i++)
		if (strcmp(lists[i].name, ca) == 0)
			buf_add_buf(der, &pub->crls[i]);
	pthread_mutex_unlock(&pub->lock);
	if (buf_failed(der))
		return err_nomem(e);
	return der->n > 0
		   ? 0
		   : err_set(e, ERR_NOT_FOUND, "not_found", "没有这个吊销列表",
			 "there is no such list of revoked x509s");
}
