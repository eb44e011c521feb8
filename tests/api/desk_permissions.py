"""The table of docs/desk.md over HTTP: each role x each action x what is its
own, a neighbour's, and of another region."""
import datetime
import itertools
import subprocess

import world
from desk import PEOPLE, enter, put_local
from harness import CERTSVC, expect

ROLES = ("clerk", "custodian", "department_admin", "auditor",
         "regional_admin")
KEYS = itertools.count(1)
STATE = {}


def run(*args):
    done = subprocess.run([CERTSVC, *args, "-d", world.SERVER.data],
                          timeout=120, check=True, capture_output=True,
                          text=True)
    return done.stdout.strip()




def newcomer(name, *where):
    word = run("operator", "add", name, *where)
    desk = enter(world.SERVER, name, word)
    status, _ = desk.json("POST", "/v1/session/password",
                          {"old": word, "new": "seven grey geese"})
    expect(status == 200, "password of %s: %s", name, status)
    return desk


def look_up(desk, made):
    status, found = desk.json("POST", "/v1/lookups", {
        "by": "number", "value": made["number"], "purpose": "走查"})
    expect(status == 201 and found["items"], "look-up: %s", found)
    return found["id"]


def job_body(made, lookup):
    return {"certificate": made["id"], "kind": "original",
            "channel": "browser", "lookup": lookup, "purpose": "走查"}


def make_job(desk, made):
    status, job = desk.json(
        "POST", "/v1/print-jobs", job_body(made, look_up(desk, made)),
        {"Idempotency-Key": "walk-%d" % next(KEYS)})
    expect(status == 201, "print job: %s %s", status, job)
    return job


def set_up():
    """Own, neighbouring and far things, once for all cases."""
    if STATE:
        return STATE
    # Of a region that no department's area has: the command line refuses it.
    put_local(world.SERVER, "/v1/offices", {
        "id": "far-office", "zh": "外市中心", "region": "980102",
        "kind": "centre", "types": [{"type": "11990000MB9A010097003"}],
        "ticket": "", "state": "active"})
    put_local(world.SERVER, "/v1/operators", {
        "name": "far.auditor", "role": "auditor", "region": "980100",
        "salt": "00" * 16, "verifier": "00" * 32})
    people = {r: enter(world.SERVER, PEOPLE[r]) for r in ROLES}
    neighbour = enter(world.SERVER, "demo-clerk-station")
    far = newcomer("far.clerk", "--role", "clerk", "--office", "far-office")
    newcomer("other.custodian", "--role", "custodian", "--department",
             "11990100MB9A00030C").close()
    newcomer("own.custodian", "--role", "custodian", "--department",
             "11990100MB9A00014N").close()
    made = [world.issue("dog-registration") for _ in range(3)]
    STATE.update(
        people=people, neighbour=neighbour, far=far, made=made,
        lookup=look_up(people["clerk"], made[0]),
        own_job=make_job(people["clerk"], made[0]),
        other_job=make_job(neighbour, made[1]))
    far.json("POST", "/v1/lookups", {"by": "number", "value": "x",
                                     "purpose": "外市"})
    seals = world.public().json("GET", "/v1/seals")[1]["items"]
    STATE["own_seal"] = [s["id"] for s in seals if
                         s["department"] == "11990100MB9A00014N"][0]
    STATE["other_seal"] = [s["id"] for s in seals if
                           s["department"] == "11990100MB9A00030C"][0]
    return STATE


def today():
    china = datetime.timezone(datetime.timedelta(hours=8))
    return str(datetime.datetime.now(china).date())


def answers(method, path, body=None, fresh=False):
    """{role: status}; fresh: an Idempotency-Key of its own for each."""
    got = {}
    for role, desk in set_up()["people"].items():
        headers = {"Idempotency-Key": "walk-%d" % next(KEYS)} if fresh else {}
        status, _, _ = desk.call(method, path, body, headers)
        got[role] = status
    status = world.public().call(method, path, body)[0]
    expect(status == 401, "%s %s without a session: %s", method, path, status)
    return got


def holds(method, path, want, body=None, fresh=False):
    """want: five statuses, as the columns of the table."""
    got = answers(method, path, body, fresh)
    wanted = dict(zip(ROLES, want))
    expect(got == wanted, "%s %s: %s, not %s", method, path, got, wanted)


def only_clerks_work_at_the_desk():
    """look up, print, settle, hand over, post, blanks: own office only"""
    s = set_up()
    no = (403,) * 4
    holds("POST", "/v1/lookups", (201, *no),
          {"by": "number", "value": "x", "purpose": "走查"})
    holds("POST", "/v1/postings", (201, *no),
          {"certificate": s["made"][0]["id"], "lookup": s["lookup"],
           "carrier": "EMS", "tracking": "1"})
    # A second sheet is one too many: what the clerk is told is not 403.
    holds("POST", "/v1/print-jobs", (409, *no),
          job_body(s["made"][0], s["lookup"]), fresh=True)
    holds("POST", "/v1/certificates/%s/hand-over" % s["made"][0]["id"],
          (409, *no), {"reason": "handed_over", "holder_confirmed": True,
                       "lookup": "x"})
    holds("POST", "/v1/print-jobs/%s/cancel" % s["other_job"]["id"],
          (404, *no), {})
    holds("POST", "/v1/print-jobs/%s/settle" % s["other_job"]["id"],
          (404, *no), {"came_out": True})
    holds("GET", "/v1/print-jobs/%s/file" % s["other_job"]["id"], (404, *no))
    holds("GET", "/v1/blanks", (200, *no))
    holds("POST", "/v1/blanks/dog%2F1/spoil".replace("%2F", "-"), (404, *no),
          {"reason": "x"})


def jobs_are_seen_by_office_and_region():
    """print jobs and reconciliation: own office, or the region"""
    s = set_up()
    own, other = s["own_job"]["id"], s["other_job"]["id"]
    holds("GET", "/v1/print-jobs/" + own, (200, 403, 403, 200, 200))
    holds("GET", "/v1/print-jobs/" + other, (404, 403, 403, 200, 200))
    expect(s["far"].call("GET", "/v1/print-jobs/" + own)[0] == 404, "far")
    jobs = "/v1/print-jobs?office=%s"
    holds("GET", jobs % "hekou-centre", (200, 403, 403, 200, 200))
    holds("GET", jobs % "liulin-station", (404, 403, 403, 200, 200))
    holds("GET", jobs % "far-office", (404, 403, 403, 404, 404))
    clerk = s["people"]["clerk"].json("GET", "/v1/print-jobs")[1]["items"]
    ids = {j["id"] for j in clerk}
    expect(own in ids and other not in ids, "%s", ids)
    day = "/v1/reconciliations/" + today()
    holds("GET", day + "?office=hekou-centre", (200, 403, 403, 200, 200))
    holds("GET", day + "?office=liulin-station", (404, 403, 403, 200, 200))
    holds("GET", day + "?office=far-office", (404, 403, 403, 404, 404))


def look_ups_are_seen_by_who_made_them_and_the_region():
    """look-ups and counts: own ones, or the region's"""
    s = set_up()
    holds("GET", "/v1/lookups", (200, 403, 403, 200, 200))
    holds("GET", "/v1/lookups/counts", (200, 403, 403, 200, 200))
    for role in ("auditor", "regional_admin"):
        page = s["people"][role].json("GET", "/v1/lookups")[1]["items"]
        expect("外市" not in str(page) and
               {"demo-clerk", "demo-clerk-station"} <=
               {i["operator"] for i in page}, "%s: %s", role, page)
        page = s["people"][role].json(
            "GET", "/v1/lookups?operator=far.clerk")[1]["items"]
        expect(page == [], "%s: %s", role, page)


def offices_are_seen_by_office_and_region():
    """offices and printers: seen by office and region, changed by its head"""
    s = set_up()
    holds("GET", "/v1/offices", (200, 403, 403, 200, 200))
    holds("GET", "/v1/offices/hekou-centre", (200, 403, 403, 200, 200))
    holds("GET", "/v1/offices/liulin-station", (404, 403, 403, 200, 200))
    holds("GET", "/v1/offices/far-office", (404, 403, 403, 404, 404))
    for role in ("auditor", "regional_admin"):
        ids = {o["id"] for o in
               s["people"][role].json("GET", "/v1/offices")[1]["items"]}
        expect({"hekou-centre", "liulin-station", "bank-partner"} <= ids and
               "far-office" not in ids, "%s: %s", role, ids)
    good = {"zh": "走查打印机", "uri": "ipp://127.0.0.1:9/ipp/print",
            "media": "iso_a4_210x297mm"}
    for office, want in (("hekou-centre", (200, 403, 403, 200, 200)),
                         ("liulin-station", (404, 403, 403, 200, 200)),
                         ("far-office", (404, 403, 403, 404, 404))):
        holds("GET", "/v1/offices/%s/printers" % office, want)
    path = "/v1/offices/%s/printers/walk"
    holds("PUT", path % "liulin-station", (403, 403, 403, 403, 200), good)
    holds("PUT", path % "far-office", (403, 403, 403, 403, 404), good)
    admin = s["people"]["regional_admin"]
    for bad in ({"uri": "http://127.0.0.1/"}, {"uri": "ipp://"},
                {"uri": "ipp://user:word@host/"}, {"media": "A4 paper"},
                {"dx": 11}, {"stock": "paper"}, {"fingerprint": "00"}, {"fingerprint": "00" * 32}, {"zh": ""},
                {"uri": "file:///etc/passwd"}):
        world.problem(admin.call("PUT", path % "liulin-station",
                                 dict(good, **bad)), 422)


def people_are_changed_by_their_administrators():
    """operators: listed and changed in the own department or region"""
    s = set_up()
    holds("GET", "/v1/operators", (403, 403, 200, 200, 200))
    names = {r: {o["name"] for o in
                 s["people"][r].json("GET", "/v1/operators")[1]["items"]}
             for r in ROLES[2:]}
    expect(names["department_admin"] == {
        "own.custodian", "demo-custodian", "demo-department"}, "%s", names)
    for role in ("auditor", "regional_admin"):
        expect({"demo-clerk", "other.custodian"} <= names[role] and
               not {"far.clerk", "far.auditor"} & names[role], "%s", names)
    for action in ("disable", "enable", "unlock"):
        path = "/v1/operators/%s/" + action
        holds("POST", path % "own.custodian", (403, 403, 200, 403, 200), {})
        holds("POST", path % "other.custodian", (403, 403, 404, 403, 200), {})
        holds("POST", path % "demo-clerk-partner", (403, 403, 404, 403, 200),
              {})
        holds("POST", path % "far.clerk", (403, 403, 404, 403, 404), {})
        holds("POST", path % "nobody", (403, 403, 404, 403, 404), {})


def seals_are_seen_in_their_department():
    """seals and their uses: custodians and administrators of the department"""
    s = set_up()
    for tail in ("", "/picture", "/uses"):
        path = "/v1/seals/%s" + tail
        holds("GET", path % s["own_seal"], (403, 200, 200, 403, 403))
        holds("GET", path % s["other_seal"], (403, 404, 404, 403, 403))
        holds("GET", path % "no-such-seal", (403, 404, 404, 403, 403))


CASES = [only_clerks_work_at_the_desk, jobs_are_seen_by_office_and_region,
         look_ups_are_seen_by_who_made_them_and_the_region,
         offices_are_seen_by_office_and_region,
         people_are_changed_by_their_administrators,
         seals_are_seen_in_their_department]
