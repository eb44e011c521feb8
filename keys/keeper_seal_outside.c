/*
 * keeper_seal_outside.c - seals whose x509s come from another certification
 * authority, or whose seal object another maker made: request out, x509 in,
 * object in.  Nothing is taken that a verifier would not believe later.
 */
#include "keys/keeper_seal_act.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/base/text.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "crypto/ses_check.h"
#include "crypto/ses_seal.h"
#include "crypto/signature.h"
#include "crypto/x509_request.h"
#include "keys/outside.h"

/* x509s that an action brings, and the anchors to judge them by. */
struct given {
	struct outside outside;
	struct bytes anchors[SEAL_ALGS + OUTSIDE_MAX];
	size_t nanchors;
	struct bytes helpers[SEAL_ALGS * (1 + KEEPER_OLDER_MAX) + OUTSIDE_MAX];
	size_t nhelpers;
	struct bytes x509s[CMS_X509S_MAX]; /* signer first; all ride in a PDF */
	size_t nx509s;
	struct buf bytes; /* owned: the x509s */
};

static void
given_release(struct given *g)
{
	outside_release(&g->outside);
	buf_release(&g->bytes);
}

/* Our own CAs and those from elsewhere that an administrator believes. */
static int
load_anchors(const struct keeper_state *s, struct given *g, struct err *e)
{
	size_t i, k;
	int rc = outside_load(s->authority.root, &g->outside, e);

	for (i = 0; rc == 0 && i < SEAL_ALGS; i++) {
		g->anchors[g->nanchors++] = buf_bytes(&s->issuers[i].root);
		g->helpers[g->nhelpers++] = buf_bytes(&s->issuers[i].x509);
		for (k = 0; k < s->nolder[i]; k++)
			g->helpers[g->nhelpers++] =
			    buf_bytes(&s->older[i][k].x509);
	}
	for (i = 0; rc == 0 && i < g->outside.n[OUTSIDE_ROOTS]; i++)
		g->anchors[g->nanchors++] = g->outside.list[OUTSIDE_ROOTS][i];
	for (i = 0; rc == 0 && i < g->outside.n[OUTSIDE_X509S]; i++)
		g->helpers[g->nhelpers++] = g->outside.list[OUTSIDE_X509S][i];
	return rc;
}

static enum sign_alg
alg_of(const struct seal_act *a)
{
	const struct algorithm *alg =
	    algorithm_by_name(seal_act_string(a->action, "alg"));

	return alg != NULL ? alg->alg : 0;
}

/* A seal whose keys are there. */
static struct seal_row *
find_living(struct seal_act *a)
{
	struct seal_row *row = seal_act_find(a);

	if (row == NULL || row->state == SEAL_ACTIVE ||
	    row->state == SEAL_SUSPENDED)
		return row;
	seal_act_wrong_state(row, a->e);
	return NULL;
}

int
seal_act_csr(struct seal_act *a)
{
	const json_t *table = a->s->authority.root, *department;
	struct seal_row *row = find_living(a);
	enum sign_alg alg = alg_of(a);
	struct x509_name name = {.country = "CN"};
	struct buf der = BUF_INIT, pem = BUF_INIT;
	json_t *meta;
	EVP_PKEY *key;
	int rc;

	if (row == NULL || alg == 0)
		return row == NULL ? a->e->class : seal_act_bad(a->e);
	department = json_object_get(
	    json_object_get(table, "departments"), row->department);
	meta = json_loads(row->meta, 0, NULL);
	name.organisation = seal_act_string(department, "zh");
	if (json_is_true(
		json_object_get(json_object_get(table, "issuer"), "demo")))
		name.unit = "演示";
	name.common_name = seal_act_string(meta, "zh");
	rc = seal_register_key(&a->s->seals, row, alg, &key, a->e);
	if (rc == 0)
		rc = x509_request_make(&name, key, &der, a->e);
	if (rc == 0)
		rc = x509_pem_write(
		    buf_bytes(&der), "CERTIFICATE REQUEST", &pem, a->e);
	if (rc == 0)
		json_object_set_new(
		    a->answer, "csr", json_string(buf_cstr(&pem)));
	json_decref(meta);
	buf_release(&der);
	buf_release(&pem);
	return rc;
}

static int
take(void *ctx, struct bytes der, struct err *e)
{
	struct given *g = ctx;

	if (g->nx509s == CMS_X509S_MAX)
		return err_set(e, ERR_LIMIT, "too_many_x509s",
		    "密钥证书数目超出限制：%d", "more than %d x509s",
		    CMS_X509S_MAX);
	/* The buffer may move: lengths now, addresses at the end. */
	g->x509s[g->nx509s++].n = der.n;
	buf_add(&g->bytes, der.p, der.n);
	return 0;
}

/* The action's "x509s": PEM texts of one or more x509s each. */
static int
read_x509s(const struct seal_act *a, struct given *g)
{
	const json_t *list = json_object_get(a->action, "x509s");
	const char *pem;
	size_t i, at = 0;
	int rc = 0;

	for (i = 0; rc == 0 && i < json_array_size(list); i++) {
		pem = json_string_value(json_array_get(list, i));
		rc = pem == NULL ? seal_act_bad(a->e)
				 : x509_from_pem(bytes_str(pem), take, g, a->e);
	}
	if (rc == 0 && g->nx509s == 0)
		rc = seal_act_bad(a->e);
	if (rc == 0 && buf_failed(&g->bytes))
		rc = err_nomem(a->e);
	for (i = 0; rc == 0 && i < g->nx509s; i++) {
		g->x509s[i].p = g->bytes.p + at;
		at += g->x509s[i].n;
	}
	return rc;
}

/* Does the x509 belong to the seal's key, and may it seal? */
static int
check_signer(struct seal_act *a, struct seal_row *row, enum sign_alg alg,
    const struct x509 *x)
{
	uint8_t point[ALGORITHM_POINT_SIZE];
	EVP_PKEY *key;
	int rc;

	if (x->alg != alg)
		return err_set(a->e, ERR_INPUT, "x509_algorithm",
		    "证书的密钥算法不是所要的算法",
		    "the x509's key is not of the algorithm asked for");
	rc = seal_register_key(&a->s->seals, row, alg, &key, a->e);
	if (rc == 0)
		rc = signature_point(alg, key, point, a->e);
	if (rc != 0)
		return rc;
	if (memcmp(x->point.p, point, sizeof(point)) != 0)
		return err_set(a->e, ERR_INPUT, "x509_other_key",
		    "证书不属于这枚印章的密钥",
		    "the x509 is not for this seal's key");
	if (!x->may_sign || x->ca)
		return err_set(a->e, ERR_INPUT, "x509_key_usage",
		    "证书的密钥用法不允许签章",
		    "the x509's key usage does not allow sealing");
	return 0;
}

static int
check_chain(const struct seal_act *a, const struct given *g)
{
	struct chain_request req = {.x509s = g->x509s,
	    .nx509s = g->nx509s,
	    .anchors = g->anchors,
	    .nanchors = g->nanchors,
	    .at = a->now};
	struct chain_result result;
	int rc = chain_check(&req, &result, a->e);

	if (rc != 0 || result.trust == CHAIN_TRUSTED)
		return rc;
	if (result.trust == CHAIN_UNTRUSTED)
		return err_set(a->e, ERR_INPUT, "x509_untrusted",
		    "证书链不通向本系统或已登记的外部根证书",
		    "the x509 does not lead to a root of ours or one from "
		    "elsewhere that was added");
	return err_set(a->e, ERR_INPUT, "x509_expired",
	    "证书或其签发机构现在不在有效期内",
	    "the x509 or one above it is not valid now");
}

static int
is_helper(const struct given *g, struct bytes der)
{
	size_t i;

	for (i = 0; i < g->nhelpers; i++)
		if (bytes_equal(g->helpers[i], der))
			return 1;
	return 0;
}

/* A PDF carries the issuers below the root, an OFD does not: whoever verifies
 * has those only that are in the trust data. */
static int
check_issuers(const struct seal_act *a, const struct given *g)
{
	const struct x509 *x;
	int rc = 0, root;
	size_t i;

	for (i = 1; rc == 0 && i < g->nx509s; i++) {
		rc = x509_get(g->x509s[i], &x, a->e);
		root = rc == 0 && bytes_equal(x->subject, x->issuer);
		if (rc == 0 && !root && !is_helper(g, g->x509s[i]))
			rc = err_set(a->e, ERR_INPUT, "x509_ca_unknown",
			    "签发机构“%s”的证书尚未登记：OFD 不带机构证书，"
			    "请先用 certsvc ca add --x509 加入",
			    "the CA %s is not in the trust data, and an OFD "
			    "does not carry it: add it with certsvc ca add "
			    "--x509 first",
			    x->text);
		x509_free(x);
	}
	return rc;
}

/* The issuers that ride beside signatures: those given below a root, or the
 * root itself when it issued the signer. */
static int
put_issuers(const struct given *g, const struct x509 *signer, struct buf *out,
    struct err *e)
{
	const struct x509 *x;
	size_t i;
	int rc = 0;

	for (i = 1; rc == 0 && i < g->nx509s; i++) {
		rc = x509_get(g->x509s[i], &x, e);
		if (rc == 0 && !bytes_equal(x->subject, x->issuer))
			buf_add(out, g->x509s[i].p, g->x509s[i].n);
		x509_free(x);
	}
	for (i = 0; rc == 0 && out->n == 0 && i < g->nanchors; i++) {
		rc = x509_get(g->anchors[i], &x, e);
		if (rc == 0 && bytes_equal(x->subject, signer->issuer))
			buf_add(out, g->anchors[i].p, g->anchors[i].n);
		x509_free(x);
	}
	return rc == 0 && buf_failed(out) ? err_nomem(e) : rc;
}

/* A seal object of ours again, for the new signer. */
static int
remake_object(struct seal_act *a, const struct seal_row *row,
    const struct x509 *signer, struct buf *out)
{
	struct ses_seal_request req = {.vendor = "certsvc",
	    .signers = &signer->der,
	    .nsigners = 1,
	    .created = a->now,
	    .from = a->now,
	    .until = signer->not_after,
	    .alg = SIGN_SM2};
	struct buf old = BUF_INIT, name = BUF_INIT, type = BUF_INIT;
	struct keeper_signer own;
	struct seal_maker maker;
	struct ses_seal seal;
	char id[64];
	int rc;

	rc = seal_register_read(&a->s->seals, row->object, &old, a->e);
	if (rc == 0)
		rc = ses_seal_parse(buf_bytes(&old), &seal, a->e);
	if (rc == 0)
		rc = keeper_maker(a->s, &own, &maker, a->e);
	if (rc == 0) {
		snprintf(id, sizeof(id), "%llu-%s-%llu-%llu",
		    (unsigned long long)maker.issuer, row->id,
		    (unsigned long long)row->generation,
		    (unsigned long long)a->s->seals.version);
		buf_add(&name, seal.name.p, seal.name.n);
		buf_add(&type, seal.picture_type.p, seal.picture_type.n);
		req.id = id;
		req.name = buf_cstr(&name);
		req.type = seal.type;
		req.picture_type = buf_cstr(&type);
		req.picture = seal.picture;
		req.width = seal.width;
		req.height = seal.height;
		req.maker = maker.maker;
		req.sign = maker.sign;
		req.sign_ctx = maker.sign_ctx;
		rc = ses_seal_build(&req, out, a->e);
	}
	buf_release(&old);
	buf_release(&name);
	buf_release(&type);
	return rc;
}

/* Put the record into the batch. */
static int
add_x509(struct seal_act *a, const struct seal_row *row, const struct given *g,
    const struct x509 *signer)
{
	struct seal_record record = {.kind = SEAL_RECORD_CHANGED,
	    .generation = row->generation,
	    .time = a->now,
	    .nx509s = 1};
	struct seal_record_x509 *x = &record.x509s[0];
	struct buf issuers = BUF_INIT, object = BUF_INIT;
	int rc;

	if (row->nx509s == SEAL_X509S_MAX)
		return err_set(a->e, ERR_LIMIT, "too_many_x509s",
		    "一枚印章各代的密钥证书最多 %d 份",
		    "a seal has at most %d x509s in all its generations",
		    SEAL_X509S_MAX);
	memcpy(record.id, row->id, sizeof(record.id));
	x->alg = signer->alg;
	x->der = signer->der;
	x->not_before = signer->not_before;
	x->not_after = signer->not_after;
	rc = put_issuers(g, signer, &issuers, a->e);
	x->issuers = buf_bytes(&issuers);
	if (rc == 0 && signer->alg == SIGN_SM2)
		rc = remake_object(a, row, signer, &object);
	record.object = buf_bytes(&object);
	if (rc == 0)
		rc = seal_register_add(&a->s->seals, &record, NULL,
		    seal_act_note(a, "x509", row->id)->head, a->e);
	buf_release(&issuers);
	buf_release(&object);
	return rc;
}

int
seal_act_x509(struct seal_act *a)
{
	struct seal_row *row = find_living(a);
	enum sign_alg alg = alg_of(a);
	struct given g = {.nanchors = 0};
	const struct x509 *signer = NULL;
	int rc;

	if (row == NULL || alg == 0)
		return row == NULL ? a->e->class : seal_act_bad(a->e);
	rc = load_anchors(a->s, &g, a->e);
	if (rc == 0)
		rc = read_x509s(a, &g);
	if (rc == 0)
		rc = x509_get(g.x509s[0], &signer, a->e);
	if (rc == 0)
		rc = check_signer(a, row, alg, signer);
	if (rc == 0)
		rc = check_chain(a, &g);
	if (rc == 0 && alg == SIGN_SM2)
		rc = check_issuers(a, &g);
	if (rc == 0)
		rc = add_x509(a, row, &g, signer);
	x509_free(signer);
	given_release(&g);
	return rc;
}

static int
refused_object(enum ses_step step, struct err *e)
{
	const char *code = ses_step_code(step);

	return err_set(e, ERR_INPUT, code, "印章数据未通过验证（%s）",
	    "the seal object was refused (%s)", code);
}

/* The maker must be ours or one that an administrator named. */
static int
check_maker(const struct seal_act *a, const struct given *g, struct bytes maker)
{
	struct keeper_signer own;
	struct seal_maker ours;
	size_t i;
	int rc = keeper_maker(a->s, &own, &ours, a->e);

	if (rc != 0 || bytes_equal(ours.maker, maker))
		return rc;
	for (i = 0; i < g->outside.n[OUTSIDE_MAKERS]; i++)
		if (bytes_equal(g->outside.list[OUTSIDE_MAKERS][i], maker))
			return 0;
	return refused_object(SES_MAKER_UNTRUSTED, a->e);
}

/* In the standard's order; then who made it and for whom. */
static int
check_object(const struct seal_act *a, const struct seal_row *row,
    const struct given *g, struct bytes der)
{
	struct ses_trust trust = {.anchors = g->anchors,
	    .nanchors = g->nanchors,
	    .helpers = g->helpers,
	    .nhelpers = g->nhelpers,
	    .at = a->now};
	const struct seal_x509 *x = seal_row_x509(row, SIGN_SM2);
	struct buf signer = BUF_INIT;
	struct ses_report report;
	struct ses_seal seal;
	int rc;

	rc = ses_check_seal(der, &trust, &seal, &report, a->e);
	if (rc == 0 && report.step != SES_GOOD)
		rc = refused_object(report.step, a->e);
	if (rc == 0 && seal.version != SES_V4)
		rc = err_set(a->e, ERR_INPUT, "unsupported_version",
		    "印章数据不是 GB/T 38540-2020（V4）",
		    "the seal object is not of GB/T 38540-2020 (V4)");
	if (rc == 0)
		rc = check_maker(a, g, seal.maker);
	if (rc == 0 && x == NULL)
		rc = refused_object(SES_SIGNER_NOT_IN_SEAL, a->e);
	if (rc == 0)
		rc = seal_register_read(&a->s->seals, x->der, &signer, a->e);
	if (rc == 0)
		rc = ses_seal_names(&seal, buf_bytes(&signer), a->e);
	buf_release(&signer);
	return rc;
}

int
seal_act_import(struct seal_act *a)
{
	const char *base64 = seal_act_string(a->action, "object");
	const struct seal_row *row = find_living(a);
	struct seal_record record = {
	    .kind = SEAL_RECORD_CHANGED, .time = a->now};
	struct given g = {.nanchors = 0};
	struct buf der = BUF_INIT;
	int rc;

	if (row == NULL)
		return a->e->class;
	rc = load_anchors(a->s, &g, a->e);
	if (rc == 0 && (text_unbase64(&der, base64, strlen(base64)) != 0 ||
			   buf_failed(&der) || der.n == 0))
		rc = seal_act_bad(a->e);
	if (rc == 0)
		rc = check_object(a, row, &g, buf_bytes(&der));
	memcpy(record.id, row->id, sizeof(record.id));
	record.generation = row->generation;
	record.object = buf_bytes(&der);
	if (rc == 0)
		rc = seal_register_add(&a->s->seals, &record, NULL,
		    seal_act_note(a, "import", row->id)->head, a->e);
	given_release(&g);
	buf_release(&der);
	return rc;
}
