/*
 * demo.h - certsvc demo: a data directory with sample certificates.
 */
#ifndef API_DEMO_H
#define API_DEMO_H

/*
 * certsvc demo -d DIR [-l HOST:PORT] [--exit]: make the directory when it is
 * not there, serve, issue the sample of each type through the API, verify what
 * came out, say where things are, and keep serving (or end with --exit).
 * Exit status 0 only if every verdict is valid.
 */
int cli_demo(int argc, char **argv);

#endif
