"""Many at once, and processes that die under a call."""
import collections
import copy
import os
import signal
import socket
import threading
import time

import world
from harness import expect

AT_ONCE = 40  # one address may have 50 connections


def together(count, call):
    """Results of call(0) .. call(count - 1), begun at one moment."""
    results, barrier = [None] * count, threading.Barrier(count)

    def work(n):
        barrier.wait()
        results[n] = call(n)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def post(path, body):
    c = world.client("dog-registration")
    try:
        return c.json("POST", path, body)
    finally:
        c.close()


def replacement(reason):
    body = world.order("dog-registration")
    del body["type"]
    return dict(body, reason=reason)


def one_successor():
    """of forty corrections and renewals at once exactly one is made"""
    made = world.issue("dog-registration")
    path = "/v1/certificates/" + made["id"]
    bodies = [(path + "/correct", replacement("typing_error")) if n % 2 else
              (path + "/renew", replacement("expiring"))
              for n in range(AT_ONCE)]
    answers = together(AT_ONCE, lambda n: post(*bodies[n]))
    new = [a["id"] for status, a in answers if status == 201]
    expect(len(new) == 1 and all(s in (201, 409) for s, _ in answers), "%s",
           collections.Counter(s for s, _ in answers))
    c = world.client("dog-registration")
    answer = c.json("GET", path)[1]
    c.close()
    expect(answer["status"] == "superseded" and
           answer["superseded_by"] == new[0], "%s", answer)


def one_end():
    """revoked and corrected at once, it ends in one way"""
    for _ in range(3):
        made = world.issue("dog-registration")
        path = "/v1/certificates/" + made["id"]
        calls = [(path + "/revoke", {"reason": "holder_died"}) if n % 2 else
                 (path + "/correct", replacement("typing_error"))
                 for n in range(8)]
        answers = together(8, lambda n, c=calls: post(*c[n]))
        revoked = sum(s == 200 for s, _ in answers)
        new = sum(s == 201 for s, _ in answers)
        expect((new == 0 and revoked > 0) or (new == 1 and revoked == 0),
               "%s", [s for s, _ in answers])
        expect(world.state(made["id"], "dog-registration") ==
               ("superseded" if new else "revoked"), "the other end")


def one_body():
    """of forty bodies under one key at once one is issued, 39 are conflicts"""
    body = world.order("dog-registration")
    bodies = [dict(copy.deepcopy(body), purpose="用途%d" % n)
              for n in range(AT_ONCE)]
    answers = together(AT_ONCE,
                       lambda n: post("/v1/certificates", bodies[n]))
    found = collections.Counter(s for s, _ in answers)
    expect(found == {201: 1, 409: AT_ONCE - 1}, "%s", found)


def parser_killed():
    """a parse process that is killed costs one verdict, not the service"""
    made = world.issue("dog-registration")
    done = threading.Event()

    def killer():
        while not done.is_set():
            pid = world.SERVER.children().get("parse")
            if pid:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
    thread = threading.Thread(target=killer)
    thread.start()
    try:
        for _ in range(6):
            answer = world.verdict(made["qr"])
            have = [r["code"] for r in answer["reasons"]]
            expect(answer["verdict"] == "unreadable" and
                   have == ["parser_died"] or not have, "%s", answer)
    finally:
        done.set()
        thread.join()
    end = time.monotonic() + 15
    while world.verdict(made["qr"])["verdict"] == "unreadable":
        expect(time.monotonic() < end, "it does not come back")


def strangers_wait():
    """the parse process of an upload yields the processor to issuing"""
    end, nice = time.monotonic() + 5, None
    while nice != 10:  # one that was started just now may not be there yet
        expect(time.monotonic() < end, "nice %s", nice)
        pid = world.SERVER.children().get("parse", 0)
        try:
            nice = os.getpriority(os.PRIO_PROCESS, pid) if pid else None
        except ProcessLookupError:
            pass
        time.sleep(0.01)


def many_uploads():
    """uploads together over 256 MiB are 503, and stalled ones are dropped"""
    head = ("POST /v1/verifications HTTP/1.1\r\nHost: x\r\nContent-Type: "
            "application/pdf\r\nContent-Length: 33554432\r\n\r\n").encode()
    held = []
    try:
        for _ in range(9):
            s = socket.create_connection(("127.0.0.1", world.SERVER.port))
            held.append(s)
            s.sendall(head)
            for _ in range(31):
                s.sendall(bytes(1 << 20))
        c = world.public()
        world.problem(c.call("POST", "/v1/verifications", b"%PDF-1.7\n",
                             {"Content-Type": "application/pdf"}), 503,
                      "server_busy")
        c.close()
        world.issue("dog-registration")  # departments do not notice
        end = time.monotonic() + 25
        for s in held:
            s.settimeout(max(0.1, end - time.monotonic()))
            try:
                expect(s.recv(1) == b"", "an answer to half an upload")
            except ConnectionResetError:
                pass
    finally:
        for s in held:
            s.close()
    answer = world.upload(b"%PDF-1.7\n", "application/pdf")
    expect(answer["verdict"] == "unreadable", "%s", answer)


def keeper_killed():
    """while the keeper is away a call may be repeated, and then succeeds"""
    body = world.order("dog-registration")
    os.kill(world.SERVER.children()["keeper"], signal.SIGKILL)
    end = time.monotonic() + 15
    while True:
        status, answer = post("/v1/certificates", body)
        if status == 201:
            return
        expect(status == 503 and answer["retryable"] and
               time.monotonic() < end, "%s %s", status, answer)
        time.sleep(0.05)


def printer_killed():
    """a printer process that is killed is replaced, and nobody waits"""
    for _ in range(3):
        old = world.SERVER.children()["printer"]
        with open("/proc/%d/status" % old, encoding="utf-8") as f:
            status = dict(line.split(":", 1) for line in f)
        expect(status["Seccomp"].strip() == "2" and
               status["NoNewPrivs"].strip() == "1", "not confined")
        os.kill(old, signal.SIGKILL)
        world.issue("dog-registration")
        end = time.monotonic() + 10
        while (new := world.SERVER.children().get("printer", old)) == old:
            expect(time.monotonic() < end, "it does not come back")
            time.sleep(0.02)
        while True:  # until it has closed the door behind itself
            with open("/proc/%d/status" % new, encoding="utf-8") as f:
                if "Seccomp:\t2" in f.read():
                    break
            expect(time.monotonic() < end, "it is not confined")


CASES = [one_successor, one_end, one_body, strangers_wait, parser_killed,
         keeper_killed, printer_killed, many_uploads]
