/*
 * command.h - the commands of the program, as one table.
 */
#ifndef API_COMMAND_H
#define API_COMMAND_H

enum {
	COMMAND_USAGE = 64
}; /* exit status of a usage error (EX_USAGE) */

/* Run argv[0] (the command's name) with its arguments; the exit status. */
int command_run(int argc, char **argv);

#endif
