/*
 * verify_pdf.c - a PDF: ours (profile licence) or any (profile document); see
 * verify_parts.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "certsvc/verify_pdf.h"

enum {
	ATTACHMENT_MAX = 1048576 /* bytes of certificate.xml */
};

static const char attachment[] = "certificate.xml";

/* One of ours?  It carries our record, or our kind of seal. */
static int
is_licence(const struct pdf_job *job)
{
	struct cms cms;
	int ours = job->has_xml;
	size_t i;

	for (i = 0; !ours && i < job->n; i++)
		ours = verify_pdf_cms(&job->list[i], &cms) == 0;
	return ours;
}

static int
job_open(struct pdf_job *job, struct bytes file, struct err *e)
{
	int rc;

	if ((rc = pdf_file_open(file, &job->file, e)) != 0 ||
	    (rc = pdf_signatures_find(
		 job->file, job->list, &job->n, &job->fields, e)) != 0)
		return rc;
	rc = pdf_file_attachment(
	    job->file, attachment, ATTACHMENT_MAX, &job->xml, e);
	job->has_xml = rc == 0;
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

void
verify_pdf(
    struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	struct pdf_job *job = calloc(1, sizeof(*job));
	struct err e = ERR_INIT;
	enum verify_profile profile = opt->profile;

	snprintf(v->format, sizeof(v->format), "pdf");
	if (job == NULL) {
		verdict_add(v, "parser_died");
		return;
	}
	job->opt = opt;
	job->v = v;
	if (job_open(job, file, &e) != 0) {
		verify_add_error(v, &e);
	} else {
		/* Ours is judged by our rules whatever was asked: the other
		 * profile knows no status and no one form of a CMS. */
		if (profile != PROFILE_LICENCE && is_licence(job))
			profile = PROFILE_LICENCE;
		if (job->n == 0)
			verdict_add(
			    v, job->fields == 0 ? "no_signature" : "modified");
		else if (profile == PROFILE_LICENCE)
			verify_pdf_licence(job);
		else
			verify_pdf_document(
			    job->file, job->list, job->n, opt, v);
	}
	err_clear(&e);
	buf_release(&job->xml);
	pdf_file_free(job->file);
	free(job);
}
