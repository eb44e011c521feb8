/*
 * sm2_verify.h - the equation of an SM2 verification (GB/T 32918.2, 7.1) over
 * public values, about five times as fast as OpenSSL 3.0, which has only
 * general arithmetic for this curve.  Its time depends on what it is given: it
 * is for verifying alone, and nothing secret may ever come near it.
 */
#ifndef CRYPTO_SM2_VERIFY_H
#define CRYPTO_SM2_VERIFY_H

#include <stdint.h>

/*
 * point: 04 || x || y; e: SM3(Z || message); raw: r || s.  1 when r and s are
 * in 1..n-1, r + s is not n, the point is on the curve, and r = e + x(s G + (r
 * + s) P) mod n; else 0.  Thread-safe.
 */
int sm2_verify_digest(
    const uint8_t point[65], const uint8_t e[32], const uint8_t raw[64]);

#endif
