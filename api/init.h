/*
 * init.h - certsvc init.
 */
#ifndef API_INIT_H
#define API_INIT_H

/* certsvc init -d DIR [--demo | --departments FILE] [--public-url URL] ...;
 * exit status 0, 1 (said why), 64 (usage). */
int cli_init(int argc, char **argv);

#endif
