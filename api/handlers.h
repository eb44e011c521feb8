/*
 * handlers.h - every handler of the route table; all are of type route_fn.
 */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "api/route.h"

#define HANDLER(name)                                                          \
	int name(struct api *api, const struct request *req,                   \
	    struct response *res, struct err *e)

/* certificates.c */
HANDLER(certificates_issue);
HANDLER(certificates_list);
HANDLER(certificates_search);
HANDLER(certificates_get);

/* changes.c */
HANDLER(changes_status);
HANDLER(changes_reissue);
HANDLER(changes_copy);

/* files.c */
HANDLER(files_get);

/* verifications.c */
HANDLER(verifications_post);

/* catalogue.c */
HANDLER(catalogue_types);
HANDLER(catalogue_caller);

/* public.c */
HANDLER(public_trust);
HANDLER(public_status_list);
HANDLER(public_certificate_status);
HANDLER(public_crl);
HANDLER(public_proof);

/* seals.c */
HANDLER(seals_list);
HANDLER(seals_get);
HANDLER(seals_picture);
HANDLER(seals_uses);

/* sessions.c */
HANDLER(sessions_post);
HANDLER(session_get);
HANDLER(session_delete);
HANDLER(session_password);
HANDLER(session_totp);

/* lookups.c */
HANDLER(lookups_post);
HANDLER(lookups_list);
HANDLER(lookups_count);
HANDLER(postings_post);

/* offices.c */
HANDLER(offices_list);
HANDLER(offices_get);
HANDLER(offices_put);
HANDLER(offices_printer);
HANDLER(offices_printers);
HANDLER(operators_list);
HANDLER(operators_put);
HANDLER(operators_change);

/* health.c */
HANDLER(health_live);
HANDLER(health_ready);
HANDLER(health_deep);
HANDLER(health_metrics);

/* print_jobs.c */
HANDLER(previews_post);
HANDLER(print_jobs_post);
HANDLER(print_jobs_get);
HANDLER(print_jobs_list);
HANDLER(print_jobs_act);
HANDLER(print_jobs_file);
HANDLER(reconciliations_get);
HANDLER(blanks_post);
HANDLER(blanks_spoil);
HANDLER(blanks_list);

/* calibration.c */
HANDLER(calibration_get);

/* administration.c */
HANDLER(administration_relay);

/* pages.c */
HANDLER(pages_show);
HANDLER(pages_asset);
HANDLER(pages_openapi);

#endif
