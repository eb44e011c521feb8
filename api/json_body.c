/* json_body.c - see json_body.h. */
#include "api/json_body.h"

#include <string.h>

#include "api/limits.h"

/* Depth of nesting, strings left out; a quick look before parsing. */
static size_t
json_body_depth(struct bytes body)
{
	size_t depth = 0, most = 0;
	int in_string = 0;

	for (size_t i = 0; i < body.n; i++) {
		uint8_t c = body.p[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = 0;
		} else if (c == '"') {
			in_string = 1;
		} else if (c == '[' || c == '{') {
			if (++depth > most)
				most = depth;
		} else if ((c == ']' || c == '}') && depth > 0) {
			depth--;
		}
	}
	return most;
}

int
json_body_parse(struct bytes body, json_t **json, struct err *e)
{
	json_error_t why;

	*json = NULL;
	if (body.n > LIMIT_JSON_BYTES)
		return err_set(e, ERR_LIMIT, "body_too_large",
		    "请求正文超过上限 %d 字节",
		    "the body is over the limit of %d bytes", LIMIT_JSON_BYTES);
	if (json_body_depth(body) > LIMIT_JSON_DEPTH)
		return err_set(e, ERR_INPUT, "json_too_deep",
		    "JSON 嵌套超过 %d 层",
		    "the JSON nests deeper than %d levels", LIMIT_JSON_DEPTH);
	*json = json_loadb((const char *)body.p, body.n,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	/* jansson quotes the offending text, which may be personal data. */
	if (*json == NULL)
		return err_set(e, ERR_INPUT, "bad_json",
		    "请求正文不是有效的 JSON：第 %d 行第 %d 列（重名、编码或语法错误）",
		    "the body is not valid JSON: line %d, column %d (duplicate name, encoding or syntax)",
		    why.line, why.column);
	return 0;
}
