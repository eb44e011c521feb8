/*
 * print_still.c - may what waits still go out?  Between the making of a sheet
 * and its sending lie up to 12 hours, in which the certificate can be revoked
 * and the office closed; see print_rule.h.
 */
#include <string.h>

#include "certsvc/desk_office.h"
#include "certsvc/print_rule.h"

/* The certificate, or the copy that was made of it, as it is now. */
static int
certificate_still(const struct print_store *in, const char *id,
    enum print_kind kind, struct print_detail *why, struct err *e)
{
	const struct print_detail *forbids;
	struct store_certificate c;
	int rc;

	memset(&c, 0, sizeof(c));
	rc = in->ops->certificate_get(in->store, id, &c, e);
	forbids = rc == 0 ? print_rule_status(&c, kind) : NULL;
	if (forbids != NULL)
		*why = *forbids;
	store_certificate_release(&c);
	return rc;
}

/* Does the office still print this type? */
static int
office_still(const struct print_store *in, const char *id, const char *type,
    struct print_detail *why, struct err *e)
{
	static const struct print_detail
	    closed = {"office_closed", "网点已停用，任务已取消",
		"the office was closed, so the job was given up"},
	    lost = {"type_not_here", "网点已不能打印这类证照，任务已取消",
		"the office may no longer print this type, so the job was given up"};
	struct desk_office o;
	struct store_record r;
	json_t *json;
	int rc = in->ops->record_get(in->store, "office", id, 0, &r, e);

	if (rc != 0)
		return rc;
	json = json_loadb((const char *)r.body.p, r.body.n, 0, NULL);
	rc = desk_office_read(json, &o, e);
	if (rc == 0 && strcmp(r.state, "active") != 0)
		*why = closed;
	else if (rc == 0 && desk_office_type(&o, type) == NULL)
		*why = lost;
	desk_office_release(&o);
	json_decref(json);
	store_record_release(&r);
	return rc;
}

int
print_rule_still(const struct print_store *in, const struct print_job *job,
    struct print_detail *why, struct err *e)
{
	const char *made = print_job_text(job, "made");
	const char *office = job->office[0] != '\0'
				 ? job->office
				 : print_job_text(job, "printer_office");
	enum print_kind kind = made[0] != '\0' ? PRINT_COPY : PRINT_ORIGINAL;
	int rc;

	memset(why, 0, sizeof(*why));
	rc = certificate_still(in, job->certificate, kind, why, e);
	if (rc == 0 && why->code == NULL && made[0] != '\0')
		rc = certificate_still(in, made, kind, why, e);
	if (rc == 0 && why->code == NULL && office[0] != '\0')
		rc = office_still(
		    in, office, print_job_text(job, "type"), why, e);
	return rc;
}
