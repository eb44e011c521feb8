/*
 * copy_field.h - what a purpose-bound copy (加注件) has on its face more than
 * its original (GB/T 36903), always all four, last and in this order.
 */
#ifndef CRYPTO_COPY_FIELD_H
#define CRYPTO_COPY_FIELD_H

/* Times are "YYYY-MM-DD HH:MM:SS" in China. */
#define COPY_MADE "JZJZZSJ"
#define COPY_MAKER "JZJZZZ"
#define COPY_PURPOSE "JZJZZSY"
#define COPY_UNTIL "JZJYXQJZSJ"

#endif
