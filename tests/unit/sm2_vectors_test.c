/* sm2_vectors_test.c - each vector of tests/vectors/sm2 is judged rightly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "crypto/chain.h"
#include "crypto/sm2.h"
#include "crypto/x509.h"
#include "tests/support/sm2.h"

enum {
	FIELDS_MAX = 6,
	FIELD_SIZE = 4096, /* bytes, decoded */
	FILE_MAX = 1048576,
	AT = 1795000000 /* UTC seconds, inside the x509s' validity */
};

static size_t
unhex(uint8_t out[FIELD_SIZE], const char *hex)
{
	size_t n = strlen(hex);

	assert_true(n % 2 == 0 && n / 2 <= FIELD_SIZE);
	assert_int_equal(text_unhex(out, n / 2, hex, n), 0);
	return n / 2;
}

/* Under an identifier that is not ours only OpenSSL can tell: such a line is
 * about the file itself. */
static int
verifies_under(const char *identifier, struct bytes point, struct bytes message,
    struct bytes der)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	EVP_PKEY *theirs = EVP_PKEY_new();
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = NULL;
	int good;

	good =
	    EVP_PKEY_copy_parameters(theirs, key) == 1 &&
	    EVP_PKEY_set1_encoded_public_key(theirs, point.p, point.n) == 1 &&
	    EVP_DigestVerifyInit(md, &ctx, EVP_sm3(), NULL, theirs) == 1 &&
	    EVP_PKEY_CTX_set1_id(ctx, identifier, (int)strlen(identifier)) ==
		1 &&
	    EVP_DigestVerify(md, der.p, der.n, message.p, message.n) == 1;
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(key);
	return good;
}

static int
judge_signature(char *const fields[FIELDS_MAX])
{
	static uint8_t key[FIELD_SIZE], message[FIELD_SIZE], der[FIELD_SIZE];
	struct bytes point = {key, unhex(key, fields[1])};
	struct bytes content = {message, unhex(message, fields[3])};
	struct bytes signature = {der, unhex(der, fields[4])};
	uint8_t raw[SIGN_RAW_SIZE];
	struct err e = ERR_INIT;

	if (strcmp(fields[2], SM2_IDENTIFIER) != 0)
		return verifies_under(fields[2], point, content, signature);
	return signature_from_der(signature, raw) == 0 &&
	       signature_verify(SIGN_SM2, point, content, raw, &e) == 0;
}

static int
judge_x509(char *const fields[FIELDS_MAX])
{
	static uint8_t ca[FIELD_SIZE], x509[FIELD_SIZE];
	struct bytes anchor = {ca, unhex(ca, fields[1])};
	struct bytes der = {x509, unhex(x509, fields[2])};
	struct chain_request req = {.x509s = &der,
	    .nx509s = 1,
	    .anchors = &anchor,
	    .nanchors = 1,
	    .at = AT};
	struct chain_result result;
	const struct x509 *x;
	struct err e = ERR_INIT;
	int good;

	if (x509_get(der, &x, &e) != 0)
		return 0;
	good = x->alg == SIGN_SM2 && chain_check(&req, &result, &e) == 0 &&
	       result.trust == CHAIN_TRUSTED;
	x509_free(x);
	return good;
}

/* Split at '|'; the number of fields. */
static size_t
split(char *line, char *fields[FIELDS_MAX])
{
	size_t n = 0;

	while (line != NULL && n < FIELDS_MAX)
		fields[n++] = strsep(&line, "|");
	assert_null(line);
	return n;
}

/* Judge every line of a file; returns how many there were. */
static size_t
judge(const char *path, size_t nfields, int (*judge_one)(char *const *fields))
{
	char *fields[FIELDS_MAX], *rest, *line;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n = 0;
	int good;

	assert_int_equal(file_read(path, FILE_MAX, &text, &e), 0);
	buf_add_byte(&text, '\0');
	rest = (char *)text.p;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == '#' || line[0] == '\0')
			continue;
		assert_int_equal(split(line, fields), nfields);
		good = judge_one(fields);
		if (good != (strcmp(fields[nfields - 1], "valid") == 0))
			fail_msg("%s is %s, but we say %s", fields[0],
			    fields[nfields - 1], good ? "valid" : "invalid");
		n++;
	}
	buf_release(&text);
	return n;
}

static void
every_signature_is_judged_rightly(void **state)
{
	(void)state;
	assert_true(judge("tests/vectors/sm2/signatures.txt", 6,
			judge_signature) >= 50);
}

static void
every_x509_is_judged_rightly(void **state)
{
	(void)state;
	assert_true(judge("tests/vectors/sm2/x509s.txt", 4, judge_x509) >= 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_signature_is_judged_rightly),
	    cmocka_unit_test(every_x509_is_judged_rightly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
