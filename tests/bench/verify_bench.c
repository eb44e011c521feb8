/*
 * verify_bench.c - what it costs to verify an OFD licence, against what nobody
 * can do without: one raw SM2 verification, and SM3 over the bytes that the
 * seal protects.  Everything that verify_bytes does is on our side: archive,
 * inflating, XML, seal, chain, the record with its own signature, status.
 *
 * Each round has a seal that was never seen before, put on two documents: the
 * first meets it new, the second knows it.  CPU time of one process, medians.
 */
#include <stdio.h>
#include <time.h>

#include "tests/support/ofd_maker.h"

enum {
	ROUNDS = 41,
	FONT_SIZE = 84000, /* bytes of a page's font, which deflate to 2/3 */
	PAGE_RUNS = 160	   /* text objects of a page */
};

static void
check(int failed, const char *what)
{
	if (failed) {
		fprintf(stderr, "verify_bench: %s\n", what);
		exit(1);
	}
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

/* As large and as hard to pack as the subset of a Chinese font. */
static void
fill_font(struct buf *out)
{
	uint32_t x = 12345;
	size_t i;

	buf_reset(out);
	for (i = 0; i < FONT_SIZE; i++) {
		x = x * 1664525u + 1013904223u;
		buf_add_byte(out, (uint8_t)(i % 3 ? x >> 24 : 0));
	}
}

static void
fill_page(struct buf *out, size_t serial)
{
	size_t i;

	buf_reset(out);
	buf_add_str(out, OFD_HEAD "<ofd:Page " OFD_XMLNS
				  "><ofd:Content><ofd:Layer ID=\"3\">");
	for (i = 0; i < PAGE_RUNS; i++)
		buf_printf(out,
		    "<ofd:TextObject ID=\"%zu\" Boundary=\"%zu 20.5 80 6\" "
		    "Font=\"2\" Size=\"4.2333\"><ofd:TextCode X=\"0\" "
		    "Y=\"3.7\" DeltaX=\"4.2333 4.2333 4.2333\">第%zu号"
		    "</ofd:TextCode></ofd:TextObject>",
		    i + 10, i, serial);
	buf_add_str(out, "</ofd:Layer></ofd:Content></ofd:Page>\n");
}

static void
make_document(const struct ofd_world *o, const struct ofd_stamp_kit *kit,
    size_t serial, struct buf *out)
{
	struct ofd_seal_plan plan = ofd_seal_plan(o, kit);
	struct ofd_draft d;

	ofd_draft_make(o, &d, 1);
	fill_font(&ofd_part_find(&d, "Doc_0/Res/font_2.ttf")->content);
	fill_page(&ofd_part_find(&d, "Doc_0/Pages/Page_0/Content.xml")->content,
	    serial);
	ofd_draft_seal(&d, &plan);
	ofd_write(&d, out);
	ofd_draft_release(&d);
}

/* Let the world's first seal have this x509 too. */
static void
trust_add(json_t *root, const struct ofd_stamp_kit *kit)
{
	json_t *issuer = json_array_get(json_object_get(root, "issuers"), 0);
	json_t *seal = json_array_get(json_object_get(issuer, "seals"), 0);
	struct buf hex = BUF_INIT;

	ofd_hex(&kit->x509, &hex);
	json_array_append_new(json_object_get(seal, "x509s"),
	    json_pack("{s:s,s:s}", "sha256", buf_cstr(&hex), "alg", "SM2"));
	buf_release(&hex);
}

static struct trust *
trust_for(const struct ofd_world *o, const struct ofd_stamp_kit *kits)
{
	json_t *root = json_loadb((const char *)o->json.p, o->json.n, 0, NULL);
	struct trust *trust;
	char *text;
	size_t i;

	for (i = 0; i < ROUNDS; i++)
		trust_add(root, &kits[i]);
	text = json_dumps(root, JSON_COMPACT);
	trust = ofd_trust(o, bytes_str(text), NULL, 0);
	free(text);
	json_decref(root);
	return trust;
}

static double
verify_us(const struct trust *trust, const struct buf *file)
{
	struct verify_options opt = {.trust = trust, .at = WORLD_NOW};
	struct verdict v;
	double start = cpu_us();

	verify_bytes(buf_bytes(file), &opt, &v);
	start = cpu_us() - start;
	check(v.kind != VERDICT_VALID, v.nreasons ? v.reasons[0] : "verdict");
	verdict_release(&v);
	return start;
}

/* One SM2 verification with OpenSSL alone, its key decoded beforehand. */
static double
raw_verify_us(EVP_PKEY *key, struct bytes message, struct bytes der)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	double start = cpu_us();
	int ok;

	ok = EVP_DigestVerifyInit(ctx, &pctx, EVP_sm3(), NULL, key) == 1 &&
	     EVP_PKEY_CTX_set1_id(pctx, "1234567812345678", 16) == 1 &&
	     EVP_DigestVerify(ctx, der.p, der.n, message.p, message.n) == 1;
	start = cpu_us() - start;
	EVP_MD_CTX_free(ctx);
	check(!ok, "raw verification");
	return start;
}

/* SM3 over all that the seal protects, inflated beforehand. */
static double
raw_hash_us(const struct buf *file)
{
	struct zip_file *zip;
	struct bytes content;
	struct err e = ERR_INIT;
	uint8_t digest[32];
	double us = 0, start;
	size_t i;

	check(zip_file_open(buf_bytes(file), &zip, &e) != 0, e.en);
	for (i = 0; i < zip->n; i++) {
		check(
		    zip_file_content(zip, &zip->entries[i], &content, &e) != 0,
		    e.en);
		start = cpu_us();
		digest_sm3(content, digest);
		us += cpu_us() - start;
	}
	zip_file_free(zip);
	return us;
}

int
main(void)
{
	static struct ofd_stamp_kit kits[ROUNDS];
	static double first[ROUNDS], again[ROUNDS], raw[ROUNDS], hash[ROUNDS];
	static const char message[400] = "toSign";
	struct ofd_world o;
	struct trust *trust;
	struct bytes text = {(const uint8_t *)message, sizeof(message)};
	uint8_t rs[SIGN_RAW_SIZE];
	struct buf der = BUF_INIT, one = BUF_INIT, two = BUF_INIT;
	struct err e = ERR_INIT;
	double known, alone;
	size_t i;

	ofd_world_make(&o);
	for (i = 0; i < ROUNDS; i++)
		ofd_make_kit(&o, "市场监督管理局", &kits[i]);
	trust = trust_for(&o, kits);
	check(sm2_sign(kits[0].key, text, rs, &e) != 0, e.en);
	signature_to_der(&der, rs);
	for (i = 0; i < ROUNDS; i++) {
		buf_reset(&one);
		buf_reset(&two);
		make_document(&o, &kits[i], 2 * i, &one);
		make_document(&o, &kits[i], 2 * i + 1, &two);
		first[i] = verify_us(trust, &one);
		again[i] = verify_us(trust, &two);
		raw[i] = raw_verify_us(kits[0].key, text, buf_bytes(&der));
		hash[i] = raw_hash_us(&two);
	}
	known = median(again, ROUNDS);
	alone = median(raw, ROUNDS) + median(hash, ROUNDS);
	printf("figure ofd_size %.1f KB\n", (double)two.n / 1024);
	printf("figure raw_sm2_verify_cpu %.1f us\n", median(raw, ROUNDS));
	printf("figure raw_sm3_cpu %.1f us\n", median(hash, ROUNDS));
	printf("figure ofd_verify_cpu %.1f us\n", known);
	printf("figure ofd_verify_ratio %.3f x <= 1.5\n", known / alone);
	printf(
	    "figure ofd_verify_new_seal_cpu %.1f us\n", median(first, ROUNDS));
	printf("figure ofd_verify_again_ratio %.3f x <= 0.5\n",
	    known / median(first, ROUNDS));
	trust_free(trust);
	for (i = 0; i < ROUNDS; i++)
		ofd_kit_release(&kits[i]);
	ofd_world_release(&o);
	buf_release(&der);
	buf_release(&one);
	buf_release(&two);
	return 0;
}
