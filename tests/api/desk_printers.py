"""How an office's printers are, as the desk and its region see it."""
import contextlib
import socket
import threading
import time

import world
from desk import enter
from harness import expect
from printer import Printer

MEDIA = "iso_a4_210x297mm"
OFFICE = "bank-partner"


def put(admin, name, uri, **more):
    body = dict({"zh": "打印机 " + name, "uri": uri, "media": MEDIA}, **more)
    status, answer = admin.json(
        "PUT", "/v1/offices/%s/printers/%s" % (OFFICE, name), body)
    expect(status == 200, "put %s: %s %s", name, status, answer)


def states(desk):
    status, answer = desk.json("GET", "/v1/offices/%s/printers" % OFFICE)
    expect(status == 200, "printers: %s", answer)
    return {p["id"]: p for p in answer["items"]}


def until(desk, name, state):
    """Asked at most every 4 s, and told within a few more."""
    end = time.monotonic() + 20
    while True:
        printer = states(desk)[name]
        if printer["state"] == state or time.monotonic() > end:
            expect(printer["state"] == state, "%s: %s", name, printer)
            return printer
        time.sleep(0.5)


@contextlib.contextmanager
def mute():
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield "ipp://127.0.0.1:%d/ipp/print" % listener.getsockname()[1]


def each_printer_says_how_it_is():
    """ready, offline, silent, another key: in words, and soon"""
    admin = enter(world.SERVER, "demo-region")
    clerk = enter(world.SERVER, "demo-clerk-partner")
    with Printer() as printer, mute() as silent:
        put(admin, "good", printer.uri)
        put(admin, "gone", "ipp://127.0.0.1:9/ipp/print")
        put(admin, "silent", silent)
        put(admin, "other-key", printer.secure_uri, fingerprint="00" * 32)
        start = time.monotonic()
        now = states(clerk)
        expect(time.monotonic() - start < 8, "it took %.1f s",
               time.monotonic() - start)
        expect(set(now) == {"good", "gone", "silent", "other-key"}, "%s", now)
        good = until(clerk, "good", "ready")
        expect(good["accepting"] and good["words"]["zh"] and
               good["supplies"][0]["level"] == 75, "%s", good)
        gone = until(clerk, "gone", "offline")
        expect(not gone["accepting"] and gone["words"]["en"], "%s", gone)
        start = time.monotonic()
        expect(states(clerk)["silent"]["state"] == "not_known", "silent")
        expect(time.monotonic() - start < 2, "waited for it again")
        key = until(clerk, "other-key", "stopped")
        expect(key["reasons"] == ["printer_key_changed"], "%s", key)
        printer.stop()
        until(clerk, "good", "offline")
        printer.start()
        until(clerk, "good", "ready")
    clerk.close()
    admin.close()


def silent_printers_hold_nobody_up():
    """many look at an office whose printer hangs; the service goes on"""
    admin = enter(world.SERVER, "demo-region")
    with mute() as silent:
        put(admin, "silent", silent)
        put(admin, "good", silent)
        people = [enter(world.SERVER, "demo-clerk-partner") for _ in range(12)]
        took, lock = [], threading.Lock()

        def look(desk):
            begun = time.monotonic()
            states(desk)
            with lock:
                took.append(time.monotonic() - begun)
        threads = [threading.Thread(target=look, args=(d,)) for d in people]
        for t in threads:
            t.start()
        slowest = 0
        while any(t.is_alive() for t in threads):
            begun = time.monotonic()
            status, answer = admin.json("GET", "/v1/session")
            expect(status == 200, "%s %s", status, answer)
            slowest = max(slowest, time.monotonic() - begun)
            time.sleep(0.01)  # a session's calls are rationed
        for t in threads:
            t.join()
        expect(max(took) < 8, "a look took %.1f s", max(took))
        expect(slowest < 2, "another call took %.1f s", slowest)
        for desk in people:
            desk.close()
    admin.close()


def stock_is_of_a_type():
    """blanks in a printer are of a type that the office prints and has stock"""
    admin = enter(world.SERVER, "demo-region")
    office = admin.json("GET", "/v1/offices/hekou-centre")[1]
    with_stock = [t["type"] for t in office["types"] if t["stock"]]
    others = [t["type"] for t in office["types"] if not t["stock"]]
    expect(with_stock and others, "%s", office["types"])
    body = {"zh": "打证机", "uri": "ipp://127.0.0.1:9/ipp/print", "media": MEDIA}
    for stock, place, want in ((with_stock[0], "hekou-centre", 200),
                               (others[0], "hekou-centre", 422),
                               ("blank-paper", "hekou-centre", 422),
                               (with_stock[0], OFFICE, 422)):
        status, answer = admin.json(
            "PUT", "/v1/offices/%s/printers/stock-test" % place,
            dict(body, stock=stock))
        expect(status == want, "%s at %s: %s %s", stock, place, status, answer)
        if want == 422:
            expect(answer["errors"][0]["pointer"] == "/stock", "%s", answer)
    admin.close()


CASES = [each_printer_says_how_it_is, silent_printers_hold_nobody_up,
         stock_is_of_a_type]
