/*
 * config.h - DIR/config.json: what init wrote and an operator may edit.
 */
#ifndef CERTSVC_CONFIG_H
#define CERTSVC_CONFIG_H

#include <stdint.h>

#include "crypto/base/err.h"

enum {
	CONFIG_STATUS_HOURS = 24, /* life of a signed status list, by default */
	CONFIG_LOOKUPS_HOUR = 60  /* of one clerk, by default */
};

struct config {
	char *dir;	  /* data directory */
	char *public_url; /* no trailing slash: what printed codes start with */
	char *listen;	  /* "127.0.0.1:8080" */
	char *templates;  /* directory of the types */
	char *fonts;	  /* directory that holds the font packages' files */
	int64_t status_hours; /* life of a signed status list, hours */
	int behind_proxy;     /* callers' addresses come from a proxy here */
	int second_factor;    /* operators need a one-time code, too */
	int64_t lookups_hour; /* look-ups of one clerk in an hour */
	/* ranges of printers' addresses, a space between; NULL: private ones */
	char *printer_networks;
	int demo;
};

/* Read DIR/config.json.  ERR_NOT_FOUND "no_data_directory" says to run init. */
int config_read(const char *dir, struct config *config, struct err *e);
/* Write it (mode 0600), replacing what is there. */
int config_write(const struct config *config, struct err *e);
void config_release(struct config *config);

#endif
