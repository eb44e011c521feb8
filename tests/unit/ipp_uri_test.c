/* Printers' addresses: their form, and where they may lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "certsvc/print/ipp_networks.h"
#include "certsvc/print/ipp_uri.h"

static void
an_address_becomes_http_on_the_printers_port(void **state)
{
	static const struct {
		const char *uri, *http;
	} cases[] = {
	    {"ipp://printer/ipp/print", "http://printer:631/ipp/print"},
	    {"ipps://printer.example:443", "https://printer.example:443/"},
	    {"ipp://10.1.2.3:8631/a%20b", "http://10.1.2.3:8631/a%20b"},
	    {"ipps://[fd00::7]:65535/x", "https://[fd00::7]:65535/x"},
	};
	struct ipp_uri uri;
	struct err e = ERR_INIT;
	struct buf http = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ipp_uri_parse(cases[i].uri, &uri, &e), 0);
		buf_reset(&http);
		ipp_uri_http(&uri, &http);
		assert_string_equal(buf_cstr(&http), cases[i].http);
	}
	buf_release(&http);
}

static void
nothing_else_is_an_address(void **state)
{
	static const char *const bad[] = {"", "ipp://", "ipp:/a", "http://a/",
	    "https://a/", "file:///etc/passwd", "IPP://a/", "ipp://a:0/",
	    "ipp://a:65536/", "ipp://a:-1/", "ipp://a:+631/", "ipp://a:/",
	    "ipp://a:18446744073709551616/", "ipp://u@a/", "ipp://u:p@a/",
	    "ipp://a/?q", "ipp://a/#f", "ipp://a/%", "ipp://a/%4",
	    "ipp://a/\r\nHost: b", "ipp://a b/", "ipp://a/ b", "ipp://-a/",
	    "ipp://.a/", "ipp://[::1", "ipp://[::1]x/", "ipp://[1.2.3.4]/",
	    "ipp://[fe80::1%eth0]/", "ipp://::1/", "ipp://a\\b/",
	    "ipp://\xe6\x89\x93/", "ipp://a_b/"};
	struct ipp_uri uri;
	struct err e = ERR_INIT;
	char longest[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ipp_uri_parse(bad[i], &uri, &e) == 0)
			fail_msg("accepted: %s", bad[i]);
		assert_string_equal(e.code, "bad_printer_uri");
		err_clear(&e);
	}
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "ipp://", 6);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_not_equal(ipp_uri_parse(longest, &uri, &e), 0);
	assert_int_not_equal(ipp_uri_parse(NULL, &uri, &e), 0);
	err_clear(&e);
}

static int
allowed(const char *text)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return ipp_networks_allow(
		    (const struct sockaddr *)&v4, sizeof(v4));
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return ipp_networks_allow((const struct sockaddr *)&v6, sizeof(v6));
}

static void
printers_are_in_private_networks_unless_told(void **state)
{
	static const char *const yes[] = {"127.0.0.1", "::1", "10.255.0.1",
	    "172.31.255.255", "192.168.0.1", "100.64.0.1", "fd12::1",
	    "::ffff:10.1.1.1"};
	static const char *const no[] = {"8.8.8.8", "172.32.0.1", "11.0.0.1",
	    "192.169.0.1", "100.128.0.1", "2001:db8::1", "::ffff:8.8.8.8",
	    "64:ff9b::a01:101", "169.254.169.254"};
	size_t i;

	(void)state;
	assert_int_equal(ipp_networks_set(NULL), 0);
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!allowed(yes[i]))
			fail_msg("refused: %s", yes[i]);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (allowed(no[i]))
			fail_msg("allowed: %s", no[i]);
}

static void
a_list_takes_the_place_of_the_private_ones(void **state)
{
	static const char *const never[] = {"0.0.0.0", "0.1.2.3",
	    "169.254.169.254", "224.0.0.1", "255.255.255.255", "::", "fe80::1",
	    "ff02::1", "::ffff:169.254.1.1", "::ffff:0.0.0.0"};
	struct sockaddr unix_address = {.sa_family = AF_UNIX};
	char longest[IPP_NETWORKS_SIZE + 1];
	size_t i;

	(void)state;
	assert_int_equal(ipp_networks_set("203.0.113.0/24 198.51.100.7"), 0);
	assert_true(allowed("203.0.113.200"));
	assert_true(allowed("198.51.100.7"));
	assert_false(allowed("198.51.100.8"));
	assert_false(allowed("127.0.0.1"));
	assert_int_equal(ipp_networks_set(""), 0);
	assert_false(allowed("127.0.0.1"));
	/* some are never allowed */
	assert_int_equal(ipp_networks_set("0.0.0.0/0 ::/0"), 0);
	assert_true(allowed("203.0.113.200"));
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (allowed(never[i]))
			fail_msg("allowed: %s", never[i]);
	assert_false(ipp_networks_allow(&unix_address, sizeof(unix_address)));
	memset(longest, ' ', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(ipp_networks_set(longest), -1);
	assert_int_equal(ipp_networks_set(NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_becomes_http_on_the_printers_port),
	    cmocka_unit_test(nothing_else_is_an_address),
	    cmocka_unit_test(printers_are_in_private_networks_unless_told),
	    cmocka_unit_test(a_list_takes_the_place_of_the_private_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
