/*
 * cidr.h - ranges of IP addresses as people write them: 10.1.0.0/16,
 * 2001:db8::/32, or one address.
 */
#ifndef KEYS_CIDR_H
#define KEYS_CIDR_H

/* 1 when text is a range whose host bits are zero. */
int cidr_valid(const char *text);

/* 1 when the textual address lies in the range.  An IPv4 address mapped into
 * IPv6 (::ffff:10.1.2.3) counts as IPv4. */
int cidr_contains(const char *text, const char *address);

#endif
