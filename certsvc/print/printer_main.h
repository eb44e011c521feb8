/*
 * printer_main.h - the printer process: speaks to printers for the front, whose
 * frames it reads (printer_frame.h).  It may connect to the network and read
 * what names and TLS need under /etc, and nothing else: no keys, no data
 * directory, no store.  Documents are wiped as soon as they were sent; none
 * touches a file.  A thread a call; libcurl is started by the first one.
 */
#ifndef CERTSVC_PRINT_PRINTER_MAIN_H
#define CERTSVC_PRINT_PRINTER_MAIN_H

#include <sys/types.h>

#include "crypto/base/err.h"

enum {
	PRINTER_CALLS_MAX = 64,		   /* at one time */
	PRINTER_CALLS_TO_ONE = 8,	   /* of them to one printer */
	PRINTER_DOCUMENTS_MAX = 201326592, /* bytes of documents at one time */
	PRINTER_MEMORY = 536870912 /* bytes of address space beyond the start */
};

/* The process: confine, then serve the stream socket fd until its end.  Returns
 * the exit status.  networks: where printers may be (ipp_networks.h), or NULL.
 */
int printer_main(int fd, const char *networks);

/* Fork a printer process of our own (command line); *fd leads to it. */
int printer_start(const char *networks, pid_t *pid, int *fd, struct err *e);
/* End it; the descriptor is closed already, or goes with its struct printer. */
void printer_stop(pid_t pid);

#endif
