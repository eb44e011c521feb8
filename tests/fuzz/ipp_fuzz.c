/* What a printer answers: the parser, and all that looks at its attributes. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/print/ipp.h"
#include "certsvc/print/ipp_call.h"
#include "certsvc/print/ipp_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_view(struct bytes in, struct bytes v)
{
	if (v.n > 0 && (v.p < in.p || v.p + v.n > in.p + in.n))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct printer_job job;
	struct ipp_message m;
	struct err e = ERR_INIT;
	json_t *json;
	char words[64];
	size_t i;
	int uncertain;

	if (ipp_parse(in, &m, &e) == 0) {
		for (i = 0; i < m.n; i++) {
			check_view(in, m.values[i].name);
			check_view(in, m.values[i].value);
			ipp_read_keywords(
			    &m, &m.values[i], words, sizeof(words));
			if (strlen(words) >= sizeof(words))
				abort();
		}
		for (i = 0; i < m.groups; i++)
			ipp_read_job(&m, i, &job, &e);
		ipp_first_job(&m, &job, &e);
		ipp_status_check(&m, &uncertain, &e);
		json = ipp_describe_printer(&m);
		json_decref(json);
		ipp_release(&m);
	}
	err_clear(&e);
	return 0;
}
