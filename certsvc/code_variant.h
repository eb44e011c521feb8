/*
 * code_variant.h - a certificate's code may exist in several algorithms; the
 * documents of format "qr" are told apart by the algorithm's name.
 */
#ifndef CERTSVC_CODE_VARIANT_H
#define CERTSVC_CODE_VARIANT_H

#include "crypto/base/buf.h"
#include "crypto/sign.h"

/* "es256", "sm2": as in file names and queries. */
const char *code_variant(enum sign_alg alg);

/* The same of a code's text; "" when it is not one. */
const char *code_variant_of(struct bytes text);

#endif
