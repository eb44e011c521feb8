/*
 * ipp_networks.h - where printers may be.  The front says which printer; this
 * list, which the front cannot change, says that it must be one of ours: a
 * front that somebody took over cannot send documents anywhere else.
 */
#ifndef CERTSVC_PRINT_IPP_NETWORKS_H
#define CERTSVC_PRINT_IPP_NETWORKS_H

#include <stddef.h>
#include <sys/socket.h>

/* Loopback, private and shared addresses (RFC 1918, 4193, 6598). */
#define IPP_NETWORKS_DEFAULT                                                   \
	"127.0.0.0/8 ::1/128 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 "         \
	"100.64.0.0/10 fc00::/7"

enum {
	IPP_NETWORKS_SIZE = 4096 /* of the list as text, with NUL */
};

/* Once, before threads start: ranges (keys/cidr.h) with a space between; NULL
 * is the default.  0, or -1 when the list is too long. */
int ipp_networks_set(const char *ranges);

/* 1 for an address that may be spoken to: in the list, and neither link-local
 * (where clouds keep their secrets) nor multicast nor "this" network. */
int ipp_networks_allow(const struct sockaddr *address, size_t size);

#endif
