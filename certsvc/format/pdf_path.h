/*
 * pdf_path.h - paths as PDF operators, in whole hundredths of a millimetre,
 * y down: the caller has set the matrix (PDF_PATH_UNIT, mirrored).
 */
#ifndef CERTSVC_FORMAT_PDF_PATH_H
#define CERTSVC_FORMAT_PDF_PATH_H

#include "certsvc/step.h"
#include "crypto/base/buf.h"

/* Points (1/72 inch) in a millimetre. */
#define PDF_POINTS_PER_MM (72.0 / 25.4)

/* Append the matrix that turns y of a picture of this height (mm) over. */
void pdf_path_flip(struct buf *out, float height);

/* Append the operators that draw the path; leaves the graphics state as it
 * was. */
void pdf_path_write(struct buf *out, const struct step_path *path);

#endif
