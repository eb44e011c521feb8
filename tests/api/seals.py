"""Seals: seen, made, used, stopped, renewed; on a server of its own."""
import json
import os
import re
import time

import demo
import world
from demo import department_of, type_code
from harness import CERTSVC, Server, command, expect, samples, verify

BUSINESS = "business-licence"
DOG = "dog-registration"
NEW = {"id": "hall-1", "zh": "青禾市政务大厅（演示）", "kind": "oval",
       "arc": "青禾市政务服务大厅", "below": "业务专用章", "width": 45,
       "height": 30, "years": 3}
SERVER = None


def server():
    """Started with the first case."""
    global SERVER
    if SERVER is None:
        SERVER = Server().start()
    return SERVER


def close():
    if SERVER is not None:
        SERVER.close()


def department(folder=BUSINESS):
    return department_of(folder)


def get(path, folder=None, want=200):
    c = server().client(folder and department(folder))
    status, answer = c.json("GET", path)
    c.close()
    expect(status == want, "%s: %s %s", path, status, answer)
    return answer


def seal(*words, status=0):
    """certsvc seal on the running server."""
    return command(CERTSVC, "seal", *words[:1], "-d", server().data,
                   *words[1:], status=status)


def write(name, content):
    path = os.path.join(server().folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(content if isinstance(content, str) else
                json.dumps(content, ensure_ascii=False))
    return path


def issue(folder=BUSINESS, want=201, own=None):
    """Issue a sample as its department, or another one, and hand it over."""
    c = server().client(own or department(folder))
    status, answer = c.json("POST", "/v1/certificates", world.order(folder))
    expect(status == want, "issue: %s %s", status, answer)
    if answer.get("status") == "pending":
        status, done = c.json(
            "POST", "/v1/certificates/%s/hand-over" % answer["id"],
            {"reason": "handed_over"})
        expect(status == 200, "%s", done)
    c.close()
    return answer


def documents(made, folder=BUSINESS):
    """{format: path} of a certificate's files that have seals."""
    c = server().client(department(folder))
    found = {}
    for name in {d["format"] for d in made["documents"]} & {"pdf", "ofd"}:
        status, _, data = c.call("GET", "/v1/certificates/%s/files/%s" %
                                 (made["id"], name))
        expect(status == 200, "%s: %s", name, status)
        found[name] = os.path.join(server().folder,
                                   made["id"] + "." + name)
        with open(found[name], "wb") as f:
            f.write(data)
    c.close()
    expect(set(found) == {"pdf", "ofd"}, "formats: %s", made["documents"])
    return found


def hold(files):
    """A verifier with the trust directory alone says valid; its status list
    may be a moment younger than the certificate."""
    for path in files.values():
        end = time.monotonic() + 5
        while True:
            _, answer = verify(path, server().trust)
            if answer["verdict"] == "valid":
                states = {s["trust"] for s in answer["signatures"]}
                expect(states == {"trusted"}, "%s: %s", path, states)
                break
            expect([r["code"] for r in answer["reasons"]] == ["suspended"] and
                   time.monotonic() < end, "%s: %s %s", path,
                   answer["verdict"], answer["reasons"])
            time.sleep(0.1)


def next_second():
    """What is done from here on is later by the clock of certificates."""
    now = int(time.time())
    while int(time.time()) == now:
        time.sleep(0.01)


def listed():
    """/v1/seals pages and filters, and knows no state that is not there"""
    everything = get("/v1/seals")["items"]
    expect([s["id"] for s in everything] ==
           sorted(s["id"] for s in everything), "not by id")
    expect(len(everything) >= 4, "%s seals", len(everything))
    paged, path = [], "/v1/seals?limit=1"
    while path:
        page = get(path)
        expect(len(page["items"]) == 1, "a page of %d", len(page["items"]))
        paged += page["items"]
        path = page["next"] and "/v1/seals?limit=1&cursor=" + page["next"]
    expect(paged == everything, "pages differ from the whole")
    for query, wanted in (("department=" + department(), ["market-1"]),
                          ("type=" + type_code(DOG), ["police-1"]),
                          ("state=suspended", []),
                          ("department=X", [])):
        found = [s["id"] for s in get("/v1/seals?" + query)["items"]]
        expect(found == wanted, "%s: %s", query, found)
    c = server().client()
    world.problem(c.call("GET", "/v1/seals?state=sealed"), 400, "bad_query")
    for query in ("limit=101", "limit=0", "limit=x"):
        world.problem(c.call("GET", "/v1/seals?" + query), 400)
    c.close()


def one_seal():
    """a seal's record is for departments; it says whose, for what, how long"""
    c = server().client()
    for path in ("/v1/seals/market-1", "/v1/seals/market-1/uses",
                 "/v1/seals/market-1/picture"):
        world.problem(c.call("GET", path), 401, "credential_missing")
    c.close()
    got = get("/v1/seals/market-1", DOG)
    expect(got["state"] == "active" and got["generation"] == 1 and
           got["department"] == department(), "%s", got)
    expect({x["alg"] for x in got["x509s"]} == {"ES256", "SM2"}, "%s", got)
    expect(got["arc"] == "青禾市市场监督管理局", "%s", got)
    c = server().client(department())
    for path in ("/v1/seals/market-9", "/v1/seals/market-9/uses",
                 "/v1/seals/market-9/picture"):
        world.problem(c.call("GET", path), 404, "no_such_seal")
    world.problem(c.call("GET", "/v1/seals/market-1/uses?cursor=x"), 400)
    c.close()


def picture():
    """a seal's picture, as pixels and as vectors"""
    c = server().client(department())
    for query, kind, start in (
            ("", "image/png", b"\x89PNG"), ("?as=svg", "image/svg+xml", b"<svg"),
            ("?as=png&dpi=72", "image/png", b"\x89PNG")):
        status, headers, data = c.call("GET", "/v1/seals/market-1/picture" +
                                       query)
        expect(status == 200 and headers["Content-Type"] == kind and
               data.startswith(start), "%s: %s %s", query, status, data[:20])
    for query in ("?as=gif", "?dpi=20", "?dpi=1201", "?dpi=x"):
        world.problem(c.call("GET", "/v1/seals/market-1/picture" + query),
                      400)
    c.close()


def preview():
    """certsvc seal preview needs no server, and refuses what cannot be read"""
    out = os.path.join(server().folder, "preview.png")
    good = write("good.json", NEW)
    command(CERTSVC, "seal", "preview", "-f", good, "-o", out)
    with open(out, "rb") as f:
        expect(f.read(4) == b"\x89PNG", "no PNG")
    os.remove(out)
    for changes, code in (
            ({"arc": "青" * 40, "width": 30, "height": 20}, "seal_crowded"),
            ({"arc": "青禾市\U000f1234局"}, "no_glyph"),
            ({"arc": ""}, "seal_text"), ({"width": 20}, "seal_size"),
            ({"kind": "square"}, "seal_kind"), ({"colour": "green"},
                                                "seal_colour"),
            ({"arch": "x"}, "unknown_member"), ({"star": 1},
                                                "unknown_member")):
        bad = write("bad.json", dict(NEW, **changes))
        text = command(CERTSVC, "seal", "preview", "-f", bad, "-o", out,
                       status=1)
        expect(code in text, "%s: %s", changes, text)
        expect(not os.path.exists(out), "a picture of %s", changes)


def made():
    """a seal is checked, drawn, made; the same once more is the same seal"""
    order = dict(NEW, department=department())
    for changes, code in (
            ({"arc": "青" * 40, "width": 30, "height": 20}, "seal_crowded"),
            ({"id": "hall 1"}, "bad_seal"),
            ({"department": "11990100MB9A00014M"}, "bad_seal"),
            ({"types": ["1199"]}, "bad_seal"), ({"years": 11}, "bad_seal"),
            ({"zh": ""}, "bad_seal"),
            ({"department": "91350100M000100Y43"}, "not_in_authority")):
        text = seal("make", "-f", write("order.json", dict(order, **changes)),
                    status=1)
        expect(code in text, "%s: %s", changes, text)
        expect("hall-1" not in seal("list"), "made all the same: %s", changes)
    path = write("order.json", order)
    expect('"made"' in seal("make", "-f", path), "not made")
    expect('"exists"' in seal("make", "-f", path), "made twice")
    text = seal("make", "-f", write("other.json", dict(order, below="公章")),
                status=1)
    expect("seal_exists" in text, "%s", text)
    got = get("/v1/seals/hall-1", BUSINESS)
    expect(got["kind"] == "oval" and got["types"] == [] and
           got["uses"] == 0 and got["last_used"] is None, "%s", got)


def uses(identity, folder=BUSINESS):
    found, path = [], "/v1/seals/%s/uses" % identity
    while path:
        page = get(path, folder)
        found += page["items"]
        path = page["next"] and "/v1/seals/%s/uses?cursor=%s" % (
            identity, page["next"])
    return found


def counted():
    """every use of a seal is counted and listed, for who may see it"""
    before, listed_before = get("/v1/seals/market-1",
                                BUSINESS)["uses"], len(uses("market-1"))
    made_now = issue()
    seals = sum(d["format"] in ("pdf", "ofd") for d in made_now["documents"])
    got = get("/v1/seals/market-1", BUSINESS)
    expect(got["uses"] == before + seals, "%s uses, before %s, %s seals",
           got["uses"], before, seals)
    expect(got["last_used"] is not None, "%s", got)
    lines = uses("market-1")
    expect(len(lines) == listed_before + seals, "%d lines, before %d",
           len(lines), listed_before)
    expect(lines[-1]["type"] == type_code(BUSINESS) and
           lines[-1]["department"] == department(), "%s", lines[-1])
    expect(uses("market-1", DOG) == [], "another department sees them")
    expect(type_code(BUSINESS) in seal("uses", "market-1"), "command line")


def stop_and_go():
    """a suspended seal is refused within the second, and again may be used"""
    old = documents(issue())
    seal("suspend", "market-1", "--reason", "核查")
    at = time.monotonic()
    answer = issue(want=403)
    expect(time.monotonic() - at < 1, "too late")
    expect(answer["code"] == "seal_suspended", "%s", answer)
    expect(get("/v1/seals?state=suspended")["items"][0]["id"] == "market-1",
           "not listed")
    hold(old)
    seal("suspend", "market-1")
    seal("resume", "market-1")
    hold(documents(issue()))


def joint():
    """another department's seal: by its grant only, and stopped by its owner"""
    folder, place = "hotel-permit", ["--place", "1"]
    own = department_of(folder)
    grant = ["police-1", "--department", own, "-t", type_code(folder)]
    old = documents(issue(folder), folder)
    expect(any(u["department"] == own for u in uses("police-1", DOG)),
           "the owner does not see who used its seal")
    expect([u["department"] for u in uses("police-1", folder)] ==
           [own] * len(uses("police-1", folder)), "more than its own uses")
    seal("revoke-authorisation", *grant, *place)
    expect(issue(folder, 403)["code"] == "no_joint_seal", "still authorised")
    text = seal("authorise", *grant, status=1)
    expect("bad_action" in text, "at the place of one's own: %s", text)
    seal("authorise", *grant, "--place", "2")
    expect(issue(folder, 403)["code"] == "no_joint_seal", "wrong place")
    seal("revoke-authorisation", *grant, "--place", "2")
    hold(old)
    seal("authorise", *grant, *place)
    seal("suspend", "police-1")
    expect(issue(folder, 403)["code"] == "seal_suspended", "not stopped")
    seal("resume", "police-1")
    hold(documents(issue(folder), folder))
    hold(old)


def revoked(ca):
    """Serials on the published list of a CA."""
    c = server().client()
    status, headers, der = c.call("GET", "/crl/" + ca)
    c.close()
    expect(status == 200 and
           headers["Content-Type"] == "application/pkix-crl", "%s", status)
    text = command("openssl", "crl", "-inform", "DER", "-noout", "-text",
                   stdin=der)
    return re.findall(r"Serial Number: ([0-9A-F]+)", text)


def lost_and_renewed():
    """lost: refused, revoked, old documents stay; renewed: new ones are good"""
    old = documents(issue())
    before = {ca: len(revoked(ca)) for ca in ("p256", "sm2")}
    next_second()
    seal("lost", "market-1", "--reason", "保险柜被撬")
    expect(issue(want=403)["code"] == "seal_lost", "not refused")
    end = time.monotonic() + 5
    while any(len(revoked(ca)) != before[ca] + 1 for ca in before):
        expect(time.monotonic() < end, "not on the lists of revoked x509s")
        time.sleep(0.1)
    hold(old)
    text = seal("resume", "market-1", status=1)
    expect("seal_state" in text, "%s", text)
    seal("renew", "market-1", "--years", "4")
    got = get("/v1/seals/market-1", BUSINESS)
    expect(got["state"] == "active" and got["generation"] == 2, "%s", got)
    expect(["revoked_since" in x for x in got["x509s"]] ==
           [False, False, True, True], "%s", got["x509s"])
    new = documents(issue())
    hold(old)
    hold(new)
    command(CERTSVC, "verify", "--trust", server().trust, *old.values(),
            *new.values())


def destroyed():
    """destroyed: refused for ever; what it sealed stays valid"""
    old = documents(issue())
    next_second()
    seal("destroy", "market-1")
    expect(issue(want=403)["code"] == "seal_destroyed", "not refused")
    hold(old)
    for verb in ("resume", "renew", "lost"):
        expect("seal_state" in seal(verb, "market-1", status=1), "%s", verb)
    listed_states = {s["id"]: s["state"] for s in get("/v1/seals")["items"]}
    expect(listed_states["market-1"] == "destroyed", "%s", listed_states)


def outside_ca(alg):
    """An authority of somebody else's: (key, x509, options of openssl)."""
    base = os.path.join(server().folder, "outside-" + alg)
    sm2 = alg == "SM2"
    sign = ["-sm3" if sm2 else "-sha256"] + (
        ["-sigopt", "distid:1234567812345678"] if sm2 else [])
    command("openssl", "ecparam", "-name", "SM2" if sm2 else "prime256v1",
            "-genkey", "-noout", "-out", base + ".key")
    command("openssl", "req", "-new", "-x509", *sign, "-key", base + ".key",
            "-subj", "/C=CN/O=Elsewhere/CN=Root " + alg, "-days", "3650",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-addext",
            "basicConstraints=critical,CA:TRUE", "-out", base + ".pem")
    return base, sign


def outside_x509(alg, usage="digitalSignature,nonRepudiation", more=""):
    """Request out, x509 in, by the authority elsewhere."""
    base, sign = outside_ca(alg)
    verify_id = ["-vfyopt", "distid:1234567812345678"] if alg == "SM2" else []
    seal("csr", "police-1", "--alg", alg, "-o", base + ".csr")
    text = command("openssl", "req", "-in", base + ".csr", "-noout", "-verify",
                   *verify_id)
    expect("OK" in text, "%s", text)
    with open(base + ".cnf", "w", encoding="ascii") as f:
        f.write("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,%s\n"
                "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n%s" %
                (usage, more))
    command("openssl", "x509", "-req", "-in", base + ".csr", *sign,
            *verify_id, "-CA", base + ".pem", "-CAkey", base + ".key",
            "-CAcreateserial", "-days", "700", "-extfile", base + ".cnf",
            "-out", base + ".signer.pem")
    return base


def outside():
    """x509s of an authority elsewhere: checked, taken, and used from then on"""
    old = documents(issue(DOG), DOG)
    for alg in ("ES256", "SM2"):
        bad = outside_x509(alg, "keyEncipherment")
        command(CERTSVC, "ca", "add", "-d", server().data, "--root",
                bad + ".pem")
        text = seal("x509", "police-1", "--alg", alg, "-f",
                    bad + ".signer.pem", status=1)
        expect("x509_key_usage" in text, "%s", text)
        base = outside_x509(alg)
        text = seal("x509", "police-1", "--alg", alg, "-f",
                    base + ".signer.pem", status=1)
        expect("x509_untrusted" in text, "%s", text)
        command(CERTSVC, "ca", "add", "-d", server().data, "--root",
                base + ".pem")
        text = seal("x509", "forestry-1", "--alg", alg, "-f",
                    base + ".signer.pem", status=1)
        expect("x509_other_key" in text, "%s", text)
        for _ in range(2):
            seal("x509", "police-1", "--alg", alg, "-f",
                 base + ".signer.pem")
        given = [x["sha256"] for x in get("/v1/seals/police-1",
                                            DOG)["x509s"]]
        expect(len(given) == len(set(given)), "twice: %s", given)
    new = documents(issue(DOG), DOG)
    hold(old)
    hold(new)
    text = seal("import", "police-1", "-f", write("no.esl", "0"), status=1)
    expect("(seal_malformed)" in text or "malformed" in text, "%s", text)


def cross_product():
    """departments x types x grants: only what is authorised is signed"""
    folders = [f for f in samples() if department_of(f) != department() and
               demo.seals(f) == 1]

    def attempt(own):
        allowed = set()
        for folder in folders:
            c = server().client(own)
            status, answer = c.json("POST", "/v1/certificates",
                                    world.order(folder))
            c.close()
            expect(status in (201, 403), "%s: %s %s", folder, status, answer)
            if status == 201:
                allowed.add(folder)
        return allowed

    for own in {department_of(f) for f in folders}:
        expect(attempt(own) == {f for f in folders if department_of(f) == own},
               "%s issues %s", own, attempt(own))
    mine, theirs = folders[0], folders[1]
    own_seal = get("/v1/seals?type=" + type_code(mine))["items"][0]["id"]
    # Another department's seal never stands at the place of one's own.
    text = seal("authorise", own_seal, "--department", department_of(theirs),
                "-t", type_code(theirs), status=1)
    expect("bad_action" in text, "%s", text)
    # A grant that is given works with the answer, and not once it is taken.
    expect(issue(theirs, 403, department_of(mine))["code"] ==
           "not_authorised", "too early")
    seal("authorise", own_seal, "--department", department_of(mine), "-t",
         type_code(theirs))
    granted = [g for g in get("/v1/seals/" + own_seal, mine)["authorised"]
               if g["department"] == department_of(mine)]
    expect({(g["type"], g["place"]) for g in granted} ==
           {(type_code(t), 0) for t in (mine, theirs)}, "%s", granted)
    made_now = issue(theirs, 201, department_of(mine))
    c = server().client(department_of(mine))
    _, _, pdf = c.call("GET", "/v1/certificates/%s/files/pdf" %
                       made_now["id"])
    c.close()
    path = os.path.join(server().folder, "granted.pdf")
    with open(path, "wb") as f:
        f.write(pdf)
    seal("revoke-authorisation", own_seal, "--department",
         department_of(mine), "-t", type_code(theirs))
    issue(theirs, 403, department_of(mine))
    # What was sealed under the grant stays good without it.
    end = time.monotonic() + 5
    while verify(path, server().trust)[1]["verdict"] != "valid":
        expect(time.monotonic() < end, "%s", verify(path, server().trust))
        time.sleep(0.2)


CASES = [listed, one_seal, picture, preview, made, counted, stop_and_go, joint,
         lost_and_renewed, destroyed, outside, cross_product]
