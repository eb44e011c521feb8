/* seal_make.c - see seal_make.h. */
#include "keys/seal_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/base/text.h"
#include "crypto/ses_seal.h"
#include "keys/authority_check.h"

enum {
	YEAR = 31557600,     /* seconds */
	CLOCK_SLACK = 86400, /* verifiers' clocks may be a day behind */
	UNIT_SEAL = 1,	     /* GB/T 38540, type of a seal */
	PERSONAL_SEAL = 2
};

static const enum sign_alg algs[SEAL_ALGS] = {SIGN_ES256, SIGN_SM2};

/* What is made on the way to the record. */
struct making {
	const struct seal_maker *maker;
	const struct seal_order *order;
	struct seal_record record;
	EVP_PKEY *keys[SEAL_ALGS];
	struct buf x509s[SEAL_ALGS], object;
	struct err *e;
};

static int
bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "bad_seal", "印章资料不合规定：%s",
	    "the seal's description is not well formed: %s", what);
}

static int
types_ok(const json_t *types)
{
	const char *type;
	size_t i;

	for (i = 0; i < json_array_size(types); i++) {
		type = json_string_value(json_array_get(types, i));
		if (type == NULL || !authority_type_ok(type))
			return 0;
	}
	return types == NULL || (json_is_array(types) && i <= SEAL_TYPES_MAX);
}

static int
text_ok(const char *s, size_t max)
{
	long n = s ? text_utf8_count(s, strlen(s)) : 0;

	return n > 0 && (size_t)n <= max;
}

/* What only drawing needs: the members that are none of the seal's own. */
static json_t *
drawing_of(const json_t *seal)
{
	static const char *const own[] = {"id", "zh", "en", "types", "years",
	    "department", "picture", "state"};
	json_t *drawing = json_deep_copy(seal);
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		json_object_del(drawing, own[i]);
	return drawing;
}

int
seal_years(const json_t *object, json_int_t *years)
{
	const json_t *value = json_object_get(object, "years");

	*years = json_integer_value(value);
	if ((value != NULL && !json_is_integer(value)) || *years < 0 ||
	    *years > SEAL_YEARS_MAX)
		return -1;
	if (*years == 0)
		*years = SEAL_YEARS;
	return 0;
}

json_t *
seal_meta(const json_t *seal, const char *department, struct err *e)
{
	const char *id = json_string_value(json_object_get(seal, "id"));
	const char *zh = json_string_value(json_object_get(seal, "zh"));
	const json_t *other = json_object_get(seal, "en");
	const char *en = json_string_value(other);
	const json_t *types = json_object_get(seal, "types");
	json_int_t years;
	json_t *meta;

	if (id == NULL || !authority_id_ok(id, SEAL_ID_SIZE - 1))
		bad(e, "id");
	else if (!text_ok(zh, 200) || (other != NULL && !text_ok(en, 200)))
		bad(e, "zh, en");
	else if (!types_ok(types))
		bad(e, "types");
	else if (seal_years(seal, &years) != 0)
		bad(e, "years");
	if (e->class != ERR_OK)
		return NULL;
	meta = json_pack("{s:s,s:s,s:s,s:o,s:I,s:o}", "department", department,
	    "zh", zh, "en", en ? en : zh, "types",
	    types ? json_deep_copy(types) : json_array(), "years", years,
	    "drawing", drawing_of(seal));
	if (meta == NULL)
		err_nomem(e);
	return meta;
}

/* One key and its x509 by the issuing CA of the same algorithm. */
static int
make_key(struct making *m, size_t i)
{
	const struct seal_maker *maker = m->maker;
	char name[X509_NAME_SIZE], organisation[X509_NAME_SIZE];
	struct x509_request req = {.role = X509_SIGNER,
	    .country = "CN",
	    .organisation = organisation,
	    .unit = maker->unit,
	    .common_name = name,
	    .not_before = maker->now - CLOCK_SLACK,
	    .not_after = maker->now + (int64_t)m->order->years * YEAR,
	    .issuer_key = maker->ca[i].key,
	    .issuer = maker->ca[i].x509};
	struct seal_record_x509 *x = &m->record.x509s[i];
	int rc;

	x509_name_cut(name, m->order->zh);
	x509_name_cut(organisation, m->order->organisation);
	rc = x509_key_new(algs[i], &m->keys[i], m->e);
	req.key = m->keys[i];
	if (rc == 0)
		rc = x509_make(&req, &m->x509s[i], m->e);
	x->alg = algs[i];
	x->der = buf_bytes(&m->x509s[i]);
	x->not_before = req.not_before;
	x->not_after = req.not_after;
	m->record.nx509s = i + 1;
	return rc;
}

static int
make_object(struct making *m)
{
	const struct seal_order *order = m->order;
	const struct seal_record_x509 *x = &m->record.x509s[1];
	const char *kind = json_string_value(
	    json_object_get(json_object_get(order->meta, "drawing"), "kind"));
	char id[64];
	struct ses_seal_request req = {.id = id,
	    .vendor = "certsvc",
	    .name = order->zh,
	    .type = kind != NULL && strcmp(kind, "personal") == 0
			? PERSONAL_SEAL
			: UNIT_SEAL,
	    .signers = &x->der,
	    .nsigners = 1,
	    .created = m->maker->now,
	    .from = x->not_before,
	    .until = x->not_after,
	    .picture_type = order->picture.type,
	    .picture = order->picture.data,
	    .width = order->picture.width,
	    .height = order->picture.height,
	    .maker = m->maker->maker,
	    .alg = SIGN_SM2,
	    .sign = m->maker->sign,
	    .sign_ctx = m->maker->sign_ctx};
	int rc;

	snprintf(id, sizeof(id), "%llu-%s-%llu",
	    (unsigned long long)m->maker->issuer, order->id,
	    (unsigned long long)m->record.generation);
	rc = ses_seal_build(&req, &m->object, m->e);
	m->record.object = buf_bytes(&m->object);
	if (rc == 0 && m->object.n > SEAL_OBJECT_MAX)
		rc = err_set(m->e, ERR_LIMIT, "seal_too_large",
		    "印章数据过大（上限 %d 字节）",
		    "the seal's data is too large (over %d bytes)",
		    SEAL_OBJECT_MAX);
	return rc;
}

static int
check_picture(const struct seal_order *order, struct err *e)
{
	const struct seal_picture_data *p = &order->picture;

	if (p->type == NULL || p->data.n == 0 || p->width == 0 ||
	    p->width > SEAL_MM_MAX || p->height == 0 || p->height > SEAL_MM_MAX)
		return bad(e, "picture");
	return 0;
}

/* What the register would not take is not to be written first. */
static int
check_room(const struct seal_register *r, const struct seal_order *order,
    struct err *e)
{
	const struct seal_row *row = seal_register_find(r, order->id);

	if (row == NULL ? r->nrows + order->waiting < SEAL_REGISTER_MAX
			: row->generation < SEAL_GENERATIONS_MAX &&
			      row->nx509s + SEAL_ALGS <= SEAL_X509S_MAX)
		return 0;
	return err_set(e, ERR_LIMIT, "too_many_seals",
	    "印章数目或换发次数已达上限（%d 枚，每枚 %d 代）",
	    "no more seals, or generations of this one (%d, of %d each)",
	    SEAL_REGISTER_MAX, SEAL_GENERATIONS_MAX);
}

static int
make_all(struct making *m)
{
	size_t i;
	int rc = check_picture(m->order, m->e);

	for (i = 0; rc == 0 && i < SEAL_ALGS; i++)
		rc = make_key(m, i);
	return rc == 0 ? make_object(m) : rc;
}

int
seal_make(const struct seal_maker *maker, const struct seal_order *order,
    char head[65], struct err *e)
{
	const struct seal_row *row =
	    seal_register_find(maker->seals, order->id);
	struct making m = {.maker = maker, .order = order, .e = e};
	char *meta = json_dumps(order->meta, JSON_COMPACT | JSON_SORT_KEYS);
	size_t i;
	int rc = check_room(maker->seals, order, e);

	if (rc == 0 && meta == NULL)
		rc = err_nomem(e);
	if (rc != 0) {
		free(meta);
		return rc;
	}
	m.record.kind = SEAL_RECORD_MADE;
	snprintf(m.record.id, sizeof(m.record.id), "%s", order->id);
	m.record.generation = row ? row->generation + 1 : 1;
	m.record.time = maker->now;
	m.record.meta = bytes_str(meta);
	rc = make_all(&m);
	if (rc == 0)
		rc =
		    seal_register_add(maker->seals, &m.record, m.keys, head, e);
	for (i = 0; i < SEAL_ALGS; i++) {
		EVP_PKEY_free(m.keys[i]);
		buf_release(&m.x509s[i]);
	}
	buf_release(&m.object);
	free(meta);
	return rc;
}
