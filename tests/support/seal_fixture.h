/*
 * seal_fixture.h - seal registers in temporary files, for tests.
 */
#ifndef TESTS_SUPPORT_SEAL_FIXTURE_H
#define TESTS_SUPPORT_SEAL_FIXTURE_H

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "keys/seal_register.h"
#include "tests/support/pki.h"

static const uint8_t kek[32] = {1, 2, 3};
static struct pki es, sm2;
static EVP_PKEY *keys[SEAL_ALGS];

static inline int
start(void **state)
{
	(void)state;
	pki_init_alg(&es, SIGN_ES256);
	pki_init_alg(&sm2, SIGN_SM2);
	keys[0] = es.signer_key;
	keys[1] = sm2.signer_key;
	signal(SIGXFSZ, SIG_IGN);
	return 0;
}

static inline int
stop(void **state)
{
	(void)state;
	pki_release(&es);
	pki_release(&sm2);
	return 0;
}

static inline int
new_file(void)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	return fileno(file);
}

static inline void
create(struct seal_register *r, int fd)
{
	struct err e = ERR_INIT;

	assert_int_equal(seal_register_create(r, fd, kek, &e), 0);
}

/* A generation of a seal into the batch; object: its bytes. */
static inline void
add_made(struct seal_register *r, const char *id, uint64_t generation,
    struct bytes object, char head[65])
{
	struct seal_record record = {.kind = SEAL_RECORD_MADE,
	    .generation = generation,
	    .time = 1795000000,
	    .meta =
		bytes_str("{\"department\":\"11990100MB9A00014N\",\"drawing\":"
			  "{\"kind\":\"round\"},\"types\":["
			  "\"11990000MB9A010097001\","
			  "\"11990000MB9A010097002\"]}"),
	    .x509s = {{SIGN_ES256, buf_bytes(&es.signer),
			  buf_bytes(&es.issuing), PKI_FROM, PKI_UNTIL},
		{SIGN_SM2, buf_bytes(&sm2.signer), {NULL, 0}, PKI_FROM,
		    PKI_UNTIL}},
	    .nx509s = 2,
	    .object = object};
	struct err e = ERR_INIT;

	snprintf(record.id, sizeof(record.id), "%s", id);
	assert_int_equal(seal_register_add(r, &record, keys, head, &e), 0);
}

static inline void
make(
    struct seal_register *r, const char *id, uint64_t generation, char head[65])
{
	struct err e = ERR_INIT;

	add_made(r, id, generation, bytes_str("an object"), head);
	assert_int_equal(seal_register_sync(r, &e), 0);
}

static inline void
turn(struct seal_register *r, const char *id, enum seal_state state,
    char head[65])
{
	struct seal_record record = {.kind = SEAL_RECORD_STATE,
	    .generation = seal_register_find(r, id)->generation,
	    .time = 1796000000,
	    .state = state,
	    .reason = "因为"};
	struct err e = ERR_INIT;

	snprintf(record.id, sizeof(record.id), "%s", id);
	assert_int_equal(seal_register_add(r, &record, NULL, head, &e), 0);
	assert_int_equal(seal_register_sync(r, &e), 0);
}

/* Two seals, one suspended and resumed; head is the last. */
static inline void
make_some(int fd, char head[65])
{
	struct seal_register r;

	create(&r, fd);
	make(&r, "market-1", 1, head);
	make(&r, "market-2", 1, head);
	turn(&r, "market-1", SEAL_SUSPENDED, head);
	turn(&r, "market-1", SEAL_ACTIVE, head);
	seal_register_close(&r);
}

static inline void
must_open(struct seal_register *r, int fd, const char *head)
{
	struct err e = ERR_INIT;
	int rc = seal_register_open(r, fd, kek, head, &e);

	if (rc != 0)
		fail_msg("%s: %s", e.code, e.en);
}

static inline void
must_refuse(int fd, const char *head, const char *code)
{
	struct seal_register r;
	struct err e = ERR_INIT;

	assert_int_equal(
	    seal_register_open(&r, fd, kek, head, &e), ERR_STORAGE);
	if (code != NULL)
		assert_string_equal(e.code, code);
	else if (strcmp(e.code, "seals_rolled_back") != 0)
		assert_string_equal(e.code, "seals_damaged");
	assert_true(e.zh[0] != '\0');
}

/* The key that the register gives is the one that was put in. */
static inline void
check_key(struct seal_register *r, const char *id, enum sign_alg alg)
{
	struct seal_row *row = seal_register_find(r, id);
	struct err e = ERR_INIT;
	EVP_PKEY *key;

	assert_int_equal(seal_register_key(r, row, alg, &key, &e), 0);
	assert_int_equal(EVP_PKEY_eq(key, keys[alg == SIGN_SM2]), 1);
	assert_int_not_equal(row->tested & 1u << (unsigned int)alg, 0);
}

static inline int
all_zero(int fd, struct seal_place place)
{
	uint8_t byte;
	size_t i;

	for (i = 0; i < place.n; i++)
		if (pread(fd, &byte, 1, (off_t)place.offset + (off_t)i) != 1 ||
		    byte != 0)
			return 0;
	return 1;
}

#endif
