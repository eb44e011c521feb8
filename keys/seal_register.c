/* seal_register.c - questions to the register; see seal_register.h. */
#include "keys/seal_register.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "keys/seal_register_parts.h"

struct seal_row *
seal_register_find(const struct seal_register *r, const char *id)
{
	long at = name_index_find(&r->by_id, id);

	return at < 0 ? NULL : &r->rows[at];
}

const struct seal_department *
seal_register_department(const struct seal_register *r, const char *code)
{
	long at = name_index_find(&r->by_department, code);

	return at < 0 ? NULL : &r->departments[at];
}

int
seal_row_allows(const struct seal_row *row, const char *type)
{
	size_t i;

	for (i = 0; i < row->ntypes; i++)
		if (strcmp(row->types[i], type) == 0)
			return 1;
	return 0;
}

const struct seal_x509 *
seal_row_x509(const struct seal_row *row, enum sign_alg alg)
{
	size_t i = row->nx509s;

	while (i-- > 0)
		if (row->x509s[i].alg == alg &&
		    row->x509s[i].generation == row->generation)
			return &row->x509s[i];
	return NULL;
}

int
seal_register_read(const struct seal_register *r, struct seal_place place,
    struct buf *out, struct err *e)
{
	uint8_t *p;
	size_t done = 0;
	ssize_t n;

	if (place.n == 0)
		return 0;
	p = buf_extend(out, place.n);
	if (p == NULL)
		return err_nomem(e);
	while (done < place.n) {
		n = pread(r->fd, p + done, place.n - done,
		    (off_t)(place.offset + (int64_t)done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, ERR_STORAGE, "seals_unreadable",
			    "读不了印章册 keys/seals",
			    "cannot read the seal register keys/seals");
		done += (size_t)n;
	}
	return 0;
}

void
seal_register_close(struct seal_register *r)
{
	size_t i;

	seal_keys_release(r);
	for (i = 0; i < r->nrows; i++) {
		free(r->rows[i].meta);
		free(r->rows[i].text);
		free(r->rows[i].types);
		free(r->rows[i].x509s);
	}
	for (i = 0; i < r->ndepartments; i++) {
		free(r->departments[i].rows);
		free(r->departments[i].types);
	}
	free(r->rows);
	free(r->departments);
	free(r->dead);
	name_index_release(&r->by_id);
	name_index_release(&r->by_department);
	buf_release(&r->batch);
	OPENSSL_cleanse(r, sizeof(*r));
	r->fd = -1;
}
