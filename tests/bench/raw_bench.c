/*
 * raw_bench.c - what the pieces of issuing one certificate cost when nothing
 * else is done: a P-256 and an SM2 signature, parsing and validating the XML,
 * encoding the printed code, SHA-256 of the PDF, the OFD and the XML, SM3 of
 * the OFD.  Prints CPU microseconds.
 *
 *   raw_bench certificate.xml certificate.xsd certificate.pdf code.txt \
 *       certificate.ofd
 */
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <openssl/evp.h>
#include <qrencode.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/base/buf.h"
#include "crypto/digest.h"
#include "crypto/signature.h"

enum {
	ROUNDS = 5,
	REPEAT = 200
};

struct input {
	struct buf xml, pdf, code, ofd;
	xmlSchemaPtr schema;
	EVP_PKEY *key, *sm2;
};

static int
read_file(const char *name, struct buf *out)
{
	FILE *f = fopen(name, "rb");
	uint8_t chunk[4096];
	size_t n;

	if (f == NULL)
		return -1;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	fclose(f);
	return buf_failed(out) ? -1 : 0;
}

static int
sign_once(struct input *in)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t sig[80];
	size_t n = sizeof(sig);
	int ok =
	    EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, in->key) == 1 &&
	    EVP_DigestSign(md, sig, &n, in->xml.p, 256) == 1;

	EVP_MD_CTX_free(md);
	return ok ? 0 : -1;
}

static int
sm2_once(struct input *in)
{
	uint8_t raw[SIGN_RAW_SIZE];
	struct err e = ERR_INIT;

	return signature_sign(
	    SIGN_SM2, in->sm2, (struct bytes){in->xml.p, 256}, raw, &e);
}

static int
xml_once(struct input *in)
{
	xmlDocPtr doc = xmlReadMemory((const char *)in->xml.p, (int)in->xml.n,
	    "x", NULL, XML_PARSE_NONET);
	xmlSchemaValidCtxtPtr ctx = xmlSchemaNewValidCtxt(in->schema);
	int rc = doc == NULL ? -1 : xmlSchemaValidateDoc(ctx, doc);

	xmlSchemaFreeValidCtxt(ctx);
	xmlFreeDoc(doc);
	return rc;
}

static int
code_once(struct input *in)
{
	QRcode *code = QRcode_encodeString(
	    buf_cstr(&in->code), 0, QR_ECLEVEL_M, QR_MODE_8, 1);

	if (code == NULL)
		return -1;
	QRcode_free(code);
	return 0;
}

static int
hash_once(struct input *in)
{
	uint8_t d[32];

	return EVP_Digest(in->pdf.p, in->pdf.n, d, NULL, EVP_sha256(), NULL) ==
			   1 &&
		       EVP_Digest(in->xml.p, in->xml.n, d, NULL, EVP_sha256(),
			   NULL) == 1 &&
		       digest_sha256(buf_bytes(&in->ofd), d) == 0 &&
		       digest_sm3(buf_bytes(&in->ofd), d) == 0
		   ? 0
		   : -1;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The median of a few rounds, as the service is measured by its mean, not its
 * best; microseconds a call, negative when it fails. */
static double
measure(int (*once)(struct input *), struct input *in)
{
	double us[ROUNDS];
	int r, i;

	for (r = 0; r < ROUNDS; r++) {
		us[r] = cpu_us();
		for (i = 0; i < REPEAT; i++)
			if (once(in) != 0)
				return -1;
		us[r] = (cpu_us() - us[r]) / REPEAT;
	}
	qsort(us, ROUNDS, sizeof(us[0]), by_value);
	return us[ROUNDS / 2];
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*once)(struct input *);
	} parts[] = {{"sign", sign_once}, {"sm2", sm2_once}, {"xml", xml_once},
	    {"code", code_once}, {"hash", hash_once}};
	struct input in = {.xml = BUF_INIT,
	    .pdf = BUF_INIT,
	    .code = BUF_INIT,
	    .ofd = BUF_INIT};
	double us;
	size_t i;

	if (argc != 6 || read_file(argv[1], &in.xml) != 0 ||
	    read_file(argv[3], &in.pdf) != 0 ||
	    read_file(argv[4], &in.code) != 0 ||
	    read_file(argv[5], &in.ofd) != 0)
		return 64;
	in.schema = xmlSchemaParse(xmlSchemaNewParserCtxt(argv[2]));
	in.key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	in.sm2 = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	if (in.schema == NULL || in.key == NULL || in.sm2 == NULL ||
	    in.xml.n < 256)
		return 1;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		us = measure(parts[i].once, &in);
		if (us < 0) {
			fprintf(stderr, "%s failed\n", parts[i].name);
			return 1;
		}
		printf("%s %.2f\n", parts[i].name, us);
	}
	xmlSchemaFree(in.schema);
	EVP_PKEY_free(in.key);
	EVP_PKEY_free(in.sm2);
	buf_release(&in.xml);
	buf_release(&in.pdf);
	buf_release(&in.code);
	buf_release(&in.ofd);
	return 0;
}
