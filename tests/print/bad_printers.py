"""A printer that means harm, or is none: the right words, in time, and our
own process lives on (it answers; a crash would be "printer_unavailable")."""
import concurrent.futures
import contextlib
import json
import socket
import tempfile
import time

from asking import PAST_STALL, ask, not_printed, refused, send
from harness import CERTSVC, command, expect
from hostile_printer import HostilePrinter

_bad = None


def bad():
    global _bad
    if _bad is None:
        _bad = HostilePrinter()
    return _bad


def close():
    if _bad is not None:
        _bad.__exit__()


@contextlib.contextmanager
def deaf_port():
    """A port whose machine does not answer: its queue of calls is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", port))
        yield port
        for caller in callers:
            caller.close()


def all_at_once(work, cases, seconds):
    """Run work(*case) for each, all at the same time."""
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for done in [pool.submit(work, *case) for case in cases]:
            done.result()
    took = time.monotonic() - start
    expect(took < seconds, "it took %.1f s", took)


def at_once():
    """What is no printer's answer is refused at once, whatever it is."""
    all_at_once(lambda path, code: refused(bad().uri(path), code), [
        ("garbage", "not_a_printer"), ("endless-body", "not_a_printer"),
        ("endless-headers", "not_a_printer"),
        ("endless-line", "not_a_printer"),
        ("endless-continue", "not_a_printer"),
        ("negative-length", "not_a_printer"),
        ("redirect", "not_a_printer"), ("file", "not_a_printer"),
        ("web-page", "not_a_printer"), ("nowhere", "not_a_printer"),
        ("500", "not_a_printer"), ("password", "printer_denied"),
        ("forbidden", "printer_denied"), ("upgrade", "printer_tls"),
        ("503", "printer_busy"), ("busy", "printer_busy"),
        ("other-number", "bad_ipp"), ("cut", "bad_ipp"), ("bomb", "bad_ipp"),
        ("close", "printer_offline"), ("bad-chunks", "printer_offline"),
    ], 10)
    expect(bad().count("redirected", 0x000b) == 0, "a redirect was followed")


def in_time():
    """A printer that stalls or drips is given up in time, a slow one is not."""
    def late(call, path, code, *more):
        start = time.monotonic()
        call(path if path.startswith("ipp") else bad().uri(path), code, *more)
        took = time.monotonic() - start
        expect(took < PAST_STALL - 5, "%s took %.1f s", path, took)

    def unanswered(port):
        start = time.monotonic()
        refused("ipp://127.0.0.1:%d/" % port, "printer_offline")
        took = time.monotonic() - start
        expect(4 < took < 8, "connecting took %.1f s", took)

    def large(uri, code):
        not_printed(uri, code, document=bytes(16777216))

    def slow():
        answer, code = send(bad().uri("take-and-slow"))
        expect(code is None and answer["id"] == 7, "slow: %s", code)

    with deaf_port() as port:
        all_at_once(lambda call, *more: call(*more), [
            (unanswered, port), (slow,),
            (late, refused, "silent", "printer_offline"),
            (late, refused, "drip", "printer_offline"),
            (late, refused, "deaf", "printer_offline"),
            (late, refused, "silent", "printer_offline", "cancel", "1"),
            (late, refused, "silent", "printer_offline", "find", "x"),
            # the same once the document went out
            (late, not_printed, "take-and-silent", "printer_uncertain"),
            (late, not_printed, "take-and-drip", "printer_uncertain"),
            (late, large, "take-and-deaf", "printer_uncertain")],
            PAST_STALL)


def uncertain():
    """Whatever happens after the document went out, nobody claims to know."""
    paths = ["close", "garbage", "500", "cut", "other-number", "no-job",
             "web-page", "broken", "endless-body", "huge-length"]
    all_at_once(not_printed, [
        (bad().uri("take-and-" + path), "printer_uncertain")
        for path in paths] + [(bad().uri("half"), "printer_uncertain")], 10)
    for path in ["take-and-" + path for path in paths] + ["half"]:
        expect(bad().count(path) == 1, "%s got %d print jobs", path,
               bad().count(path))


def surely_not():
    """A refusal, even an early one, says that nothing was printed."""
    cases = [(bad().uri("take-and-" + path), code) for path, code in (
        ("busy", "printer_busy"), ("503", "printer_busy"),
        ("password", "printer_denied"), ("redirect", "not_a_printer"),
        ("nowhere", "not_a_printer"))]
    all_at_once(not_printed, cases, 10)
    expect(bad().count("redirected") == 0, "a document was redirected")
    not_printed(bad().uri("early-busy"), "printer_busy")
    for path in ("take-and-print", "hangs-up"):
        expect(send(bad().uri(path))[0]["id"] == 7, "%s: not printed", path)
        expect(bad().count(path) == 1, "%s: %d times", path, bad().count(path))


def addresses():
    """Only printers' addresses are spoken to."""
    for uri in ("http://127.0.0.1/", "https://127.0.0.1/", "file:///etc/passwd",
                "ipp:///ipp", "ipp://user@127.0.0.1/", "ipp://127.0.0.1/?x",
                "ipp://127.0.0.1/#x", "ipp://127.0.0.1:0/",
                "ipp://127.0.0.1:65536/", "ipp://127.0.0.1:99999999999999999/",
                "ipp://[::1/", "ipp://[fe80::1%25eth0]/", "ipp://a b/",
                "ipp://a/%zz", "ipp://a/\n", "ipp://a/\u4e2d", "IPP://a/",
                "ipp://" + "a" * 300 + "/", "ipp://-x/", ""):
        refused(uri, "bad_printer_uri")
    for uri in ("ipp://169.254.169.254/", "ipp://[fe80::1]/", "ipp://0.0.0.0/",
                "ipp://[::]/", "ipp://224.0.0.1/", "ipp://255.255.255.255/",
                "ipp://[ff02::1]/", "ipp://[::ffff:169.254.169.254]/",
                "ipp://2852039166/", "ipp://0xa9fea9fe/"):
        refused(uri, "printer_address")


def networks():
    """Printers are looked for where config.json says, and nowhere else."""
    with tempfile.TemporaryDirectory() as folder:
        data = folder + "/data"
        command(CERTSVC, "init", "-d", data, "--demo")
        with open(data + "/config.json", encoding="utf-8") as f:
            config = json.load(f)
        for ranges, code in ((["10.0.0.0/8", "fd00::/8"], "printer_address"),
                             ([], "printer_address"),
                             (["127.0.0.1"], "not_a_printer"),
                             (["10.0.0.1/8"], "bad_config"),
                             (["x"], "bad_config"), ([7], "bad_config"),
                             ("10.0.0.0/8", "bad_config")):
            with open(data + "/config.json", "w", encoding="utf-8") as f:
                json.dump(dict(config, printer_networks=ranges), f)
            refused(bad().uri("nowhere"), code, "-d", data)


def wordy():
    """An answer as long as it may be is cut down to what a person reads."""
    about, code = ask(bad().uri("wordy"))
    expect(code is None and len(about["media"]) == 256, "%s", code)


CASES = [at_once, in_time, uncertain, surely_not, addresses, networks,
         wordy]
