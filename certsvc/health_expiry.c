/* health_expiry.c - see health_expiry.h. */
#include "certsvc/health_expiry.h"

#include <stdio.h>
#include <string.h>

int
expiry_first(const json_t *directory, int64_t now, struct expiry *out)
{
	const json_t *list = json_object_get(directory, "expires"), *row;
	json_int_t first = INT64_MAX, ends;
	const char *id;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		row = json_array_get(list, i);
		id = json_string_value(json_object_get(row, "id"));
		ends = json_integer_value(json_object_get(row, "not_after"));
		if (id == NULL || ends >= first)
			continue;
		first = ends;
		snprintf(out->id, sizeof(out->id), "%s", id);
	}
	if (first == INT64_MAX)
		return -1;
	clock_date_cst(out->date, first);
	out->soon = first < now + (int64_t)EXPIRY_WARN_DAYS * 86400;
	return 0;
}

void
expiry_advice(const struct expiry *expiry, const char **zh, const char **en)
{
	static const struct {
		const char *prefix, *zh, *en;
	} advice[] = {
	    {"root.crl", "请取回根密钥文件，运行 certsvc ca crl",
		"bring the roots' file back and run certsvc ca crl"},
	    {"root-sm2.crl", "请取回根密钥文件，运行 certsvc ca crl",
		"bring the roots' file back and run certsvc ca crl"},
	    {"ca", "请取回根密钥文件，停止服务后运行 certsvc ca renew",
		"bring the roots' file back, stop the service and run certsvc ca renew"},
	    {"maker", "请取回根密钥文件，停止服务后运行 certsvc ca renew",
		"bring the roots' file back, stop the service and run certsvc ca renew"},
	};
	size_t i;

	*zh = "见 docs/pki.md";
	*en = "see docs/pki.md";
	for (i = 0; i < sizeof(advice) / sizeof(advice[0]); i++)
		if (strncmp(expiry->id, advice[i].prefix,
			strlen(advice[i].prefix)) == 0) {
			*zh = advice[i].zh;
			*en = advice[i].en;
			return;
		}
}
