/*
 * ofd_bench.c - an OFD with its seal, made from laid-out steps, against one raw
 * SM2 signature and the PDF of the same steps without its signature.  CPU time
 * of one process, interleaved, medians; each sample with one seal, and the
 * worst of them counts.
 */
#include <time.h>

#include "tests/support/documents.h"
#include "tests/support/ofd_maker.h"

#include "certsvc/format/xml.h"
#include "certsvc/seal_object.h"

enum {
	ROUNDS = 61
};

/* Everything of one document. */
struct material {
	struct step_list steps;
	struct pdf_info info;
	struct buf face, xml, object;
	struct format_seal seal;
};

struct times {
	double ofd[ROUNDS], pdf[ROUNDS], sign[ROUNDS];
};

static struct ofd_world office; /* keys, x509s */

static void
check(int failed, const struct err *e)
{
	if (failed) {
		fprintf(stderr, "ofd_bench: %s\n", e->en);
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
median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), by_value);
	return v[ROUNDS / 2];
}

/* As the keeper does it: digests of the face, structure, signature. */
static int
sign(void *ctx, const struct format_to_sign *what, struct buf *out,
    struct err *e)
{
	const struct material *m = ctx;
	uint8_t sha256[DIGEST_SIZE], sm3[DIGEST_SIZE];
	struct ses_signature_request req = {.seal = m->seal.object,
	    .time = WORLD_NOW,
	    .document_digest = what->document_digest,
	    .property = what->property,
	    .face_digest = sha256,
	    .face_sm3 = sm3,
	    .package_digest = what->package_digest,
	    .x509 = buf_bytes(&office.seal.x509),
	    .alg = SIGN_SM2,
	    .sign = sm2_sign,
	    .sign_ctx = office.seal.key};

	if (digest_sha256(buf_bytes(&m->face), sha256) != 0 ||
	    digest_sm3(buf_bytes(&m->face), sm3) != 0)
		return err_nomem(e);
	return ses_signature_build(&req, out, e);
}

static void
make_object(const struct seal_picture *picture, struct buf *out)
{
	struct bytes signer = buf_bytes(&office.seal.x509);
	struct buf ofd = BUF_INIT;
	struct err e = ERR_INIT;
	struct ses_seal_request req = {.id = "11990100000000001",
	    .vendor = "certsvc",
	    .name = "专用章",
	    .type = 1,
	    .signers = &signer,
	    .nsigners = 1,
	    .created = WORLD_NOW - WORLD_DAY,
	    .from = WORLD_NOW - WORLD_DAY,
	    .until = WORLD_NOW + WORLD_DAY,
	    .picture_type = "ofd",
	    .width = 42,
	    .height = 42,
	    .maker = buf_bytes(&office.maker),
	    .alg = SIGN_SM2,
	    .sign = sm2_sign,
	    .sign_ctx = office.maker_key};

	check(seal_picture_ofd(picture, &ofd, &e) != 0, &e);
	req.picture = buf_bytes(&ofd);
	check(ses_seal_build(&req, out, &e) != 0, &e);
	buf_release(&ofd);
}

static void
prepare(struct samples *w, size_t type, struct material *m)
{
	const struct template *t = w->types[type];
	struct err e = ERR_INIT;

	memset(m, 0, sizeof(*m));
	check(layout_make(w->fonts, t, t->variants[0].id, w->faces[type],
		  &w->qr, &m->steps, &e) != 0,
	    &e);
	check(face_write(w->faces[type], &m->face, &e) != 0, &e);
	check(xml_document_write(buf_bytes(&m->face),
		  "https://v.example.test/#0123456789", &m->xml, &e) != 0,
	    &e);
	make_object(&w->seals[type], &m->object);
	m->seal = (struct format_seal){.picture = &w->seals[type],
	    .object = buf_bytes(&m->object),
	    .name = departments[type],
	    .id = "seal"};
	m->info = (struct pdf_info){.title = t->zh,
	    .author = departments[type],
	    .language = "zh-CN",
	    .identifier = "bench",
	    .created = WORLD_NOW,
	    .attachment = buf_bytes(&m->xml)};
}

static void
release(struct material *m)
{
	step_list_release(&m->steps);
	buf_release(&m->face);
	buf_release(&m->xml);
	buf_release(&m->object);
}

static void
one_round(struct material *m, struct times *times, size_t i)
{
	struct format_request req = {.steps = &m->steps,
	    .info = &m->info,
	    .face = buf_bytes(&m->face),
	    .qr_text = "x",
	    .seals = &m->seal,
	    .nseals = 1,
	    .sign = sign,
	    .sign_ctx = m};
	struct buf ofd = BUF_INIT, pdf = BUF_INIT;
	uint8_t raw[SIGN_RAW_SIZE];
	struct err e = ERR_INIT;
	double a = cpu_us(), b, c;

	check(format_find("ofd")->write(&req, &ofd, &e) != 0, &e);
	b = cpu_us();
	check(pdf_render(&m->steps, &m->seal, 1, &m->info, &pdf, &e) != 0, &e);
	c = cpu_us();
	check(sm2_sign(office.seal.key, buf_bytes(&m->face), raw, &e) != 0, &e);
	times->sign[i] = cpu_us() - c;
	times->ofd[i] = b - a;
	times->pdf[i] = c - b;
	buf_release(&ofd);
	buf_release(&pdf);
}

int
main(void)
{
	static struct times times;
	struct samples *w;
	struct material m;
	double ofd, pdf, raw, worst = 0;
	size_t type, i, page;
	void *state;

	setup(&state);
	w = state;
	ofd_world_make(&office);
	for (type = 0; type < FOLDERS; type++) {
		prepare(w, type, &m);
		if (step_list_seal(&m.steps, 1, &page) == NULL) {
			for (i = 0; i < ROUNDS; i++)
				one_round(&m, &times, i);
			ofd = median(times.ofd);
			pdf = median(times.pdf);
			raw = median(times.sign);
			printf("%s: ofd %.0f us, pdf %.0f us, sm2 %.0f us\n",
			    folders[type], ofd, pdf, raw);
			worst = ofd / (pdf + raw) > worst ? ofd / (pdf + raw)
							  : worst;
		}
		release(&m);
	}
	printf("figure ofd_cpu_ratio %.3f x <= 1.5\n", worst);
	ofd_world_release(&office);
	return teardown(&state);
}
