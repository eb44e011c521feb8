/* setup.c - see setup.h. */
#include "keys/setup.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "crypto/base/clock.h"
#include "crypto/base/file.h"
#include "crypto/signature.h"
#include "crypto/x509.h"
#include "keys/administrator.h"
#include "keys/authority.h"
#include "keys/authority_file.h"
#include "keys/journal.h"
#include "keys/root_crl.h"
#include "keys/setup_parts.h"

int
setup_bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "bad_description", "初始化描述有误：%s",
	    "the description for init is wrong: %s", what);
}

static const char *
string(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* Chinese name, and the English one or the Chinese again. */
static const char *
english(const json_t *object)
{
	const char *en = string(object, "en");

	return en ? en : string(object, "zh");
}

static int
start_table(struct setup *s)
{
	const json_t *issuer = json_object_get(s->description, "issuer");
	json_int_t number =
	    json_integer_value(json_object_get(issuer, "number"));
	int demo = json_is_true(json_object_get(issuer, "demo"));

	if (string(issuer, "zh") == NULL || number <= 0)
		return setup_bad(s->e, "issuer");
	if (demo != (number >= SETUP_DEMO_FIRST && number <= SETUP_DEMO_LAST))
		return setup_bad(
		    s->e, "issuer number (demo: 999000-999999 only)");
	s->x509s.organisation = string(issuer, "zh");
	s->x509s.unit = demo ? "演示" : NULL;
	s->issuer = (uint64_t)number;
	s->root = json_pack("{s:i,s:{s:I,s:s,s:s,s:b},s:{},s:{},"
			    "s:[{s:s,s:I},{s:s,s:I}],s:[{s:s,s:I}]}",
	    "version", 1, "issuer", "number", number, "zh",
	    string(issuer, "zh"), "en", english(issuer), "demo", demo,
	    "departments", "keys", "code_keys", "id", "code/1", "not_before",
	    (json_int_t)s->x509s.now, "id", "code/2", "not_before",
	    (json_int_t)s->x509s.now, "status_keys", "id", "status/1",
	    "not_before", (json_int_t)s->x509s.now);
	return s->root ? 0 : err_nomem(s->e);
}

static json_t *
grants_of(const json_t *department)
{
	static const char *const numbers[] = {"quota_day", "place"};
	json_t *grants = json_deep_copy(json_object_get(department, "grants"));
	json_t *grant;
	size_t i, j;

	json_array_foreach (grants, i, grant)
		for (j = 0; j < 2; j++)
			if (json_object_get(grant, numbers[j]) == NULL)
				json_object_set_new(
				    grant, numbers[j], json_integer(0));
	return grants ? grants : json_array();
}

/* An API key for the department: the secret goes to its file, the hash into
 * the table. */
static int
add_key(struct setup *s, const json_t *department)
{
	const json_t *addresses = json_object_get(department, "addresses");
	struct keeper_credential cred;
	struct buf line = BUF_INIT;
	char path[PATH_MAX], hash[65];
	json_t *row;
	int rc;

	rc = administrator_credential(&cred, hash, s->e);
	if (rc != 0)
		return rc;
	row = json_pack("{s:s,s:s,s:I,s:I,s:i,s:[],s:o}", "department",
	    string(department, "code"), "hash", hash, "not_before",
	    (json_int_t)s->x509s.now, "not_after",
	    (json_int_t)(s->x509s.now + (int64_t)AUTHORITY_KEY_DAYS * 86400),
	    "revoked", 0, "types", "addresses",
	    addresses ? json_deep_copy(addresses) : json_array());
	if (row == NULL || json_object_set_new(json_object_get(s->root, "keys"),
			       cred.id, row) != 0)
		return err_nomem(s->e);
	snprintf(path, sizeof(path), "%s/credentials/%s", s->dir,
	    string(department, "code"));
	buf_printf(&line, "%s:%s\n", cred.id, cred.secret);
	rc = buf_failed(&line)
		 ? err_nomem(s->e)
		 : file_replace(path, buf_bytes(&line), 0600, s->e);
	buf_wipe(&line);
	OPENSSL_cleanse(&cred, sizeof(cred));
	return rc;
}

static int
code_ok(const char *code)
{
	return code != NULL && code[0] != '\0' &&
	       strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
		   strlen(code);
}

static int
add_department(struct setup *s, const json_t *department)
{
	json_t *departments = json_object_get(s->root, "departments"), *row;
	const char *code = string(department, "code");

	if (!code_ok(code) || string(department, "zh") == NULL ||
	    json_object_get(departments, code) != NULL)
		return setup_bad(
		    s->e, "a department without code or name, or repeated");
	row = json_pack("{s:s,s:s,s:o}", "zh", string(department, "zh"), "en",
	    english(department), "grants", grants_of(department));
	if (row == NULL || json_object_set_new(departments, code, row) != 0)
		return err_nomem(s->e);
	return add_key(s, department);
}

static int
add_departments(struct setup *s)
{
	const json_t *departments =
	    json_object_get(s->description, "departments");
	size_t i;
	int rc = 0;

	if (json_array_size(departments) == 0)
		return setup_bad(s->e, "departments");
	for (i = 0; rc == 0 && i < json_array_size(departments); i++)
		rc = add_department(s, json_array_get(departments, i));
	return rc;
}

/* The table must be one the keeper will accept. */
static int
table_text(struct setup *s, struct buf *json)
{
	struct authority authority;
	int rc;

	if (authority_take(json_incref(s->root), &authority, s->e) != 0)
		return setup_bad(s->e, "grants, types or addresses");
	rc = authority_write(&authority, json, s->e);
	authority_release(&authority);
	return rc;
}

/* The first line of the authority file, under the vault's key, and how far the
 * journal is. */
static int
write_authority(
    struct setup *s, const uint8_t *kek, const struct journal_mark *mark)
{
	struct authority_file file = {.fd = -1};
	struct buf json = BUF_INIT;
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/keys/authority", s->dir);
	rc = table_text(s, &json);
	if (rc == 0)
		rc = vault_subkey(kek, "authority", file.key, s->e);
	if (rc == 0)
		rc = file_replace(path, (struct bytes){NULL, 0}, 0600, s->e);
	if (rc == 0) {
		file.fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
		rc = file.fd < 0 ? err_internal(s->e, path)
				 : authority_file_add(
				       &file, buf_bytes(&json), NULL, s->e);
	}
	if (rc == 0)
		rc = authority_file_mark(&file, mark, s->e);
	if (file.fd >= 0)
		close(file.fd);
	OPENSSL_cleanse(&file, sizeof(file));
	buf_release(&json);
	return rc;
}

/* The roots' keys under the same passphrase, in a file that may go away. */
static int
write_roots(struct setup *s, struct bytes passphrase)
{
	uint8_t kek[VAULT_KEK_SIZE];
	struct buf vault = BUF_INIT;
	char path[PATH_MAX];
	int rc;

	rc = vault_write(&s->roots, passphrase, VAULT_LOG_N, &vault, kek, s->e);
	snprintf(path, sizeof(path), "%s/offline/roots", s->dir);
	if (rc == 0)
		rc = file_replace(path, buf_bytes(&vault), 0600, s->e);
	OPENSSL_cleanse(kek, sizeof(kek));
	buf_wipe(&vault);
	return rc;
}

/* Lists of the roots that revoke nothing yet. */
static int
write_root_lists(struct setup *s)
{
	struct root_crl_request req = {.now = s->x509s.now};
	struct buf der = BUF_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < SETUP_HIERARCHIES; i++) {
		req.root = buf_bytes(&s->x509s.of[i].root);
		req.key = s->x509s.of[i].root_key;
		buf_reset(&der);
		rc = root_crl_make(&req, &der, s->e);
		if (rc == 0)
			rc = root_crl_write(s->dir, signature_alg(req.key),
			    buf_bytes(&der), s->e);
	}
	buf_release(&der);
	return rc;
}

/* The vault comes last: while it is missing, the setup is not done. */
static int
write_files(struct setup *s, struct bytes passphrase)
{
	uint8_t kek[VAULT_KEK_SIZE];
	struct buf vault = BUF_INIT;
	struct journal_mark mark;
	char path[PATH_MAX];
	int rc;

	rc = write_roots(s, passphrase);
	if (rc == 0)
		rc = write_root_lists(s);
	if (rc == 0)
		rc = vault_write(
		    &s->vault, passphrase, VAULT_LOG_N, &vault, kek, s->e);
	if (rc == 0)
		rc = setup_seals(s, kek, &mark);
	if (rc == 0)
		rc = write_authority(s, kek, &mark);
	snprintf(path, sizeof(path), "%s/keys/vault", s->dir);
	if (rc == 0)
		rc = file_replace(path, buf_bytes(&vault), 0600, s->e);
	OPENSSL_cleanse(kek, sizeof(kek));
	buf_wipe(&vault);
	return rc;
}

static int
make_directories(const struct setup *s)
{
	static const char *const names[] = {"keys", "offline", "credentials"};
	char path[PATH_MAX];
	size_t i;
	int n, rc = 0;

	n = snprintf(path, sizeof(path), "%s/keys/vault", s->dir);
	if (n < 0 || (size_t)n >= sizeof(path) - 64)
		return setup_bad(s->e, "the directory's name is too long");
	if (access(path, F_OK) == 0)
		return err_set(s->e, ERR_CONFLICT, "keys_exist",
		    "目录 %s 已有密钥；不会覆盖",
		    "%s has keys already; they "
		    "are never overwritten",
		    s->dir);
	for (i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", s->dir, names[i]);
		rc = file_make_directory(path, s->e);
	}
	return rc;
}

/* The keys of the issuer itself. */
static int
add_signers(struct setup *s)
{
	static const struct setup_signer signers[] = {
	    {"maker-sm2", SIGN_SM2, X509_MAKER, "电子印章制作"},
	    {"code/1", SIGN_ES256, X509_SIGNER, "二维码签名"},
	    {"code/2", SIGN_SM2, X509_SIGNER, "二维码签名（SM2）"},
	    {"status/1", SIGN_ES256, X509_SIGNER, "状态列表签名"},
	};
	size_t i;
	int rc = setup_x509s_start(&s->x509s, s->e);

	for (i = 0; rc == 0 && i < sizeof(signers) / sizeof(signers[0]); i++)
		rc = setup_x509s_signer(&s->x509s, &signers[i], s->e);
	return rc;
}

int
keys_setup(const char *dir, struct bytes passphrase, const json_t *description,
    setup_picture_fn picture, void *ctx, struct err *e)
{
	struct setup s = {.dir = dir,
	    .description = description,
	    .picture = picture,
	    .picture_ctx = ctx,
	    .e = e};
	int rc;

	s.x509s.vault = &s.vault;
	s.x509s.roots = &s.roots;
	s.x509s.now = clock_now();
	rc = make_directories(&s);
	if (rc == 0)
		rc = start_table(&s);
	if (rc == 0)
		rc = add_departments(&s);
	if (rc == 0)
		rc = add_signers(&s);
	if (rc == 0)
		rc = write_files(&s, passphrase);
	setup_x509s_release(&s.x509s);
	vault_release(&s.vault);
	vault_release(&s.roots);
	json_decref(s.root);
	return rc;
}
