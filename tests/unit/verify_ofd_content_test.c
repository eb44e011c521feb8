/* verify_ofd_content_test.c - OFD licences whose seals are good, over what no
 * licence of ours holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/der.h"
#include "tests/support/ofd_expect.h"

static struct ofd_world world;

static int
setup(void **state)
{
	(void)state;
	ofd_world_make(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ofd_world_release(&world);
	return 0;
}

static struct ofd_seal_plan
honest(void)
{
	return ofd_seal_plan(&world, &world.seal);
}

/* An honest draft with a part's content replaced before it is sealed. */
static void
expect_sealed(const char *part, const char *text, enum verdict_kind kind,
    const char *code)
{
	struct ofd_seal_plan plan = honest();
	struct buf file = BUF_INIT;
	struct ofd_draft d;

	ofd_draft_make(&world, &d, 1);
	buf_reset(&ofd_part_find(&d, part)->content);
	buf_add_str(&ofd_part_find(&d, part)->content, text);
	ofd_draft_seal(&d, &plan);
	ofd_write(&d, &file);
	ofd_expect(buf_bytes(&file), world.trust, kind, code);
	buf_release(&file);
	ofd_draft_release(&d);
}

#define OFD_XML(infos, body)                                                   \
	OFD_HEAD "<ofd:OFD " OFD_XMLNS                                         \
		 " Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo>" \
		 "<ofd:DocID>0</ofd:DocID>" infos "</ofd:DocInfo>" body        \
		 "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>" \
		 "</ofd:DocBody></ofd:OFD>"
#define DOC_ROOT "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"

static void
even_what_is_sealed_must_be_a_licence(void **state)
{
	(void)state;
	expect_sealed("OFD.xml", OFD_XML("", DOC_ROOT "<ofd:Versions/>"),
	    VERDICT_INVALID, "profile");
	expect_sealed("OFD.xml",
	    OFD_XML("<ofd:CustomDatas><ofd:CustomData Name=\"ZZBH\">QH-1"
		    "</ofd:CustomData></ofd:CustomDatas>",
		DOC_ROOT),
	    VERDICT_INVALID, "contents_differ");
	expect_sealed("OFD.xml",
	    OFD_XML("<ofd:CustomDatas><ofd:CustomData Name=\"X\">x"
		    "</ofd:CustomData></ofd:CustomDatas>",
		DOC_ROOT),
	    VERDICT_INVALID, "contents_differ");
	expect_sealed("OFD.xml",
	    OFD_XML("", "<ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot>"),
	    VERDICT_UNREADABLE, "ofd_missing_part");
	expect_sealed("OFD.xml",
	    OFD_XML("", "<ofd:DocRoot>../Document.xml</ofd:DocRoot>"),
	    VERDICT_UNREADABLE, "ofd_malformed");
	expect_sealed(
	    "OFD.xml", OFD_XML("", ""), VERDICT_UNREADABLE, "ofd_malformed");
	expect_sealed("OFD.xml", OFD_XML("", DOC_ROOT DOC_ROOT),
	    VERDICT_UNREADABLE, "ofd_malformed");
	expect_sealed("Doc_0/Pages/Page_0/Content.xml",
	    "<ofd:Page " OFD_XMLNS "><ofd:Actions/></ofd:Page>",
	    VERDICT_INVALID, "profile");
	expect_sealed(
	    "Doc_0/Document.xml", "<x/>", VERDICT_UNREADABLE, "ofd_malformed");
	expect_sealed("Doc_0/Attachs/certificate.xml", "<x/>",
	    VERDICT_UNREADABLE, "malformed");
}

/* Another certificate's record under our seal, and the other way round. */
static void
a_seal_must_speak_of_the_attached_record(void **state)
{
	struct world_plan other = WORLD_PLAN;
	struct ofd_seal_plan plan = honest();
	struct buf file = BUF_INIT;
	struct ofd_draft d;
	struct world twin = {.root_key = NULL};
	struct ofd_part *part;

	(void)state;
	/* The same keys, another holder. */
	other.holder = "另一家公司";
	twin.code_key = world.w.code_key;
	buf_add_buf(&twin.code, &world.w.code);
	world_face(&twin, &other);
	world_code(&twin, &other);
	ofd_draft_make(&world, &d, 1);
	part = ofd_part_find(&d, "Doc_0/Attachs/certificate.xml");
	buf_reset(&part->content);
	buf_add_buf(&part->content, &twin.xml);
	ofd_draft_seal(&d, &plan);
	ofd_write(&d, &file);
	ofd_expect(
	    buf_bytes(&file), world.trust, VERDICT_INVALID, "contents_differ");
	ofd_draft_release(&d);
	buf_release(&file);
	twin.code_key = NULL;
	world_release(&twin);
}

/* The signed value of the world's licence, changed by hand. */
static void
value_leads_to(struct bytes value, enum verdict_kind kind, const char *code)
{
	struct ofd_seal_plan plan = honest();
	struct buf file = BUF_INIT;
	struct ofd_draft d;
	struct ofd_part *part;

	ofd_draft_make(&world, &d, 1);
	ofd_draft_seal(&d, &plan);
	part = ofd_part_find(&d, "Doc_0/Signs/Sign_0/SignedValue.dat");
	buf_reset(&part->content);
	buf_add(&part->content, value.p, value.n);
	ofd_write(&d, &file);
	ofd_expect(buf_bytes(&file), world.trust, kind, code);
	buf_release(&file);
	ofd_draft_release(&d);
}

static void
a_signed_value_must_be_one(void **state)
{
	struct ofd_seal_plan plan = honest();
	struct buf value = BUF_INIT, stamped = BUF_INIT;
	static const uint8_t token[] = {0x03, 0x03, 0x00, 0x30, 0x00};
	struct ofd_draft d;
	struct der der;
	struct bytes content;
	uint8_t *p;
	size_t mark;

	(void)state;
	value_leads_to(bytes_str(""), VERDICT_INVALID, "ses_malformed");
	value_leads_to(bytes_str("0"), VERDICT_INVALID, "ses_malformed");
	ofd_draft_make(&world, &d, 1);
	ofd_draft_seal(&d, &plan);
	buf_add_buf(&value,
	    &ofd_part_find(&d, "Doc_0/Signs/Sign_0/SignedValue.dat")->content);
	/* A timestamp that is none. */
	der_init(&der, buf_bytes(&value));
	assert_int_equal(der_get(&der, DER_SEQUENCE, &content), 0);
	mark = der_begin(&stamped, DER_SEQUENCE);
	buf_add(&stamped, content.p, content.n);
	der_put(&stamped, DER_CONTEXT_CONSTRUCTED,
	    (struct bytes){token, sizeof(token)});
	der_end(&stamped, mark);
	value_leads_to(
	    buf_bytes(&stamped), VERDICT_INVALID, "timestamp_invalid");
	/* The seal inside is no longer one: "ES" as another type of string. */
	p = memmem(value.p, value.n,
	    "\x16\x02"
	    "ES",
	    4);
	assert_non_null(p);
	*p = 0x0c;
	value_leads_to(buf_bytes(&value), VERDICT_INVALID, "seal_malformed");
	*p = 0x16;
	/* Its picture. */
	p = memmem(value.p, value.n, "mini OFD", 8);
	*p ^= 1;
	value_leads_to(
	    buf_bytes(&value), VERDICT_INVALID, "seal_bad_signature");
	buf_release(&value);
	buf_release(&stamped);
	ofd_draft_release(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(even_what_is_sealed_must_be_a_licence),
	    cmocka_unit_test(a_seal_must_speak_of_the_attached_record),
	    cmocka_unit_test(a_signed_value_must_be_one),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
