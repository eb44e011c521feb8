/* Certificates, documents, lists and the ledger: what is put is what is got. */
#include "tests/unit/store_fixture.h"

#include <openssl/sha.h>
#include <pthread.h>

static void
a_certificate_comes_back_as_it_was_put(void **state)
{
	struct fixture *f = *state;
	struct store_certificate c;
	struct store_document d;
	struct store_intent i;
	struct issue x;
	char id[STORE_ID_SIZE], format[8];
	int existed;

	intent_make(&i, "A1");
	assert_int_equal(f->ops->intent_put(f->s, &i, &existed, &f->e), 0);
	assert_int_equal(existed, 0);
	assert_int_equal(i.number_sequence, 1);
	assert_int_equal(i.list, 1);
	issue_make(&x, &i, 40000);
	assert_int_equal(
	    f->ops->certificate_put(f->s, &x.c, &x.event, x.docs, 2, &f->e), 0);
	assert_int_equal(
	    f->ops->certificate_get(f->s, i.certificate, &c, &f->e), 0);
	assert_string_equal(c.holder, x.c.holder);
	assert_string_equal(c.number, "A1");
	assert_true(bytes_equal(buf_bytes(&c.face), buf_bytes(&x.c.face)));
	assert_true(bytes_equal(buf_bytes(&c.record), buf_bytes(&x.c.record)));
	assert_true(bytes_equal(buf_bytes(&c.qr), buf_bytes(&x.c.qr)));
	assert_int_equal(c.status, STATUS_VALID);
	assert_int_equal(c.status_since, 1700000000);
	assert_int_equal(c.leaf, 0);
	/* What put had filled is what a read gives. */
	assert_int_equal(x.c.status, c.status);
	assert_true(x.c.status_since == c.status_since);
	assert_string_equal(x.c.status_reason, c.status_reason);
	assert_int_equal(x.c.leaf, c.leaf);
	store_certificate_release(&c);
	assert_int_equal(
	    f->ops->certificate_by_number(f->s, TYPE, "A1", &c, &f->e), 0);
	assert_string_equal(c.id, i.certificate);
	store_certificate_release(&c);
	assert_int_equal(f->ops->document_get(f->s, i.certificate, "pdf",
			     "original", 0, &d, &f->e),
	    0);
	assert_true(
	    bytes_equal(buf_bytes(&d.bytes), buf_bytes(&x.docs[0].bytes)));
	assert_int_equal(d.version, 1);
	assert_memory_equal(d.digest, x.docs[0].digest, sizeof(d.digest));
	assert_int_equal(x.docs[0].size, x.docs[0].bytes.n);
	assert_int_equal(
	    f->ops->document_find(f->s, d.digest, id, format, &f->e), 0);
	assert_string_equal(id, i.certificate);
	assert_string_equal(format, "pdf");
	buf_release(&d.bytes);
	assert_int_equal(
	    f->ops->certificate_put(f->s, &x.c, &x.event, x.docs, 2, &f->e),
	    ERR_CONFLICT);
	assert_string_equal(f->e.code, "already_issued");
	issue_release(&x);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
what_is_not_there_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct store_certificate c;
	struct store_document d;
	struct store_intent i;
	struct buf b = BUF_INIT;
	uint8_t digest[32] = {1};
	char id[STORE_ID_SIZE], format[8];
	uint64_t last;

	assert_int_equal(
	    f->ops->certificate_get(f->s, "NOBODY", &c, &f->e), ERR_NOT_FOUND);
	assert_int_equal(
	    f->ops->document_get(f->s, "NOBODY", "pdf", "", 0, &d, &f->e),
	    ERR_NOT_FOUND);
	assert_int_equal(f->ops->document_find(f->s, digest, id, format, &f->e),
	    ERR_NOT_FOUND);
	assert_int_equal(
	    f->ops->intent_find(f->s, "d", "m", "s", &i, &f->e), ERR_NOT_FOUND);
	assert_int_equal(
	    f->ops->status_list(f->s, 1, &b, &last, &f->e), ERR_NOT_FOUND);
	assert_int_equal(
	    f->ops->ledger_leaf(f->s, 0, &b, &f->e), ERR_NOT_FOUND);
	assert_null(store_find("nothing"));
}

static void
the_same_key_gives_the_first_intent_again(void **state)
{
	struct fixture *f = *state;
	struct store_intent a, b;
	int existed;

	intent_make(&a, "K");
	assert_int_equal(f->ops->intent_put(f->s, &a, &existed, &f->e), 0);
	intent_make(&b, "K");
	memset(b.order_digest, 9, 32);
	assert_int_equal(f->ops->intent_put(f->s, &b, &existed, &f->e), 0);
	assert_int_equal(existed, 1);
	assert_memory_equal(a.id, b.id, 16);
	assert_memory_equal(a.order_digest, b.order_digest, 32);
	assert_int_equal(a.index, b.index);
	intent_make(&b, "L");
	assert_int_equal(f->ops->intent_put(f->s, &b, &existed, &f->e), 0);
	assert_int_equal(b.number_sequence, a.number_sequence + 1);
	assert_int_equal(f->ops->intent_get(f->s, b.id, &a, &f->e), 0);
	assert_string_equal(a.serial, "L");
}

static void
documents_are_listed_without_their_bytes(void **state)
{
	struct fixture *f = *state;
	struct store_document docs[4], whole;
	char id[STORE_ID_SIZE];
	size_t n, i;

	assert_int_equal(issue_put(f, "D", NULL, id, &f->e), 0);
	assert_int_equal(
	    f->ops->document_list(f->s, id, docs, 4, &n, &f->e), 0);
	assert_int_equal(n, 2);
	for (i = 0; i < n; i++) {
		assert_int_equal(f->ops->document_get(f->s, id, docs[i].format,
				     docs[i].variant, 1, &whole, &f->e),
		    0);
		assert_int_equal(docs[i].size, whole.bytes.n);
		assert_memory_equal(docs[i].digest, whole.digest, 32);
		assert_null(docs[i].bytes.p);
		buf_release(&whole.bytes);
	}
	assert_int_equal(
	    f->ops->document_list(f->s, id, docs, 1, &n, &f->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(
	    f->ops->document_list(f->s, "NOBODY", docs, 4, &n, &f->e),
	    ERR_NOT_FOUND);
}

static void
a_certificate_without_its_intent_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_intent i;
	struct issue x;
	int existed;

	intent_make(&i, "W");
	issue_make(&x, &i, 10);
	assert_int_equal(
	    f->ops->certificate_put(f->s, &x.c, &x.event, x.docs, 2, &f->e),
	    ERR_CONFLICT);
	assert_string_equal(f->e.code, "no_such_intent");
	assert_int_equal(f->ops->intent_put(f->s, &i, &existed, &f->e), 0);
	x.c.list = i.list;
	x.c.index = (i.index + 1) % STORE_LIST_ENTRIES;
	assert_int_equal(
	    f->ops->certificate_put(f->s, &x.c, &x.event, x.docs, 2, &f->e),
	    ERR_CONFLICT);
	assert_string_equal(f->e.code, "intent_mismatch");
	issue_release(&x);
}

static void
lists_page_from_the_newest_and_filter(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.limit = 4, .department = DEPARTMENT};
	struct store_event ev = {.status = STATUS_REVOKED, .at = 5};
	struct store_page page;
	char id[STORE_ID_SIZE], serial[16];
	size_t total = 0;
	int i;

	for (i = 0; i < 10; i++) {
		snprintf(serial, sizeof(serial), "S%d", i);
		assert_int_equal(issue_put(f, serial, NULL, id, &f->e), 0);
	}
	do {
		assert_int_equal(
		    f->ops->certificate_list(f->s, &q, &page, &f->e), 0);
		if (total == 0)
			assert_string_equal(page.v[0].number, "S9");
		total += page.n;
		q.before = page.next;
		store_page_release(&page);
	} while (q.before != 0);
	assert_int_equal(total, 10);
	memcpy(ev.certificate, id, sizeof(id));
	assert_int_equal(
	    f->ops->event_put(f->s, &ev, 1U << STATUS_VALID, &f->e), 0);
	q = (struct store_query){
	    .status = "revoked", .holder_code = "91990100MA9QH0018G"};
	assert_int_equal(f->ops->certificate_list(f->s, &q, &page, &f->e), 0);
	assert_int_equal(page.n, 1);
	assert_string_equal(page.v[0].id, id);
	store_page_release(&page);
	q = (struct store_query){.number = "S3", .type = "other"};
	assert_int_equal(f->ops->certificate_list(f->s, &q, &page, &f->e), 0);
	assert_int_equal(page.n, 0);
	store_page_release(&page);
}

/* RFC 6962 2.1, by its own recursive words. */
static void
mth(const uint8_t (*leaves)[32], size_t n, uint8_t out[32])
{
	uint8_t both[65] = {1};
	size_t k = 1;

	if (n == 1) {
		memcpy(out, leaves[0], 32);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	mth(leaves, k, both + 1);
	mth(leaves + k, n - k, both + 33);
	SHA256(both, sizeof(both), out);
}

static void
fold(const uint8_t *left, const uint8_t *right, uint8_t out[32])
{
	uint8_t both[65] = {1};

	memcpy(both + 1, left, 32);
	memcpy(both + 33, right, 32);
	SHA256(both, sizeof(both), out);
}

/* RFC 9162 2.1.3.2: verify an inclusion proof. */
static int
proof_holds(uint64_t index, uint64_t size, const uint8_t leaf[32],
    const struct buf *path, const uint8_t root[32])
{
	uint64_t fn = index, sn = size - 1;
	uint8_t r[32];
	size_t i;

	memcpy(r, leaf, 32);
	for (i = 0; i < path->n; i += 32) {
		if (sn == 0)
			return 0;
		if (fn & 1 || fn == sn) {
			fold(path->p + i, r, r);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else
			fold(r, path->p + i, r);
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && memcmp(r, root, 32) == 0;
}

static void
every_proof_of_the_ledger_holds(void **state)
{
	enum {
		N = 37
	};
	struct fixture *f = *state;
	uint8_t leaves[N][32], root[32], want[32];
	struct buf leaf = BUF_INIT, path = BUF_INIT;
	char id[STORE_ID_SIZE], serial[16];
	uint64_t size, i, n;

	for (i = 0; i < N; i++) {
		snprintf(serial, sizeof(serial), "S%d", (int)i);
		assert_int_equal(issue_put(f, serial, NULL, id, &f->e), 0);
		buf_reset(&leaf);
		buf_add_byte(&leaf, 0);
		assert_int_equal(f->ops->ledger_leaf(f->s, i, &leaf, &f->e), 0);
		assert_int_equal(leaf.n, 50);
		SHA256(leaf.p, leaf.n, leaves[i]);
		assert_int_equal(
		    f->ops->ledger_root(f->s, &size, root, &f->e), 0);
		mth(leaves, i + 1, want);
		assert_int_equal(size, i + 1);
		assert_memory_equal(root, want, 32);
	}
	for (n = 1; n <= N; n++)
		for (i = 0; i < n; i++) {
			buf_reset(&path);
			assert_int_equal(
			    f->ops->ledger_proof(f->s, i, n, &path, &f->e), 0);
			mth(leaves, n, want);
			assert_true(proof_holds(i, n, leaves[i], &path, want));
		}
	assert_int_equal(
	    f->ops->ledger_proof(f->s, 0, N + 1, &path, &f->e), ERR_NOT_FOUND);
	buf_release(&leaf);
	buf_release(&path);
}

struct worker {
	struct fixture *f;
	pthread_t thread;
	int number, failed;
};

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], serial[16];
	int i;

	for (i = 0; i < 8; i++) {
		snprintf(serial, sizeof(serial), "T%d-%d", w->number, i);
		w->failed += issue_put(w->f, serial, NULL, id, &e) != 0;
	}
	return NULL;
}

static void
sixty_four_callers_share_commits(void **state)
{
	struct fixture *f = *state;
	struct store_figures figures;
	struct worker workers[64];
	int i;

	for (i = 0; i < 64; i++) {
		workers[i] = (struct worker){.f = f, .number = i};
		pthread_create(
		    &workers[i].thread, NULL, worker_main, &workers[i]);
	}
	for (i = 0; i < 64; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].failed, 0);
	}
	assert_int_equal(f->ops->figures(f->s, &figures, &f->e), 0);
	assert_int_equal(figures.certificates, 512);
	assert_int_equal(figures.intents_open, 0);
	assert_int_equal(figures.documents, 1024);
	assert_int_equal(figures.ledger_size, 512);
	assert_int_equal(figures.committed_items, 1024);
	assert_true(figures.commits * 4 < figures.committed_items);
	assert_int_equal(figures.lists, 1);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_certificate_comes_back_as_it_was_put, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(what_is_not_there_is_not_found,
		fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		the_same_key_gives_the_first_intent_again, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		documents_are_listed_without_their_bytes, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		a_certificate_without_its_intent_is_refused, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		lists_page_from_the_newest_and_filter, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(every_proof_of_the_ledger_holds,
		fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(sixty_four_callers_share_commits,
		fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
