/*
 * ofd_write.h - the small tokens of an OFD's XML, and its paths.  Lengths are
 * written in whole micrometres or hundredths of a millimetre, so that rounding
 * never adds up.
 */
#ifndef CERTSVC_FORMAT_OFD_WRITE_H
#define CERTSVC_FORMAT_OFD_WRITE_H

#include "certsvc/step.h"
#include "crypto/base/buf.h"

#define OFD_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define OFD_XMLNS "xmlns:ofd=\"http://www.ofdspec.org/2016\""

/* mm -> um, rounded. */
long ofd_um(double mm);

/* v / 1000, no trailing zeros: a length in mm that is v um. */
void ofd_write_um(struct buf *out, long v);

/* `name="x y w h"` with a blank before it; um. */
void ofd_write_box(struct buf *out, const char *name, const long box[4]);

/* `<ofd:FillColor Value="r g b"/>` */
void ofd_write_colour(
    struct buf *out, const char *element, struct colour colour);

/*
 * Append the PathObjects of a path moved by (dx, dy) mm, one a copy; ids count
 * on from *id.
 */
void ofd_path_write(struct buf *out, const struct step_path *path, float dx,
    float dy, unsigned int *id);

#endif
