/*
 * ofd_test.c - the laid-out samples as OFD: the package keeps its form, every
 * part is well-formed, ids are unique, and all is referred to.
 */
#include "tests/support/ofd_documents.h"

#include "certsvc/seal_object.h"

enum {
	IDS_MAX = 100000
};

static void
look_at_form(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	struct err e = ERR_INIT;
	struct opened o;
	size_t i;

	(void)pdf;
	open_ofd(w, type, steps, &o);
	if (ofd_licence_check(o.file, o.signatures, &e) != 0)
		fail_msg("%s: %s", name, e.en);
	assert_int_equal(o.file->npages, steps->npages);
	for (i = 0; i < o.file->nsignatures; i++) {
		assert_int_equal(
		    ofd_signature_digests(o.file, &o.signatures[i], &e), 0);
		assert_true(ofd_signature_covers(o.file, o.signatures, i));
	}
	close_ofd(&o);
}

static void
the_package_has_the_form_and_every_file_is_referred_to(void **state)
{
	each_variant(*state, look_at_form);
}

static void
look_at_what_is_signed(struct samples *w, size_t type,
    const struct step_list *steps, const char *pdf, const char *name)
{
	const struct format_to_sign *what;
	uint8_t digest[DIGEST_SIZE];
	struct opened o;
	size_t i;

	(void)pdf, (void)name;
	open_ofd(w, type, steps, &o);
	assert_int_equal(o.seals.n, o.file->nsignatures);
	for (i = 0; i < o.seals.n; i++) {
		what = &o.seals.what[i];
		assert_int_equal(what->seal, i);
		assert_int_equal(o.seals.property[i][0], '/');
		digest_sm3(part(&o, o.seals.property[i] + 1), digest);
		assert_memory_equal(digest, what->document_digest, 32);
		digest_sha256(
		    (struct bytes){o.bytes.p, o.signatures[i].value->at},
		    digest);
		assert_memory_equal(digest, what->package_digest, 32);
	}
	close_ofd(&o);
}

static void
each_seal_signs_its_file_and_the_package_before_it(void **state)
{
	each_variant(*state, look_at_what_is_signed);
}

/* ST_IDs of a part: each once, none above the highest. */
static void
gather_ids(xmlNodePtr node, uint8_t *seen, long highest)
{
	xmlChar *id;
	long v;

	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		id = xmlGetNoNsProp(node, BAD_CAST "ID");
		if (id != NULL) {
			v = strtol((const char *)id, NULL, 10);
			assert_in_range(v, 1, highest);
			assert_int_equal(seen[v]++, 0);
			xmlFree(id);
		}
		gather_ids(node->children, seen, highest);
	}
}

static long
max_unit_id(const struct opened *o)
{
	struct bytes xml = part(o, "Doc_0/Document.xml");
	const char *p = memmem(xml.p, xml.n, "<ofd:MaxUnitID>", 15);

	assert_non_null(p);
	return strtol(p + 15, NULL, 10);
}

static void
look_at_parts(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	uint8_t *seen = calloc(IDS_MAX, 1);
	const struct zip_entry *entry;
	struct opened o;
	struct bytes xml;
	char path[128];
	xmlDocPtr doc;
	size_t i;

	(void)pdf, (void)name;
	open_ofd(w, type, steps, &o);
	assert_non_null(seen);
	assert_in_range(max_unit_id(&o), 1, IDS_MAX - 1);
	for (i = 0; i < o.file->zip->n; i++) {
		entry = &o.file->zip->entries[i];
		if (!is_named(entry->name, ".xml"))
			continue;
		snprintf(path, sizeof(path), "%.*s", (int)entry->name.n,
		    (const char *)entry->name.p);
		xml = part(&o, path);
		doc = xmlReadMemory((const char *)xml.p, (int)xml.n, path, NULL,
		    XML_PARSE_NONET | XML_PARSE_HUGE);
		assert_non_null(doc);
		if (strstr(path, "/Signs/") == NULL &&
		    strstr(path, "/Attachs/") == NULL)
			gather_ids(doc->children, seen, max_unit_id(&o));
		xmlFreeDoc(doc);
	}
	free(seen);
	close_ofd(&o);
}

static void
every_part_is_well_formed_and_every_id_its_own(void **state)
{
	each_variant(*state, look_at_parts);
}

static void
look_at_stamps(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	const struct step_seal *seal;
	struct opened o;
	size_t i, k, n, whole, slices;

	(void)pdf, (void)name;
	open_ofd(w, type, steps, &o);
	for (n = 0; n < o.file->nsignatures; n++) {
		slices = 0;
		for (i = 0; i < steps->npages; i++)
			for (k = 0; k < steps->pages[i].nsteps; k++) {
				seal = &steps->pages[i].steps[k].u.seal;
				slices += steps->pages[i].steps[k].kind ==
					      STEP_SEAL &&
					  seal->place == n && seal->slices > 0;
			}
		for (whole = 0, i = 0; i < o.signatures[n].nstamps; i++)
			whole += !o.signatures[n].stamps[i].has_clip;
		assert_int_equal(whole, 1);
		assert_int_equal(o.signatures[n].nstamps, 1 + slices);
	}
	close_ofd(&o);
}

static void
every_seal_has_one_stamp_and_its_slices(void **state)
{
	each_variant(*state, look_at_stamps);
}

static void
the_same_certificate_makes_the_same_bytes(void **state)
{
	struct signed_seals seals = {.n = 0};
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct step_list steps;
	struct err e = ERR_INIT;

	lay_out(*state, "青禾", &steps);
	assert_int_equal(write_ofd(*state, 2, &steps, &seals, &a, &e), 0);
	assert_int_equal(write_ofd(*state, 2, &steps, &seals, &b, &e), 0);
	assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
	step_list_release(&steps);
	buf_release(&a);
	buf_release(&b);
}

static void
what_the_signer_says_is_passed_on(void **state)
{
	struct signed_seals seals = {.refuse = 1};
	struct step_list steps;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	lay_out(*state, "青禾", &steps);
	assert_int_equal(
	    write_ofd(*state, 2, &steps, &seals, &out, &e), ERR_DENIED);
	assert_string_equal(e.code, "no_seal");
	err_clear(&e);
	steps.pages[0].nsteps--; /* the place of the seal */
	assert_int_equal(
	    write_ofd(*state, 2, &steps, &seals, &out, &e), ERR_INTERNAL);
	err_clear(&e);
	step_list_release(&steps);
	buf_release(&out);
}

static void
the_metadata_are_the_face_without_the_holders_number(void **state)
{
	struct samples *w = *state;
	struct step_list steps;
	struct buf wanted = BUF_INIT;
	struct opened o;
	struct bytes xml;

	lay_out(w, "青禾", &steps);
	open_ofd(w, 2, &steps, &o);
	xml = part(&o, "OFD.xml");
	buf_printf(&wanted, "<ofd:CustomData Name=\"ZZBH\">%s<", numbers[2]);
	assert_non_null(memmem(xml.p, xml.n, wanted.p, wanted.n));
	assert_non_null(memmem(xml.p, xml.n, "\"CZZT\"", 6));
	assert_null(memmem(xml.p, xml.n, "CZZTDM", 6));
	assert_null(memmem(xml.p, xml.n, "KZ_", 3));
	buf_release(&wanted);
	close_ofd(&o);
	step_list_release(&steps);
}

/* The seals' own pictures. */
static void
a_seal_is_a_small_ofd_of_paths(void **state)
{
	struct samples *w = *state;
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct err e = ERR_INIT;
	struct ofd_file *file;
	struct bytes page;
	size_t i;

	for (i = 0; i < FOLDERS; i++) {
		buf_reset(&a);
		buf_reset(&b);
		assert_int_equal(seal_picture_ofd(&w->seals[i], &a, &e), 0);
		assert_int_equal(seal_picture_ofd(&w->seals[i], &b, &e), 0);
		assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
		assert_in_range(a.n, 1000, 6144);
		assert_int_equal(ofd_file_open(buf_bytes(&a), &file, &e), 0);
		assert_int_equal(zip_file_canonical(file->zip, &e), 0);
		assert_int_equal(file->npages, 1);
		assert_int_equal(zip_file_content(file->zip,
				     file->pages[0].entry, &page, &e),
		    0);
		assert_non_null(memmem(page.p, page.n, "<ofd:PathObject", 15));
		assert_null(memmem(page.p, page.n, "<ofd:TextObject", 15));
		ofd_file_free(file);
	}
	buf_release(&a);
	buf_release(&b);
}

/* What differs with every key and every change of the drawing. */
static void
mask(struct buf *out, struct bytes xml)
{
	static const char open[] = "<ofd:CheckValue>";
	const uint8_t *p = xml.p, *end = xml.p + xml.n, *at;

	while (
	    (at = memmem(p, (size_t)(end - p), open, strlen(open))) != NULL) {
		at += strlen(open);
		buf_add(out, p, (size_t)(at - p));
		buf_add_str(out, "...");
		p = memchr(at, '<', (size_t)(end - at));
	}
	buf_add(out, p, (size_t)(end - p));
}

/* Names and methods of all entries, and the files that hold them together. */
static void
describe(const struct opened *o, struct buf *out)
{
	static const char *const shown[] = {"OFD.xml", "Doc_0/Document.xml",
	    "Doc_0/PublicRes.xml", "Doc_0/Attachs/Attachments.xml",
	    "Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Sign_0/Signature.xml"};
	const struct zip_entry *entry;
	size_t i;

	for (i = 0; i < o->file->zip->n; i++) {
		entry = &o->file->zip->entries[i];
		buf_add(out, entry->name.p, entry->name.n);
		buf_add_str(out, entry->method == 0 ? " stored\n" : "\n");
	}
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		buf_printf(out, "\n== %s\n", shown[i]);
		mask(out, part(o, shown[i]));
	}
}

static void
its_structure_is_as_it_was(void **state)
{
	static const char golden[] = "tests/golden/dog-registration.ofd.txt";
	struct samples *w = *state;
	struct buf got = BUF_INIT, wanted = BUF_INIT;
	struct step_list steps;
	struct opened o;
	char path[128];

	render(w, 2, 0, &steps, path);
	unlink(path);
	open_ofd(w, 2, &steps, &o);
	describe(&o, &got);
	if (getenv("UPDATE") != NULL)
		write_file(golden, buf_bytes(&got));
	read_file(golden, &wanted);
	if (!bytes_equal(buf_bytes(&got), buf_bytes(&wanted)))
		fail_msg("%s changed; it is now:\n%s", golden, buf_cstr(&got));
	buf_release(&got);
	buf_release(&wanted);
	close_ofd(&o);
	step_list_release(&steps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_package_has_the_form_and_every_file_is_referred_to),
	    cmocka_unit_test(
		each_seal_signs_its_file_and_the_package_before_it),
	    cmocka_unit_test(every_part_is_well_formed_and_every_id_its_own),
	    cmocka_unit_test(every_seal_has_one_stamp_and_its_slices),
	    cmocka_unit_test(the_same_certificate_makes_the_same_bytes),
	    cmocka_unit_test(what_the_signer_says_is_passed_on),
	    cmocka_unit_test(
		the_metadata_are_the_face_without_the_holders_number),
	    cmocka_unit_test(its_structure_is_as_it_was),
	    cmocka_unit_test(a_seal_is_a_small_ofd_of_paths),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
