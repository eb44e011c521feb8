"""HTTP itself: methods, ambiguous requests, limits, slow clients."""
import socket
import threading
import time

import world
from harness import expect


def raw(text, patience=15):
    """Send bytes, return all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", world.SERVER.port),
                                  patience) as s:
        s.sendall(text)
        answer = b""
        try:
            while part := s.recv(65536):
                answer += part
        except (TimeoutError, ConnectionResetError):
            pass
    return answer


def methods():
    """HEAD has no body, OPTIONS and 405 name the methods"""
    p = world.public()
    get, head = p.call("GET", "/v1/types"), p.call("HEAD", "/v1/types")
    expect(head[0] == 200 and head[2] == b"", "HEAD: %s", head)
    expect(head[1]["Content-Length"] == str(len(get[2])), "its length")
    for path, want in (("/v1/types", "OPTIONS, GET, HEAD"),
                       ("/v1/verifications", "OPTIONS, POST"),
                       ("/v1/certificates", "OPTIONS, POST, GET, HEAD")):
        status, headers, _ = p.call("OPTIONS", path)
        expect(status == 204 and headers["Allow"] == want, "%s: %s", path,
               headers["Allow"])
        answer = p.call("DELETE", path)
        world.problem(answer, 405, "method_not_allowed")
        expect(answer[1]["Allow"] == want, "Allow of %s", path)
    for method in ("PUT", "PATCH", "TRACE", "CONNECT", "get", "FOO"):
        answer = raw(method.encode() + b" /v1/types HTTP/1.1\r\nHost: x\r\n"
                     b"Connection: close\r\n\r\n")
        expect(answer.split(b" ")[1] in (b"405", b"400", b"404"), "%s: %s",
               method, answer[:60])
    p.close()


def common_headers():
    """every answer, good or bad, carries the security headers"""
    c = world.client()
    for answer in (c.call("GET", "/"), c.call("GET", "/v1/certificates"),
                   c.call("GET", "/nothing"), c.call("DELETE", "/v1/types"),
                   c.call("OPTIONS", "/v1/types"),
                   c.call("POST", "/v1/certificates", {})):
        headers = answer[1]
        for name, value in (("X-Content-Type-Options", "nosniff"),
                            ("X-Frame-Options", "DENY"),
                            ("Referrer-Policy", "no-referrer")):
            expect(headers[name] == value, "%s: %s", name, headers[name])
        expect(len(headers["X-Request-Id"]) == 26, "X-Request-Id")
        expect("default-src 'none'" in headers["Content-Security-Policy"],
               "policy")
        expect(headers["Cache-Control"], "Cache-Control")
    c.close()


START = b"POST /v1/verifications HTTP/1.1\r\nHost: x\r\n" \
        b"Content-Type: text/plain\r\n"
SMUGGLED = b"GET /v1/seals HTTP/1.1\r\nHost: x\r\n\r\n"
AMBIGUOUS = [
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    b"Content-Length: 5, 6\r\n\r\nhello!",
    b"Content-Length: +5\r\n\r\nhello",
    b"Content-Length: -5\r\n\r\nhello",
    b"Content-Length: 0x5\r\n\r\nhello",
    b"Content-Length: 99999999999999999999\r\n\r\nhello",
    b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    b"Host: y\r\nContent-Length: 5\r\n\r\nhello",
]


def smuggling():
    """ambiguous framing is 4xx, and what follows is never answered"""
    for tail in AMBIGUOUS:
        answer = raw(START + tail + SMUGGLED, patience=3)
        expect(answer.startswith(b"HTTP/1.1 4") or answer == b"", "%s: %s",
               tail[:50], answer[:60])
        expect(b" 200 " not in answer and b'"items"' not in answer,
               "what followed was answered: %s", tail)


def broken_heads():
    """malformed request lines and headers are refused"""
    for head in (b"GET /v1/types HTTP/1.1\r\n\r\n",
                 b"GET /v1/types HTTP/9.9\r\nHost: x\r\n\r\n",
                 b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"):
        answer = raw(head, patience=12)
        expect(not answer.startswith(b"HTTP/1.1 200"), "%s: %s", head,
               answer[:60])


def header_sizes():
    """16 KiB of headers pass, one byte more is 431; 2 KiB of address, 414"""
    for size, want in ((16384, b"200"), (16385, b"431")):
        head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: "
        head += b"a" * (size - len(head) - 4) + b"\r\n\r\n"
        answer = raw(head)
        expect(answer.split(b" ")[1] == want, "%d: %s", size, answer[:60])
    for size, want in ((2048, b"400"), (2049, b"414")):
        target = b"/healthz?a="
        target += b"a" * (size - len(target))
        answer = raw(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n"
                     b"Connection: close\r\n\r\n")
        expect(answer.split(b" ")[1] == want, "%d: %s", size, answer[:60])


def drip(start, drop, limit):
    """Seconds until the server gives up a client that sends drop by drop."""
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", world.SERVER.port)) as s:
        s.sendall(start)
        s.settimeout(0.5)
        while time.monotonic() - begin < limit:
            try:
                s.sendall(drop)
                if s.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
    return time.monotonic() - begin


def slow_clients():
    """one byte a second holds no connection, and nobody else waits for it"""
    cases = {"request line": (b"GET /v1/ty", b"p"),
             "headers": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"A: b\r\n"),
             "silence": (b"", b""),
             "body": (START + b"Content-Length: 99999\r\n\r\n", b"x")}
    seconds = {}

    def attack(name, start, drop):
        seconds[name] = drip(start, drop, 30)
    threads = [threading.Thread(target=attack, args=(n, *c))
               for n, c in cases.items()]
    for t in threads:
        t.start()
    slowest = 0.0
    while any(t.is_alive() for t in threads):
        begin = time.monotonic()
        p = world.public()
        expect(p.call("GET", "/v1/types")[0] == 200, "others do not work")
        p.close()
        slowest = max(slowest, time.monotonic() - begin)
        time.sleep(0.2)
    for name, spent in seconds.items():
        expect(4 < spent < 14, "%s: given up after %.1f s", name, spent)
    expect(slowest < 2, "others waited %.1f s", slowest)


def connections():
    """fifty connections of one address are served, the next is closed"""
    held = []
    try:
        for _ in range(60):
            s = socket.create_connection(("127.0.0.1", world.SERVER.port), 5)
            held.append(s)
        served = 0
        for s in held:
            try:
                s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                served += s.recv(12) == b"HTTP/1.1 200"
            except OSError:
                pass
        expect(45 <= served <= 50, "%d were served", served)
    finally:
        for s in held:
            s.close()
        world.SERVER.wait_ready()


def rationed():
    """uploads of one address over the rate are 429 with Retry-After"""
    p = world.public()
    for _ in range(200):
        answer = p.call("POST", "/v1/verifications", b"x",
                        {"Content-Type": "text/plain"})
        if answer[0] == 429:
            break
    body = world.problem(answer, 429, "rate_limited")
    expect(body["retryable"] is True, "not marked retryable")
    wait = int(answer[1]["Retry-After"])
    expect(1 <= wait <= 2, "Retry-After: %d", wait)
    time.sleep(wait)
    expect(p.call("POST", "/v1/verifications", b"x",
                  {"Content-Type": "text/plain"})[0] == 200, "still refused")
    p.close()


CASES = [methods, common_headers, smuggling, broken_heads, header_sizes,
         slow_clients, connections, rationed]
