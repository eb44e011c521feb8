/* keeper_start.c - see keeper_start.h. */
#include "keys/keeper_start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "crypto/base/clock.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "keys/admin_message.h"
#include "keys/vault.h"

static int
open_file(const char *dir, const char *name, int flags, int *fd, struct err *e)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/keys/%s", dir, name);
	*fd = open(path, O_RDWR | flags | O_CLOEXEC | O_NOFOLLOW);
	if (*fd >= 0)
		return 0;
	return err_set(e, ERR_STORAGE, "file_unreadable",
	    "打不开 %s：%s；请检查文件是否存在及其权限",
	    "cannot open %s: %s; check that it exists and its mode", path,
	    strerror(errno));
}

static int
open_keys(struct keeper_state *s, struct bytes file, const uint8_t *kek,
    struct err *e)
{
	struct key_store_config config = {.vault = file, .kek = kek};
	struct vault vault = VAULT_INIT;
	int rc;

	s->store.ops = key_store_find("file");
	rc = s->store.ops->open(&config, &s->store.ctx, e);
	if (rc == 0)
		rc = vault_open(file, kek, &vault, e);
	if (rc == 0)
		rc = keeper_issuers_take(s, &vault, e);
	vault_release(&vault);
	return rc;
}

/* The keys that come from the passphrase. */
struct start_keys {
	uint8_t kek[VAULT_KEK_SIZE];
	uint8_t authority[32];
	uint8_t journal[32];
};

static int
open_vault(struct keeper_state *s, const char *dir, struct bytes passphrase,
    struct start_keys *keys, struct err *e)
{
	struct buf file = BUF_INIT;
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/keys/vault", dir);
	rc = file_read(path, VAULT_FILE_MAX, &file, e);
	if (rc == 0)
		rc = vault_kek(buf_bytes(&file), passphrase, keys->kek, e);
	if (rc == 0)
		rc = open_keys(s, buf_bytes(&file), keys->kek, e);
	if (rc == 0)
		rc = vault_subkey(keys->kek, ADMIN_PURPOSE, s->admin_key, e);
	if (rc == 0)
		rc = vault_subkey(keys->kek, TICKET_PURPOSE, s->ticket_key, e);
	if (rc == 0)
		rc = keeper_proof_keys(s, e);
	if (rc == 0)
		rc = vault_subkey(keys->kek, "authority", keys->authority, e);
	if (rc == 0)
		rc = vault_subkey(keys->kek, "journal", keys->journal, e);
	buf_release(&file);
	return rc;
}

static int
authority_old(const struct keeper_state *s, struct err *e)
{
	return err_set(e, ERR_STORAGE, "authority_rolled_back",
	    "权限表 keys/authority（第 %llu 版）比日志记载的（第 %llu "
	    "版）旧；请恢复最新的备份",
	    "the authority table keys/authority (version %llu) is older than "
	    "the journal says (version %llu); restore the newest backup",
	    (unsigned long long)s->authority.version,
	    (unsigned long long)s->journal.last.authority);
}

/* The register may be ahead of the journal: a crash between the two, or a full
 * disk.  Nothing may be cut from it any more once the journal knows. */
static int
note_head(struct keeper_state *s, struct err *e)
{
	struct journal_line line = {.op = "seal.head",
	    .time = clock_now(),
	    .authority = s->authority.version};
	struct buf hex = BUF_INIT;
	int rc = 0;

	text_hex(&hex, (struct bytes){s->seals.head, SEAL_HEAD_SIZE});
	if (buf_failed(&hex))
		rc = err_nomem(e);
	else if (s->seals.version > 0 &&
		 strcmp(buf_cstr(&hex), s->journal.seals) != 0) {
		memcpy(line.face, buf_cstr(&hex), sizeof(line.face));
		rc = journal_add(&s->journal, &line, e);
		if (rc == 0)
			rc = journal_sync(&s->journal, e);
	}
	buf_release(&hex);
	return rc;
}

static int
open_records(struct keeper_state *s, const char *dir,
    const struct start_keys *keys, struct err *e)
{
	struct journal_mark known;
	struct buf json = BUF_INIT;
	int fd, rc;

	rc = open_file(dir, "authority", O_APPEND, &fd, e);
	if (rc == 0)
		rc = authority_file_open(
		    &s->file, fd, keys->authority, &json, &known, e);
	if (rc == 0)
		rc = authority_parse(buf_bytes(&json), &s->authority, e);
	buf_release(&json);
	if (rc == 0)
		rc = open_file(dir, "journal", O_APPEND, &fd, e);
	if (rc == 0)
		rc = journal_open(&s->journal, fd, keys->journal, &known, e);
	if (rc == 0 && s->journal.last.authority > s->authority.version)
		rc = authority_old(s, e);
	if (rc == 0)
		rc = open_file(dir, "seals", 0, &fd, e);
	if (rc == 0)
		rc = seal_register_open(
		    &s->seals, fd, keys->kek, s->journal.seals, e);
	return rc == 0 ? note_head(s, e) : rc;
}

/* Does any grant of the line's department and type have a quota? */
static int
has_quota(const struct keeper_state *s, const struct journal_line *line)
{
	json_t *departments = json_object_get(s->authority.root, "departments");
	const json_t *grant;
	const char *code, *type;
	json_t *department;
	size_t i;

	json_object_foreach (departments, code, department) {
		const json_t *grants = json_object_get(department, "grants");

		if (strcmp(code, line->department) != 0)
			continue;
		json_array_foreach (grants, i, grant) {
			type =
			    json_string_value(json_object_get(grant, "type"));
			if (strcmp(type, line->type) == 0 &&
			    json_integer_value(
				json_object_get(grant, "quota_day")) > 0)
				return 1;
		}
	}
	return 0;
}

/* Quotas and uses of seals go on where they were: lines count again.  Those of
 * offices (but for their tickets, which have no type) always: what the limit
 * is only a ticket says. */
static void
count_line(void *ctx, const struct journal_line *line)
{
	struct keeper_state *s = ctx;
	struct err ignored = ERR_INIT;
	struct seal_row *row = NULL;

	if (strcmp(line->op, "seal") == 0 || strcmp(line->op, "ses") == 0)
		row = seal_register_find(&s->seals, line->seal);
	if (row != NULL) {
		row->uses++;
		row->last_used = line->time;
	}
	if ((line->time + CLOCK_CST_OFFSET) / 86400 ==
		(clock_now() + CLOCK_CST_OFFSET) / 86400 &&
	    (line->office[0] != '\0' ? line->type[0] != '\0'
				     : has_quota(s, line)))
		quota_take(&s->quota, line, QUOTA_NONE, &ignored);
}

int
keeper_test_keys(const struct keeper_state *s, struct err *e)
{
	long place;
	int rc = 0;

	for (place = 0;
	     rc == 0 && s->store.ops->id(s->store.ctx, place) != NULL; place++)
		rc = key_store_test(&s->store, place, e);
	return rc;
}

int
keeper_state_open(struct keeper_state *s, const char *dir,
    struct bytes passphrase, struct err *e)
{
	struct start_keys keys;
	int rc;

	memset(s, 0, sizeof(*s));
	s->quota.day = -1;
	s->file.fd = s->journal.fd = s->seals.fd = -1;
	rc = open_vault(s, dir, passphrase, &keys, e);
	if (rc == 0)
		rc = keeper_root_lists_read(s, dir, e);
	if (rc == 0)
		rc = open_records(s, dir, &keys, e);
	OPENSSL_cleanse(&keys, sizeof(keys));
	if (rc == 0)
		rc = keeper_test_keys(s, e);
	if (rc == 0)
		rc = journal_walk(&s->journal, count_line, s, e);
	if (rc == 0)
		rc = authority_file_mark(&s->file, &s->journal.mark, e);
	if (rc == 0)
		RAND_add(&s->journal.mark, (int)sizeof(s->journal.mark), 0);
	return rc;
}

void
keeper_state_close(struct keeper_state *s)
{
	int fd;

	if (s->store.ops != NULL)
		s->store.ops->close(s->store.ctx);
	authority_release(&s->authority);
	quota_release(&s->quota);
	journal_close(&s->journal);
	if (s->seals.fd >= 0) {
		fd = s->seals.fd;
		seal_register_close(&s->seals);
		close(fd);
	}
	if (s->file.fd >= 0)
		close(s->file.fd);
	if (s->journal.fd >= 0)
		close(s->journal.fd);
	keeper_issuers_release(s);
	keeper_proof_release(s);
	buf_release(&s->directory);
	OPENSSL_cleanse(s->admin_key, sizeof(s->admin_key));
	OPENSSL_cleanse(s->ticket_key, sizeof(s->ticket_key));
	OPENSSL_cleanse(s->file.key, sizeof(s->file.key));
}
