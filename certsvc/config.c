/* config.c - DIR/config.json; see config.h. */
#include "certsvc/config.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certsvc/print/ipp_networks.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "keys/cidr.h"

enum {
	CONFIG_FILE_MAX = 65536
};

static int
file_name(const char *dir, struct buf *path, struct err *e)
{
	buf_printf(path, "%s/config.json", dir);
	return buf_cstr(path) == NULL ? err_nomem(e) : 0;
}

static int
bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "bad_config",
	    "数据目录中的 config.json 有误：%s", "config.json is wrong: %s",
	    what);
}

/* An array of ranges, as one text; NULL stays NULL. */
static int
fill_networks(struct config *config, const json_t *list, struct err *e)
{
	struct buf text = BUF_INIT;
	const json_t *range;
	size_t i;

	if (list == NULL)
		return 0;
	if (!json_is_array(list))
		return bad(e, "printer_networks");
	json_array_foreach (list, i, range) {
		if (!json_is_string(range) ||
		    !cidr_valid(json_string_value(range))) {
			buf_release(&text);
			return bad(e, "printer_networks");
		}
		buf_printf(
		    &text, "%s%s", i == 0 ? "" : " ", json_string_value(range));
	}
	config->printer_networks = text_dup(buf_cstr(&text));
	buf_release(&text);
	if (config->printer_networks == NULL)
		return err_nomem(e);
	return strlen(config->printer_networks) >= IPP_NETWORKS_SIZE
		   ? bad(e, "printer_networks")
		   : 0;
}

/* The same as it stands in the file; NULL when it does not. */
static json_t *
networks_json(const char *text)
{
	json_t *list = text == NULL ? NULL : json_array();
	size_t n;

	for (; text != NULL && *text != '\0'; text += n + (text[n] == ' ')) {
		n = strcspn(text, " ");
		json_array_append_new(list, json_stringn(text, n));
	}
	return list;
}

/* Take over the members we know; unknown ones are an operator's mistake. */
static int
fill(struct config *config, json_t *json, struct err *e)
{
	const char *url, *listen, *templates, *fonts;
	json_error_t why;
	json_int_t hours = CONFIG_STATUS_HOURS, lookups = CONFIG_LOOKUPS_HOUR;
	json_t *networks = NULL;
	int demo = 0, second_factor = -1, behind_proxy = 0;

	if (json_unpack_ex(json, &why, JSON_STRICT,
		"{s:s, s:s, s:s, s:s, s?I, s?I, s?o, s?b, s?b, s?b}",
		"public_url", &url, "listen", &listen, "templates", &templates,
		"fonts", &fonts, "status_hours", &hours, "lookups_hour",
		&lookups, "printer_networks", &networks, "demo", &demo,
		"second_factor", &second_factor, "behind_proxy",
		&behind_proxy) != 0)
		return bad(e, why.text);
	if (hours < 1 || hours > 24 * 366)
		return bad(e, "status_hours: 1..8784");
	if (lookups < 1 || lookups > 100000)
		return bad(e, "lookups_hour: 1..100000");
	config->public_url = text_dup(url);
	config->listen = text_dup(listen);
	config->templates = text_dup(templates);
	config->fonts = text_dup(fonts);
	config->status_hours = hours;
	config->lookups_hour = lookups;
	config->demo = demo;
	config->behind_proxy = behind_proxy;
	config->second_factor = second_factor < 0 ? !demo : second_factor;
	if (config->public_url == NULL || config->listen == NULL ||
	    config->templates == NULL || config->fonts == NULL)
		return err_nomem(e);
	return fill_networks(config, networks, e);
}

int
config_read(const char *dir, struct config *config, struct err *e)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	json_error_t why;
	json_t *json = NULL;
	int rc;

	memset(config, 0, sizeof(*config));
	if ((rc = file_name(dir, &path, e)) != 0)
		goto out;
	rc = file_read(buf_cstr(&path), CONFIG_FILE_MAX, &text, e);
	if (rc == ERR_NOT_FOUND)
		rc = err_set(e, ERR_NOT_FOUND, "no_data_directory",
		    "%s 不是 certsvc 数据目录：请先运行 certsvc init -d %s",
		    "%s is not a certsvc data directory: run certsvc init -d %s first",
		    dir, dir);
	if (rc != 0)
		goto out;
	json = json_loadb(
	    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &why);
	rc = json == NULL ? bad(e, why.text) : fill(config, json, e);
	if (rc == 0 && (config->dir = text_dup(dir)) == NULL)
		rc = err_nomem(e);
out:
	json_decref(json);
	buf_release(&path);
	buf_release(&text);
	return rc;
}

int
config_write(const struct config *config, struct err *e)
{
	struct buf path = BUF_INIT;
	json_t *json;
	char *text = NULL;
	int rc;

	json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:o*, s:b, s:b, s:b}",
	    "public_url", config->public_url, "listen", config->listen,
	    "templates", config->templates, "fonts", config->fonts,
	    "status_hours", (json_int_t)config->status_hours, "lookups_hour",
	    (json_int_t)config->lookups_hour, "printer_networks",
	    networks_json(config->printer_networks), "demo", config->demo,
	    "second_factor", config->second_factor, "behind_proxy",
	    config->behind_proxy);
	if (json != NULL)
		text = json_dumps(json, JSON_INDENT(2));
	if (text == NULL)
		rc = err_nomem(e);
	else if ((rc = file_name(config->dir, &path, e)) == 0)
		rc = file_replace(buf_cstr(&path), bytes_str(text), 0600, e);
	free(text);
	json_decref(json);
	buf_release(&path);
	return rc;
}

void
config_release(struct config *config)
{
	free(config->dir);
	free(config->public_url);
	free(config->listen);
	free(config->templates);
	free(config->fonts);
	free(config->printer_networks);
	memset(config, 0, sizeof(*config));
}
