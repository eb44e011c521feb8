/* seal_order.c - see seal_order.h. */
#include "certsvc/seal_order.h"

#include <math.h>
#include <string.h>

#include "certsvc/number.h"
#include "certsvc/seal_object.h"
#include "crypto/base/text.h"
#include "keys/authority_check.h"
#include "keys/seal_make.h"

/* Members of an order that are not about the drawing. */
static const char *const own_members[] = {
    "id", "department", "zh", "en", "types", "years", NULL};

static int
bad(struct err *e, const char *member, const char *zh, const char *en)
{
	return err_set(e, ERR_INPUT, "bad_seal",
	    "印章的 %1$s 不合规定：%2$s%3$.0s",
	    "the seal's %1$s is not right: %2$.0s%3$s", member, zh, en);
}

static const char *
text_of(const json_t *order, const char *name)
{
	return json_string_value(json_object_get(order, name));
}

/* A line of characters that may be shown. */
static int
name_ok(const char *s)
{
	size_t pos = 0, n = strlen(s), count = 0;
	int32_t c;

	while (pos < n) {
		c = text_utf8_next(s, n, &pos);
		if (c < 0 || text_cp_forbidden((uint32_t)c))
			return 0;
		count++;
	}
	return count > 0 && count <= SEAL_ORDER_NAME_MAX;
}

static int
names_check(const json_t *order, struct err *e)
{
	const char *id = text_of(order, "id"), *zh = text_of(order, "zh");
	const char *department = text_of(order, "department");
	const json_t *en = json_object_get(order, "en");

	if (id == NULL || !authority_id_ok(id, SEAL_ID_SIZE - 1))
		return bad(e, "id", "须为 1 至 31 个字母、数字或连字符",
		    "1 to 31 letters, digits and hyphens");
	if (department == NULL || !number_uscc_ok(department))
		return bad(e, "department", "须为部门的统一社会信用代码",
		    "the unified social credit code of a department");
	if (zh == NULL || !name_ok(zh))
		return bad(e, "zh", "须为 1 至 64 个字的名称",
		    "a name of 1 to 64 characters");
	if (en != NULL &&
	    (json_string_value(en) == NULL || !name_ok(json_string_value(en))))
		return bad(e, "en", "须为 1 至 64 个字符的名称",
		    "a name of 1 to 64 characters");
	return 0;
}

static int
types_check(const json_t *order, struct err *e)
{
	const json_t *types = json_object_get(order, "types");
	const char *type;
	size_t i;

	if (types == NULL)
		return 0;
	if (!json_is_array(types) || json_array_size(types) > SEAL_TYPES_MAX)
		return bad(e, "types", "须为证照类型代码的列表",
		    "a list of codes of types");
	for (i = 0; i < json_array_size(types); i++) {
		type = json_string_value(json_array_get(types, i));
		if (type == NULL || !authority_type_ok(type))
			return bad(e, "types", "证照类型代码有 21 个字符",
			    "the code of a type has 21 characters");
	}
	return 0;
}

int
seal_order_check(const json_t *order, struct err *e)
{
	const json_t *years = json_object_get(order, "years");
	struct seal_definition def;
	int rc;

	if (!json_is_object(order))
		return bad(e, "JSON", "须为一个对象", "an object is wanted");
	if ((rc = names_check(order, e)) != 0 ||
	    (rc = types_check(order, e)) != 0)
		return rc;
	if (years != NULL &&
	    (!json_is_integer(years) || json_integer_value(years) < 1 ||
		json_integer_value(years) > SEAL_YEARS_MAX))
		return bad(e, "years", "须为 1 至 10 的整数",
		    "a whole number from 1 to 10");
	return seal_definition_read(order, own_members, &def, e);
}

int
seal_order_draw(const struct font_set *fonts, const json_t *order,
    struct seal_picture *out, struct err *e)
{
	struct seal_definition def;
	int rc = seal_definition_read(order, own_members, &def, e);

	return rc == 0 ? seal_picture_make(fonts, &def, out, e) : rc;
}

int
seal_order_picture(const struct font_set *fonts, const json_t *order,
    struct seal_order_picture *picture, struct err *e)
{
	struct seal_picture drawn;
	int rc = seal_order_draw(fonts, order, &drawn, e);

	if (rc != 0)
		return rc;
	picture->type = "ofd";
	picture->width = (unsigned int)lroundf(drawn.width);
	picture->height = (unsigned int)lroundf(drawn.height);
	rc = seal_picture_ofd(&drawn, &picture->data, e);
	seal_picture_release(&drawn);
	return rc;
}

json_t *
seal_order_picture_json(const struct seal_order_picture *picture)
{
	struct buf base64 = BUF_INIT;
	json_t *json = NULL;

	text_base64(&base64, buf_bytes(&picture->data));
	if (buf_cstr(&base64) != NULL)
		json = json_pack("{s:s, s:s, s:I, s:I}", "type", picture->type,
		    "data", buf_cstr(&base64), "width",
		    (json_int_t)picture->width, "height",
		    (json_int_t)picture->height);
	buf_release(&base64);
	return json;
}

int
seal_order_make(const struct font_set *fonts, const json_t *order,
    json_t **item, struct err *e)
{
	struct seal_order_picture picture = {.data = BUF_INIT};
	int rc = seal_order_check(order, e);

	if (rc == 0)
		rc = seal_order_picture(fonts, order, &picture, e);
	if (rc == 0) {
		*item = json_deep_copy(order);
		if (*item == NULL ||
		    json_object_set_new(*item, "picture",
			seal_order_picture_json(&picture)) != 0)
			rc = err_nomem(e);
	}
	buf_release(&picture.data);
	return rc;
}
