/* health.c - self checks in words, and public catalogues; see service.h. */
#include "certsvc/service_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "certsvc/font.h"
#include "certsvc/health_expiry.h"
#include "certsvc/reason.h"
#include "crypto/base/clock.h"

enum {
	DISK_LOW = 104857600
}; /* bytes free below which doctor warns */

static void
add_check(
    json_t *checks, const char *name, int ok, const char *zh, const char *en)
{
	json_array_append_new(checks, json_pack("{s:s, s:b, s:s, s:s}", "name",
					  name, "ok", ok, "zh", zh, "en", en));
}

/* The outcome of a call: its own words, or those of its error. */
static int
add_outcome(json_t *checks, const char *name, struct err *e, const char *zh,
    const char *en)
{
	int ok = e->class == ERR_OK;

	add_check(checks, name, ok, ok ? zh : e->zh, ok ? en : e->en);
	err_clear(e);
	return ok;
}

static int
check_keys(struct service *s, json_t *checks, int deep)
{
	struct err e = ERR_INIT;

	if (deep)
		keeper_self_test(s->keeper, &e);
	else
		keeper_ping(s->keeper, &e);
	return add_outcome(checks, "keys", &e,
	    deep ? "签发系统的密钥及（轮流）64 枚印章的密钥都能签名并验签"
		 : "密钥进程在运行",
	    deep
		? "the keys of the issuer and, in turns, of 64 seals sign and verify"
		: "the keeper answers");
}

static int
check_store(struct service *s, json_t *checks, int deep)
{
	struct store_figures f = {0};
	struct err e = ERR_INIT;
	char zh[160], en[160];
	int ok;

	if (deep)
		s->ops->audit(s->store, &e);
	if (e.class == ERR_OK)
		s->ops->figures(s->store, &f, &e);
	if (e.class == ERR_OK && f.read_only)
		err_set(&e, ERR_STORAGE, "read_only",
		    "存储目前只读：请检查磁盘空间与权限",
		    "the store is read-only now: check disk space and permissions");
	snprintf(zh, sizeof(zh), "%llu 份证照，%llu 个文件，结构版本 %u%s",
	    (unsigned long long)f.certificates, (unsigned long long)f.documents,
	    f.schema, deep ? "，逐条核对无误" : "");
	snprintf(en, sizeof(en),
	    "%llu certificates, %llu documents, schema %u%s",
	    (unsigned long long)f.certificates, (unsigned long long)f.documents,
	    f.schema, deep ? ", each re-checked" : "");
	ok = add_outcome(checks, "store", &e, zh, en);
	if (s->rolled_back) {
		add_check(checks, "rollback", 0,
		    "数据库比密钥进程的日志旧：只读运行，请恢复最新数据库",
		    "the database is older than the keeper's journal: read-only, restore the newest database");
		ok = 0;
	}
	return ok;
}

static int
check_disk(struct service *s, json_t *checks)
{
	struct statvfs fs;
	unsigned long long left = 0;
	char zh[160], en[160];
	int ok = statvfs(s->config.dir, &fs) == 0;

	if (ok)
		left = (unsigned long long)fs.f_bavail * fs.f_frsize;
	ok = ok && left >= DISK_LOW;
	snprintf(zh, sizeof(zh), "数据目录所在磁盘剩余 %llu MB%s",
	    left / 1048576, ok ? "" : "，请清理或扩容");
	snprintf(en, sizeof(en), "%llu MB free for the data directory%s",
	    left / 1048576, ok ? "" : ": make room");
	add_check(checks, "disk", ok, zh, en);
	return ok;
}

/* The clock must not be behind what was issued already. */
static int
check_clock(struct service *s, json_t *checks)
{
	struct store_query q = {.limit = 1};
	struct store_page page = {NULL, 0, 0};
	struct err e = ERR_INIT;
	char now[CLOCK_RFC3339_SIZE];
	int64_t t = clock_now();
	int ok = t > 1750000000;

	if (s->ops->certificate_list(s->store, &q, &page, &e) == 0 &&
	    page.n > 0 && page.v[0].issued > t + 300)
		ok = 0;
	store_page_release(&page);
	err_clear(&e);
	clock_rfc3339(now, t);
	add_check(checks, "clock", ok,
	    ok ? now : "系统时钟比已签发证照的时间早：请校准时钟（NTP）",
	    ok ? now
	       : "the clock is behind certificates issued already: set it (NTP)");
	return ok;
}

/* Does all last that vouches for what is signed here? */
static int
check_expiry(struct service *s, json_t *checks)
{
	const char *advice_zh = "", *advice_en = "";
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct expiry first = {"", "", 0};
	json_t *directory = NULL;
	char zh[256], en[256];

	if (keeper_directory(s->keeper, &text, &e) == 0)
		directory = json_loadb((const char *)text.p, text.n, 0, NULL);
	if (e.class == ERR_OK &&
	    expiry_first(directory, clock_now(), &first) != 0)
		err_internal(&e, "expires");
	if (first.soon)
		expiry_advice(&first, &advice_zh, &advice_en);
	json_decref(directory);
	buf_release(&text);
	snprintf(zh, sizeof(zh), "最早到期的是 %s（%s）%s%s", first.id,
	    first.date, first.soon ? "：" : "", advice_zh);
	snprintf(en, sizeof(en), "the first to end is %s (%s)%s%s", first.id,
	    first.date, first.soon ? ": " : "", advice_en);
	if (e.class != ERR_OK)
		return add_outcome(checks, "expiry", &e, zh, en);
	add_check(checks, "expiry", !first.soon, zh, en);
	return !first.soon;
}

static void
check_loaded(struct service *s, json_t *checks)
{
	char zh[96], en[96];
	size_t n = font_set_count(s->fonts);

	snprintf(zh, sizeof(zh), "已载入 %zu 个字体文件", n);
	snprintf(en, sizeof(en), "%zu font files loaded", n);
	add_check(checks, "fonts", 1, zh, en);
	snprintf(
	    zh, sizeof(zh), "%zu 个证照类型，模板检查通过", s->templates.n);
	snprintf(
	    en, sizeof(en), "%zu types, templates in order", s->templates.n);
	add_check(checks, "templates", 1, zh, en);
}

int
service_health(struct service *s, int deep, json_t **answer, struct err *e)
{
	json_t *checks = json_array();
	int ok;

	ok = check_keys(s, checks, deep);
	ok = check_store(s, checks, deep) && ok;
	ok = check_disk(s, checks) && ok;
	ok = check_clock(s, checks) && ok;
	if (deep)
		ok = check_expiry(s, checks) && ok;
	/* What a person should look after is no reason to stop serving. */
	if (deep)
		ok = health_seals(s, checks) && ok;
	check_loaded(s, checks);
	*answer = json_pack("{s:b, s:o}", "ok", ok, "checks", checks);
	return *answer == NULL ? err_nomem(e) : 0;
}
