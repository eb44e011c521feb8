/* key_store_file.h - keys in the vault file (keys/vault.h). */
#ifndef KEYS_KEY_STORE_FILE_H
#define KEYS_KEY_STORE_FILE_H

#include "keys/key_store.h"

extern const struct key_store_ops key_store_file;

#endif
