/*
 * desk_office.h - an office (便民服务中心, 站, 点, 合作网点) as its record has
 * it: where it is, what it may print, its printers, its ticket.
 */
#ifndef CERTSVC_DESK_OFFICE_H
#define CERTSVC_DESK_OFFICE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "certsvc/operator.h"
#include "certsvc/service.h"

enum {
	DESK_OFFICE_TYPES_MAX = 256,
	DESK_OFFICE_PRINTERS_MAX = 16,
	DESK_PRINTER_OFFSET_MAX = 10 /* mm, either way: SHEET_OFFSET_MAX */
};

struct desk_office_type {
	const char *code;
	uint64_t quota_day; /* sheets and copies a day; 0: no limit */
};

struct desk_printer {
	const char *id, *zh, *uri; /* ipp:// or ipps:// */
	const char *media;	   /* IPP keyword: iso_a4_210x297mm */
	const char *stock;	   /* type of pre-printed stock, or NULL */
	uint8_t fingerprint[32];   /* SHA-256 of its public key */
	int pinned;		   /* is there a fingerprint? */
	float dx, dy;		   /* mm that its paper is off */
};

struct desk_office {
	json_t *json; /* owned; all texts here point into it */
	unsigned int version;
	const char *id, *zh, *en, *region; /* en: zh when it has none */
	const char *kind;    /* centre, station, point or partner */
	const char *ticket;  /* base64, "" none */
	uint64_t generation; /* of the office key */
	int closed;
	struct desk_office_type *types; /* owned */
	size_t ntypes;
	struct desk_printer *printers; /* owned */
	size_t nprinters;
};

/* ERR_NOT_FOUND "not_found" when there is none; release in any case. */
int desk_office_get(
    struct service *s, const char *id, struct desk_office *o, struct err *e);
/* The same for who may see it: the local caller any, an operator those of the
 * own scope; ERR_DENIED "not_allowed", ERR_NOT_FOUND as permission_check. */
int desk_office_see(struct service *s, const struct service_caller *caller,
    const char *id, struct desk_office *o, struct err *e);
/* From the JSON of its record; takes no reference.  ERR_STORAGE. */
int desk_office_read(const json_t *json, struct desk_office *o, struct err *e);
void desk_office_release(struct desk_office *o);

/* NULL when the office may not print the type, or has no such printer. */
const struct desk_office_type *desk_office_type(
    const struct desk_office *o, const char *code);
const struct desk_printer *desk_office_printer(
    const struct desk_office *o, const char *id);

/* As GET /v1/offices/{id} answers. */
json_t *desk_office_json(struct service *s, const struct desk_office *o);

/* 1 to 31 of a-z, 0-9 and -, as in a ticket. */
int desk_office_id_ok(const char *id);

/* A certificate that the clerk's office finds and that is no copy; else
 * ERR_NOT_FOUND.  The caller releases it, also after a failure. */
int desk_office_certificate(struct service *s,
    const struct service_operator *op, const char *id,
    struct store_certificate *c, struct err *e);

/*
 * What an office may be told of a certificate: its type is one that the office
 * prints, and its department's area (characters 3 to 8 of the department's
 * code) covers the office.
 */
int desk_office_finds(
    const struct desk_office *o, const struct store_certificate *certificate);

#endif
