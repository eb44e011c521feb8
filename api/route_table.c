/*
 * route_table.c - the whole API on one screen.  A row here has an entry in
 * openapi.json and the other way round; a test compares them.
 */
#include "api/route_table.h"

#include "api/handlers.h"

/* clang-format off */
static const struct route ROUTES[] = {
	{ "POST", "/v1/certificates", SCOPE_DEPARTMENT, PACE_SLOW, BODY_JSON, NULL, certificates_issue, "issue" },
	{ "GET",  "/v1/certificates", SCOPE_DEPARTMENT, PACE_QUICK, BODY_NONE, "type number status limit cursor", certificates_list, NULL },
	{ "POST", "/v1/certificates/search", SCOPE_DEPARTMENT, PACE_SLOW, BODY_JSON, NULL, certificates_search, NULL },
	{ "GET",  "/v1/certificates/{id}", SCOPE_DEPARTMENT, PACE_QUICK, BODY_NONE, NULL, certificates_get, NULL },
	{ "GET",  "/v1/certificates/{id}/files/{format}", SCOPE_DEPARTMENT, PACE_QUICK, BODY_NONE, "variant version as", files_get, NULL },
	{ "POST", "/v1/certificates/{id}/revoke", SCOPE_DEPARTMENT, PACE_SLOW, BODY_JSON, NULL, changes_status, "revoke" },
	{ "POST", "/v1/certificates/{id}/suspend", SCOPE_DEPARTMENT, PACE_SLOW, BODY_JSON, NULL, changes_status, "suspend" },
	{ "POST", "/v1/certificates/{id}/resume", SCOPE_DEPARTMENT, PACE_SLOW, BODY_JSON, NULL, changes_status, "resume" },
	{ "POST", "/v1/certificates/{id}/hand-over", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, changes_status, "hand_over" },
	{ "POST", "/v1/certificates/{id}/renew", SCOPE_DEPARTMENT, PACE_SLOW, BODY_JSON, NULL, changes_reissue, "renew" },
	{ "POST", "/v1/certificates/{id}/correct", SCOPE_DEPARTMENT, PACE_SLOW, BODY_JSON, NULL, changes_reissue, "correct" },
	{ "POST", "/v1/certificates/{id}/copies", SCOPE_DEPARTMENT, PACE_SLOW, BODY_JSON, NULL, changes_copy, "copy" },
	{ "GET",  "/v1/certificates/{id}/status", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, public_certificate_status, NULL },
	{ "POST", "/v1/verifications", SCOPE_PUBLIC | SCOPE_DEPARTMENT, PACE_SLOW, BODY_UPLOAD, "at", verifications_post, NULL },
	{ "GET",  "/v1/types", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, catalogue_types, NULL },
	{ "GET",  "/v1/seals", SCOPE_PUBLIC, PACE_SLOW, BODY_NONE, "department type state limit cursor", seals_list, NULL },
	{ "GET",  "/v1/seals/{id}", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, NULL, seals_get, NULL },
	{ "GET",  "/v1/seals/{id}/picture", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, "as dpi", seals_picture, NULL },
	{ "GET",  "/v1/seals/{id}/uses", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, "cursor", seals_uses, NULL },
	{ "GET",  "/v1/caller", SCOPE_DEPARTMENT, PACE_QUICK, BODY_NONE, NULL, catalogue_caller, NULL },
	{ "POST", "/v1/sessions", SCOPE_PUBLIC, PACE_SLOW, BODY_JSON, NULL, sessions_post, NULL },
	{ "GET",  "/v1/session", SCOPE_OPERATOR | SCOPE_NEWCOMER, PACE_SLOW, BODY_NONE, NULL, session_get, NULL },
	{ "DELETE", "/v1/session", SCOPE_OPERATOR | SCOPE_NEWCOMER, PACE_SLOW, BODY_NONE, NULL, session_delete, NULL },
	{ "POST", "/v1/session/password", SCOPE_OPERATOR | SCOPE_NEWCOMER, PACE_SLOW, BODY_JSON, NULL, session_password, NULL },
	{ "POST", "/v1/session/totp", SCOPE_OPERATOR | SCOPE_NEWCOMER, PACE_SLOW, BODY_JSON, NULL, session_totp, NULL },
	{ "POST", "/v1/lookups", SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, lookups_post, NULL },
	{ "GET",  "/v1/lookups", SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, "office operator day cursor", lookups_list, NULL },
	{ "GET",  "/v1/lookups/counts", SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, "office operator day", lookups_count, NULL },
	{ "POST", "/v1/postings", SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, postings_post, NULL },
	{ "GET",  "/v1/offices", SCOPE_OPERATOR | SCOPE_LOCAL, PACE_SLOW, BODY_NONE, "cursor", offices_list, NULL },
	{ "POST", "/v1/offices", SCOPE_LOCAL, PACE_SLOW, BODY_JSON, NULL, offices_put, NULL },
	{ "GET",  "/v1/offices/{id}", SCOPE_OPERATOR | SCOPE_LOCAL, PACE_SLOW, BODY_NONE, NULL, offices_get, NULL },
	{ "GET",  "/v1/offices/{id}/printers", SCOPE_OPERATOR | SCOPE_LOCAL, PACE_SLOW, BODY_NONE, NULL, offices_printers, NULL },
	{ "PUT",  "/v1/offices/{id}/printers/{printer}", SCOPE_OPERATOR | SCOPE_LOCAL, PACE_SLOW, BODY_JSON, NULL, offices_printer, NULL },
	{ "GET",  "/v1/operators", SCOPE_OPERATOR | SCOPE_LOCAL, PACE_SLOW, BODY_NONE, "office cursor", operators_list, NULL },
	{ "POST", "/v1/operators", SCOPE_LOCAL, PACE_SLOW, BODY_JSON, NULL, operators_put, NULL },
	{ "POST", "/v1/operators/{name}/disable", SCOPE_OPERATOR | SCOPE_LOCAL, PACE_SLOW, BODY_JSON, NULL, operators_change, "disable" },
	{ "POST", "/v1/operators/{name}/enable", SCOPE_OPERATOR | SCOPE_LOCAL, PACE_SLOW, BODY_JSON, NULL, operators_change, "enable" },
	{ "POST", "/v1/operators/{name}/unlock", SCOPE_OPERATOR | SCOPE_LOCAL, PACE_SLOW, BODY_JSON, NULL, operators_change, "unlock" },
	{ "POST", "/v1/previews", SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, previews_post, NULL },
	{ "POST", "/v1/print-jobs", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, print_jobs_post, NULL },
	{ "GET",  "/v1/print-jobs", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, "state day office cursor", print_jobs_list, NULL },
	{ "GET",  "/v1/print-jobs/{id}", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, NULL, print_jobs_get, NULL },
	{ "POST", "/v1/print-jobs/{id}/cancel", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, print_jobs_act, "cancel" },
	{ "POST", "/v1/print-jobs/{id}/settle", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, print_jobs_act, "settle" },
	{ "POST", "/v1/print-jobs/{id}/resend", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, print_jobs_act, "resend" },
	{ "GET",  "/v1/print-jobs/{id}/file", SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, NULL, print_jobs_file, ROUTE_ONCE },
	{ "GET",  "/v1/calibration", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, "dx dy", calibration_get, NULL },
	{ "GET",  "/v1/reconciliations/{day}", SCOPE_DEPARTMENT | SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, "office", reconciliations_get, NULL },
	{ "POST", "/v1/blanks", SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, blanks_post, NULL },
	{ "GET",  "/v1/blanks", SCOPE_OPERATOR, PACE_SLOW, BODY_NONE, "type state cursor", blanks_list, NULL },
	{ "POST", "/v1/blanks/{id}/spoil", SCOPE_OPERATOR, PACE_SLOW, BODY_JSON, NULL, blanks_spoil, NULL },
	{ "GET",  "/v1/doctor", SCOPE_LOCAL, PACE_SLOW, BODY_NONE, NULL, health_deep, NULL },
	{ "POST", "/v1/administration", SCOPE_LOCAL, PACE_SLOW, BODY_JSON, NULL, administration_relay, NULL },
	{ "GET",  "/trust", SCOPE_PUBLIC, PACE_SLOW, BODY_NONE, NULL, public_trust, NULL },
	{ "GET",  "/status/{list}", SCOPE_PUBLIC, PACE_SLOW, BODY_NONE, NULL, public_status_list, NULL },
	{ "GET",  "/crl/{ca}", SCOPE_PUBLIC, PACE_SLOW, BODY_NONE, NULL, public_crl, NULL },
	{ "GET",  "/ledger/proof/{id}", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, public_proof, NULL },
	{ "GET",  "/healthz", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, health_live, NULL },
	{ "GET",  "/readyz", SCOPE_PUBLIC, PACE_SLOW, BODY_NONE, NULL, health_ready, NULL },
	{ "GET",  "/metrics", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, health_metrics, NULL },
	{ "GET",  "/openapi.json", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, pages_openapi, NULL },
	{ "GET",  "/", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, pages_show, "index.html" },
	{ "GET",  "/desk", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, pages_show, "desk.html" },
	{ "GET",  "/assets/{hash}/{name}", SCOPE_PUBLIC, PACE_QUICK, BODY_NONE, NULL, pages_asset, NULL },
};
/* clang-format on */

const struct route *
route_table(size_t *n)
{
	*n = sizeof(ROUTES) / sizeof(ROUTES[0]);
	return ROUTES;
}
