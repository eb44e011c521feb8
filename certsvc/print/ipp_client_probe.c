/* ipp_client_probe.c - what a printer says of itself; see ipp_client.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/print/ipp_call.h"
#include "certsvc/print/ipp_client.h"
#include "crypto/base/text.h"

/* All together stay below PRINTER_ANSWER_MAX. */
enum {
	KEYWORDS_MAX = 256, /* of one attribute */
	KEYWORD_MAX = 255,  /* bytes of one */
	SUPPLIES_MAX = 32
};

/* Values of printer-state; all others are idle (RFC 8011, 5.4.11). */
enum {
	PROCESSING = 4,
	STOPPED = 5
};

static const char *const wanted[] = {"printer-name", "printer-info",
    "printer-make-and-model", "printer-state", "printer-state-reasons",
    "printer-is-accepting-jobs", "queued-job-count",
    "document-format-supported", "media-supported", "media-ready",
    "media-default", "sides-supported", "copies-supported", "color-supported",
    "marker-names", "marker-levels", "printer-supply",
    "printer-supply-description", NULL};

static const struct ipp_value *
attribute(const struct ipp_message *m, const char *name)
{
	return ipp_find(m, IPP_PRINTER_ATTRIBUTES, name);
}

static json_t *
string(struct bytes s)
{
	return json_stringn(s.n == 0 ? "" : (const char *)s.p, s.n);
}

static json_t *
keywords(const struct ipp_message *m, const char *name)
{
	const struct ipp_value *v = attribute(m, name);
	json_t *list = json_array();
	struct bytes s;

	for (; v != NULL && json_array_size(list) < KEYWORDS_MAX;
	     v = ipp_next(m, v)) {
		s = ipp_string(v);
		if (s.n > 0 && s.n <= KEYWORD_MAX &&
		    !bytes_equal(s, bytes_str("none")))
			json_array_append_new(list, string(s));
	}
	return list;
}

static const char *
state_word(const struct ipp_message *m)
{
	int32_t state = 0;

	if (ipp_integer(attribute(m, "printer-state"), &state) != 0)
		return "ready";
	return state == STOPPED	     ? "stopped"
	       : state == PROCESSING ? "printing"
				     : "ready";
}

/* Plain words for state and reasons together. */
static json_t *
state_words(const struct ipp_message *m, const char *state, int accepting)
{
	struct buf zh = BUF_INIT, en = BUF_INIT;
	char reasons[1024];
	json_t *words = NULL;

	ipp_read_keywords(
	    m, attribute(m, "printer-state-reasons"), reasons, sizeof(reasons));
	printer_words(reasons, &zh, &en);
	if (!accepting) {
		buf_add_str(&zh, zh.n > 0 ? "；" : "");
		buf_add_str(&zh, "暂不接受任务");
		buf_add_str(&en, en.n > 0 ? "; " : "");
		buf_add_str(&en, "it takes no jobs now");
	}
	if (zh.n == 0) {
		buf_add_str(&zh, strcmp(state, "printing") == 0 ? "正在打印"
				 : strcmp(state, "stopped") == 0
				     ? "已停止，请到打印机前查看"
				     : "就绪");
		buf_add_str(&en, strcmp(state, "printing") == 0 ? "printing"
				 : strcmp(state, "stopped") == 0
				     ? "stopped: look at the printer"
				     : "ready");
	}
	if (!buf_failed(&zh) && !buf_failed(&en))
		words = json_pack("{s:o,s:o}", "zh", string(buf_bytes(&zh)),
		    "en", string(buf_bytes(&en)));
	buf_release(&zh);
	buf_release(&en);
	return words;
}

static void
add_supply(json_t *list, struct bytes name, long level)
{
	json_t *value =
	    level < 0 || level > 100 ? json_null() : json_integer(level);

	json_array_append_new(
	    list, json_pack("{s:o,s:o}", "name", string(name), "level", value));
}

/* The number after "KEY=" in "a=1;b=2;"; -1 when it is not there. */
static long
member(struct bytes s, const char *key)
{
	size_t n = strlen(key), i = 0;
	long value = -1;

	while (i + n < s.n && (memcmp(s.p + i, key, n) != 0)) {
		while (i < s.n && s.p[i] != ';')
			i++;
		i++;
	}
	for (i += n; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
		value = (value < 0 ? 0 : value) * 10 + (s.p[i] - '0');
		if (value > 100000000)
			return -1;
	}
	return value;
}

/* printer-supply (PWG 5100.13): level of maxcapacity. */
static void
pwg_supplies(const struct ipp_message *m, json_t *list)
{
	const struct ipp_value *v = attribute(m, "printer-supply");
	const struct ipp_value *name =
	    attribute(m, "printer-supply-description");
	long level, most;

	for (; v != NULL && json_array_size(list) < SUPPLIES_MAX;
	     v = ipp_next(m, v)) {
		level = member(ipp_string(v), "level=");
		most = member(ipp_string(v), "maxcapacity=");
		add_supply(list, ipp_string(name),
		    level >= 0 && most > 0 ? level * 100 / most : -1);
		name = name == NULL ? NULL : ipp_next(m, name);
	}
}

/* marker-levels (CUPS): per cent; negative ones are not known. */
static json_t *
supplies(const struct ipp_message *m)
{
	const struct ipp_value *name = attribute(m, "marker-names");
	const struct ipp_value *v = attribute(m, "marker-levels");
	json_t *list = json_array();
	int32_t level;

	if (v == NULL)
		pwg_supplies(m, list);
	for (; v != NULL && json_array_size(list) < SUPPLIES_MAX;
	     v = ipp_next(m, v)) {
		if (ipp_integer(v, &level) != 0)
			level = -1;
		add_supply(list, ipp_string(name), level);
		name = name == NULL ? NULL : ipp_next(m, name);
	}
	return list;
}

static int32_t
integer(const struct ipp_message *m, const char *name, int32_t otherwise)
{
	int32_t n = otherwise;

	return ipp_upper(attribute(m, name), &n) == 0 && n >= 0 ? n : otherwise;
}

static json_t *
fingerprint(struct ipp_call *call)
{
	uint8_t key[PRINTER_FINGERPRINT_SIZE];
	struct buf hex = BUF_INIT;
	json_t *text;

	if (ipp_http_fingerprint(call->http, key) != 0)
		return json_null();
	text_hex(&hex, (struct bytes){key, sizeof(key)});
	text = string(buf_bytes(&hex));
	buf_release(&hex);
	return text;
}

json_t *
ipp_describe_printer(const struct ipp_message *m)
{
	const char *state = state_word(m);
	int accepting =
	    ipp_boolean(attribute(m, "printer-is-accepting-jobs"), 1);
	const struct ipp_value *name = attribute(m, "printer-info");

	if (ipp_string(name).n == 0)
		name = attribute(m, "printer-name");
	return json_pack("{s:s,s:b,s:o,s:o,s:o,s:i,s:o,s:o,s:b,s:o,s:o,s:o,"
			 "s:o,s:i,s:b}",
	    "state", state, "accepting", accepting, "reasons",
	    keywords(m, "printer-state-reasons"), "words",
	    state_words(m, state, accepting), "supplies", supplies(m), "queued",
	    (int)integer(m, "queued-job-count", 0), "name",
	    string(ipp_string(name)), "model",
	    string(ipp_string(attribute(m, "printer-make-and-model"))), "pdf",
	    ipp_has(m, attribute(m, "document-format-supported"),
		"application/pdf"),
	    "media", keywords(m, "media-supported"), "media_ready",
	    keywords(m, "media-ready"), "media_default",
	    string(ipp_string(attribute(m, "media-default"))), "sides",
	    keywords(m, "sides-supported"), "copies",
	    (int)integer(m, "copies-supported", 1), "color",
	    ipp_boolean(attribute(m, "color-supported"), 0));
}

int
ipp_client_probe(
    const struct printer_target *target, json_t **out, struct err *e)
{
	struct ipp_call call = IPP_CALL_INIT;
	int rc = ipp_call_open(&call, target, e);

	*out = NULL;
	if (rc == 0) {
		ipp_call_begin(&call, IPP_GET_PRINTER_ATTRIBUTES, 0);
		ipp_call_want(&call, wanted);
		rc = ipp_call_send(&call, NULL, e);
	}
	if (rc == 0 && ((*out = ipp_describe_printer(&call.message)) == NULL ||
			   json_object_set_new(
			       *out, "fingerprint", fingerprint(&call)) != 0))
		rc = err_nomem(e);
	if (rc != 0) {
		json_decref(*out);
		*out = NULL;
	}
	ipp_call_close(&call);
	return rc;
}
