/*
 * keeper_fixture.h - an installation in a temporary directory and a real,
 * forked, locked-down keeper over it, for tests.
 */
#ifndef TESTS_SUPPORT_KEEPER_FIXTURE_H
#define TESTS_SUPPORT_KEEPER_FIXTURE_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/base/clock.h"
#include "crypto/base/file.h"
#include "crypto/face.h"
#include "keys/keeper.h"
#include "keys/keeper_main.h"
#include "keys/setup.h"

#define FIXTURE_PROPERTY "/Doc_0/Signs/Sign_1/Signature.xml"
#define FIXTURE_PASSPHRASE "a passphrase of the tests"

enum {
	FIXTURE_DEPARTMENTS = 3,
	FIXTURE_TYPES = 3,
	FIXTURE_SEALS = 4
};

static const char *const fixture_departments[FIXTURE_DEPARTMENTS] = {
    "11990100MB9A00014N", "12990100MB9A00022E", "11990100MB9A00030C"};
static const char *const fixture_types[FIXTURE_TYPES] = {
    "11990000MB9A010097001", "11990000MB9A010097002", "11990000MB9A010097003"};
/* The first department has two seals. */
static const char *const fixture_seals[FIXTURE_SEALS] = {
    "market-1", "market-2", "social-1", "police-1"};

/* Department x type x seal: the only triples that may sign at place 0; {1, 2,
 * 2} by the seal's own row, the others by a grant. */
static inline int
fixture_granted(size_t department, size_t type, size_t seal)
{
	static const size_t granted[][3] = {
	    {0, 0, 0}, {0, 1, 1}, {1, 1, 2}, {1, 2, 2}, {2, 2, 3}, {2, 0, 3}};
	size_t i;

	for (i = 0; i < sizeof(granted) / sizeof(granted[0]); i++)
		if (granted[i][0] == department && granted[i][1] == type &&
		    granted[i][2] == seal)
			return 1;
	return 0;
}

/* The same for a seal place; the only one above 0 is a joint seal: the third
 * department may have the first's seal at place 1 of the first type. */
static inline int
fixture_placed(size_t department, size_t type, size_t seal, unsigned int place)
{
	return place == 0
		   ? fixture_granted(department, type, seal)
		   : place == 1 && department == 2 && type == 0 && seal == 0;
}

static const char fixture_description[] =
    "{\"issuer\":{\"number\":999001,\"zh\":\"青禾市电子证照中心\","
    "\"en\":\"Qinghe\",\"demo\":true},\"departments\":["
    "{\"code\":\"11990100MB9A00014N\",\"zh\":\"青禾市市场监督管理局\","
    "\"en\":\"Market\",\"seals\":["
    "{\"id\":\"market-1\",\"zh\":\"市场监督管理局\",\"kind\":\"round\","
    "\"arc\":\"青禾市市场监督管理局\",\"below\":\"演示专用章\","
    "\"diameter\":42},"
    "{\"id\":\"market-2\",\"zh\":\"市场监督管理局二\",\"kind\":\"round\","
    "\"arc\":\"青禾市市场监督管理局\",\"below\":\"演示专用章\","
    "\"diameter\":42}],\"grants\":["
    "{\"type\":\"11990000MB9A010097001\",\"seal\":\"market-1\"},"
    "{\"type\":\"11990000MB9A010097002\",\"seal\":\"market-2\","
    "\"quota_day\":3}],\"addresses\":[]},"
    "{\"code\":\"12990100MB9A00022E\",\"zh\":\"青禾市社会保险中心\","
    "\"en\":\"Social\",\"seals\":["
    "{\"id\":\"social-1\",\"zh\":\"社会保险中心\",\"kind\":\"round\","
    "\"types\":[\"11990000MB9A010097003\"],"
    "\"arc\":\"青禾市社会保险中心\",\"below\":\"演示专用章\","
    "\"diameter\":42}],\"grants\":["
    "{\"type\":\"11990000MB9A010097002\",\"seal\":\"social-1\"}],"
    "\"addresses\":[\"10.1.0.0/16\",\"2001:db8::/32\"]},"
    "{\"code\":\"11990100MB9A00030C\",\"zh\":\"青禾市公安局\","
    "\"en\":\"Police\",\"seals\":["
    "{\"id\":\"police-1\",\"zh\":\"公安局\",\"kind\":\"round\","
    "\"arc\":\"青禾市公安局\",\"below\":\"演示专用章\","
    "\"diameter\":42}],\"grants\":["
    "{\"type\":\"11990000MB9A010097003\",\"seal\":\"police-1\"},"
    "{\"type\":\"11990000MB9A010097001\",\"seal\":\"police-1\"},"
    "{\"type\":\"11990000MB9A010097001\",\"seal\":\"market-1\","
    "\"place\":1}]}]}";

/* Any picture will do here. */
static inline int
fixture_picture(
    void *ctx, const json_t *seal, struct setup_picture *out, struct err *e)
{
	(void)ctx;
	(void)seal;
	(void)e;
	snprintf(out->type, sizeof(out->type), "png");
	buf_add_str(&out->data, "not really a picture");
	out->width = out->height = 42;
	return 0;
}

struct fixture {
	char dir[64];
	struct keeper *keeper;
	pid_t pid;
	struct keeper_credential creds[FIXTURE_DEPARTMENTS];
	uint64_t copy;	 /* number that codes are asked for with */
	int64_t expires; /* the same */
};

/* The credential that setup wrote for a department. */
static inline void
fixture_credential(
    const char *dir, const char *code, struct keeper_credential *cred)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	char path[256];

	snprintf(path, sizeof(path), "%s/credentials/%s", dir, code);
	if (file_read(path, 256, &text, &e) != 0 ||
	    sscanf(buf_cstr(&text), "%31[^:]:%63s", cred->id, cred->secret) !=
		2)
		abort();
	buf_release(&text);
}

/* Start a keeper over the directory; the caller finds out whether it lives. */
static inline void
fixture_start(struct fixture *f)
{
	struct err e = ERR_INIT;
	int fd;

	if (keeper_spawn(
		f->dir, bytes_str(FIXTURE_PASSPHRASE), &f->pid, &fd, &e) != 0)
		abort();
	f->keeper = keeper_new(fd);
	if (f->keeper == NULL)
		abort();
}

/* Let the keeper end by itself; its exit status. */
static inline int
fixture_stop(struct fixture *f)
{
	int status = -1;

	keeper_free(f->keeper);
	f->keeper = NULL;
	waitpid(f->pid, &status, 0);
	return status;
}

/* A new installation with its keeper running. */
static inline void
fixture_make(struct fixture *f)
{
	json_t *description = json_loads(fixture_description, 0, NULL);
	struct err e = ERR_INIT;
	size_t i;

	memset(f, 0, sizeof(*f));
	snprintf(f->dir, sizeof(f->dir), "/tmp/certsvc-test-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		abort();
	if (keys_setup(f->dir, bytes_str(FIXTURE_PASSPHRASE), description,
		fixture_picture, NULL, &e) != 0) {
		fprintf(stderr, "%s: %s\n", e.code, e.en);
		abort();
	}
	json_decref(description);
	for (i = 0; i < FIXTURE_DEPARTMENTS; i++)
		fixture_credential(
		    f->dir, fixture_departments[i], &f->creds[i]);
	fixture_start(f);
}

static inline void
fixture_unlink(const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
	rmdir(path);
}

static inline void
fixture_release(struct fixture *f)
{
	char name[64];
	size_t i;

	if (f->keeper != NULL)
		fixture_stop(f);
	for (i = 0; i < FIXTURE_DEPARTMENTS; i++) {
		snprintf(name, sizeof(name), "credentials/%s",
		    fixture_departments[i]);
		fixture_unlink(f->dir, name);
	}
	fixture_unlink(f->dir, "keys/vault");
	fixture_unlink(f->dir, "keys/authority");
	fixture_unlink(f->dir, "keys/journal");
	fixture_unlink(f->dir, "keys/seals");
	fixture_unlink(f->dir, "keys/root.crl");
	fixture_unlink(f->dir, "keys/root-sm2.crl");
	fixture_unlink(f->dir, "offline/roots");
	fixture_unlink(f->dir, "offline");
	fixture_unlink(f->dir, "keys");
	fixture_unlink(f->dir, "credentials");
	rmdir(f->dir);
}

/* Canonical face of a type by a department. */
static inline void
fixture_face(struct buf *out, const char *department, const char *type,
    const char *number)
{
	struct err e = ERR_INIT;
	struct face *face = face_new();

	if (face == NULL || face_add(face, "ZZMC", "测试证照", &e) != 0 ||
	    face_add(face, "ZZLXDM", type, &e) != 0 ||
	    face_add(face, "ZZBH", number, &e) != 0 ||
	    face_add(face, "ZZBFJGDM", department, &e) != 0 ||
	    face_add(face, "CZZT", "张㛃", &e) != 0 ||
	    face_add(face, "CZZTDM", "11010519491231002X", &e) != 0 ||
	    face_add(face, "KZ_FW", "食品销售", &e) != 0 ||
	    face_write(face, out, &e) != 0)
		abort();
	face_free(face);
}

/* Ask for a seal as a department (its credential) over a face. */
static inline int
fixture_seal_at(struct fixture *f, size_t as, struct bytes face,
    const char *seal, unsigned int place, struct buf *cms, struct err *e)
{
	struct keeper_seal_request req = {.seal = seal, .place = place};

	req.matter.cred = &f->creds[as];
	req.matter.address = "local";
	req.matter.face = face;
	memset(req.matter.intent, 7, sizeof(req.matter.intent));
	memset(req.document_digest, 9, sizeof(req.document_digest));
	return keeper_seal(f->keeper, &req, cms, e);
}

static inline int
fixture_seal(struct fixture *f, size_t as, struct bytes face, const char *seal,
    struct buf *cms, struct err *e)
{
	return fixture_seal_at(f, as, face, seal, 0, cms, e);
}

/* As fixture_seal for an OFD, at a seal place. */
static inline int
fixture_ses(struct fixture *f, size_t as, struct bytes face, const char *seal,
    unsigned int place, struct buf *ses, struct err *e)
{
	struct keeper_ses_request req = {
	    .seal = seal, .place = place, .property = FIXTURE_PROPERTY};

	req.matter.cred = &f->creds[as];
	req.matter.address = "local";
	req.matter.face = face;
	memset(req.matter.intent, 7, sizeof(req.matter.intent));
	memset(req.document_digest, 9, sizeof(req.document_digest));
	memset(req.package_digest, 8, sizeof(req.package_digest));
	return keeper_seal_ses(f->keeper, &req, ses, e);
}

/* Ask for a full code with two public fields, the second a citizen number. */
static inline int
fixture_code_alg(struct fixture *f, size_t as, struct bytes face,
    enum sign_alg alg, struct buf *cose, uint8_t digest[32], struct err *e)
{
	static const char *const names[] = {"KZ_FW", "CZZTDM"};
	static const uint8_t mask[] = {0, 1};
	struct keeper_code_request req = {.template_version = 1,
	    .list = 3,
	    .index = 77,
	    .issued = clock_now(),
	    .public_fields = names,
	    .mask = mask,
	    .npublic = 2,
	    .alg = alg,
	    .expires = f->expires,
	    .copy = f->copy};

	req.matter.cred = &f->creds[as];
	req.matter.address = "local";
	req.matter.face = face;
	memset(req.matter.intent, 7, sizeof(req.matter.intent));
	memset(req.cti, 5, sizeof(req.cti));
	return keeper_code(f->keeper, &req, cose, digest, e);
}

static inline int
fixture_code(struct fixture *f, size_t as, struct bytes face, struct buf *cose,
    uint8_t digest[32], struct err *e)
{
	return fixture_code_alg(f, as, face, SIGN_ES256, cose, digest, e);
}

#endif
