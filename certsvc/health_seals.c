/* health_seals.c - are the seals and the lists of revoked x509s in their days?
 * See service_state.h. */
#include "certsvc/service_state.h"

#include <stdio.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/crl.h"

enum {
	SOON_DAYS = 60, /* before its end a seal should be renewed */
	DAY = 86400
};

/* What is known of the seals' ends. */
struct ends {
	size_t seals, active, soon;
	int64_t first;	      /* end of an active seal; 0: none */
	const char *first_id; /* whose */
};

/* The end of the seal's present generation, the earlier of its two x509s. */
static int64_t
end_of(const struct directory_seal *seal)
{
	const json_t *x509s = json_object_get(seal->json, "x509s"), *x;
	int64_t end = 0, t;
	size_t i;

	for (i = 0; i < json_array_size(x509s); i++) {
		x = json_array_get(x509s, i);
		t = json_integer_value(json_object_get(x, "not_after"));
		if (json_integer_value(json_object_get(x, "generation")) ==
			seal->generation &&
		    (end == 0 || t < end))
			end = t;
	}
	return end;
}

static void
look(const struct directory *d, int64_t now, struct ends *ends)
{
	const struct directory_seal *seal;
	int64_t end;
	size_t i;

	ends->seals = d->nseals;
	for (i = 0; i < d->nseals; i++) {
		seal = d->by_id[i];
		if (strcmp(seal->state, "active") != 0)
			continue;
		ends->active++;
		end = end_of(seal);
		ends->soon += end < now + (int64_t)SOON_DAYS * DAY;
		if (ends->first == 0 || end < ends->first) {
			ends->first = end;
			ends->first_id = seal->id;
		}
	}
}

static int
add(json_t *checks, const char *name, int ok, const char *zh, const char *en)
{
	json_array_append_new(checks, json_pack("{s:s, s:b, s:s, s:s}", "name",
					  name, "ok", ok, "zh", zh, "en", en));
	return ok;
}

static int
check_seals(struct service *s, json_t *checks)
{
	struct ends ends = {0};
	char zh[256], en[256], day[CLOCK_DATE_SIZE] = "-", id[KEEPER_ID_SIZE];

	pthread_rwlock_rdlock(&s->directory_lock);
	look(s->directory, clock_now(), &ends);
	snprintf(id, sizeof(id), "%s", ends.first_id ? ends.first_id : "-");
	pthread_rwlock_unlock(&s->directory_lock);
	if (ends.first != 0)
		clock_date_cst(day, ends.first);
	snprintf(zh, sizeof(zh),
	    "%zu 枚印章，%zu 枚可用，最早到期的是 %s（%s）", ends.seals,
	    ends.active, id, day);
	snprintf(en, sizeof(en),
	    "%zu seals, %zu in use; the first to end is %s (%s)", ends.seals,
	    ends.active, id, day);
	if (ends.soon > 0) {
		snprintf(zh, sizeof(zh),
		    "%zu 枚印章在 %d 天内到期，最早 %s（%s）：请用 certsvc seal renew 换发",
		    ends.soon, SOON_DAYS, id, day);
		snprintf(en, sizeof(en),
		    "%zu seals end within %d days, the first %s (%s): certsvc seal renew",
		    ends.soon, SOON_DAYS, id, day);
	}
	return add(checks, "seals", ends.soon == 0, zh, en);
}

/* Count a list, and keep the first end; 0 when it cannot be read. */
static int
count_list(const struct buf *der, size_t *n, int64_t *end)
{
	const struct crl *crl = NULL;
	struct crl_info info;
	struct err e = ERR_INIT;

	if (crl_get(buf_bytes(der), &crl, &e) != 0) {
		err_clear(&e);
		return 0;
	}
	crl_about(crl, &info);
	crl_free(crl);
	++*n;
	if (*end == 0 || info.next_update < *end)
		*end = info.next_update;
	return 1;
}

/* The list that ends first, ours and those of CAs elsewhere; 0 when one cannot
 * be read. */
static int
first_end(struct service *s, size_t *n, int64_t *end)
{
	struct published *pub = &s->published;
	size_t i;
	int ok = 1;

	pthread_mutex_lock(&pub->lock);
	for (i = 0; i < SERVICE_CRLS; i++)
		if (pub->crls[i].n > 0)
			ok &= count_list(&pub->crls[i], n, end);
	for (i = 0; i < pub->noutside_crls; i++)
		ok &= count_list(&pub->outside_crls[i], n, end);
	pthread_mutex_unlock(&pub->lock);
	return ok;
}

static int
check_lists(struct service *s, json_t *checks)
{
	char zh[384], en[384], time[CLOCK_RFC3339_SIZE] = "-";
	int64_t end = 0;
	size_t n = 0;
	int ok = first_end(s, &n, &end) && n > 0 && end > clock_now();

	if (end != 0)
		clock_rfc3339(time, end);
	snprintf(zh, sizeof(zh), "%zu 份证书吊销列表，最早于 %s 到期%s", n,
	    time,
	    ok ? ""
	       : "：请检查密钥进程；根的列表用 certsvc ca crl 更新，外部机构的用 certsvc ca add --crl");
	snprintf(en, sizeof(en),
	    "%zu lists of revoked x509s, the first ends at %s%s", n, time,
	    ok ? ""
	       : ": look at the keeper; renew the roots' with certsvc ca crl, outside ones with certsvc ca add --crl");
	return add(checks, "crl", ok, zh, en);
}

int
health_seals(struct service *s, json_t *checks)
{
	int ok = check_seals(s, checks);

	return check_lists(s, checks) && ok;
}
