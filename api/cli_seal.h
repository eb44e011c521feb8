/*
 * cli_seal.h - inside of certsvc seal: what its verbs share.
 */
#ifndef API_CLI_SEAL_H
#define API_CLI_SEAL_H

#include <jansson.h>

#include "api/administer.h"
#include "api/cli.h"
#include "certsvc/font.h"
#include "crypto/base/err.h"

struct seal_command {
	struct cli cli;
	struct administer *adm; /* open for verbs that need it */
	const char *id;		/* of the seal, or NULL */
	const char *state, *alg, *fonts, *years, *dpi, *place, *quota;
};

/* The fonts that seals are drawn with: --fonts, the data directory's, or the
 * usual ones.  Free with font_set_free. */
int seal_command_fonts(
    const struct seal_command *c, struct font_set **fonts, struct err *e);

/* GET path as a department (NULL: as anybody). */
int seal_command_get(
    struct seal_command *c, const char *path, json_t **answer, struct err *e);

/* The seal of the command's id, as GET /v1/seals/{id} tells it. */
int seal_command_seal(struct seal_command *c, json_t **seal, struct err *e);

/* One action of an administrator; print its answer when print is set. */
int seal_command_act(
    struct seal_command *c, json_t *action, int print, struct err *e);

/* Every seal as seal_list tells it, one after the other. */
int seal_command_each(struct seal_command *c,
    int (*each)(void *ctx, const json_t *seal, struct err *e), void *ctx,
    struct err *e);

/* The verbs. */
int seal_make_verb(struct seal_command *c, struct err *e);
int seal_renew_verb(struct seal_command *c, struct err *e);
int seal_preview_verb(struct seal_command *c, struct err *e);
int seal_bulk_verb(struct seal_command *c, struct err *e);
int seal_list_verb(struct seal_command *c, struct err *e);
int seal_show_verb(struct seal_command *c, struct err *e);
int seal_uses_verb(struct seal_command *c, struct err *e);

#endif
