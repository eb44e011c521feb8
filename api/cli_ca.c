/*
 * cli_ca.c - certsvc ca list | add | remove | crl | renew | use-keys:
 * certification authorities.  Outside ones and seal makers that we believe;
 * and, with the roots' file at hand, the lists of issuing CAs that the roots
 * revoke, and new issuing CAs.
 */
#include "api/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/administer.h"
#include "api/command.h"
#include "api/owner.h"
#include "api/serve.h"
#include "certsvc/trust.h"
#include "crypto/base/clock.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "crypto/x509.h"
#include "keys/ca_renew.h"
#include "keys/root_renew.h"
#include "keys/vault.h"

enum {
	PEM_MAX = 65536, /* bytes of a file with an x509 */
	USE_DAYS = 14,
	LIST_MAX = 2 * TRUST_OUTSIDE_CRL_MAX /* of a list, also as PEM */
};

struct ca_command {
	struct cli cli;
	const char *root, *x509, *maker; /* add */
	const char *crl;		 /* add */
	const char *sha256;		 /* remove */
	const char *roots, *roots_key;	 /* crl */
	const char *from;		 /* use-keys */
	const char *revoke, *reason;
};

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc ca list   -d DIR\n"
	    "       certsvc ca add    -d DIR [--root PEM] [--x509 PEM] [--maker PEM]\n"
	    "       certsvc ca add    -d DIR --crl FILE        (of an outside authority)\n"
	    "       certsvc ca remove -d DIR SHA256\n"
	    "       certsvc ca crl    -d DIR --roots FILE [--roots-key-file FILE|fd:N]\n"
	    "                         [--revoke PEM [--reason compromised|superseded|ceased]]\n"
	    "       certsvc ca use-keys -d DIR [--from YYYY-MM-DD]   (after renew; default: in 14 days)\n"
	    "       certsvc ca renew  -d DIR --roots FILE [--roots-key-file FILE|fd:N]   (stop the service first)\n"
	    "       [--key-file FILE|fd:N]\n");
	return COMMAND_USAGE;
}

/* One file's text, in a list that stays empty when there is no file. */
static int
put_file(json_t *action, const char *name, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	json_t *list = json_array();
	int rc = 0;

	if (path != NULL) {
		rc = file_read(path, PEM_MAX, &text, e);
		if (rc == 0 && json_array_append_new(
				   list, json_string(buf_cstr(&text))) != 0)
			rc = err_set(e, ERR_INPUT, "malformed_x509",
			    "不是文本（PEM）：%s", "not text (PEM): %s", path);
	}
	json_object_set_new(action, name, list);
	buf_release(&text);
	return rc;
}

/* Verifiers take new trust data within that time, before new keys sign. */
static int
use_time(const char *day, int64_t *from)
{
	*from = clock_now() + (int64_t)USE_DAYS * 86400;
	return day == NULL ? 0 : clock_parse_date(day, from);
}

static int
make_action(const struct ca_command *c, const char *verb, json_t **action,
    struct err *e)
{
	int64_t from;
	int rc = 0;

	if (strcmp(verb, "list") == 0) {
		*action = json_pack("{s:s}", "action", "outside_list");
	} else if (strcmp(verb, "use-keys") == 0) {
		use_time(c->from, &from);
		*action = json_pack("{s:s,s:I}", "action", "issuer_keys_use",
		    "not_before", (json_int_t)from);
	} else if (strcmp(verb, "remove") == 0) {
		*action = json_pack("{s:s,s:s}", "action", "outside_remove",
		    "sha256", c->sha256);
	} else {
		*action = json_pack("{s:s}", "action", "outside_add");
		rc = put_file(*action, "roots", c->root, e);
		if (rc == 0)
			rc = put_file(*action, "x509s", c->x509, e);
		if (rc == 0)
			rc = put_file(*action, "makers", c->maker, e);
	}
	return rc == 0 && *action == NULL ? err_nomem(e) : rc;
}

static int
do_table(struct ca_command *c, const char *verb, struct administer *adm,
    struct err *e)
{
	json_t *action = NULL, *answer = NULL;
	int rc;

	rc = make_action(c, verb, &action, e);
	if (rc == 0)
		rc = administer_act(adm, action, 0, &answer, e);
	if (rc == 0)
		cli_print(strcmp(verb, "list") == 0
			      ? json_object_get(answer, "outside")
			      : answer);
	json_decref(action);
	json_decref(answer);
	return rc;
}

static int
take_der(void *ctx, struct bytes der, struct err *e)
{
	struct buf *out = ctx;

	(void)e;
	buf_reset(out);
	buf_add(out, der.p, der.n);
	return 0;
}

/* The x509 of the CA to revoke; the last one of the file. */
static int
read_revoked(const struct ca_command *c, struct buf *der, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	if (c->revoke == NULL)
		return 0;
	rc = file_read(c->revoke, PEM_MAX, &text, e);
	if (rc == 0)
		rc = x509_from_pem(buf_bytes(&text), take_der, der, e);
	buf_release(&text);
	return rc;
}

static int
reason_of(const char *text, enum crl_reason *reason)
{
	static const struct {
		const char *text;
		enum crl_reason reason;
	} reasons[] = {
	    {"compromised", CRL_CA_COMPROMISE},
	    {"superseded", CRL_SUPERSEDED},
	    {"ceased", CRL_CESSATION},
	};
	size_t i;

	*reason = CRL_UNSPECIFIED;
	if (text == NULL)
		return 0;
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(text, reasons[i].text) == 0) {
			*reason = reasons[i].reason;
			return 0;
		}
	return -1;
}

static int
renew(const struct ca_command *c, struct buf lists[2], struct err *e)
{
	struct buf file = BUF_INIT, passphrase = BUF_INIT, revoke = BUF_INIT;
	struct root_renew_request req = {.dir = c->cli.dir, .now = clock_now()};
	int rc;

	reason_of(c->reason, &req.reason);
	rc = file_read(c->roots, VAULT_FILE_MAX, &file, e);
	if (rc == 0)
		rc = serve_passphrase(c->cli.dir,
		    c->roots_key ? c->roots_key : c->cli.key_source,
		    &passphrase, e);
	if (rc == 0)
		rc = read_revoked(c, &revoke, e);
	req.roots = buf_bytes(&file);
	req.passphrase = buf_bytes(&passphrase);
	req.revoke = buf_bytes(&revoke);
	if (rc == 0)
		rc = root_renew(&req, lists, e);
	buf_release(&file);
	buf_release(&revoke);
	buf_wipe(&passphrase);
	return rc;
}

/* The files are written; whoever serves shall give out the same. */
static int
do_lists(struct ca_command *c, struct administer *adm, struct err *e)
{
	struct buf lists[2] = {BUF_INIT, BUF_INIT}, text = BUF_INIT;
	json_t *action, *answer;
	size_t i;
	int rc;

	rc = renew(c, lists, e);
	for (i = 0; rc == 0 && i < 2; i++) {
		buf_reset(&text);
		text_base64(&text, buf_bytes(&lists[i]));
		answer = NULL;
		action = json_pack(
		    "{s:s,s:s}", "action", "root_crl", "crl", buf_cstr(&text));
		rc = action == NULL
			 ? err_nomem(e)
			 : administer_act(adm, action, 0, &answer, e);
		json_decref(action);
		json_decref(answer);
	}
	if (rc == 0)
		printf(
		    "根证书的吊销列表已重新签发，有效 366 天；请把根密钥文件收好 / "
		    "the roots' lists were signed anew, good for 366 days; "
		    "carry the roots' file away again\n");
	buf_release(&lists[0]);
	buf_release(&lists[1]);
	buf_release(&text);
	return rc;
}

/* A list by an outside authority, DER or PEM: only DIR/trust has it. */
static int
do_outside_list(const struct ca_command *c, struct err *e)
{
	struct buf file = BUF_INIT, der = BUF_INIT, dir = BUF_INIT;
	int rc;

	buf_printf(&dir, "%s/trust", c->cli.dir);
	rc = buf_cstr(&dir) == NULL ? err_nomem(e)
				    : file_read(c->crl, LIST_MAX, &file, e);
	if (rc == 0 && file.n > 0 && file.p[0] == '-')
		rc = x509_pem_read(
		    buf_bytes(&file), "X509 CRL", take_der, &der, e);
	else if (rc == 0)
		buf_add_buf(&der, &file);
	if (rc == 0)
		rc = buf_failed(&der) ? err_nomem(e)
				      : trust_outside_crl_put(
					    buf_cstr(&dir), buf_bytes(&der), e);
	if (rc == 0)
		printf(
		    "吊销列表已收下，运行中的服务一分钟内采用 / "
		    "the list was taken; a running service uses it within a minute\n");
	buf_release(&file);
	buf_release(&der);
	buf_release(&dir);
	return rc;
}

/* New issuing CAs: the vault is written anew, so nobody may be using it. */
static int
renew_cas(const struct ca_command *c, struct err *e)
{
	struct buf file = BUF_INIT, passphrase = BUF_INIT,
		   roots_pass = BUF_INIT;
	struct ca_renew_request req = {.dir = c->cli.dir, .now = clock_now()};
	int lock = -1, rc;

	rc = owner_lock(c->cli.dir, 0, &lock, e);
	if (rc == 0)
		rc = file_read(c->roots, VAULT_FILE_MAX, &file, e);
	if (rc == 0)
		rc = serve_passphrase(
		    c->cli.dir, c->cli.key_source, &passphrase, e);
	if (rc == 0)
		rc = serve_passphrase(c->cli.dir,
		    c->roots_key ? c->roots_key : c->cli.key_source,
		    &roots_pass, e);
	req.roots = buf_bytes(&file);
	req.passphrase = buf_bytes(&passphrase);
	req.roots_passphrase = buf_bytes(&roots_pass);
	if (rc == 0)
		rc = ca_renew(&req, e);
	if (rc == 0)
		printf(
		    "已换新的签发机构与制章者；此后制作或换发的印章由它们签发，旧印章照常使用。"
		    "启动服务后用 certsvc ca use-keys 启用新的二维码与状态清单密钥 / "
		    "new issuing CAs and seal maker: seals made or renewed "
		    "from now on are theirs, older ones go on. Start the "
		    "service, then put the new keys for codes and status lists "
		    "to use with certsvc ca use-keys\n");
	buf_release(&file);
	buf_wipe(&passphrase);
	buf_wipe(&roots_pass);
	if (lock >= 0)
		close(lock);
	return rc;
}

static int
parse(int argc, char **argv, struct ca_command *c)
{
	static const struct option options[] = {
	    {"key-file", required_argument, NULL, 'k'},
	    {"root", required_argument, NULL, 'R'},
	    {"x509", required_argument, NULL, 'x'},
	    {"maker", required_argument, NULL, 'm'},
	    {"crl", required_argument, NULL, 'l'},
	    {"roots", required_argument, NULL, 'r'},
	    {"roots-key-file", required_argument, NULL, 'K'},
	    {"revoke", required_argument, NULL, 'v'},
	    {"reason", required_argument, NULL, 'y'},
	    {"from", required_argument, NULL, 'f'},
	    {NULL, 0, NULL, 0},
	};
	struct {
		int letter;
		const char **value;
	} values[] = {{'d', &c->cli.dir}, {'k', &c->cli.key_source},
	    {'R', &c->root}, {'x', &c->x509}, {'m', &c->maker}, {'l', &c->crl},
	    {'r', &c->roots}, {'K', &c->roots_key}, {'v', &c->revoke},
	    {'y', &c->reason}, {'f', &c->from}};
	size_t i;
	int letter;

	memset(c, 0, sizeof(*c));
	c->cli.dir = getenv("CERTSVC_DATA");
	while ((letter = getopt_long(argc, argv, "d:", options, NULL)) != -1) {
		if (letter == '?')
			return -1;
		for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			if (values[i].letter == letter)
				*values[i].value = optarg;
	}
	return c->cli.dir == NULL ? -1 : 0;
}

/* Does the verb have what it needs? */
static int
complete(const struct ca_command *c, const char *verb)
{
	enum crl_reason reason;
	int64_t from;

	if (strcmp(verb, "remove") == 0)
		return c->sha256 != NULL;
	if (c->sha256 != NULL)
		return 0;
	if (strcmp(verb, "list") == 0)
		return 1;
	if (strcmp(verb, "use-keys") == 0)
		return use_time(c->from, &from) == 0;
	if (strcmp(verb, "add") == 0)
		return (c->root != NULL || c->x509 != NULL ||
			   c->maker != NULL) != (c->crl != NULL);
	if (strcmp(verb, "renew") == 0)
		return c->roots != NULL && c->revoke == NULL;
	return strcmp(verb, "crl") == 0 && c->roots != NULL &&
	       reason_of(c->reason, &reason) == 0;
}

int
cli_ca(int argc, char **argv)
{
	struct administer *adm = NULL;
	struct ca_command c;
	struct err e = ERR_INIT;
	const char *verb;
	int rc;

	if (parse(argc, argv, &c) != 0 || optind >= argc || argc - optind > 2)
		return usage();
	verb = argv[optind];
	c.sha256 = argc - optind == 2 ? argv[optind + 1] : NULL;
	if (!complete(&c, verb))
		return usage();
	if (strcmp(verb, "renew") == 0)
		return renew_cas(&c, &e) == 0 ? 0 : cli_fail(&e);
	if (c.crl != NULL)
		return do_outside_list(&c, &e) == 0 ? 0 : cli_fail(&e);
	if (cli_open(&c.cli) != 0)
		return 1;
	rc = administer_open(
	    c.cli.dir, c.cli.key_source, c.cli.client, &adm, &e);
	if (rc == 0)
		rc = strcmp(verb, "crl") == 0 ? do_lists(&c, adm, &e)
					      : do_table(&c, verb, adm, &e);
	administer_close(adm);
	cli_close(&c.cli);
	return rc == 0 ? 0 : cli_fail(&e);
}
