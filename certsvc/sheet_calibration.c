/* sheet_calibration.c - the page to set a printer's offsets by; see sheet.h. */
#include <openssl/rand.h>

#include "certsvc/format/pdf.h"
#include "certsvc/layout.h"
#include "certsvc/service_state.h"
#include "certsvc/sheet.h"
#include "certsvc/sheet_parts.h"
#include "crypto/base/clock.h"

int
sheet_calibration(
    struct service *s, float dx, float dy, struct buf *pdf, struct err *e)
{
	struct pdf_info info = {.title = "打印校准页 / printer calibration",
	    .language = "zh-CN",
	    .created = clock_now()};
	struct step_list steps = STEP_LIST_INIT;
	int rc = sheet_check_offsets(dx, dy, e);

	if (rc != 0)
		return rc;
	if (RAND_bytes(info.id, sizeof(info.id)) != 1)
		return err_internal(e, "RAND_bytes");
	rc = layout_calibration_make(s->fonts, dx, dy, &steps, e);
	if (rc == 0)
		rc = step_list_check(&steps, e);
	if (rc == 0)
		rc = pdf_render(&steps, NULL, 0, &info, pdf, e);
	step_list_release(&steps);
	return rc;
}
