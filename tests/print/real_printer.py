"""ippeveprinter: it did not learn IPP from us."""
import os
import signal
import subprocess
import tempfile
import time

from asking import (PDF, ask, finish, not_printed, printer_process, refused,
                    send, start)
from harness import CERTSVC, command, expect
from printer import Printer

_printer = None


def printer():
    global _printer
    if _printer is None:
        _printer = Printer()
    _printer.mode("print")
    until = time.monotonic() + 10
    while ask(_printer.uri)[0]["state"] != "ready":
        expect(time.monotonic() < until, "the printer does not get ready")
        time.sleep(0.05)
    return _printer


def close():
    if _printer is not None:
        _printer.close()


def wait_state(uri, number, *states):
    until = time.monotonic() + 10
    while True:
        job, code = ask(uri, "job", number)
        expect(code is None, "job %d: %s", number, code)
        if job["state"] in states:
            return job
        expect(time.monotonic() < until, "still %s", job)
        time.sleep(0.05)


def probe():
    """A printer says what it is, what it has and how it does."""
    p = printer()
    about, code = ask(p.uri)
    expect(code is None, "%s", code)
    expect(about["state"] == "ready" and about["accepting"] and about["pdf"],
           "%s", about)
    expect(about["name"] == "Counter 1" and about["model"] == "Test Printer",
           "%s", about)
    expect(about["media"] == ["iso_a4_210x297mm", "iso_a3_297x420mm"] and
           about["media_default"] == "iso_a4_210x297mm", "%s", about)
    expect("two-sided-long-edge" in about["sides"] and about["copies"] == 99,
           "%s", about)
    expect(about["supplies"][0] == {"name": "Black Toner", "level": 75},
           "%s", about)
    expect(about["words"] == {"zh": "就绪", "en": "ready"} and
           about["reasons"] == [] and about["fingerprint"] is None, "%s",
           about)


def prints():
    """What is sent arrives byte for byte, with copies, paper and sides."""
    p = printer()
    job, code = send(p.uri, "--copies", 3, "--media", "iso_a3_297x420mm",
                     "--sides", "two-sided-long-edge", name="order-0001/2")
    expect(code is None, "%s", code)
    wait_state(p.uri, job["id"], "completed")
    got = p.wait_jobs(1)[-1]
    expect(got.bytes == PDF, "%d bytes arrived", len(got.bytes))
    expect(got.name == "order-0001/2" and got.id == job["id"], "%s", got.name)
    a = got.attributes
    expect(a["IPP_COPIES"] == "3" and a["IPP_MEDIA"] == "iso_a3_297x420mm" and
           a["IPP_SIDES"] == "two-sided-long-edge" and
           a["IPP_PRINT_SCALING"] == "none" and
           a["CONTENT_TYPE"] == "application/pdf" and
           a["IPP_JOB_ORIGINATING_USER_NAME"] == "certsvc", "%s", a)


def large_document():
    """Thirty megabytes go through; one byte over the limit does not."""
    p = printer()
    n = len(p.jobs())
    job, code = send(p.uri, document=PDF + b"%" * 31457280)
    expect(code is None, "%s", code)
    wait_state(p.uri, job["id"], "completed")
    expect(len(p.wait_jobs(n + 1)[-1].bytes) == len(PDF) + 31457280, "cut")
    not_printed(p.uri, "file_too_large", document=b"%" * (67108864 + 1))


def refusals():
    """What a printer cannot do is named before anything is sent."""
    p = printer()
    n = len(p.jobs())
    not_printed(p.uri, "printer_media", "--media", "iso_a0_841x1189mm")
    not_printed(p.uri, "printer_sides", "--sides", "three-sided")
    refused(p.uri, "usage", "print", "-", "--copies", "100")
    with Printer(formats="image/urf,image/pwg-raster") as other:
        not_printed(other.uri, "printer_needs_pdf")
        about, _ = ask(other.uri)
        expect(about["pdf"] is False, "%s", about)
    with Printer(sides="one-sided", media="iso_a4_210x297mm") as simple:
        not_printed(simple.uri, "printer_sides", "--sides",
                    "two-sided-long-edge")
        _, code = send(simple.uri, "--sides", "one-sided")
        expect(code is None, "%s", code)
        simple.wait_jobs(1)
    expect(len(p.jobs()) == n, "something was printed")


def busy():
    """A printer that prints something else is busy, and takes it later."""
    p = printer()
    p.mode("hold")
    job, code = send(p.uri, name="first")
    expect(code is None, "%s", code)
    p.wait_jobs(1, printed=False)
    not_printed(p.uri, "printer_busy")
    not_printed(p.uri, "printer_busy", document=PDF + b"%" * 8000000)
    about, _ = ask(p.uri)
    expect(about["state"] == "printing" and about["queued"] == 1, "%s", about)
    p.mode("print")
    wait_state(p.uri, job["id"], "completed")
    again, code = send(p.uri, name="second")
    expect(code is None, "%s", code)
    wait_state(p.uri, again["id"], "completed")


def paper():
    """No paper and a jam are said in plain words, and pass."""
    p = printer()
    for mode, zh in (("empty", "缺纸"), ("jam", "卡纸")):
        p.mode(mode)
        job, code = send(p.uri)
        expect(code is None, "%s", code)
        until = time.monotonic() + 5
        while not (about := ask(p.uri)[0])["reasons"]:
            expect(time.monotonic() < until, "no reasons")
            time.sleep(0.05)
        expect(zh in about["words"]["zh"], "%s", about["words"])
        p.mode("print")
        wait_state(p.uri, job["id"], "completed")


def cancels():
    """A job is canceled; an unknown one and a finished one are not."""
    p = printer()
    p.mode("hold")
    job, _ = send(p.uri, name="unwanted")
    p.wait_jobs(1, printed=False)
    wait_state(p.uri, job["id"], "processing")
    found, code = ask(p.uri, "find", "unwanted")
    expect(code is None and found["id"] == job["id"], "%s %s", found, code)
    expect(ask(p.uri, "cancel", job["id"])[1] is None, "cancel")
    p.mode("print")
    wait_state(p.uri, job["id"], "canceled")
    expect(ask(p.uri, "cancel", job["id"])[1] is None, "cancel twice")
    refused(p.uri, "no_such_job", "cancel", "4711")
    refused(p.uri, "no_such_job", "job", "4711")
    refused(p.uri, "no_such_job", "find", "unheard of")
    job, _ = send(printer().uri, name="wanted")
    wait_state(p.uri, job["id"], "completed")
    refused(p.uri, "job_is_over", "cancel", job["id"])
    found, code = ask(p.uri, "find", "wanted")
    expect(code is None and found["state"] == "completed", "%s", found)


def aborts():
    """A job that the printer gives up is aborted, with its words."""
    p = printer()
    p.mode("abort")
    job, code = send(p.uri)
    expect(code is None, "%s", code)
    job = wait_state(p.uri, job["id"], "aborted")
    expect("cannot print" in job["message"], "%s", job)


def secure():
    """An ipps printer is known by its pinned key, and by no other."""
    p = printer()
    refused(p.secure_uri, "printer_untrusted")
    n = len(p.jobs())
    not_printed(p.secure_uri, "printer_untrusted")
    key = p.fingerprint
    text = finish_text(start(p.secure_uri))
    expect(key in text, "the fingerprint is not in: %s", text)
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    not_printed(p.secure_uri, "printer_key_changed", "--pin", wrong)
    text = finish_text(start(p.secure_uri, "--pin", wrong))
    expect(key in text, "the fingerprint is not in: %s", text)
    expect(len(p.jobs()) == n, "it was printed")
    about, code = ask(p.secure_uri, "--pin", key)
    expect(code is None and about["fingerprint"] == key, "%s %s", about, code)
    job, code = send(p.secure_uri, "--pin", key)
    expect(code is None, "%s", code)
    wait_state(p.uri, job["id"], "completed")
    expect(p.jobs()[-1].bytes == PDF, "other bytes")


def make_x509(folder, name, ca, *when):
    """(PEM file, key file) for 3 days, signed by ca (the same, of a CA) or by
    itself."""
    path = "%s/%s" % (folder, name)
    sign = ["-CA", ca[0], "-CAkey", ca[1]] if ca else []
    command(*when, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", path + ".key",
            "-out", path + ".crt", "-subj", "/CN=" + name, "-days", "3",
            "-addext", "subjectAltName=DNS:" + name if ca else
            "keyUsage=keyCertSign", *sign)
    return path + ".crt", path + ".key"


def vouched_for():
    """An ipps printer that a CA of the system vouches for is known by name."""
    system = "/etc/ssl/certs/ca-certificates.crt"
    with tempfile.TemporaryDirectory() as folder:
        ca = make_x509(folder, "ca", None)

        def ask_there(host, x509):
            with Printer(x509=x509) as p:
                uri = "ipps://%s:%d/ipp/print" % (host, p.port)
                # a place of its own where the CA is the system's
                return subprocess.run(
                    ["unshare", "-m", "sh", "-c", "mount --bind '%s' %s && "
                     "exec '%s' printer %s" % (ca[0], system, CERTSVC, uri)],
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                    check=False, timeout=20).stdout.decode()

        if subprocess.run(["unshare", "-m", "true"], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            print("skip an ipps printer with a CA: no namespaces here")
            return
        good = make_x509(folder, "localhost", ca)
        text = ask_there("localhost", good)
        expect("ready" in text, "a good x509: %s", text)
        for what, host, x509 in (
                ("another name", "127.0.0.1", good),
                ("another CA", "localhost", make_x509(
                    folder, "localhost", make_x509(folder, "x", None))),
                ("its days are over", "localhost", make_x509(
                    folder, "localhost", ca, "faketime", "-f", "-9d"))):
            text = ask_there(host, x509)
            expect("printer_untrusted" in text, "%s: %s", what, text)


def finish_text(process):
    return process.communicate()[1].decode()


def unplugged():
    """A printer without power or answer is off line; nothing is printed."""
    p = Printer()
    p.stop()
    start_at = time.monotonic()
    refused(p.uri, "printer_offline")
    not_printed(p.uri, "printer_offline")
    expect(time.monotonic() - start_at < 3, "it took long")
    p.start()
    expect(send(p.uri)[1] is None, "not after it was plugged in again")
    p.close()
    refused("ipp://nowhere.invalid/ipp/print", "printer_offline")


def dies():
    """A printer that dies with a job leaves it uncertain or unknown."""
    with Printer() as p:
        p.mode("exit")
        job, code = send(p.uri, name="lost")
        expect(code in (None, "printer_uncertain"), "%s", code)
        time.sleep(0.3)
        refused(p.uri, "printer_offline", "find", "lost")
        p.stop()
        p.start()
        refused(p.uri, "no_such_job", "find", "lost")


def killed():
    """When our own printer process is killed, a job is uncertain."""
    with Printer() as p:
        p.pause()
        for argv, code in (((), "printer_unavailable"),
                           (("print", "-"), "printer_uncertain")):
            command = start(p.uri, *argv)
            if argv:
                command.stdin.write(PDF)
                command.stdin.close()
                command.stdin = None
            time.sleep(0.5)
            os.kill(printer_process(command.pid), signal.SIGKILL)
            _, found = finish(command, timeout=5)
            expect(found == code, "%s: %s", argv, found)


def confined():
    """The printer process has no way to dump core, exec or gain rights."""
    with Printer() as p:
        p.pause()
        command = start(p.uri)
        time.sleep(0.5)
        pid = printer_process(command.pid)
        with open("/proc/%d/status" % pid, encoding="utf-8") as f:
            status = dict(line.split(":", 1) for line in f)
        with open("/proc/%d/limits" % pid, encoding="utf-8") as f:
            core = [line for line in f if "core file" in line][0].split()
        command.kill()
        command.communicate()
        expect(status["Seccomp"].strip() == "2" and
               status["NoNewPrivs"].strip() == "1", "%s", status)
        expect(core[4:6] == ["0", "0"], "%s", core)


CASES = [probe, prints, large_document, refusals, busy, paper, cancels, aborts,
         secure, vouched_for, unplugged, dies, killed, confined]
