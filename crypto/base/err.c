/* err.c - see err.h. */
#include "crypto/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
err_set(struct err *e, enum err_class class, const char *code, const char *zh,
    const char *en, ...)
{
	va_list ap;

	e->class = class;
	e->retryable = class == ERR_BUSY || class == ERR_STORAGE;
	snprintf(e->code, sizeof(e->code), "%s", code);
	va_start(ap, en);
	vsnprintf(e->zh, sizeof(e->zh), zh, ap);
	va_end(ap);
	va_start(ap, en);
	vsnprintf(e->en, sizeof(e->en), en, ap);
	va_end(ap);
	return class;
}

/* Stands for all items where there was no room for the first, so that nobody
 * takes none for nothing wrong.  Never changed. */
static struct err_item no_room = {
    .code = "out_of_memory",
    .zh = "内存不足，请稍后重试",
    .en = "out of memory, try again later",
};

void
err_add(struct err *e, const char *code, const char *pointer, const char *zh,
    const char *en, ...)
{
	struct err_item *grown, *item;
	va_list ap;

	if (e->nitems >= ERR_ITEMS_MAX || e->items == &no_room)
		return;
	grown = realloc(e->items, (e->nitems + 1) * sizeof(*grown));
	if (grown == NULL) {
		if (e->nitems == 0) {
			e->items = &no_room;
			e->nitems = 1;
		}
		return;
	}
	e->items = grown;
	item = &grown[e->nitems++];
	snprintf(item->code, sizeof(item->code), "%s", code);
	snprintf(item->pointer, sizeof(item->pointer), "%s", pointer);
	va_start(ap, en);
	vsnprintf(item->zh, sizeof(item->zh), zh, ap);
	va_end(ap);
	va_start(ap, en);
	vsnprintf(item->en, sizeof(item->en), en, ap);
	va_end(ap);
}

int
err_nomem(struct err *e)
{
	err_set(e, ERR_INTERNAL, "out_of_memory", "内存不足，请稍后重试",
	    "out of memory, try again later");
	e->retryable = 1;
	return ERR_INTERNAL;
}

int
err_internal(struct err *e, const char *what)
{
	return err_set(e, ERR_INTERNAL, "internal", "内部错误：%s",
	    "internal error: %s", what);
}

void
err_clear(struct err *e)
{
	if (e->items != &no_room)
		free(e->items);
	memset(e, 0, sizeof(*e));
}
