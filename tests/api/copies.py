"""Purpose-bound copies (加注件): once only, for one purpose, never more than
their original."""
import datetime
import threading
import time

import forgery_ofd
import world
from harness import CERTSVC, codes, command, expect, verify, verify_all

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


def fetched(c, made):
    """{pdf, ofd, xml: path} of a certificate's documents."""
    paths = {}
    for kind in ("pdf", "ofd", "xml"):
        variant = next((d["variant"] for d in made["documents"]
                        if d["format"] == kind and d["variant"]), None)
        paths[kind] = "%s/%s.%s" % (world.SERVER.folder, made["id"], kind)
        with open(paths[kind], "wb") as f:
            f.write(c.call("GET", "/v1/certificates/%s/files/%s%s" % (
                made["id"], kind, "?variant=" + variant if variant else
                ""))[2])
    return paths


def listed(*paths):
    """Waits until the trust directory's status list knows these."""
    end = time.monotonic() + 5
    while any(verify(p, world.SERVER.trust)[1]["verdict"] != "valid"
              for p in paths):
        expect(time.monotonic() < end, "%s",
               [verify(p, world.SERVER.trust)[1] for p in paths])
        time.sleep(0.1)


def told_apart():
    """original, copy and successor are three, whatever their number"""
    made = world.issue()
    c = world.client()
    _, copied = c.json("POST", address(made), body("apart"))
    files, of_copy = fetched(c, made), fetched(c, copied)
    listed(*files.values(), *of_copy.values())
    trust = ["--trust", world.SERVER.trust]
    for some in (files, of_copy):
        command(CERTSVC, "verify", *trust, "--same", *some.values())
    for a in files:
        for b in of_copy:
            text = command(CERTSVC, "verify", "--json", *trust, "--same",
                           files[a], of_copy[b], status=1)
            expect(text.count("different_certificates") == 2, "%s", text)
    later = world.act(made["id"], "renew", "expiring", want=201)
    successor = fetched(c, later)
    c.close()
    text = command(CERTSVC, "verify", "--json", *trust, "--same",
                   successor["ofd"], files["ofd"], status=1)
    expect(text.count("different_certificates") == 2, "%s", text)


def parts_exchanged():
    """no part of a copy fits its original, nor the other way round"""
    made = world.issue()
    c = world.client()
    _, copied = c.json("POST", address(made), body("parts"))
    files, of_copy = fetched(c, made), fetched(c, copied)
    c.close()
    listed(*files.values(), *of_copy.values())
    both = []
    for path in (files["ofd"], of_copy["ofd"]):
        with open(path, "rb") as f:
            both.append(f.read())
    for a, b in (both, both[::-1]):
        games = list(forgery_ofd.transplants(a, [b]))
        expect(len(games) > 5, "%d", len(games))
        for (name, _), answer in zip(games, verify_all(
                [data for _, data in games], world.SERVER.trust, ".ofd")):
            expect(answer["verdict"] != "valid" and codes(answer), "%s: %s",
                   name, answer)


def over():
    """a copy ends with its last day in China, whatever its original does"""
    made = world.issue()
    c = world.client()
    _, copied = c.json("POST", address(made), body("over"))
    of_copy = fetched(c, copied)
    c.close()
    listed(*of_copy.values())
    day = body("over")["expires"]
    for kind, path in of_copy.items():
        for at, good in (("T23:59:59+08:00", True), ("T15:59:59Z", True),
                         ("T23:59:59-00:00", False)):
            answer = verify(path, world.SERVER.trust, "--at", day + at)[1]
            expect(("expired" in codes(answer)) != good, "%s %s: %s", kind,
                   at, codes(answer))


CASES = [once, at_once, whole, offline, follows, refused, told_apart,
         parts_exchanged, over]
