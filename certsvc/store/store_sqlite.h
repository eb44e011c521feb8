/* store_sqlite.h - the SQLite store, a row of store_table.c. */
#ifndef CERTSVC_STORE_STORE_SQLITE_H
#define CERTSVC_STORE_STORE_SQLITE_H

#include "certsvc/store/store.h"

extern const struct store_ops store_sqlite;

#endif
