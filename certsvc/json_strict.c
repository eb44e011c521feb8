/* json_strict.c - see json_strict.h. */
#include "certsvc/json_strict.h"

/* The deepest nesting, counted before the recursive reader sees the text; 0
 * when within the limit, else where it is passed. */
static size_t
depth_passed_at(struct bytes text)
{
	size_t i, depth = 0;
	int in_string = 0;

	for (i = 0; i < text.n; i++) {
		if (in_string) {
			if (text.p[i] == '\\')
				i++;
			else if (text.p[i] == '"')
				in_string = 0;
		} else if (text.p[i] == '"') {
			in_string = 1;
		} else if (text.p[i] == '{' || text.p[i] == '[') {
			if (++depth > JSON_STRICT_DEPTH)
				return i + 1;
		} else if ((text.p[i] == '}' || text.p[i] == ']') &&
			   depth > 0) {
			depth--;
		}
	}
	return 0;
}

static int
explain(const json_error_t *why, struct err *e)
{
	switch (json_error_code(why)) {
	case json_error_out_of_memory:
		return err_nomem(e);
	case json_error_duplicate_key:
		return err_set(e, ERR_INPUT, "duplicate_member",
		    "JSON 中同一成员出现两次（第 %d 行第 %d 列）",
		    "a JSON member is given twice (line %d, column %d)",
		    why->line, why->column);
	case json_error_invalid_utf8:
		return err_set(e, ERR_INPUT, "invalid_utf8",
		    "JSON 不是有效的 UTF-8（第 %d 行第 %d 列）",
		    "the JSON is not valid UTF-8 (line %d, column %d)",
		    why->line, why->column);
	case json_error_unknown:
	case json_error_cannot_open_file:
	case json_error_stack_overflow:
	case json_error_invalid_argument:
	case json_error_premature_end_of_input:
	case json_error_end_of_input_expected:
	case json_error_invalid_syntax:
	case json_error_invalid_format:
	case json_error_wrong_type:
	case json_error_null_character:
	case json_error_null_value:
	case json_error_null_byte_in_key:
	case json_error_numeric_overflow:
	case json_error_item_not_found:
	case json_error_index_out_of_range:
		break;
	}
	return err_set(e, ERR_INPUT, "bad_json",
	    "JSON 格式错误（第 %d 行第 %d 列，第 %d 字节）",
	    "malformed JSON (line %d, column %d, byte %d)", why->line,
	    why->column, why->position);
}

int
json_strict_read(struct bytes text, size_t max, json_t **out, struct err *e)
{
	json_error_t why;
	size_t at;

	*out = NULL;
	if (text.n > max)
		return err_set(e, ERR_LIMIT, "body_too_large",
		    "JSON 超过 %zu 字节", "the JSON has more than %zu bytes",
		    max);
	if ((at = depth_passed_at(text)) != 0)
		return err_set(e, ERR_LIMIT, "json_too_deep",
		    "JSON 嵌套超过 %d 层（第 %zu 字节）",
		    "the JSON is nested more than %d deep (byte %zu)",
		    (int)JSON_STRICT_DEPTH, at);
	*out = json_loadb(text.n ? (const char *)text.p : "", text.n,
	    JSON_REJECT_DUPLICATES, &why);
	return *out != NULL ? 0 : explain(&why, e);
}
