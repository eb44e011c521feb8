/* ofd_template.c - see ofd_template.h. */
#include "certsvc/format/ofd_template.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "certsvc/format/ofd_write.h"

void
ofd_template_free(struct ofd_template *t)
{
	if (t == NULL)
		return;
	zip_packed_release(&t->packed);
	free(t);
}

/* The page; returns the last id. */
static unsigned int
write_page(const struct drawing *drawing, unsigned int id, struct buf *out)
{
	size_t i;

	buf_printf(out,
	    OFD_HEAD "<ofd:Page " OFD_XMLNS "><ofd:Content>"
		     "<ofd:Layer ID=\"%u\" Type=\"Background\">\n",
	    ++id);
	for (i = 0; i < drawing->npaths; i++)
		ofd_path_write(out, &drawing->paths[i], 0, 0, &id);
	buf_add_str(out, "</ofd:Layer></ofd:Content></ofd:Page>\n");
	return id;
}

static struct ofd_template *
make(const struct drawing *drawing, unsigned int number)
{
	unsigned int first = number * OFD_TEMPLATE_IDS;
	struct ofd_template *t = calloc(1, sizeof(*t));
	struct buf page = BUF_INIT;
	struct err e = ERR_INIT;

	if (t != NULL &&
	    (write_page(drawing, first, &page) >= first + OFD_TEMPLATE_IDS ||
		buf_failed(&page) ||
		digest_sm3(buf_bytes(&page), t->sm3) != 0 ||
		zip_pack(buf_bytes(&page), &t->packed, &e) != 0)) {
		ofd_template_free(t);
		t = NULL;
	}
	err_clear(&e);
	buf_release(&page);
	return t;
}

/* Two threads may both make it; the second one's is thrown away. */
const struct ofd_template *
ofd_template_get(const struct drawing *drawing, unsigned int number)
{
	struct ofd_template *_Atomic *place, *made, *other = NULL;

	if (number >= DRAWING_TEMPLATES || drawing->templates == NULL)
		return NULL;
	place = &drawing->templates[number];
	made = atomic_load(place);
	if (made != NULL)
		return made;
	made = make(drawing, number);
	if (made == NULL || atomic_compare_exchange_strong(place, &other, made))
		return made;
	ofd_template_free(made);
	return other;
}
