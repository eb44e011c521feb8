/*
 * reason.h - why a department changes the status of a certificate: mandatory
 * codes, each allowed for certain actions only.
 */
#ifndef CERTSVC_REASON_H
#define CERTSVC_REASON_H

#include <stddef.h>

enum reason_action {
	REASON_REVOKE = 1,
	REASON_SUSPEND = 2,
	REASON_RESUME = 4,
	REASON_RENEW = 8,
	REASON_CORRECT = 16,
	REASON_HAND_OVER = 32
};

struct reason {
	const char *code;
	unsigned int actions; /* mask of enum reason_action */
	const char *zh, *en;
};

/* The reason, if the code is allowed for the action; else NULL. */
const struct reason *reason_find(const char *code, enum reason_action action);

/* The whole table. */
const struct reason *reason_table(size_t *n);

/* "revoke" -> REASON_REVOKE ...; 0 for an unknown action. */
unsigned int reason_action(const char *name);

#endif
