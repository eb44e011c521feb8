/* operator.c - see operator.h. */
#include "certsvc/operator.h"

#include <string.h>

#include <openssl/crypto.h>

static const char *const WORDS[OPERATOR_ROLES] = {
    "clerk", "custodian", "department_admin", "auditor", "regional_admin"};

void
service_operator_release(struct service_operator *op)
{
	buf_wipe(&op->ticket);
	OPENSSL_cleanse(op, sizeof(*op));
}

const char *
operator_role_word(enum operator_role role)
{
	return WORDS[role];
}

int
operator_role_find(const char *word)
{
	for (int i = 0; i < OPERATOR_ROLES; i++)
		if (strcmp(WORDS[i], word) == 0)
			return i;
	return -1;
}
