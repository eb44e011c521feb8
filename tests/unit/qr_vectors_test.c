/*
 * qr_vectors_test.c - the frozen codes of tests/vectors/qr-v1 (ES256),
 * qr-v1-sm2 and, of printed sheets, qr-v1-sheet and qr-v1-sheet-sm2: codes
 * printed today must read the same under every later release (README.md there).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"
#include "crypto/cose.h"
#include "crypto/qr_claims.h"

/* The vectors of one algorithm. */
static const struct vectors {
	const char *directory;
	int good, bad; /* how many */
} all[] = {{"tests/vectors/qr-v1", 8, 23}, {"tests/vectors/qr-v1-sm2", 4, 10},
    {"tests/vectors/qr-v1-sheet", 4, 12},
    {"tests/vectors/qr-v1-sheet-sm2", 3, 3}};

static const struct vectors *now;
static uint8_t point[65];

static void
read_file(const char *name, const char *suffix, struct buf *out)
{
	char path[512], block[512];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s%s", now->directory, name, suffix);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("cannot open %s", path);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(out, block, n);
	fclose(f);
}

static void
begin(void **state)
{
	struct buf hex = BUF_INIT;

	now = *state;
	read_file("point", ".hex", &hex);
	assert_int_equal(text_unhex(point, 65, (char *)hex.p, 130), 0);
	buf_release(&hex);
}

/* What a verifier does with the text of a code. */
static int
read_code(struct bytes text, struct bytes *url, struct buf *bytes,
    struct cose *cose, struct qr_claims *claims, struct err *e)
{
	int r;

	memset(claims, 0, sizeof(*claims));
	r = qr_text_read(text, url, bytes, e);
	if (r == 0)
		r = cose_parse(buf_bytes(bytes), cose, e);
	if (r == 0)
		r = cose_verify(cose, (struct bytes){point, 65}, e);
	if (r == 0)
		r = qr_claims_read(cose->payload, claims, e);
	return r;
}

static void
assert_hex(json_t *want, const char *key, const uint8_t *p, size_t n)
{
	struct buf hex = BUF_INIT;

	text_hex(&hex, (struct bytes){p, n});
	assert_string_equal(
	    buf_cstr(&hex), json_string_value(json_object_get(want, key)));
	buf_release(&hex);
}

static void
assert_number(json_t *want, const char *key, uint64_t v)
{
	json_t *number = json_object_get(want, key);

	assert_true(json_is_integer(number));
	assert_int_equal((uint64_t)json_integer_value(number), v);
}

static void
assert_copy(json_t *want, const struct qr_copy *copy)
{
	if (json_is_null(want)) {
		assert_int_equal(copy->number, 0);
		return;
	}
	assert_number(want, "number", copy->number);
	assert_number(want, "day", copy->day);
	assert_int_equal((json_int_t)copy->kind,
	    json_integer_value(json_object_get(want, "kind")));
	assert_string_equal(
	    copy->office, json_string_value(json_object_get(want, "office")));
}

static void
assert_claims(json_t *want, const struct qr_claims *c)
{
	json_t *values = json_object_get(want, "values");
	size_t i;

	assert_number(want, "issuer", c->issuer);
	assert_number(want, "issued", (uint64_t)c->issued);
	assert_number(want, "expires", (uint64_t)c->expires);
	assert_number(want, "template_version", c->template_version);
	assert_number(want, "list", c->list);
	assert_number(want, "index", c->index);
	assert_number(want, "form", c->form);
	assert_string_equal(
	    c->type, json_string_value(json_object_get(want, "type")));
	assert_hex(want, "cti", c->cti, 16);
	assert_hex(want, "face_digest", c->face_digest, 32);
	assert_int_equal(json_array_size(values), c->nvalues);
	for (i = 0; i < c->nvalues; i++)
		assert_string_equal(
		    c->values[i], json_string_value(json_array_get(values, i)));
	assert_copy(json_object_get(want, "copy"), &c->copy);
}

/* The text read, written again from its bytes, is the same text. */
static void
assert_same_text(struct bytes text, struct bytes url, struct bytes cose)
{
	struct buf again = BUF_INIT, host = BUF_INIT;

	buf_add(&host, url.p, url.n);
	qr_text_write(&again, buf_cstr(&host), cose);
	assert_true(bytes_equal(text, buf_bytes(&again)));
	buf_release(&again);
	buf_release(&host);
}

static void
check_vector(const char *name)
{
	struct buf json = BUF_INIT, text = BUF_INIT, bytes = BUF_INIT;
	struct bytes url;
	struct cose cose;
	struct qr_claims claims;
	struct err e = ERR_INIT;
	const char *error;
	json_t *want;
	int r;

	read_file(name, ".json", &json);
	read_file(name, ".txt", &text);
	want = json_loadb((char *)json.p, json.n, 0, NULL);
	error = json_string_value(json_object_get(want, "error"));
	r = read_code(buf_bytes(&text), &url, &bytes, &cose, &claims, &e);
	if (error != NULL) {
		if (r == 0 || strcmp(e.code, error) != 0)
			fail_msg("%s: %s", name, r == 0 ? "valid" : e.code);
	} else if (r != 0) {
		fail_msg("%s: %s", name, e.code);
	} else {
		assert_claims(want, &claims);
		assert_hex(want, "kid", cose.kid, sizeof(cose.kid));
		assert_number(want, "bytes", bytes.n);
		assert_true(
		    bytes_equal(url, bytes_str(json_string_value(
					 json_object_get(want, "url")))));
		assert_same_text(buf_bytes(&text), url, buf_bytes(&bytes));
	}
	qr_claims_release(&claims);
	json_decref(want);
	buf_release(&json);
	buf_release(&text);
	buf_release(&bytes);
}

/* Check every vector whose name begins as asked; returns how many. */
static int
check_all(int bad)
{
	DIR *dir = opendir(now->directory);
	struct dirent *entry;
	char name[256];
	size_t n;
	int count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		n = strlen(entry->d_name);
		if (n < 5 || strcmp(entry->d_name + n - 4, ".txt") != 0 ||
		    (strncmp(entry->d_name, "bad-", 4) == 0) != bad)
			continue;
		snprintf(name, sizeof(name), "%s", entry->d_name);
		name[n - 4] = '\0';
		check_vector(name);
		count++;
	}
	closedir(dir);
	return count;
}

static void
codes_printed_in_the_past_read_the_same(void **state)
{
	begin(state);
	assert_int_equal(check_all(0), now->good);
}

static void
bad_codes_are_refused_with_the_same_reason(void **state)
{
	begin(state);
	assert_int_equal(check_all(1), now->bad);
}

static void
no_changed_character_of_a_code_verifies(void **state)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};
	struct buf text = BUF_INIT, bytes = BUF_INIT;
	struct bytes url;
	struct cose cose;
	struct qr_claims claims;
	struct err e = ERR_INIT;
	size_t i, m;

	begin(state);
	read_file("minimal", ".txt", &text);
	/* The URL itself is not signed; its host is compared with the trust. */
	for (i = strlen("https://v.qinghe.example"); i < text.n; i++)
		for (m = 0; m < sizeof(masks); m++) {
			text.p[i] ^= masks[m];
			buf_reset(&bytes);
			assert_int_not_equal(read_code(buf_bytes(&text), &url,
						 &bytes, &cose, &claims, &e),
			    0);
			qr_claims_release(&claims);
			text.p[i] ^= masks[m];
		}
	buf_release(&text);
	buf_release(&bytes);
}

int
main(void)
{
	struct CMUnitTest tests[3 * sizeof(all) / sizeof(all[0])];
	size_t i;

	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i += 3) {
		void *vectors = (void *)(uintptr_t)&all[i / 3];
		const struct CMUnitTest three[] = {
		    cmocka_unit_test_prestate(
			codes_printed_in_the_past_read_the_same, vectors),
		    cmocka_unit_test_prestate(
			bad_codes_are_refused_with_the_same_reason, vectors),
		    cmocka_unit_test_prestate(
			no_changed_character_of_a_code_verifies, vectors),
		};

		memcpy(&tests[i], three, sizeof(three));
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
