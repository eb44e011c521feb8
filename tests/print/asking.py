"""`certsvc printer`, as the cases use it."""
import json
import os
import re
import subprocess
import time

from harness import CERTSVC, expect

# what a case prints: the printer's own business, not ours
PDF = b"%PDF-1.4\n" + b"% a page\n" * 200 + b"%%EOF\n"
PAST_STALL = 40     # seconds: a stalled printer was given up by then


def start(uri, *more):
    """The command, running."""
    return subprocess.Popen(
        [CERTSVC, "printer", uri, *map(str, more)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"],
             # nothing of this may be believed
             "http_proxy": "http://127.0.0.1:1", "HTTPS_PROXY":
             "http://127.0.0.1:1", "ALL_PROXY": "socks5://127.0.0.1:1",
             "HOME": "/nonexistent"})


def finish(process, document=None, timeout=PAST_STALL):
    """(answer, code): one of them is None."""
    try:
        out, err = process.communicate(document, timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        expect(False, "no answer within %d s: %s", timeout, process.args)
    if process.returncode == 0:
        text = out.decode()
        return (json.loads(text) if text.strip() else {}), None
    code = re.search(r"\[([a-z0-9_]+)\]", err.decode())
    expect(process.returncode == 1 and code, "exit status %s: %s",
           process.returncode, err.decode()[-500:])
    return None, code[1]


def ask(uri, *more, document=None, timeout=PAST_STALL):
    return finish(start(uri, "--json", *more), document, timeout)


def send(uri, *more, document=PDF, name="sheet-1", timeout=PAST_STALL):
    """Print a document that comes from standard input."""
    return ask(uri, "print", "-", "--name", name, *more, document=document,
               timeout=timeout)


def refused(uri, code, *more):
    answer, found = ask(uri, *more)
    expect(found == code, "%s: %s instead of %s (%s)", uri, found, code,
           answer)


def not_printed(uri, code, *more, document=PDF):
    answer, found = send(uri, *more, document=document)
    expect(found == code, "%s: %s instead of %s (%s)", uri, found, code,
           answer)


def printer_process(pid, seconds=5):
    """The pid of the child of that process that is named "printer"."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        path = "/proc/%d/task/%d/children" % (pid, pid)
        with open(path, encoding="ascii") as f:
            children = f.read().split()
        for child in children:
            try:
                with open("/proc/%s/comm" % child, encoding="utf-8") as f:
                    if f.read().strip() == "printer":
                        return int(child)
            except OSError:
                pass
        time.sleep(0.02)
    return None
