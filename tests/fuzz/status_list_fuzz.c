/* status_list_fuzz.c - claims of a status list. */
#include <stdlib.h>

#include "crypto/status_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cose cose = {
	    .typ = bytes_str(STATUS_LIST_TYP), .payload = {data, size}};
	struct status_list list;
	struct err e = ERR_INIT;

	if (status_list_read(&cose, &list, &e) == 0) {
		if (status_list_size(&list) > STATUS_LIST_ENTRIES_MAX ||
		    status_list_get(&list, status_list_size(&list)) != -1)
			abort();
		status_list_release(&list);
	}
	err_clear(&e);
	return 0;
}
