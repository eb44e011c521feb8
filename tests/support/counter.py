"""What happens at a counter: printers of an office, certificates, look-ups,
print jobs.  Who logs in is desk.py's."""
import csv
import http.client
import time
import uuid

from demo import department_of
from desk import Desk
from harness import expect, samples

REGION = "demo-region"  # the demo's regional administrator


def newcomer(server, name, once, password):
    """The first login of somebody who was given a password."""
    first = Desk(server.port)
    first.login(name, once)
    status, answer = first.json("POST", "/v1/session/password",
                                {"old": once, "new": password})
    expect(status == 200, "%s: %s %s", name, status, answer)
    desk = Desk(server.port, first.address)
    desk.login(name, password)
    return desk


def put_printer(admin, office, uri, printer="p1", **more):
    body = dict({"zh": "窗口打印机", "uri": uri, "media": "iso_a4_210x297mm",
                 "dx": 0, "dy": 0}, **more)
    status, answer = admin.json("PUT", "/v1/offices/%s/printers/%s" % (
        office, printer), body)
    expect(status in (200, 201), "%s: %s %s", office, status, answer)


def issue(server, folder, **fields):
    """A certificate of a sample, with a serial of its own."""
    body = dict(samples()[folder], serial=uuid.uuid4().hex)
    body["fields"] = dict(body["fields"], **fields)
    client = server.client(department_of(folder))
    status, made = client.json("POST", "/v1/certificates", body)
    client.close()
    expect(status == 201, "%s", made)
    return made


def look_up(clerk, value, by="number", purpose="窗口打印"):
    status, found = clerk.json("POST", "/v1/lookups", {
        "by": by, "value": value, "purpose": purpose})
    expect(status in (200, 201), "%s %s", status, found)
    return found


def print_job(clerk, certificate, lookup, printer="p1", **more):
    """Ask for a job; (status, answer)."""
    body = dict({"certificate": certificate, "kind": "original",
                 "channel": "printer", "printer": printer, "lookup": lookup,
                 "purpose": "窗口打印"}, **more)
    return clerk.json("POST", "/v1/print-jobs", body,
                      {"Idempotency-Key": uuid.uuid4().hex})


def wait_job(client, job, states=("confirmed", "failed", "unknown"),
             seconds=30):
    """Until a job is in one of the states; the job."""
    end = time.monotonic() + seconds
    while True:
        try:
            status, answer = client.json("GET", "/v1/print-jobs/" + job)
            if status == 200 and answer["state"] in states:
                return answer
        except (OSError, http.client.HTTPException) as e:
            status, answer = 0, e
        expect(time.monotonic() < end, "%s: not %s: %s %s", job, states,
               status, answer)
        time.sleep(0.1)


def read_passwords(path):
    """{name: password} as `certsvc operator import -o` wrote them."""
    with open(path, encoding="utf-8-sig", newline="") as f:
        return {row["name"]: row["password"] for row in csv.DictReader(f)}
