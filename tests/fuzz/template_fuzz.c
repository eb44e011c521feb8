/* Template files: any bytes give a template or items, never a crash. */
#include <stdlib.h>

#include "certsvc/template_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct template_schema *schema;
	struct bytes xml = {data, size};
	struct template *t;
	struct err e = ERR_INIT;

	if (schema == NULL &&
	    template_schema_read("templates/template.xsd", &schema, &e) != 0)
		abort();
	if (template_parse(xml, "t.xml", "t", schema, &t, &e) == 0)
		template_free(t);
	else if (e.class == ERR_OK)
		abort();
	err_clear(&e);
	return 0;
}
