/* pdf_stream.c - decoded streams of a PDF; see pdf_file.h. */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "crypto/pdf_file.h"

enum {
	CHUNK = 16384,
	COLUMNS_MAX = 65536
};

static int
too_large(struct err *e)
{
	return err_set(e, ERR_LIMIT, "too_large", "PDF 中的压缩数据展开后过大",
	    "compressed data in the PDF is too large when inflated");
}

/* Inflate all of in; the stream must end where in ends. */
static int
inflate_all(struct bytes in, size_t max, struct buf *out, struct err *e)
{
	uint8_t chunk[CHUNK];
	z_stream z = {.next_in = NULL};
	size_t got = 0;
	int rc = Z_OK;

	if (in.n > UINT_MAX || inflateInit(&z) != Z_OK)
		return err_nomem(e);
	z.next_in = (z_const Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	while (rc == Z_OK) {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		rc = inflate(&z, Z_NO_FLUSH);
		got += sizeof(chunk) - z.avail_out;
		if (got > max)
			break;
		buf_add(out, chunk, sizeof(chunk) - z.avail_out);
	}
	inflateEnd(&z);
	if (got > max)
		return too_large(e);
	if (rc != Z_STREAM_END)
		return pdf_malformed(e, 0, "FlateDecode");
	return buf_failed(out) ? err_nomem(e) : 0;
}

static int
paeth(int a, int b, int c)
{
	int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - c - c);

	if (pa <= pb && pa <= pc)
		return a;
	return pb <= pc ? b : c;
}

/* Undo one row of a PNG predictor (RFC 2083, 6), one byte a pixel. */
static int
row_undo(
    int kind, const uint8_t *in, const uint8_t *above, uint8_t *row, size_t n)
{
	size_t i;
	int a, b, c, guess;

	for (i = 0; i < n; i++) {
		a = i > 0 ? row[i - 1] : 0;
		b = above != NULL ? above[i] : 0;
		c = i > 0 && above != NULL ? above[i - 1] : 0;
		switch (kind) {
		case 0:
			guess = 0;
			break;
		case 1:
			guess = a;
			break;
		case 2:
			guess = b;
			break;
		case 3:
			guess = (a + b) / 2;
			break;
		case 4:
			guess = paeth(a, b, c);
			break;
		default:
			return -1;
		}
		row[i] = (uint8_t)(in[i] + guess);
	}
	return 0;
}

static int
predictor_undo(struct bytes in, size_t columns, struct buf *out, struct err *e)
{
	const uint8_t *above = NULL;
	size_t rows = in.n / (columns + 1), i;
	uint8_t *data;

	if (in.n % (columns + 1) != 0)
		return pdf_malformed(e, 0, "predictor");
	data = buf_extend(out, rows * columns);
	if (data == NULL)
		return rows == 0 ? 0 : err_nomem(e);
	for (i = 0; i < rows; i++) {
		if (row_undo(in.p[i * (columns + 1)],
			in.p + i * (columns + 1) + 1, above, data + i * columns,
			columns) != 0)
			return pdf_malformed(e, 0, "predictor");
		above = data + i * columns;
	}
	return 0;
}

/* Columns of the PNG predictor, 0 for none, or -1. */
static long
columns_of(const struct pdf_file *f, const struct pdf_value *dict)
{
	const struct pdf_value *parms = pdf_file_get(f, dict, "DecodeParms");
	const struct pdf_value *v;
	uint64_t predictor = 1, columns = 1;

	if (parms == NULL)
		return 0;
	if (parms->kind == PDF_NULL)
		return 0;
	if (parms->kind != PDF_DICT || pdf_get(parms, "Colors") != NULL ||
	    pdf_get(parms, "BitsPerComponent") != NULL)
		return -1;
	v = pdf_get(parms, "Predictor");
	if (v != NULL && !pdf_uint(v, 15, &predictor))
		return -1;
	v = pdf_get(parms, "Columns");
	if (v != NULL && !pdf_uint(v, COLUMNS_MAX, &columns))
		return -1;
	if (predictor == 1)
		return 0;
	return predictor >= 10 && columns > 0 ? (long)columns : -1;
}

/* The only filter: 1 FlateDecode, 0 none, -1 another. */
static int
is_flate(const struct pdf_file *f, const struct pdf_value *dict)
{
	struct pdf_value *filter = pdf_file_get(f, dict, "Filter");

	if (filter == NULL)
		return 0;
	if (filter->kind == PDF_ARRAY) {
		if (filter->nitems == 0)
			return 0;
		filter = filter->nitems == 1
			     ? pdf_file_resolve(f, filter->first)
			     : NULL;
	}
	return pdf_is_name(filter, "FlateDecode") ? 1 : -1;
}

int
pdf_file_stream(struct pdf_file *f, const struct pdf_object *obj, size_t max,
    struct buf *out, struct err *e)
{
	struct buf raw = BUF_INIT;
	size_t budget = PDF_INFLATED_MAX - f->inflated;
	long columns = columns_of(f, obj->value);
	int flate = is_flate(f, obj->value), rc;

	if (obj->stream.p == NULL || flate < 0 || columns < 0 ||
	    pdf_get(obj->value, "F") != NULL)
		return pdf_malformed(e, obj->at, "stream");
	if (flate == 0) {
		if (obj->stream.n > max)
			return too_large(e);
		buf_add(out, obj->stream.p, obj->stream.n);
		return buf_failed(out) ? err_nomem(e) : 0;
	}
	if (max < budget)
		budget = max;
	if (obj->stream.n < budget / PDF_RATIO_MAX)
		budget = obj->stream.n * PDF_RATIO_MAX + 1024;
	rc = inflate_all(obj->stream, budget, &raw, e);
	f->inflated += raw.n;
	if (rc == 0 && columns > 0)
		rc = predictor_undo(buf_bytes(&raw), (size_t)columns, out, e);
	else if (rc == 0)
		buf_add_buf(out, &raw);
	buf_release(&raw);
	if (rc == 0 && buf_failed(out))
		rc = err_nomem(e);
	return rc;
}
