"""Operators: logins, sessions, locks, and what they may see of each other."""
import json
import os
import subprocess
import tempfile
import time

import world
from desk import Desk, PEOPLE, enter, password_of, totp
from harness import CERTSVC, Server, expect


def run(*args, want=0):
    """A command on this server's directory; its outputs."""
    done = subprocess.run([CERTSVC, *args, "-d", world.SERVER.data],
                          timeout=120, check=False, capture_output=True,
                          text=True)
    expect(done.returncode == want, "%s: %d %s", args, done.returncode,
           done.stderr)
    return done.stdout, done.stderr


def problem(answer, status, *codes):
    return world.problem(answer, status, *codes)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def every_role_logs_in():
    """each role logs in, is told who it is, and logs out for good"""
    for role, name in PEOPLE.items():
        desk = Desk(world.SERVER.port)
        answer = desk.login(name)
        expect(answer["role"] == role and answer["operator"] == name,
               "%s", answer)
        expect((answer["office"] is not None) == (role == "clerk"),
               "%s", answer)
        for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
            expect(part in desk.set_cookie, "cookie: %s", desk.set_cookie)
        expect("Secure" not in desk.set_cookie, "http: %s", desk.set_cookie)
        status, again = desk.json("GET", "/v1/session")
        expect(status == 200 and again == answer, "%s %s", again, answer)
        status, headers, _ = desk.call("DELETE", "/v1/session")
        expect(status == 204 and "Max-Age=0" in headers["Set-Cookie"],
               "logout: %s", status)
        problem(desk.call("GET", "/v1/session"), 401, "login_needed")
        desk.close()


def one_answer_for_every_wrong_login():
    """unknown, disabled, wrong password: one answer, and no browser dialogue"""
    run("operator", "add", "gone", "--role", "auditor", "--region", "990100")
    run("operator", "disable", "gone")
    answers = set()
    for name, password in (("demo-clerk", "wrong"), ("nobody", "wrong"),
                           ("gone", "wrong"), ("Not A Name", "x"), ("", "")):
        desk = Desk(world.SERVER.port)
        answer = desk.call("POST", "/v1/sessions",
                           {"name": name, "password": password})
        body = problem(answer, 401, "bad_login")
        expect("Basic" not in answer[1]["WWW-Authenticate"], "dialogue")
        answers.add((body["zh"], body["en"], body["retryable"]))
        desk.close()
    expect(len(answers) == 1, "answers differ: %s", answers)
    enter(world.SERVER, "demo-clerk").close()


def brute_force_locks_and_tells():
    """five wrong passwords lock, the owner is told, an administrator unlocks"""
    name = "demo-clerk-partner"
    desk = Desk(world.SERVER.port)
    for i in range(5):
        status, headers, answer = desk.try_login(name, "wrong %d" % i)
        want = (401, "bad_login") if i < 4 else (429, "locked")
        expect((status, answer["code"]) == want, "%d: %s", i, answer)
    expect(800 < int(headers["Retry-After"]) <= 900, "%s",
           headers["Retry-After"])
    status, _, answer = desk.try_login(name, password_of(name))
    expect((status, answer["code"]) == (429, "locked"), "%s", answer)
    # A name that nobody has is locked likewise.
    for i in range(5):
        status, _, answer = desk.try_login("nobody-at-all", "wrong")
    expect((status, answer["code"]) == (429, "locked"), "%s", answer)
    admin = enter(world.SERVER, "demo-region")
    status, operators = admin.json("GET", "/v1/operators")
    locked = [o for o in operators["items"] if o["name"] == name]
    expect(status == 200 and locked[0]["locked_until"], "%s", locked)
    status, answer = admin.json("POST", "/v1/operators/%s/unlock" % name, {})
    expect(status == 200 and answer["locked_until"] is None, "%s", answer)
    answer = desk.login(name)
    expect(answer["last"]["failures"] >= 5, "%s", answer["last"])
    answer = desk.login(name)
    expect(answer["last"]["failures"] == 0 and
           answer["last"]["address"] == desk.address, "%s", answer["last"])
    admin.close()
    desk.close()


def logins_are_rationed():
    """one address cannot try names without end"""
    desk = Desk(world.SERVER.port)
    # Malformed ones count too, and are answered faster than tokens flow in.
    answers = [desk.json("POST", "/v1/sessions", {"name": i})[1]["code"]
               for i in range(60)]
    expect(answers[:30] == ["bad_body"] * 30, "%s", answers)
    expect("rate_limited" in answers, "%s", answers)
    desk.close()


def a_stolen_cookie_ends_the_session():
    """a cookie shown from another address: log in again, for both"""
    desk = enter(world.SERVER, "demo-clerk")
    thief = Desk(world.SERVER.port, cookie=desk.headers["Cookie"])
    expect(desk.json("GET", "/v1/session")[0] == 200, "before")
    problem(thief.call("GET", "/v1/session"), 401, "login_needed")
    problem(desk.call("GET", "/v1/session"), 401, "login_needed")
    for bad in ("A" * 52, "a", "A" * 200, "", "%00"):
        forged = Desk(world.SERVER.port, cookie="certsvc_session=" + bad)
        problem(forged.call("GET", "/v1/session"), 401, "login_needed")
        forged.close()
    thief.close()
    desk.close()


def other_sites_make_no_calls():
    """forms and scripts of other sites are refused, in whatever they send"""
    desk = enter(world.SERVER, "demo-clerk")
    body = json.dumps({"by": "number", "value": "x", "purpose": "x"}).encode()
    for site in ("cross-site", "same-site", "none"):
        problem(desk.call("POST", "/v1/lookups", body,
                          {"Content-Type": "application/json",
                           "Sec-Fetch-Site": site}), 403, "other_origin")
    problem(desk.call("GET", "/v1/session", None,
                      {"Sec-Fetch-Site": "cross-site"}), 403, "other_origin")
    for kind in ("text/plain", "application/x-www-form-urlencoded",
                 "multipart/form-data; boundary=x"):
        problem(desk.call("POST", "/v1/lookups", body,
                          {"Content-Type": kind}), 415,
                "unsupported_media_type")
    status, _ = desk.json("POST", "/v1/lookups", json.loads(body),
                          {"Sec-Fetch-Site": "same-origin"})
    expect(status == 201, "same-origin: %s", status)
    status, _, answer = Desk(world.SERVER.port).try_login(
        "demo-clerk", password_of("demo-clerk"),
        headers={"Sec-Fetch-Site": "cross-site"})
    expect(answer["code"] == "other_origin", "login: %s %s", status, answer)
    # No answer lets another origin read it.
    headers = desk.call("GET", "/v1/session", None,
                        {"Origin": "https://evil.example"})[1]
    expect(headers.get("Access-Control-Allow-Origin") is None, "CORS")
    desk.close()


def a_new_one_changes_the_password_first():
    """who was given a password can do nothing else before changing it"""
    out, err = run("operator", "add", "new.one", "--role", "clerk",
                   "--office", "hekou-centre", "--zh", "新来的")
    password = out.strip()
    expect(len(password) == 23 and password not in err, "%s", err)
    desk = Desk(world.SERVER.port)
    expect(desk.login("new.one", password)["must_change"] is True, "flag")
    problem(desk.call("GET", "/v1/offices"), 403, "password_change_needed")
    problem(desk.call("POST", "/v1/lookups",
                      {"by": "number", "value": "x", "purpose": "x"}), 403,
            "password_change_needed")
    for weak in ("short", "password12345", "new.onenew.one", "1234567890123",
                 "aaaaaaaaaaaaaa", password, "x" * 129):
        problem(desk.call("POST", "/v1/session/password",
                          {"old": password, "new": weak}), 422,
                "weak_password")
    problem(desk.call("POST", "/v1/session/password",
                      {"old": "wrong", "new": "seven grey geese"}), 403,
            "bad_password")
    other = Desk(world.SERVER.port)
    other.login("new.one", password)
    status, answer = desk.json("POST", "/v1/session/password",
                               {"old": password, "new": "seven grey geese"})
    expect(status == 200 and answer["must_change"] is False, "%s", answer)
    expect(desk.json("GET", "/v1/offices")[0] == 200, "after the change")
    problem(other.call("GET", "/v1/session"), 401, "login_needed")
    problem(desk.call("POST", "/v1/sessions",
                      {"name": "new.one", "password": password}), 401,
            "bad_login")
    other.close()
    desk.close()


def one_time_codes():
    """enrolled with the password and a first code; asked for from then on"""
    out, _ = run("operator", "add", "coded", "--role", "auditor", "--region",
                 "990100")
    desk = Desk(world.SERVER.port)
    desk.login("coded", out.strip())
    desk.json("POST", "/v1/session/password",
              {"old": out.strip(), "new": "seven grey geese"})
    word = "seven grey geese"
    problem(desk.call("POST", "/v1/session/totp", {"password": "wrong"}), 403,
            "bad_password")
    status, made = desk.json("POST", "/v1/session/totp", {"password": word})
    expect(status == 200 and made["uri"].startswith(
        "otpauth://totp/certsvc:coded?secret=" + made["secret"]), "%s", made)
    side = len(made["qr"])
    expect(side >= 21 and all(len(r) == side for r in made["qr"]), "qr")
    problem(desk.call("POST", "/v1/session/totp",
                      {"password": word, "code": "12345"}), 403, "bad_code")
    code = totp(made["secret"])
    status, answer = desk.json("POST", "/v1/session/totp",
                               {"password": word, "code": code})
    expect(answer == {"totp": "enrolled"}, "%s", answer)
    expect(desk.json("GET", "/v1/session")[1]["totp"] == "enrolled", "shown")
    problem(desk.call("POST", "/v1/sessions",
                      {"name": "coded", "password": word}), 401, "code_needed")
    # The code that was used is used up; that of the next step is not.
    problem(desk.call("POST", "/v1/sessions",
                      {"name": "coded", "password": word, "code": code}), 401,
            "bad_login")
    desk.login("coded", word, totp(made["secret"], time.time() + 30))
    # Another password, made by an administrator, takes the codes away.
    out, _ = run("operator", "password", "coded")
    problem(desk.call("GET", "/v1/session"), 401, "login_needed")
    answer = desk.login("coded", out.strip())
    expect(answer["totp"] == "missing" and answer["must_change"], "%s", answer)
    desk.close()


def people_who_leave_are_out_at_once():
    """disabled, or the office closed: the very next call is refused"""
    folder = tempfile.mkdtemp(prefix="certsvc-")
    office = write(folder, "o.csv", "id,zh,region,kind,types\n"
                   "leaving,要关的站,990102,station,dog-registration\n")
    run("office", "import", office)
    out, _ = run("operator", "add", "leaver", "--role", "clerk", "--office",
                 "leaving")
    desk = Desk(world.SERVER.port)
    desk.login("leaver", out.strip())
    desk.json("POST", "/v1/session/password",
              {"old": out.strip(), "new": "seven grey geese"})
    expect(desk.json("GET", "/v1/session")[0] == 200, "logged in")
    admin = enter(world.SERVER, "demo-region")
    expect(admin.json("POST", "/v1/operators/leaver/disable", {})[0] == 200,
           "disable")
    problem(desk.call("GET", "/v1/session"), 401, "login_needed")
    expect(admin.json("POST", "/v1/operators/leaver/enable", {})[0] == 200,
           "enable")
    problem(desk.call("GET", "/v1/session"), 401, "login_needed")
    desk.login("leaver", "seven grey geese")
    run("office", "close", "leaving")
    problem(desk.call("GET", "/v1/session"), 401, "login_needed")
    problem(desk.call("POST", "/v1/sessions",
                      {"name": "leaver", "password": "seven grey geese"}), 403,
            "office_closed")
    run("office", "reopen", "leaving", "--new-key")
    problem(desk.call("POST", "/v1/sessions",
                      {"name": "leaver", "password": "seven grey geese"}), 403,
            "password_reset_needed")
    out, _ = run("operator", "password", "leaver")
    desk.login("leaver", out.strip())
    problem(admin.call("POST", "/v1/operators/demo-region/disable", {}), 409,
            "not_oneself")
    admin.close()
    desk.close()


def nobody_sees_another_office():
    """a clerk of A sees nothing of B: offices, people, look-ups"""
    a = enter(world.SERVER, "demo-clerk")
    b = enter(world.SERVER, "demo-clerk-station")
    status, page = a.json("GET", "/v1/offices")
    expect([o["id"] for o in page["items"]] == ["hekou-centre"], "%s", page)
    problem(a.call("GET", "/v1/offices/liulin-station"), 404, "not_found")
    problem(a.call("GET", "/v1/offices/no-such-office"), 404, "not_found")
    problem(a.call("PUT", "/v1/offices/hekou-centre/printers/p", {}), 403,
            "not_allowed")
    problem(a.call("GET", "/v1/operators"), 403, "not_allowed")
    status, found = b.json("POST", "/v1/lookups", {
        "by": "holder", "value": "11010519491231002X",
        "purpose": "柳林村村民到场"})
    expect(status == 201, "%s", found)
    status, page = a.json("GET", "/v1/lookups")
    expect(all(i["operator"] == "demo-clerk" for i in page["items"]), "%s",
           page)
    status, page = a.json("GET", "/v1/lookups?office=liulin-station")
    expect(page["items"] == [], "%s", page)
    made = world.issue("business-licence")
    for desk, want in ((a, 1), (b, 0)):
        status, found = desk.json("POST", "/v1/lookups", {
            "by": "number", "value": made["number"], "purpose": "补打"})
        expect(sum(i["id"] == made["id"] for i in found["items"]) == want,
               "%s", found)
    a.close()
    b.close()


def departments_stay_departments():
    """a session opens no department's door, a key no operator's"""
    desk = enter(world.SERVER, "demo-clerk")
    for method, path in (("GET", "/v1/certificates"), ("GET", "/v1/caller"),
                         ("POST", "/v1/certificates"),
                         ("POST", "/v1/certificates/search")):
        problem(desk.call(method, path, {} if method == "POST" else None),
                401, "credential_missing")
    c = world.client()
    for path in ("/v1/session", "/v1/operators", "/v1/lookups"):
        problem(c.call("GET", path), 401, "login_needed")
    c.close()
    desk.close()


def a_look_up_and_a_hand_over():
    """find by number and by code, hand over with the holder's word"""
    c = world.client("dog-registration")
    status, made = c.json("POST", "/v1/certificates",
                          world.order("dog-registration"))
    c.close()
    expect(status == 201 and made["status"] == "pending", "%s", made)
    desk = enter(world.SERVER, "demo-clerk")
    ask = {"by": "code", "value": made["qr"], "purpose": "领证"}
    status, found = desk.json("POST", "/v1/lookups", ask)
    expect(status == 201 and [i["id"] for i in found["items"]] ==
           [made["id"]], "%s", found)
    expect(found["items"][0]["print"]["original"]["allowed"], "%s", found)
    ask["value"] = made["qr"][:-1] + ("1" if made["qr"][-1] != "1" else "2")
    problem(desk.call("POST", "/v1/lookups", ask), 422, "not_our_code")
    problem(desk.call("POST", "/v1/lookups",
                      {"by": "number", "value": made["number"]}), 422,
            "bad_fields")
    path = "/v1/certificates/%s/hand-over" % made["id"]
    body = {"reason": "handed_over", "lookup": found["id"]}
    problem(desk.call("POST", path, body), 422, "not_confirmed")
    body["holder_confirmed"] = True
    problem(desk.call("POST", path, dict(body, lookup="x")), 409,
            "lookup_needed")
    status, answer = desk.json("POST", path, body)
    expect(status == 200 and answer["status"] == "valid", "%s", answer)
    c = world.client("dog-registration")
    events = c.json("GET", "/v1/certificates/" + made["id"])[1]["events"]
    expect("demo-clerk @" in events[-1]["operator"], "%s", events)
    c.close()
    status, answer = desk.json("POST", "/v1/postings", {
        "certificate": made["id"], "lookup": found["id"], "carrier": "EMS",
        "tracking": "EA1"})
    expect(status == 201, "%s", answer)
    auditor = enter(world.SERVER, "demo-auditor")
    status, page = auditor.json("GET", "/v1/lookups?operator=demo-clerk")
    text = json.dumps(page, ensure_ascii=False)
    expect(status == 200 and "领证" in text and made["qr"] not in text,
           "%s", text)
    status, page = auditor.json("GET", "/v1/lookups/counts")
    expect(any(i["operator"] == "demo-clerk" and i["count"] > 0
               for i in page["items"]), "%s", page)
    auditor.close()
    desk.close()


def a_clerk_who_copies_the_register_is_stopped():
    """over the look-ups of an hour: 429, and auditors see it"""
    out, _ = run("operator", "add", "greedy", "--role", "clerk", "--office",
                 "hekou-centre")
    desk = Desk(world.SERVER.port)
    desk.login("greedy", out.strip())
    desk.json("POST", "/v1/session/password",
              {"old": out.strip(), "new": "seven grey geese"})
    ask = {"by": "number", "value": "x", "purpose": "x"}
    codes = [desk.call("POST", "/v1/lookups", dict(ask, value=str(i)))[0]
             for i in range(70)]
    expect(codes == [201] * 60 + [429] * 10, "%s", codes)
    problem(desk.call("POST", "/v1/lookups", ask), 429, "too_many_lookups")
    auditor = enter(world.SERVER, "demo-auditor")
    page = auditor.json("GET", "/v1/lookups?operator=greedy")[1]
    expect(any(i["refused"] for i in page["items"]), "not seen")
    auditor.close()
    desk.close()


def behind_a_proxy_addresses_are_the_proxys_word():
    """the last address of X-Forwarded-For, and only when config.json says so"""
    def name(address):
        return {"X-Forwarded-For": address}
    desk = enter(world.SERVER, "demo-clerk")
    expect(desk.call("GET", "/v1/session", None, name("10.0.0.9"))[0] == 200,
           "believed without a proxy")
    desk.close()
    server = Server()
    try:
        path = os.path.join(server.data, "config.json")
        with open(path, encoding="utf-8") as f:
            config = dict(json.load(f), behind_proxy=True,
                          public_url="https://desk.example.gov.cn")
        write(server.data, "config.json", json.dumps(config))
        server.start()
        desk = Desk(server.port, "127.0.0.1")
        word = password_of("demo-clerk")
        desk.try_login("demo-clerk", word, headers=name("10.0.0.1"))
        expect("Secure" in desk.set_cookie, "cookie: %s", desk.set_cookie)
        for address in ("10.0.0.1", "10.9.9.9, 10.0.0.1"):
            expect(desk.call("GET", "/v1/session", None,
                             name(address))[0] == 200, "%s", address)
        # HAProxy adds its own line behind the client's.
        for lines, status in ((("10.9.9.9", "10.0.0.1"), 200),
                              (("10.0.0.1", "10.9.9.9"), 401)):
            desk.connection.putrequest("GET", "/v1/session")
            desk.connection.putheader("Cookie", desk.headers["Cookie"])
            for address in lines:
                desk.connection.putheader("X-Forwarded-For", address)
            desk.connection.endheaders()
            answer = desk.connection.getresponse()
            answer.read()
            expect(answer.status == status, "%s: %d", lines, answer.status)
        desk.try_login("demo-clerk", word, headers=name("10.0.0.1"))
        problem(desk.call("GET", "/v1/session", None,
                          name("10.0.0.1, 10.9.9.9")), 401, "login_needed")
        problem(desk.call("GET", "/v1/session", None, name("10.0.0.1")), 401,
                "login_needed")
        desk.close()
    finally:
        server.close()


CASES = [every_role_logs_in, one_answer_for_every_wrong_login,
         brute_force_locks_and_tells, logins_are_rationed,
         a_stolen_cookie_ends_the_session, other_sites_make_no_calls,
         a_new_one_changes_the_password_first, one_time_codes,
         people_who_leave_are_out_at_once,
         nobody_sees_another_office, departments_stay_departments,
         a_look_up_and_a_hand_over,
         a_clerk_who_copies_the_register_is_stopped,
         behind_a_proxy_addresses_are_the_proxys_word]
