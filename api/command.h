/*
 * command.h - the commands of the program, as one table.
 */
#ifndef API_COMMAND_H
#define API_COMMAND_H

/* Exit status. */
enum {
	COMMAND_USAGE = 64, /* a usage error (EX_USAGE) */
	COMMAND_OUTPUT = 74 /* what was to be printed is not (EX_IOERR) */
};

/* Run argv[0] (the command's name) with its arguments; the exit status. */
int command_run(int argc, char **argv);

#endif
