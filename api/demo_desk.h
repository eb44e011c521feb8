/*
 * demo_desk.h - the print desk of a demo: a region, three offices and an
 * operator of each role, whose passwords everybody knows.
 */
#ifndef API_DEMO_DESK_H
#define API_DEMO_DESK_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/*
 * Make them in a directory whose server runs, and write
 * DIR/credentials/desk-demo.txt, which says who is who.  Doing it again is the
 * same.  A directory that is no demo refuses: "demo_not_accepted".
 */
int demo_desk(const char *dir, struct bytes passphrase, struct err *e);

#endif
