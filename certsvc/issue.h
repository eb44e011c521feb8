/*
 * issue.h - one run of the issuing recipe, shared by its steps.  The order of
 * the steps is known to issue.c only.
 */
#ifndef CERTSVC_ISSUE_H
#define CERTSVC_ISSUE_H

#include "certsvc/order.h"
#include "certsvc/rendition.h"
#include "certsvc/service_state.h"
#include "crypto/base/clock.h"

enum {
	/* Each format that a template can name, in each variant, and codes. */
	ISSUE_DOCUMENTS_MAX = 3 * TEMPLATE_VARIANTS_MAX + TEMPLATE_CODES_MAX
};

struct issue {
	struct service *service;
	struct service_call *call;
	struct order order;
	const struct template *template;
	const struct directory_department *department;
	struct rendition_seals seals;
	struct store_certificate old; /* what is renewed, corrected, copied */
	int reissue;
	const char *maker; /* of a copy: who asked for it; NULL: no copy */
	/* Of a copy that an office makes: what it shows to the keeper, and the
	 * original's code (COSE).  key is NULL for a department. */
	struct keeper_office office;
	struct buf proof;
	char until[CLOCK_DATE_SIZE]; /* of a copy: its last day */
	struct face *fields;	     /* as the template checked them */
	struct store_intent intent;
	struct store_certificate cert; /* grows step by step */
	enum store_status status;      /* that it starts with */
	struct store_document docs[ISSUE_DOCUMENTS_MAX];
	size_t ndocs;
};

/* issue_face.c: header fields and the template's own -> canonical bytes in
 * cert.face; number, identifier, holder and validity in cert. */
int issue_face(struct issue *issue, struct err *e);
/* What any new certificate takes from its intent into cert. */
void issue_take_intent(struct issue *issue);
/* The order as it came, for the department's own look-ups, into cert.record;
 * takes a reference of json, which is NULL when out of memory. */
int issue_record(struct issue *issue, json_t *json, struct err *e);

/* issue_copy.c: the same for a copy: the original's face and what the copy is
 * for (JZJZZSJ, JZJZZZ, JZJZZSY, JZJYXQJZSJ). */
int issue_copy_face(struct issue *issue, struct err *e);
/* ERR_CONFLICT when the original cannot be copied now, or not for so long. */
int issue_check_original(const struct issue *issue, struct err *e);

/* Checked value of the field with this id (a number_source callback; ctx is
 * the struct issue), or NULL. */
const char *issue_field_value(void *ctx, const char *id);

/* issue_code.c: the code's text in cert.qr; then, as documents of format "qr",
 * codes in the type's other algorithms. */
int issue_code(struct issue *issue, struct err *e);
int issue_more_codes(struct issue *issue, struct err *e);
/* The department that issues: of an office's copy, the original's. */
const char *issue_department(const struct issue *issue);

/* issue_document.c: every other document. */
int issue_documents(struct issue *issue, struct err *e);

/* A document that is still empty. */
struct store_document *issue_document_add(
    struct issue *issue, const char *format, const char *variant);
/* What each call to the keeper is about; of an office's copy with the proof
 * that goes with its code. */
void issue_matter(const struct issue *issue, struct keeper_matter *m);

/* issue.c: the recipe from here on, for an order that stands in for a call's
 * body; ends with release. */
int issue_run(
    struct issue *issue, const json_t *order, json_t **out, struct err *e);
void issue_release(struct issue *issue);

/* issue_intent.c: the durable intent, or the one of an earlier call with the
 * same key.  While a key is under way other calls with it wait. */
int issue_intent(struct issue *issue, struct err *e);
/* ERR_CONFLICT "wrong_status" when nothing new may follow the old one. */
int issue_check_old(const struct issue *issue, struct err *e);
void issue_intent_done(struct issue *issue);

#endif
