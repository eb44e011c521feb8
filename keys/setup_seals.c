/* setup_seals.c - the seals of a new installation, made as an administrator
 * would make them. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "crypto/base/file.h"
#include "keys/journal.h"
#include "keys/private_key.h"
#include "keys/seal_make.h"
#include "keys/setup_parts.h"

/* Files and hands of the making. */
struct seal_setup {
	struct setup *s;
	struct seal_register seals;
	struct journal journal;
	struct seal_maker maker;
	EVP_PKEY *maker_key;
};

static const char *
string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static int
sign(void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	struct seal_setup *m = ctx;

	return private_key_sign(SIGN_SM2, m->maker_key, message, raw, e);
}

static int
set_maker(struct seal_setup *m)
{
	struct setup *s = m->s;
	const struct vault_entry *maker = vault_find(&s->vault, "maker-sm2");
	size_t i;

	if (maker != NULL) {
		m->maker_key = private_key_read(buf_bytes(&maker->pkcs8));
		m->maker.maker = buf_bytes(&maker->x509);
	}
	for (i = 0; i < SETUP_HIERARCHIES; i++) {
		m->maker.ca[i].key = s->x509s.of[i].ca_key;
		m->maker.ca[i].x509 = buf_bytes(&s->x509s.of[i].ca);
	}
	m->maker.seals = &m->seals;
	m->maker.sign = sign;
	m->maker.sign_ctx = m;
	m->maker.issuer = s->issuer;
	m->maker.unit = s->x509s.unit;
	m->maker.now = s->x509s.now;
	return m->maker_key ? 0 : err_internal(s->e, "PKCS#8");
}

static int
make_one(struct seal_setup *m, const json_t *department, const json_t *meta,
    const json_t *seal)
{
	struct journal_line line = {
	    .op = "seal.make", .time = m->maker.now, .authority = 1};
	struct setup_picture picture = {.data = BUF_INIT};
	struct seal_order order = {.id = string(seal, "id"),
	    .zh = string(seal, "zh"),
	    .organisation = string(department, "zh"),
	    .meta = meta,
	    .years = (int)json_integer_value(json_object_get(meta, "years"))};
	int rc;

	rc = m->s->picture(m->s->picture_ctx, seal, &picture, m->s->e);
	order.picture.type = picture.type;
	order.picture.data = buf_bytes(&picture.data);
	order.picture.width = picture.width;
	order.picture.height = picture.height;
	if (rc == 0)
		rc = seal_make(&m->maker, &order, line.face, m->s->e);
	if (rc == 0)
		rc = seal_register_sync(&m->seals, m->s->e);
	buf_release(&picture.data);
	snprintf(line.seal, sizeof(line.seal), "%s", order.id);
	snprintf(line.department, sizeof(line.department), "%s",
	    string(department, "code"));
	return rc == 0 ? journal_add(&m->journal, &line, m->s->e) : rc;
}

static int
make_seal(struct seal_setup *m, const json_t *department, const json_t *seal)
{
	const char *id = string(seal, "id");
	json_t *meta;
	int rc;

	if (id != NULL && seal_register_find(&m->seals, id) != NULL)
		return setup_bad(m->s->e, "a seal is there twice");
	meta = seal_meta(seal, string(department, "code"), m->s->e);
	if (meta == NULL)
		return m->s->e->class;
	rc = make_one(m, department, meta, seal);
	json_decref(meta);
	return rc;
}

static int
make_seals(struct seal_setup *m)
{
	const json_t *departments =
			 json_object_get(m->s->description, "departments"),
		     *d, *seals;
	size_t i, j;
	int rc = 0;

	for (i = 0; rc == 0 && i < json_array_size(departments); i++) {
		d = json_array_get(departments, i);
		seals = json_object_get(d, "seals");
		for (j = 0; rc == 0 && j < json_array_size(seals); j++)
			rc = make_seal(m, d, json_array_get(seals, j));
	}
	return rc;
}

/* A grant names a seal that exists; place 0 is for a department's own. */
static int
check_grants(const struct seal_setup *m)
{
	json_t *departments = json_object_get(m->s->root, "departments"), *d;
	const struct seal_row *row;
	const json_t *grant;
	const char *code;
	size_t i;

	json_object_foreach (departments, code, d)
		json_array_foreach (json_object_get(d, "grants"), i, grant) {
			row = seal_register_find(
			    &m->seals, string(grant, "seal"));
			if (row == NULL ||
			    (strcmp(row->department, code) != 0 &&
				json_integer_value(
				    json_object_get(grant, "place")) == 0))
				return setup_bad(
				    m->s->e, "a grant's seal or place");
		}
	return 0;
}

/* A new empty file under keys/, open. */
static int
new_file(const struct setup *s, const char *name, int flags, int *fd)
{
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/keys/%s", s->dir, name);
	rc = file_replace(path, (struct bytes){NULL, 0}, 0600, s->e);
	if (rc != 0)
		return rc;
	*fd = open(path, O_RDWR | flags | O_CLOEXEC);
	return *fd >= 0 ? 0 : err_internal(s->e, path);
}

static int
make_files(struct seal_setup *m, const uint8_t *kek, int fds[2])
{
	struct journal_mark nothing = {0};
	struct err *e = m->s->e;
	uint8_t key[32];
	int rc;

	rc = new_file(m->s, "seals", 0, &fds[0]);
	if (rc == 0)
		rc = seal_register_create(&m->seals, fds[0], kek, e);
	if (rc == 0)
		rc = new_file(m->s, "journal", O_APPEND, &fds[1]);
	if (rc == 0)
		rc = vault_subkey(kek, "journal", key, e);
	if (rc == 0)
		rc = journal_open(&m->journal, fds[1], key, &nothing, e);
	OPENSSL_cleanse(key, sizeof(key));
	return rc;
}

int
setup_seals(struct setup *s, const uint8_t *kek, struct journal_mark *mark)
{
	struct seal_setup m = {.s = s};
	int fds[2] = {-1, -1}, i, rc;

	rc = make_files(&m, kek, fds);
	if (rc == 0)
		rc = set_maker(&m);
	if (rc == 0)
		rc = make_seals(&m);
	if (rc == 0)
		rc = check_grants(&m);
	if (rc == 0)
		rc = journal_sync(&m.journal, s->e);
	*mark = m.journal.mark;
	EVP_PKEY_free(m.maker_key);
	seal_register_close(&m.seals);
	journal_close(&m.journal);
	for (i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return rc;
}
