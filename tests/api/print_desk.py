"""Print jobs on a real IPP printer: what arrives, what went wrong in words,
and nothing twice."""
import datetime
import os
import tempfile
import threading

import world
from counter import (REGION, issue, look_up, print_job, put_printer,
                     wait_job)
from demo import department_of
from desk import enter
from harness import CERTSVC, Client, codes, command, exit_status, expect, verify
from print_jobs import Desk, adds_up, same_as_stored
from printer import Printer

DESKS = {}
PRINTER = None


def desk(folder="business-licence"):
    if folder not in DESKS:
        DESKS[folder] = Desk(world.SERVER, department_of(folder))
    return DESKS[folder]


def printer():
    global PRINTER
    if PRINTER is None:
        PRINTER = Printer()
    PRINTER.mode("print")
    PRINTER.start()
    return PRINTER


def close():
    if PRINTER is not None:
        PRINTER.close()


def tray(job):
    """What lies on the tray of this job."""
    return [j for j in printer().printed() if j.name.startswith(job["id"])]


def read_page(path):
    """The code on the first page, as a phone would read it."""
    with tempfile.TemporaryDirectory() as folder:
        command("pdftoppm", "-r", "200", "-gray", "-png", "-singlefile", path,
                folder + "/page")
        text = command("zbarimg", "--quiet", "--raw", folder + "/page.png")
    return [line for line in text.splitlines() if "/#" in line][0]


def today():
    china = datetime.timezone(datetime.timedelta(hours=8))
    return str(datetime.datetime.now(china).date())


def arrives():
    """the sheet arrives as it is stored, and its code says which copy it is"""
    p, d, made = printer(), desk(), world.issue()
    job = d.make(made["id"], p.uri)
    expect(job["copy"] == 1 and job["state"] == "rendered", "%s", job)
    done = d.wait_state(job)
    expect(done["state"] == "confirmed", "%s", done)
    sheets = tray(job)
    expect(len(sheets) == 1, "%d sheets", len(sheets))
    expect(same_as_stored(world.SERVER, job, sheets[0].bytes) == "live",
           "the sheet is void")
    expect(sheets[0].attributes["IPP_MEDIA"] == "iso_a4_210x297mm", "%s",
           sheets[0].attributes["IPP_MEDIA"])
    status, answer = verify(sheets[0].path, world.SERVER.trust)
    expect(status == 0, "%s", answer)
    code = read_page(sheets[0].path)
    online = world.verdict(code)
    expect(online["verdict"] == "valid" and
           online["certificate"]["id"] == made["id"] and
           online["certificate"]["sheet"]["number"] == 1, "%s", online)
    expect(world.state(made["id"]) == "valid", "the status changed")


def once():
    """one key is one job; another body is a conflict; without one, no job"""
    p, d, made = printer(), desk(), world.issue()
    body = {"certificate": made["id"], "kind": "original",
            "channel": "printer", "printer": p.uri}
    answers, lock = [], threading.Lock()

    def call():
        mine = Desk(world.SERVER, department_of("business-licence"))
        answer = mine.post(body, "once-" + made["id"])
        mine.close()
        with lock:
            answers.append(answer)
    threads = [threading.Thread(target=call) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    expect(sorted(s for s, _ in answers) == [200] * 7 + [201], "%s", answers)
    expect(len({a["id"] for _, a in answers}) == 1, "%s", answers)
    job = answers[0][1]
    expect(d.wait_state(job)["state"] == "confirmed", "%s", job)
    expect(len(tray(job)) == 1, "%d sheets", len(tray(job)))
    world.problem(d.call("POST", "/v1/print-jobs", dict(body, reason="x"),
                         {"Idempotency-Key": "once-" + made["id"]}),
                  409, "key_reused")
    world.problem(d.call("POST", "/v1/print-jobs", body), 422,
                  "idempotency_key_needed")


def again():
    """a second sheet needs room and a reason; the void one says so"""
    p, d, made = printer(), desk(), world.issue()
    job = d.make(made["id"], p.uri)
    d.wait_state(job, "confirmed")
    body = {"certificate": made["id"], "kind": "original",
            "channel": "printer", "printer": p.uri, "reason": "再来一份"}
    world.problem(d.call("POST", "/v1/print-jobs", body,
                         {"Idempotency-Key": "again-1" + made["id"]}),
                  409, "no_originals_left")
    d.act(job, "settle", came_out=False, reason="墨粉不匀")
    world.problem(d.call("POST", "/v1/print-jobs",
                         {k: body[k] for k in body if k != "reason"},
                         {"Idempotency-Key": "again-2" + made["id"]}),
                  422, "reason_needed")
    second = d.make(made["id"], p.uri, reason="墨粉不匀")
    expect(second["copy"] == 2, "%s", second)
    d.wait_state(second, "confirmed")
    online = world.verdict(read_page(tray(job)[0].path))
    expect(online["verdict"] == "invalid" and "sheet_void" in codes(online),
           "%s", online)
    online = world.verdict(read_page(tray(second)[0].path))
    expect(online["verdict"] == "valid" and
           online["certificate"]["sheet"]["number"] == 2, "%s", online)


def printed_for():
    """what a sheet was printed for, only who shows an API key hears"""
    p, d, made = printer(), desk(), world.issue()
    job = d.make(made["id"], p.uri, purpose="办理银行开户")
    d.wait_state(job, "confirmed")
    code = read_page(tray(job)[0].path)
    online = world.verdict(code)
    expect(online["certificate"]["sheet"]["purpose"] is None, "%s", online)
    c = world.client("dog-registration")
    status, online = c.json("POST", "/v1/verifications", {"qr": code})
    c.close()
    expect(status == 200 and online["verdict"] == "valid" and
           online["certificate"]["sheet"]["purpose"] == "办理银行开户",
           "%s %s", status, online)
    c = world.public()
    world.problem(c.call("POST", "/v1/verifications", {"qr": code},
                         {"Authorization": "Bearer no.key"}), 401,
                  "bad_credential")
    c.close()


def in_words():
    """out of paper, jam: said in words, printed when it is mended"""
    p, d = printer(), desk("social-insurance-proof")
    made = world.issue("social-insurance-proof")
    for mode, code in (("empty", "media-empty"), ("jam", "media-jam")):
        p.mode(mode)
        job = d.make(made["id"], p.uri, "proof", reason=mode)
        now = d.wait(job, lambda j: j["detail"]["code"].startswith(code))
        expect(now["state"] == "sent" and now["detail"]["zh"] and
               now["detail"]["en"], "%s", now)
        p.mode("print")
        expect(d.wait_state(job)["state"] == "confirmed", "%s", job)
        expect(len(tray(job)) == 1, "%d sheets", len(tray(job)))


def aborted():
    """what the printer gives up on is failed, and its number is burnt"""
    p, d = printer(), desk("social-insurance-proof")
    made = world.issue("social-insurance-proof")
    p.mode("abort")
    job = d.make(made["id"], p.uri, "proof")
    now = d.wait_state(job)
    expect(now["state"] == "failed" and now["detail"]["code"] ==
           "job_aborted", "%s", now)
    sent = [j for j in p.jobs() if j.name == job["id"]]
    expect(same_as_stored(world.SERVER, job, sent[0].bytes) == "void",
           "the sheet is live")
    p.mode("print")
    job = d.make(made["id"], p.uri, "proof", reason="打印机中止")
    expect(job["copy"] == 2, "%s", job)
    expect(d.wait_state(job)["state"] == "confirmed", "%s", job)


def offline():
    """an unplugged printer: the job waits, can be canceled, and is not printed
    then; another is printed when the printer comes"""
    p, d = printer(), desk("social-insurance-proof")
    made = world.issue("social-insurance-proof")
    p.stop()
    job = d.make(made["id"], p.uri, "proof")
    other = d.make(made["id"], p.uri, "proof", reason="两份")
    expect(d.wait_reason(job, "printer_offline")["state"] == "rendered",
           "%s", job)
    canceled = d.act(job, "cancel")
    expect(canceled["state"] == "failed", "%s", canceled)
    p.start()
    d.act(other, "resend")
    expect(d.wait_state(other)["state"] == "confirmed", "%s", other)
    expect(not tray(job) and len(tray(other)) == 1, "the tray")


def busy():
    """somebody else's job on the printer: ours waits and says so"""
    p, d = printer(), desk("social-insurance-proof")
    made = world.issue("social-insurance-proof")
    p.mode("hold")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as f:
        f.write(b"%PDF-1.4\n")
        f.flush()
        command(CERTSVC, "printer", p.uri, "print", f.name, "--name",
                "another", status=None)
    job = d.make(made["id"], p.uri, "proof")
    expect(d.wait_reason(job, "printer_busy")["state"] == "rendered", "%s",
           job)
    p.mode("print")
    expect(d.wait_state(job)["state"] == "confirmed", "%s", job)


def theirs():
    """a department's jobs are its own, and an address is named here only"""
    p, d, made = printer(), desk(), world.issue()
    job = d.make(made["id"], p.uri)
    d.wait_state(job, "confirmed")
    police = world.client("dog-registration")
    for method, path in (("GET", ""), ("POST", "/cancel"),
                         ("POST", "/settle"), ("POST", "/resend")):
        world.problem(police.call(
            method, "/v1/print-jobs/%s%s" % (job["id"], path),
            {"came_out": True} if path == "/settle" else
            {} if method == "POST" else None), 404, "no_such_job")
    status, listed = police.json("GET", "/v1/print-jobs")
    expect(status == 200 and job["id"] not in
           [j["id"] for j in listed["items"]], "%s", listed)
    remote = world.client()
    world.problem(remote.call(
        "POST", "/v1/print-jobs",
        {"certificate": made["id"], "kind": "original", "channel": "printer",
         "printer": p.uri}, {"Idempotency-Key": "remote"}), 403,
        "not_allowed")
    status, listed = remote.json("GET", "/v1/print-jobs?state=confirmed")
    expect(status == 200 and job["id"] in [j["id"] for j in listed["items"]],
           "%s", listed)
    for bad in ("state=gone", "day=2026-13-01", "cursor=x"):
        world.problem(remote.call("GET", "/v1/print-jobs?" + bad), 400 if
                      bad.startswith(("state", "day")) else 422)
    police.close()
    remote.close()


def at_the_command_line():
    """certsvc print says what became of it, and so does its exit status"""
    p, made = printer(), world.issue()
    argv = (CERTSVC, "print", "-d", world.SERVER.data, made["id"],
            "--printer", p.uri)
    text = command(*argv)
    expect("已打印" in text and "copy 1" in text, "%s", text)
    expect("[no_originals_left]" in command(*argv, status=1), "twice")
    proof = world.issue("social-insurance-proof")
    argv = (CERTSVC, "print", "-d", world.SERVER.data, proof["id"],
            "--printer", p.uri, "--kind", "proof")
    p.mode("abort")
    expect("没有打印" in command(*argv, status=1), "aborted")
    p.stop()
    before = len(p.printed())
    text = command(*argv, "--reason", "again", "--wait", "2", status=1)
    expect("没有打印" in text and "offline" not in text, "%s", text)
    p.mode("print")
    p.start()
    expect("第 3 份" in command(*argv, "--reason", "again"), "third")
    expect(len(p.printed()) == before + 1, "the canceled one came out")
    expect(exit_status(CERTSVC, "print", "-d", world.SERVER.data) == 64,
           "usage")
    text = command(CERTSVC, "print", "-d", world.SERVER.data, proof["id"],
                   "--printer", p.uri, "--kind", "copy", "--purpose",
                   "办理银行开户", "--expires", today())
    expect("已打印" in text, "%s", text)


def papers():
    """a small page goes on the larger paper in the printer, not the reverse"""
    server = world.SERVER
    clerk, admin = enter(server, "demo-clerk"), enter(server, REGION)
    made = issue(server, "dog-registration")
    found = look_up(clerk, made["number"])
    put_printer(admin, "hekou-centre", printer().uri,
                media="iso_a6_105x148mm")
    status, answer = print_job(clerk, made["id"], found["id"])
    expect(status == 409 and answer["code"] == "paper_too_small" and
           "A6" in answer["zh"] and "A5" in answer["zh"], "%s", answer)
    put_printer(admin, "hekou-centre", printer().uri)
    status, job = print_job(clerk, made["id"], found["id"])
    expect(status == 201, "%s", job)
    expect(wait_job(clerk, job["id"])["state"] == "confirmed", "%s", job)
    media = tray(job)[0].attributes["IPP_MEDIA"]
    expect(media == "iso_a4_210x297mm", "%s", media)


def calibrated():
    """the page to set a printer by; offsets have a limit"""
    d = desk()
    for query in ("", "?dx=1.5&dy=-10"):
        status, headers, body = d.call("GET", "/v1/calibration" + query)
        expect(status == 200 and body.startswith(b"%PDF-1.7") and
               headers["Content-Type"] == "application/pdf", "%d", status)
    for query in ("dx=10.5", "dy=nan", "dx=", "dx=1mm", "dy=1e9"):
        world.problem(d.call("GET", "/v1/calibration?" + query), 422,
                      "bad_offset")
    nobody = Client(world.SERVER.port)
    world.problem(nobody.call("GET", "/v1/calibration"), 401)
    nobody.close()


def at_an_office():
    """a department prints at an office's printer; a clerk there sees no job of
    it, and has the stock that its own printer takes"""
    p = printer()
    admin = enter(world.SERVER, "demo-region")
    put_printer(admin, "hekou-centre", p.uri, "tray")
    made = world.issue()
    argv = (CERTSVC, "print", "-d", world.SERVER.data, made["id"],
            "--office", "hekou-centre", "--printer")
    expect("[no_such_printer]" in command(*argv, "cellar", status=1), "cellar")
    expect("已打印" in command(*argv, "tray"), "not printed")
    clerk = enter(world.SERVER, "demo-clerk")
    status, mine = clerk.json("GET", "/v1/print-jobs")
    expect(status == 200 and made["id"] not in
           [j["certificate"] for j in mine["items"]], "%s", mine)
    put_printer(admin, "hekou-centre", p.uri, "stock", stock=made["type"])
    status, added = clerk.json("POST", "/v1/blanks", {
        "type": made["type"], "from": "QH0098", "to": "QH0102"})
    expect(status == 200 and added["added"] == 5, "%s", added)
    other = world.issue()
    found = look_up(clerk, other["number"])["id"]
    status, job = print_job(clerk, other["id"], found, "stock",
                            blank="QH0099")
    expect(status == 201 and job["blank"] == "QH0099", "%s", job)
    expect(wait_job(clerk, job["id"])["state"] == "confirmed", "%s", job)
    status, account = clerk.json("GET", "/v1/reconciliations/" + today())
    expect(status == 200 and account["blanks"]["used"] == 1 and
           account["blanks"]["free"] == 4, "%s", account["blanks"])
    adds_up(account)
    clerk.close()
    admin.close()


def the_day():
    """the day's account has every job once and adds up"""
    for d in list(DESKS.values()):
        account = d.account(today())
        expect(account["made"] > 0 and account["open"] == 0, "%s",
               {k: account[k] for k in ("made", "open")})
        adds_up(account)
    world.problem(desk().call("GET", "/v1/reconciliations/2026-02-30"), 404)
    health = command(CERTSVC, "doctor", "-d", world.SERVER.data)
    expect(os.path.exists(world.SERVER.data) and health, "doctor")


CASES = [arrives, once, again, printed_for, in_words, aborted, offline, busy, theirs,
         at_the_command_line, at_an_office, papers, calibrated, the_day]
