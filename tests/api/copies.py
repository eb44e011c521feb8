"""Purpose-bound copies (加注件): once only, for one purpose, never more than
their original."""
import datetime
import threading
import time

import world
from harness import expect, verify

PURPOSE = "办理银行开户"


def body(serial, **more):
    """Today plus some days, as China counts them."""
    china = datetime.timezone(datetime.timedelta(hours=8))
    last = datetime.datetime.now(china).date() + datetime.timedelta(days=20)
    return dict({"purpose": PURPOSE, "expires": str(last), "matter": "COPY",
                 "serial": serial}, **more)


def address(made):
    return "/v1/certificates/%s/copies" % made["id"]


def once():
    """the same call gets the same copy for ever; another body is a conflict"""
    made = world.issue()
    c = world.client()
    status, one = c.json("POST", address(made), body("once"))
    expect(status == 201 and one["copy_of"] == made["id"], "%s", one)
    status, headers, _ = c.call("POST", address(made), body("once"))
    expect(status == 200 and headers.get("Idempotent-Replayed") == "true",
           "%s", headers)
    world.problem(c.call("POST", address(made), body("once", maker="别人")),
                  409, "key_reused")
    c.close()


def at_once():
    """twenty calls with one key at once make one copy"""
    made = world.issue()
    seen, lock = [], threading.Lock()

    def call():
        c = world.client()
        answer = c.json("POST", address(made), body("at-once"))
        c.close()
        with lock:
            seen.append((answer[0], answer[1].get("id")))
    threads = [threading.Thread(target=call) for _ in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    expect(len({i for _, i in seen}) == 1 and
           sorted(s for s, _ in seen) == [200] * 19 + [201], "%s", seen)


def whole():
    """every document of a copy tells its purpose; its codes do not"""
    made = world.issue()
    c = world.client()
    _, copied = c.json("POST", address(made), body("whole"))
    formats = [(d["format"], d["variant"]) for d in copied["documents"]]
    expect(formats == [(d["format"], d["variant"])
                       for d in made["documents"]], "%s", formats)
    for kind, variant in formats:
        data = c.call("GET", "/v1/certificates/%s/files/%s%s" % (
            copied["id"], kind, "?variant=" + variant if variant else ""))[2]
        if kind == "qr":
            answer = world.verdict(data.decode())
        else:
            answer = world.upload(data, "application/octet-stream")
        expect(answer["verdict"] == "valid", "%s: %s", kind, answer)
        told = answer["certificate"]["copy"]
        expect(answer["certificate"]["copy_number"] == 1, "%s", answer)
        expect(told["purpose"] == (None if kind == "qr" else PURPOSE),
               "%s: %s", kind, told)
    full = c.json("GET", "/v1/certificates/" + made["id"])[1]
    expect([x["id"] for x in full["copies"]] == [copied["id"]], "%s", full)
    full = c.json("GET", "/v1/certificates/" + copied["id"])[1]
    expect(full["purpose"] == PURPOSE, "%s", full)
    c.close()


def offline():
    """its code alone says that it is a copy, and which, with no network"""
    made = world.issue()
    c = world.client()
    for n in (1, 2):
        _, copied = c.json("POST", address(made), body("offline-%d" % n))
        for variant in ("", "?variant=sm2"):
            text = c.call("GET", "/v1/certificates/%s/files/qr%s" % (
                copied["id"], variant))[2]
            end = time.monotonic() + 5
            while True:
                answer = verify("-", world.SERVER.trust, stdin=text)[1]
                if (answer["verdict"] == "valid" or
                        time.monotonic() > end):
                    break
                time.sleep(0.1)
            told = answer["certificate"]
            expect(answer["verdict"] == "valid" and told["copy"] and
                   told["copy_number"] == n and told["copy"]["maker"] and
                   told["copy"]["made"], "%s: %s", variant, answer)
    text = made["qr"].encode()
    expect(verify("-", world.SERVER.trust, stdin=text)[1]["certificate"]
           ["copy"] is None, "an original is called a copy")
    c.close()


def follows():
    """a copy is suspended, resumed and worthless with its original"""
    made = world.issue()
    c = world.client()
    _, copied = c.json("POST", address(made), body("follows"))
    for action, reason, word in (
            ("suspend", "lost", "suspended"), ("resume", "found", "valid"),
            ("revoke", "issued_in_error", "revoked")):
        world.act(made["id"], action, reason)
        expect(world.state(copied["id"]) == word, "after %s", action)
        said = world.verdict(copied["qr"])["verdict"]
        expect(said == ("valid" if word == "valid" else "invalid"), "%s", said)
    world.problem(c.call("POST", address(made), body("too-late")), 409,
                  "original_not_valid")
    c.close()


def refused():
    """what cannot be a copy is refused, and what is wrong with it is named"""
    made = world.issue()
    c = world.client()
    for more in ({"purpose": ""}, {"purpose": None}, {"expires": "soon"},
                 {"expires": "2020-01-01"}, {"fields": {}}, {"maker": 7},
                 {"purpose": "长" * 201}, {"purpose": "\u202e反"},
                 {"type": "dog-registration", "unknown": 1}):
        world.problem(c.call("POST", address(made), body("bad", **more)), 422)
    _, copied = c.json("POST", address(made), body("first"))
    world.problem(c.call("POST", address(copied), body("second")), 409,
                  "is_copy")
    world.problem(c.call(
        "POST", "/v1/certificates/%s/renew" % copied["id"],
        {"reason": "expiring", "matter": "COPY", "serial": "third"}), 409,
        "is_copy")
    other = world.client("dog-registration")
    world.problem(other.call("POST", address(made), body("theirs")), 404)
    other.close()
    c.close()


CASES = [once, at_once, whole, offline, follows, refused]
