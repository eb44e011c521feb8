/* ipp_networks.c - see ipp_networks.h. */
#include "certsvc/print/ipp_networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "keys/cidr.h"

static char networks[IPP_NETWORKS_SIZE] = IPP_NETWORKS_DEFAULT;

/* Never, whatever the list says. */
static const char *const never[] = {"0.0.0.0/8", "169.254.0.0/16",
    "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8"};

int
ipp_networks_set(const char *ranges)
{
	if (ranges == NULL)
		ranges = IPP_NETWORKS_DEFAULT;
	if (strlen(ranges) >= sizeof(networks))
		return -1;
	memcpy(networks, ranges, strlen(ranges) + 1);
	return 0;
}

/* The address as text; 0, or -1 for another family. */
static int
to_text(const struct sockaddr *address, size_t size, char out[INET6_ADDRSTRLEN])
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET && size >= sizeof(v4)) {
		memcpy(&v4, address, sizeof(v4));
		return inet_ntop(
			   AF_INET, &v4.sin_addr, out, INET6_ADDRSTRLEN) == NULL
			   ? -1
			   : 0;
	}
	if (address->sa_family == AF_INET6 && size >= sizeof(v6)) {
		memcpy(&v6, address, sizeof(v6));
		return inet_ntop(AF_INET6, &v6.sin6_addr, out,
			   INET6_ADDRSTRLEN) == NULL
			   ? -1
			   : 0;
	}
	return -1;
}

static int
is_listed(const char *text)
{
	char range[INET6_ADDRSTRLEN + 8];
	const char *at;
	size_t n;

	for (at = networks; *at != '\0'; at += n + (at[n] == ' ')) {
		n = strcspn(at, " ");
		if (n == 0 || n >= sizeof(range))
			continue;
		memcpy(range, at, n);
		range[n] = '\0';
		if (cidr_contains(range, text))
			return 1;
	}
	return 0;
}

int
ipp_networks_allow(const struct sockaddr *address, size_t size)
{
	char text[INET6_ADDRSTRLEN];
	size_t i;

	if (to_text(address, size, text) != 0)
		return 0;
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (cidr_contains(never[i], text))
			return 0;
	return is_listed(text);
}
