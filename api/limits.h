/*
 * limits.h - every published limit of the doors, with its reason, once.
 * docs/limits.md prints this table; a test compares the two, and the API
 * tests try each limit at its value and one above.
 */
#ifndef API_LIMITS_H
#define API_LIMITS_H

/* X(name, value, unit, what it bounds and why) */
#define LIMITS(X)                                                              \
	X(URL_BYTES, 2048, "bytes",                                            \
	    "request target; ids and cursors are short, personal data never "  \
	    "travels in it")                                                   \
	X(HEADER_BYTES, 16384, "bytes",                                        \
	    "request line and headers together; room for a proxy's additions") \
	X(JSON_BYTES, 1048576, "bytes",                                        \
	    "JSON body; the largest table of 600 rows needs a tenth of it")    \
	X(UPLOAD_BYTES, 33554432, "bytes",                                     \
	    "uploaded file; the verifier reads no larger one")                 \
	X(JSON_DEPTH, 32, "levels",                                            \
	    "nested arrays and objects; ours need 5, parsers recurse")         \
	X(QUERY_PARAMETERS, 8, "parameters",                                   \
	    "parameters of one request target; no route takes more than 5")    \
	X(PAGE_ITEMS, 100, "items", "certificates in one page of a list")      \
	X(CONNECTIONS_PER_ADDRESS, 50, "connections",                          \
	    "open connections of one address, so that one client cannot take " \
	    "all")                                                             \
	X(CONNECTIONS, 4096, "connections",                                    \
	    "open connections in total; each may hold 48 KiB of buffers")      \
	X(WAITING_CALLS, 1024, "calls",                                        \
	    "slow calls waiting for a worker; more are answered 503 at once")  \
	X(HEADER_SECONDS, 10, "seconds",                                       \
	    "from the first connection to the end of the headers, in total")   \
	X(BODY_GRACE_SECONDS, 5, "seconds",                                    \
	    "start of a body during which its rate is not measured")           \
	X(BODY_RATE, 1000, "bytes/second",                                     \
	    "least average rate of a body after the grace")                    \
	X(UPLOADS_BYTES, 268435456, "bytes",                                   \
	    "uploads of all calls together, while they come and are worked "   \
	    "on; more are answered 503")                                       \
	X(IDLE_SECONDS, 30, "seconds", "keep-alive without a new request")     \
	X(RESPONSE_SECONDS, 30, "seconds",                                     \
	    "for the client to take an answer, in total")                      \
	X(VERIFY_BURST, 60, "calls",                                           \
	    "public verifications of one address at once")                     \
	X(VERIFY_RATE, 5, "calls/second",                                      \
	    "public verifications of one address, lasting; each may cost 2 s " \
	    "of CPU")                                                          \
	X(KEY_BURST, 4000, "calls", "calls of one API key at once")            \
	X(KEY_RATE, 2000, "calls/second", "calls of one API key, lasting")     \
	X(DENIED_BURST, 20, "calls",                                           \
	    "wrong credentials of one address at once")                        \
	X(DENIED_RATE, 1, "calls/second",                                      \
	    "wrong credentials of one address, lasting; secrets have 256 "     \
	    "bits")                                                            \
	X(LOGIN_BURST, 30, "calls",                                            \
	    "logins of one address at once; the people of a whole office may " \
	    "share one")                                                       \
	X(LOGIN_RATE, 1, "calls/second",                                       \
	    "logins of one address, lasting; each takes 0.1 s of CPU and 32 "  \
	    "MiB")

#define LIMIT_CONSTANT(name, value, unit, why) LIMIT_##name = (value),
enum limit {
	LIMITS(LIMIT_CONSTANT)
};
#undef LIMIT_CONSTANT

#endif
