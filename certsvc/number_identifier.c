/* number_identifier.c - the identifier of GB/T 36904; see number.h. */
#include "certsvc/number.h"

#include <stdio.h>
#include <string.h>

static const char root[] = "1.2.156.3005.2.";
static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* n characters of the alphabet, min <= n <= max. */
static int
part_ok(const char *s, size_t min, size_t max)
{
	size_t n = strspn(s, alphabet);

	return s[n] == '\0' && n >= min && n <= max;
}

static int
parts_ok(const struct identifier *id)
{
	size_t issuer = strlen(id->issuer);

	/* Older identifiers have an area code for the issuer. */
	return part_ok(id->type, NUMBER_TYPE_LEN, NUMBER_TYPE_LEN) &&
	       part_ok(id->issuer, 6, NUMBER_USCC_LEN) &&
	       (issuer == 6 || issuer == NUMBER_USCC_LEN) &&
	       part_ok(id->serial, 1, IDENTIFIER_SERIAL_SIZE - 1) &&
	       id->version >= 1 && id->version <= 999;
}

/* ISO/IEC 7064, hybrid system MOD 37,36. */
static char
check_character(const char *s)
{
	int p = 36;

	for (; *s != '\0'; s++) {
		if (*s == '.')
			continue;
		p = (p + (int)(strchr(alphabet, *s) - alphabet)) % 36;
		if (p == 0)
			p = 36;
		p = 2 * p % 37;
	}
	return alphabet[(37 - p) % 36];
}

int
identifier_write(
    const struct identifier *id, char out[IDENTIFIER_SIZE], struct err *e)
{
	char body[IDENTIFIER_SIZE];

	if (!parts_ok(id))
		return err_set(e, ERR_INPUT, "bad_identifier",
		    "电子证照标识的组成部分不合规",
		    "a part of the licence identifier is malformed");
	snprintf(body, sizeof(body), "%s.%s.%s.%03u", id->type, id->issuer,
	    id->serial, id->version % 1000);
	snprintf(out, IDENTIFIER_SIZE, "%s%.78s.%c", root, body,
	    check_character(body));
	return 0;
}

static int
malformed(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_identifier",
	    "不是 GB/T 36904 规定的电子证照标识",
	    "not a licence identifier of GB/T 36904");
}

/* The next part up to a dot, into out; NULL when it does not fit. */
static const char *
part_read(const char *s, char *out, size_t size)
{
	size_t n = strcspn(s, ".");

	if (s[n] != '.' || n == 0 || n >= size)
		return NULL;
	memcpy(out, s, n);
	out[n] = '\0';
	return s + n + 1;
}

int
identifier_parse(const char *s, struct identifier *id, struct err *e)
{
	char version[4], again[IDENTIFIER_SIZE];
	int rc;

	memset(id, 0, sizeof(*id));
	if (strncmp(s, root, strlen(root)) != 0)
		return malformed(e);
	s += strlen(root);
	if ((s = part_read(s, id->type, sizeof(id->type))) == NULL ||
	    (s = part_read(s, id->issuer, sizeof(id->issuer))) == NULL ||
	    (s = part_read(s, id->serial, sizeof(id->serial))) == NULL ||
	    (s = part_read(s, version, sizeof(version))) == NULL)
		return malformed(e);
	if (strlen(version) != 3 || strspn(version, "0123456789") != 3 ||
	    strlen(s) != 1)
		return malformed(e);
	id->version =
	    (unsigned int)((version[0] - '0') * 100 + (version[1] - '0') * 10 +
			   (version[2] - '0'));
	if ((rc = identifier_write(id, again, e)) != 0)
		return rc;
	if (again[strlen(again) - 1] != s[0])
		return err_set(e, ERR_INPUT, "bad_check_digit",
		    "电子证照标识的校验码不正确",
		    "the check character of the licence identifier is wrong");
	return 0;
}
