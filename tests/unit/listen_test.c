/* Listening sockets, and the address of a server that was just killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/listen.h"

enum {
	FREED_AFTER_MS = 200,
	PATIENCE_MS = 10000
};

/* A listening socket on a port of the kernel's choice, and its address. */
static int
take_address(char address[32])
{
	struct sockaddr_in sin = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &n), 0);
	(void)snprintf(address, 32, "127.0.0.1:%d", ntohs(sin.sin_port));
	return fd;
}

static void *
give_back(void *fd)
{
	const struct timespec pause = {0, FREED_AFTER_MS * 1000000L};

	nanosleep(&pause, NULL);
	close(*(int *)fd);
	return NULL;
}

static void
an_address_in_use_is_named(void **state)
{
	struct err e = ERR_INIT;
	char address[32];
	int other = take_address(address), fd;

	(void)state;
	assert_int_equal(listen_tcp(address, 0, &fd, &e), ERR_CONFLICT);
	assert_string_equal(e.code, "address_in_use");
	assert_int_equal(fd, -1);
	err_clear(&e);
	close(other);
}

static void
an_address_that_becomes_free_is_taken(void **state)
{
	struct err e = ERR_INIT;
	char address[32];
	int other = take_address(address), fd = -1;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, give_back, &other), 0);
	assert_int_equal(listen_tcp(address, PATIENCE_MS, &fd, &e), 0);
	pthread_join(thread, NULL);
	assert_true(fd >= 0);
	close(fd);
}

static void
an_address_must_be_numeric(void **state)
{
	static const char *const bad[] = {
	    "", "127.0.0.1", "127.0.0.1:", "localhost:8080", ":80", "[::1:80"};
	struct err e = ERR_INIT;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(listen_tcp(bad[i], 0, &fd, &e), ERR_INPUT);
		assert_string_equal(e.code, "bad_listen");
		err_clear(&e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_in_use_is_named),
	    cmocka_unit_test(an_address_that_becomes_free_is_taken),
	    cmocka_unit_test(an_address_must_be_numeric),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
