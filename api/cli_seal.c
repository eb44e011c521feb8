/*
 * cli_seal.c - certsvc seal VERB: the seals of the register.  What changes
 * something is authenticated with the passphrase and relayed to the keeper; a
 * running service need not be stopped.
 */
#include "api/cli_seal.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/command.h"
#include "certsvc/config.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "keys/authority_check.h"
#include "keys/keeper.h"
#include "keys/seal_record.h"

enum {
	FILE_MAX = 1048576 /* bytes of an x509 chain or a seal object */
};

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc seal make    -d DIR -f SEAL.json\n"
	    "       certsvc seal bulk    -d DIR -f SEALS.csv\n"
	    "       certsvc seal preview -f SEAL.json -o OUT.png|OUT.svg [--dpi N] [--fonts DIR]\n"
	    "       certsvc seal list    -d DIR [--department CODE] [--state STATE] [-t TYPE] [--json]\n"
	    "       certsvc seal show    -d DIR ID\n"
	    "       certsvc seal uses    -d DIR ID [--json]\n"
	    "       certsvc seal suspend | resume | lost | destroy -d DIR ID [--reason TEXT]\n"
	    "       certsvc seal renew   -d DIR ID [--years N]\n"
	    "       certsvc seal authorise | revoke-authorisation -d DIR ID --department CODE -t TYPE [--place N] [--quota-day N]\n"
	    "       certsvc seal csr     -d DIR ID --alg ES256|SM2 [-o OUT.pem]\n"
	    "       certsvc seal x509    -d DIR ID --alg ES256|SM2 -f CHAIN.pem\n"
	    "       certsvc seal import  -d DIR ID -f SEAL.esl\n"
	    "       [--key-file FILE|fd:N]\n");
	return COMMAND_USAGE;
}

int
seal_command_fonts(
    const struct seal_command *c, struct font_set **fonts, struct err *e)
{
	struct config config;
	const char *dirs[1] = {c->fonts};
	int rc;

	if (c->fonts != NULL || c->cli.dir == NULL)
		return font_set_load(dirs, c->fonts != NULL, fonts, e);
	rc = config_read(c->cli.dir, &config, e);
	dirs[0] = config.fonts;
	if (rc == 0)
		rc = font_set_load(dirs, 1, fonts, e);
	config_release(&config);
	return rc;
}

int
seal_command_get(
    struct seal_command *c, const char *path, json_t **answer, struct err *e)
{
	struct client_call call = {.method = "GET", .path = path};

	return cli_json(&c->cli, &call, answer, e);
}

int
seal_command_seal(struct seal_command *c, json_t **seal, struct err *e)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_printf(&path, "/v1/seals/%s", c->id);
	rc = buf_cstr(&path) == NULL
		 ? err_nomem(e)
		 : seal_command_get(c, buf_cstr(&path), seal, e);
	buf_release(&path);
	return rc;
}

int
seal_command_act(
    struct seal_command *c, json_t *action, int print, struct err *e)
{
	json_t *answer = NULL;
	int rc = action == NULL ? err_nomem(e)
				: administer_act(c->adm, action, 0, &answer, e);

	if (rc == 0 && print)
		cli_print(answer);
	json_decref(action);
	json_decref(answer);
	return rc;
}

int
seal_command_each(struct seal_command *c,
    int (*each)(void *ctx, const json_t *seal, struct err *e), void *ctx,
    struct err *e)
{
	json_t *action, *answer = NULL, *next = json_integer(0), *seal;
	size_t i;
	int rc = 0;

	while (rc == 0 && next != NULL) {
		action = json_pack(
		    "{s:s, s:O}", "action", "seal_list", "cursor", next);
		rc = administer_act(c->adm, action, 0, &answer, e);
		json_decref(action);
		json_decref(next);
		next = NULL;
		if (rc != 0)
			break;
		json_array_foreach (json_object_get(answer, "seals"), i, seal)
			if (rc == 0)
				rc = each(ctx, seal, e);
		next = json_incref(json_object_get(answer, "cursor"));
		json_decref(answer);
	}
	json_decref(next);
	return rc;
}

/* suspend | resume | lost | destroy */
static int
turn(struct seal_command *c, const char *name, struct err *e)
{
	if (c->cli.reason != NULL &&
	    strlen(c->cli.reason) > SEAL_REASON_SIZE - 1)
		return err_set(e, ERR_INPUT, "usage",
		    "--reason 不得超过 %d 字节", "--reason is over %d bytes",
		    SEAL_REASON_SIZE - 1);
	return seal_command_act(c,
	    json_pack("{s:s, s:s, s:s}", "action", name, "seal", c->id,
		"reason", c->cli.reason ? c->cli.reason : ""),
	    1, e);
}

static int
suspend(struct seal_command *c, struct err *e)
{
	return turn(c, "seal_suspend", e);
}

static int
resume(struct seal_command *c, struct err *e)
{
	return turn(c, "seal_resume", e);
}

static int
lost(struct seal_command *c, struct err *e)
{
	return turn(c, "seal_lost", e);
}

static int
destroy(struct seal_command *c, struct err *e)
{
	return turn(c, "seal_destroy", e);
}

static int
grant(struct seal_command *c, const char *name, struct err *e)
{
	int place = 0, quota = 0, rc;

	if (c->cli.department == NULL || c->cli.type == NULL)
		return err_set(e, ERR_INPUT, "usage",
		    "请用 --department 与 -t 指明部门和证照类型",
		    "name the department and the type with --department and -t");
	if (!authority_type_ok(c->cli.type))
		return err_set(e, ERR_INPUT, "usage",
		    "-t 须为证照类型的代码（21 个字符）",
		    "-t is the code of a type, of 21 characters");
	rc = cli_number("--place", c->place, 0, KEEPER_PLACE_MAX, &place, e);
	if (rc == 0)
		rc = cli_number(
		    "--quota-day", c->quota, 0, AUTHORITY_QUOTA_MAX, &quota, e);
	if (rc != 0)
		return rc;
	return seal_command_act(c,
	    json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "action", name, "seal",
		c->id, "department", c->cli.department, "type", c->cli.type,
		"place", place, "quota_day", quota),
	    1, e);
}

static int
authorise(struct seal_command *c, struct err *e)
{
	return grant(c, "grant_add", e);
}

static int
revoke_authorisation(struct seal_command *c, struct err *e)
{
	return grant(c, "grant_remove", e);
}

/* --alg, SM2 without it; NULL with *e when it is another one. */
static const char *
alg_of(const struct seal_command *c, struct err *e)
{
	const char *alg = c->alg == NULL ? "SM2" : c->alg;

	if (strcmp(alg, "SM2") == 0 || strcmp(alg, "ES256") == 0)
		return alg;
	err_set(e, ERR_INPUT, "usage", "--alg 须为 ES256 或 SM2",
	    "--alg is ES256 or SM2");
	return NULL;
}

static int
csr(struct seal_command *c, struct err *e)
{
	const char *alg = alg_of(c, e), *pem;
	json_t *action, *answer = NULL;
	int rc;

	if (alg == NULL)
		return e->class;
	action = json_pack(
	    "{s:s, s:s, s:s}", "action", "seal_csr", "seal", c->id, "alg", alg);
	rc = action == NULL ? err_nomem(e)
			    : administer_act(c->adm, action, 0, &answer, e);
	pem = cli_text(answer, "csr");
	if (rc == 0 && c->cli.out != NULL)
		rc = file_replace(c->cli.out, bytes_str(pem), 0644, e);
	else if (rc == 0)
		printf("%s", pem);
	json_decref(action);
	json_decref(answer);
	return rc;
}

/* The content of -f. */
static int
read_file(const struct seal_command *c, struct buf *out, struct err *e)
{
	if (c->cli.file == NULL)
		return err_set(e, ERR_INPUT, "usage", "请用 -f 指明文件",
		    "name a file with -f");
	return file_read(c->cli.file, FILE_MAX, out, e);
}

static int
x509(struct seal_command *c, struct err *e)
{
	const char *alg = alg_of(c, e);
	struct buf pem = BUF_INIT;
	int rc = alg == NULL ? e->class : read_file(c, &pem, e);

	if (rc == 0 && text_utf8_count((char *)pem.p, pem.n) < 0)
		rc = err_set(e, ERR_INPUT, "malformed_x509",
		    "不是文本（PEM）：%s", "not text (PEM): %s", c->cli.file);
	if (rc == 0)
		rc = seal_command_act(c,
		    json_pack("{s:s, s:s, s:s, s:[s]}", "action", "seal_x509",
			"seal", c->id, "alg", alg, "x509s", buf_cstr(&pem)),
		    1, e);
	buf_release(&pem);
	return rc;
}

static int
import(struct seal_command *c, struct err *e)
{
	struct buf der = BUF_INIT, base64 = BUF_INIT;
	int rc = read_file(c, &der, e);

	text_base64(&base64, buf_bytes(&der));
	if (rc == 0)
		rc = seal_command_act(c,
		    json_pack("{s:s, s:s, s:s}", "action", "seal_import",
			"seal", c->id, "object", buf_cstr(&base64)),
		    1, e);
	buf_release(&der);
	buf_release(&base64);
	return rc;
}

enum needs {
	NEEDS_NOTHING = 0,
	NEEDS_SERVER = 1,
	NEEDS_PASSPHRASE = 3, /* and the server */
	NEEDS_ID = 4,
	NEEDS_FILE = 8
};

static const struct verb {
	const char *name;
	int (*run)(struct seal_command *c, struct err *e);
	unsigned int needs;
} verbs[] = {
    {"make", seal_make_verb, NEEDS_PASSPHRASE | NEEDS_FILE},
    {"bulk", seal_bulk_verb, NEEDS_PASSPHRASE | NEEDS_FILE},
    {"preview", seal_preview_verb, NEEDS_FILE},
    {"list", seal_list_verb, NEEDS_SERVER},
    {"show", seal_show_verb, NEEDS_SERVER | NEEDS_ID},
    {"uses", seal_uses_verb, NEEDS_SERVER | NEEDS_ID},
    {"suspend", suspend, NEEDS_PASSPHRASE | NEEDS_ID},
    {"resume", resume, NEEDS_PASSPHRASE | NEEDS_ID},
    {"lost", lost, NEEDS_PASSPHRASE | NEEDS_ID},
    {"destroy", destroy, NEEDS_PASSPHRASE | NEEDS_ID},
    {"renew", seal_renew_verb, NEEDS_PASSPHRASE | NEEDS_ID},
    {"authorise", authorise, NEEDS_PASSPHRASE | NEEDS_ID},
    {"revoke-authorisation", revoke_authorisation, NEEDS_PASSPHRASE | NEEDS_ID},
    {"csr", csr, NEEDS_PASSPHRASE | NEEDS_ID},
    {"x509", x509, NEEDS_PASSPHRASE | NEEDS_ID | NEEDS_FILE},
    {"import", import, NEEDS_PASSPHRASE | NEEDS_ID | NEEDS_FILE},
};

static const struct verb *
verb_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int
parse(int argc, char **argv, struct seal_command *c)
{
	static const struct option options[] = {
	    {"key-file", required_argument, NULL, 'k'},
	    {"department", required_argument, NULL, 'p'},
	    {"state", required_argument, NULL, 'S'},
	    {"alg", required_argument, NULL, 'A'},
	    {"fonts", required_argument, NULL, 'F'},
	    {"years", required_argument, NULL, 'y'},
	    {"dpi", required_argument, NULL, 'D'},
	    {"place", required_argument, NULL, 'P'},
	    {"quota-day", required_argument, NULL, 'q'},
	    {"reason", required_argument, NULL, 'r'},
	    {"json", no_argument, NULL, 'j'},
	    {NULL, 0, NULL, 0},
	};
	struct {
		int letter;
		const char **value;
	} values[] = {{'d', &c->cli.dir}, {'t', &c->cli.type},
	    {'f', &c->cli.file}, {'o', &c->cli.out}, {'k', &c->cli.key_source},
	    {'p', &c->cli.department}, {'r', &c->cli.reason}, {'S', &c->state},
	    {'A', &c->alg}, {'F', &c->fonts}, {'y', &c->years}, {'D', &c->dpi},
	    {'P', &c->place}, {'q', &c->quota}};
	size_t i;
	int letter;

	memset(c, 0, sizeof(*c));
	c->cli.dir = getenv("CERTSVC_DATA");
	while ((letter = getopt_long(argc, argv, "d:t:f:o:", options, NULL)) !=
	       -1) {
		if (letter == '?')
			return -1;
		c->cli.json |= letter == 'j';
		for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			if (values[i].letter == letter)
				*values[i].value = optarg;
	}
	return 0;
}

static int
complete(const struct seal_command *c, const struct verb *verb)
{
	if ((verb->needs & NEEDS_SERVER) && c->cli.dir == NULL)
		return 0;
	if ((verb->needs & NEEDS_FILE) && c->cli.file == NULL)
		return 0;
	return (c->id != NULL) == ((verb->needs & NEEDS_ID) != 0);
}

static int
run(struct seal_command *c, const struct verb *verb, struct err *e)
{
	int rc = 0;

	if (c->id != NULL && !authority_id_ok(c->id, SEAL_ID_SIZE - 1))
		return err_set(e, ERR_INPUT, "usage",
		    "印章编号须为 1 至 %d 个字母、数字或连字符",
		    "the id of a seal has 1 to %d letters, digits and hyphens",
		    SEAL_ID_SIZE - 1);
	if ((verb->needs & NEEDS_PASSPHRASE) == NEEDS_PASSPHRASE)
		rc = administer_open(
		    c->cli.dir, c->cli.key_source, c->cli.client, &c->adm, e);
	if (rc == 0)
		rc = verb->run(c, e);
	administer_close(c->adm);
	return rc;
}

int
cli_seal(int argc, char **argv)
{
	struct seal_command c;
	const struct verb *verb;
	struct err e = ERR_INIT;
	int rc;

	if (parse(argc, argv, &c) != 0 || optind >= argc || argc - optind > 2)
		return usage();
	verb = verb_find(argv[optind]);
	c.id = argc - optind == 2 ? argv[optind + 1] : NULL;
	if (verb == NULL || !complete(&c, verb))
		return usage();
	if ((verb->needs & NEEDS_SERVER) && cli_open(&c.cli) != 0)
		return 1;
	rc = run(&c, verb, &e);
	cli_close(&c.cli);
	return rc == 0 ? 0 : cli_fail(&e);
}
