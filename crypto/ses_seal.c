/* ses_seal.c - see ses_seal.h: building (GB/T 38540-2020, 6.1 and 6.2). */
#include "crypto/ses_seal.h"

#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/der.h"
#include "crypto/ses_parts.h"

enum {
	TIME_MIN = -631152000, /* 1950-01-01 */
	TYPE_MAX = 255
};

static int
bad_seal(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_seal",
	    "印章参数不正确：编号、名称、有效期、图片或签章人超出标准或限制。",
	    "The seal cannot be made: its id, name, validity, picture or "
	    "signers are outside the standard or the limits.");
}

static int
is_ascii(const char *s)
{
	return s[0] != '\0' && strlen(s) <= SES_TEXT_MAX &&
	       ses_is_ascii(bytes_str(s));
}

static int
is_complete(const struct ses_seal_request *req)
{
	return is_ascii(req->id) && is_ascii(req->vendor) &&
	       is_ascii(req->picture_type) && req->name[0] != '\0' &&
	       strlen(req->name) <= SES_TEXT_MAX &&
	       ses_is_text(bytes_str(req->name)) && req->type <= TYPE_MAX &&
	       req->nsigners > 0 && req->nsigners <= SES_SIGNERS_MAX &&
	       req->created >= TIME_MIN && req->from >= TIME_MIN &&
	       req->from < req->until && req->picture.n > 0 &&
	       req->picture.n <= SES_PICTURE_MAX && req->width > 0 &&
	       req->width <= SES_SIZE_MAX && req->height > 0 &&
	       req->height <= SES_SIZE_MAX && req->maker.n > 0;
}

static void
put_header(struct buf *out, const struct ses_seal_request *req)
{
	size_t mark = der_begin(out, DER_SEQUENCE);

	der_put(out, DER_IA5_STRING, bytes_str("ES"));
	ses_put_number(out, SES_V4);
	der_put(out, DER_IA5_STRING, bytes_str(req->vendor));
	der_end(out, mark);
}

static void
put_property(struct buf *out, const struct ses_seal_request *req)
{
	size_t list, i, mark = der_begin(out, DER_SEQUENCE);

	ses_put_number(out, req->type);
	der_put(out, DER_UTF8_STRING, bytes_str(req->name));
	ses_put_number(out, SES_LIST_X509S);
	list = der_begin(out, DER_SEQUENCE);
	for (i = 0; i < req->nsigners; i++)
		der_put(out, DER_OCTET_STRING, req->signers[i]);
	der_end(out, list);
	der_put_generalized_time(out, req->created);
	der_put_generalized_time(out, req->from);
	der_put_generalized_time(out, req->until);
	der_end(out, mark);
}

static void
put_picture(struct buf *out, const struct ses_seal_request *req)
{
	size_t mark = der_begin(out, DER_SEQUENCE);

	der_put(out, DER_IA5_STRING, bytes_str(req->picture_type));
	der_put(out, DER_OCTET_STRING, req->picture);
	ses_put_number(out, req->width);
	ses_put_number(out, req->height);
	der_end(out, mark);
}

/* eSealInfo: what the maker signs. */
static void
put_info(struct buf *out, const struct ses_seal_request *req)
{
	size_t mark = der_begin(out, DER_SEQUENCE);

	put_header(out, req);
	der_put(out, DER_IA5_STRING, bytes_str(req->id));
	put_property(out, req);
	put_picture(out, req);
	der_end(out, mark);
}

int
ses_seal_build(
    const struct ses_seal_request *req, struct buf *out, struct err *e)
{
	const struct algorithm *a = algorithm_find(req->alg);
	struct buf info = BUF_INIT;
	uint8_t raw[SIGN_RAW_SIZE];
	size_t mark;
	int r;

	if (a == NULL || !is_complete(req))
		return bad_seal(e);
	put_info(&info, req);
	r = buf_failed(&info)
		? err_nomem(e)
		: req->sign(req->sign_ctx, buf_bytes(&info), raw, e);
	if (r == 0) {
		mark = der_begin(out, DER_SEQUENCE);
		buf_add_buf(out, &info);
		der_put(out, DER_OCTET_STRING, req->maker);
		ses_put_signature(out, a, raw);
		der_end(out, mark);
		r = buf_failed(out) ? err_nomem(e) : 0;
	}
	buf_release(&info);
	return r;
}
