/* health.c - is it alive, is it ready, what is it doing. */
#include <inttypes.h>

#include "api/api.h"
#include "api/handlers.h"

int
health_live(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	static const char OK[] = "{\"ok\":true}\n";

	(void)api;
	(void)req;
	(void)e;
	res->status = 200;
	res->type = "application/json";
	res->fixed = bytes_str(OK);
	return 0;
}

static int
answer_health(struct api *api, int deep, struct response *res, struct err *e)
{
	json_t *answer = NULL;
	int rc = service_health(api->service, deep, &answer, e);

	if (rc != 0)
		return rc;
	return response_json(res,
	    json_is_true(json_object_get(answer, "ok")) ? 200 : 503, answer, e);
}

int
health_ready(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	(void)req;
	return answer_health(api, 0, res, e);
}

int
health_deep(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	int rc = answer_health(api, 1, res, e);

	(void)req;
	res->status = 200; /* the examination worked, whatever it found */
	return rc;
}

static void
metric(struct buf *out, const char *name, const char *type, uint64_t value)
{
	buf_printf(out, "# TYPE certsvc_%s %s\ncertsvc_%s %" PRIu64 "\n", name,
	    type, name, value);
}

static void
http_metrics(struct buf *out, const struct server_figures *f)
{
	buf_add_str(out, "# TYPE certsvc_http_answers_total counter\n");
	for (int class = 2; class < 6; class ++)
		buf_printf(out,
		    "certsvc_http_answers_total{class=\"%dxx\"} %" PRIu64 "\n",
		    class, f->by_class[class]);
	metric(out, "http_requests_total", "counter", f->requests);
	metric(out, "http_rate_limited_total", "counter", f->limited);
	metric(out, "http_connections", "gauge", f->open);
	metric(out, "http_slow_clients_cut_total", "counter", f->late);
	metric(out, "http_handler_microseconds_total", "counter", f->busy_us);
}

static void
store_metrics(struct buf *out, const struct store_figures *f)
{
	metric(out, "certificates", "gauge", f->certificates);
	metric(out, "intents_open", "gauge", f->intents_open);
	metric(out, "ledger_size", "gauge", f->ledger_size);
	metric(out, "documents", "gauge", f->documents);
	metric(out, "document_bytes", "gauge", f->bytes);
	metric(out, "store_commits_total", "counter", f->commits);
	metric(
	    out, "store_committed_items_total", "counter", f->committed_items);
	metric(out, "store_read_only", "gauge", f->read_only ? 1 : 0);
	metric(out, "store_schema", "gauge", f->schema);
}

int
health_metrics(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct server_figures http = {0};
	struct store_figures store = {0};
	int rc = service_figures(api->service, &store, e);

	(void)req;
	if (rc != 0)
		return rc;
	if (api->server != NULL)
		server_figures(api->server, &http);
	http_metrics(&res->body, &http);
	store_metrics(&res->body, &store);
	res->status = 200;
	res->type = "text/plain; version=0.0.4; charset=utf-8";
	return buf_failed(&res->body) ? err_nomem(e) : 0;
}
