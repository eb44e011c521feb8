/* service.c - the service wired once; see service.h. */
#include "certsvc/service_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certsvc/desk_memory.h"
#include "certsvc/desk_printers.h"
#include "certsvc/font.h"
#include "certsvc/format/format.h"
#include "crypto/base/text.h"

static int
copy_config(struct config *to, const struct config *from, struct err *e)
{
	*to = *from;
	to->dir = text_dup(from->dir);
	to->public_url = text_dup(from->public_url);
	to->listen = text_dup(from->listen);
	to->templates = text_dup(from->templates);
	to->fonts = text_dup(from->fonts);
	if (to->dir == NULL || to->public_url == NULL || to->listen == NULL ||
	    to->templates == NULL || to->fonts == NULL)
		return err_nomem(e);
	return 0;
}

static void
init_locks(struct service *s)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	/* Issuing never stops for long enough to let a plain writer in. */
	pthread_rwlockattr_setkind_np(
	    &attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&s->directory_lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	pthread_mutex_init(&s->under_way.lock, NULL);
	pthread_cond_init(&s->under_way.changed, NULL);
	pthread_mutex_init(&s->parsers.lock, NULL);
	pthread_cond_init(&s->parsers.added, NULL);
	pthread_mutex_init(&s->authority_lock, NULL);
	pthread_mutex_init(&s->published.lock, NULL);
	pthread_mutex_init(&s->statuses.lock, NULL);
	pthread_cond_init(&s->published.wake, NULL);
}

static int
load_fonts(struct service *s, struct err *e)
{
	const char *dirs[1] = {s->config.fonts};

	return font_set_load(dirs, 1, &s->fonts, e);
}

/* A template may ask for no format that has no writer: its documents would be
 * missing without a word. */
static int
check_formats(const struct template_set *types, struct err *e)
{
	unsigned int written = 0;
	size_t i;

	for (i = 0; i < format_count; i++)
		written |= format_table[i]->template;
	for (i = 0; i < types->n; i++)
		if ((types->v[i]->formats & ~written) != 0)
			return err_set(e, ERR_INPUT, "template_invalid",
			    "模板 %s 要求了尚不支持的文件格式",
			    "the template %s asks for a format that nothing here writes",
			    types->v[i]->folder);
	return 0;
}

static int
open_store(struct service *s, struct err *e)
{
	s->ops = store_find("sqlite");
	return s->ops->open(s->config.dir, &s->store, e);
}

/* Is the database at least as new as what the keeper signed last? */
static int
check_rollback(struct service *s, struct err *e)
{
	struct store_intent intent;
	int rc;

	if (!s->directory->journal_has_intent)
		return 0;
	rc = s->ops->intent_get(
	    s->store, s->directory->journal_intent, &intent, e);
	if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		s->rolled_back = 1;
		return 0;
	}
	return rc;
}

int
service_check_writable(const struct service *s, struct err *e)
{
	if (!s->rolled_back)
		return 0;
	return err_set(e, ERR_STORAGE, "database_rolled_back",
	    "数据库比密钥进程的日志旧（可能恢复了旧备份），只读运行；请恢复最新数据库",
	    "the database is older than the keeper's journal (an old backup?): read-only; restore the newest database");
}

int
service_department_only(const struct service_caller *caller, struct err *e)
{
	if (caller->who != NULL)
		return 0;
	return err_set(e, ERR_DENIED, "not_allowed",
	    "该操作只供部门的接口密钥使用",
	    "this is for a department's API key only");
}

int
service_directory_refresh(struct service *s, struct err *e)
{
	struct buf json = BUF_INIT;
	struct directory *fresh = NULL, *old;
	int rc;

	rc = keeper_directory(s->keeper, &json, e);
	if (rc == 0)
		rc = directory_parse(buf_bytes(&json), &fresh, e);
	buf_release(&json);
	if (rc != 0)
		return rc;
	pthread_rwlock_wrlock(&s->directory_lock);
	old = s->directory;
	s->directory = fresh;
	if (old != NULL)
		directory_adopt(fresh, old);
	pthread_rwlock_unlock(&s->directory_lock);
	directory_free(old);
	return 0;
}

int
service_open(const struct config *config, struct keeper *keeper,
    struct service **out, struct err *e)
{
	struct service *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return err_nomem(e);
	init_locks(s);
	s->keeper = keeper;
	s->desk = desk_memory_new();
	if (s->desk == NULL || (s->printer = printer_new(-1)) == NULL ||
	    (s->board = desk_printers_new(s->printer)) == NULL) {
		service_close(s);
		return err_nomem(e);
	}
	if ((rc = copy_config(&s->config, config, e)) != 0 ||
	    (rc = template_set_read(s->config.templates, &s->templates, e)) !=
		0 ||
	    (rc = check_formats(&s->templates, e)) != 0 ||
	    (rc = load_fonts(s, e)) != 0 || (rc = open_store(s, e)) != 0 ||
	    (rc = service_directory_refresh(s, e)) != 0 ||
	    (rc = check_rollback(s, e)) != 0 ||
	    (rc = publish_start(s, e)) != 0 ||
	    (rc = print_desk_open(s, e)) != 0) {
		service_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

void
service_close(struct service *s)
{
	size_t i;

	if (s == NULL)
		return;
	print_desk_close(s);
	publish_stop(s);
	for (i = 0; i < s->parsers.n; i++)
		close(s->parsers.fds[i]);
	if (s->store != NULL)
		s->ops->close(s->store);
	desk_printers_free(s->board);
	printer_free(s->printer);
	desk_memory_free(s->desk);
	font_set_free(s->fonts);
	template_set_release(&s->templates);
	directory_free(s->directory);
	config_release(&s->config);
	pthread_rwlock_destroy(&s->directory_lock);
	free(s);
}

void
service_take_printer(struct service *s, int fd)
{
	printer_replace(s->printer, fd);
}

struct keeper *
service_keeper(struct service *s)
{
	return s->keeper;
}

int
service_is_https(const struct service *s)
{
	return strncmp(s->config.public_url, "https://", 8) == 0;
}

int
service_behind_proxy(const struct service *s)
{
	return s->config.behind_proxy;
}

int
service_figures(struct service *s, struct store_figures *f, struct err *e)
{
	return s->ops->figures(s->store, f, e);
}
