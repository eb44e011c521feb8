/*
 * store_schema.h - the tables, as numbered migrations, and the check that the
 * file holds exactly them.
 */
#ifndef CERTSVC_STORE_STORE_SCHEMA_H
#define CERTSVC_STORE_STORE_SCHEMA_H

#include "certsvc/store/store_db.h"

/* Number of the newest schema this program knows. */
unsigned int schema_newest(void);

/* Bring an empty database to `version` (tests begin with an old one). */
int schema_make(struct db *db, unsigned int version, struct err *e);

/* Check that the file is exactly the schema it says it is, then migrate it to
 * the newest; *version tells the result.  ERR_STORAGE "schema_unknown" names
 * the first foreign or missing object, "schema_newer" a later program's file.
 */
int schema_check(struct db *db, unsigned int *version, struct err *e);

#endif
