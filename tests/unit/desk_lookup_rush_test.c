/* Look-ups that one clerk makes at the same moment. */
#include "tests/support/desk_fixture.h"

#include "certsvc/desk_lookup.h"
#include "certsvc/service_state.h"

struct greedy {
	struct office *o;
	const struct service_operator *op;
	int found;
};

static void *
look_once(void *ctx)
{
	struct greedy *g = ctx;
	struct service_caller caller = {
	    .address = "10.1.0.9", .operator= g->op };
	struct err e = ERR_INIT;
	json_t *answer = NULL, *body = json_pack("{s:s, s:s, s:s}", "by",
				   "number", "value", "1", "purpose", "打印");

	g->found =
	    service_lookup(g->o->service, &caller, body, &answer, &e) == 0;
	json_decref(body);
	json_decref(answer);
	err_clear(&e);
	return NULL;
}

static void
many_look_ups_at_once_are_not_more(void **state)
{
	enum {
		MANY = 24
	};
	struct office *o = *state;
	struct service_operator op;
	struct greedy v[MANY];
	pthread_t threads[MANY];
	int found = 0, i;

	desk_put_office(o, "hekou", "990102001", "active");
	desk_put_operator(o, "zhang", "clerk", "office", "hekou");
	o->service->config.lookups_hour = 3;
	desk_enter(o, "zhang", &op);
	for (i = 0; i < MANY; i++) {
		v[i] = (struct greedy){o, &op, 0};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, look_once, &v[i]), 0);
	}
	for (i = 0; i < MANY; i++) {
		pthread_join(threads[i], NULL);
		found += v[i].found;
	}
	assert_int_equal(found, 3);
	service_operator_release(&op);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(many_look_ups_at_once_are_not_more,
		office_setup, office_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
