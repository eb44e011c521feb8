"""Offices and operators from tables, and who may make them."""
import os
import subprocess
import tempfile
import time

import world
from desk import Desk, enter
from desk_people import run, write
from harness import CERTSVC, expect


def tables_are_taken_whole_or_not_at_all():
    """wrong lines are named by line and column and nothing is made"""
    folder = tempfile.mkdtemp(prefix="certsvc-")
    bad = write(folder, "bad.csv", "id,zh,region,kind,types\n"
                "good-one,好的,990102,centre,dog-registration\n"
                "BAD,名,990102,centre,dog-registration\n"
                "third,名,9,centre,dog-registration\n"
                "fourth,名,990102,centre,no-such-type\n"
                "fifth,名,980102,centre,dog-registration\n")
    _, err = run("office", "import", bad, want=1)
    for part in ("line 3: column 1 (id)", "line 4: column 3 (region)",
                 "line 5: there is no type no-such-type", "第 3 行",
                 "line 6: the region 980102 is in no department's area",
                 "4 lines are wrong"):
        expect(part in err, "%s is not in: %s", part, err)
    out, _ = run("office", "list")
    expect("good-one" not in out, "made all the same: %s", out)
    head = "name,zh,role,office,region,department\n"
    bad = write(folder, "badp.csv", head + "good.one,好,clerk,hekou-centre,,\n"
                "lost,丢,clerk,no-such-office,,\n"
                "far,远,custodian,,,11990100MB9A99999X\n"
                "demo-auditor,别人,clerk,hekou-centre,,\n"
                "good.one,好,clerk,hekou-centre,,\n"
                "abroad,远,auditor,,980100,\n"
                "above,高,auditor,,990000,\n")
    words = os.path.join(folder, "words.csv")
    _, err = run("operator", "import", bad, "-o", words, want=1)
    for part in ("line 3: there is no office", "line 4: there is no departm",
                 "line 5: there is an operator demo-auditor already",
                 "line 6: good.one is in line 2 already",
                 "line 7: the region 980100", "5 lines are wrong"):
        expect(part in err, "%s is not in: %s", part, err)
    expect(not os.path.exists(words), "passwords were written")
    out, _ = run("operator", "list")
    expect("good.one" not in out, "made all the same: %s", out)
    _, err = run("operator", "add", "abroad", "--role", "regional_admin",
                 "--region", "980100", want=1)
    expect("foreign_region" in err, "%s", err)


def an_import_goes_on_where_it_stopped():
    """operators are made once, with the passwords of the file, whenever"""
    folder = tempfile.mkdtemp(prefix="certsvc-")
    words = os.path.join(folder, "words.csv")
    table = write(folder, "p.csv", "name,zh,role,office,region,department\n" +
                  "".join("import%d,导入,clerk,hekou-centre,,\n" % i
                          for i in range(4)))
    # What a run leaves that ended after writing a password, before its owner.
    with open(words, "w", encoding="ascii",
              opener=lambda p, f: os.open(p, f, 0o600)) as f:
        f.write("name,password\nimport0,KEPT2-KEPT2-KEPT2-KEPT2\n"
                "import1,TORN")
    out, _ = run("operator", "import", table, "-o", words)
    expect("4 new" in out, "%s", out)
    out, _ = run("operator", "import", table, "-o", words)
    expect("0 new, 4 there already" in out, "%s", out)
    with open(words, encoding="ascii") as f:
        lines = f.read().split()
    expect(len(lines) == 5 and lines[1].endswith("KEPT2-KEPT2-KEPT2-KEPT2"),
           "%s", lines)
    expect("TORN" not in " ".join(lines), "%s", lines)
    expect(os.stat(words).st_mode & 0o777 == 0o600, "mode of the file")
    for line in lines[1:]:
        name, password = line.split(",")
        desk = Desk(world.SERVER.port)
        expect(desk.login(name, password)["must_change"], "%s", name)
        desk.close()
    # Not into a file that others can read.
    os.chmod(words, 0o644)
    more = write(folder, "q.csv", "name,zh,role,office,region,department\n"
                 "import9,导入,clerk,hekou-centre,,\n")
    _, err = run("operator", "import", more, "-o", words, want=1)
    expect("0600" in err, "%s", err)


def a_killed_import_is_finished_by_the_next():
    """kill -9 in the middle: the next run makes the others, nobody twice"""
    folder = tempfile.mkdtemp(prefix="certsvc-")
    words = os.path.join(folder, "words.csv")
    table = write(folder, "p.csv", "name,zh,role,office,region,department\n" +
                  "".join("killed%d,导入,clerk,hekou-centre,,\n" % i
                          for i in range(16)))
    first = subprocess.Popen(
        [CERTSVC, "operator", "import", table, "-o", words, "-d",
         world.SERVER.data], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if os.path.exists(words) and os.path.getsize(words) > 150:
            break
        time.sleep(0.01)
    first.kill()
    first.wait()
    before = run("operator", "list")[0].count("killed")
    expect(before < 16, "it was over before it was killed")
    out, _ = run("operator", "import", table, "-o", words)
    expect("%d new, %d there" % (16 - before, before) in out, "%s", out)
    with open(words, encoding="ascii") as f:
        lines = f.read().split()[1:]
    expect(len(lines) == len({x.split(",")[0] for x in lines}) == 16, "%s",
           lines)
    for line in lines[:6]:
        desk = Desk(world.SERVER.port)
        desk.login(*line.split(","))
        desk.close()


def only_who_knows_the_passphrase_makes_people():
    """a wrong passphrase makes no operator and no office"""
    folder = tempfile.mkdtemp(prefix="certsvc-")
    wrong = write(folder, "key", "wrong passphrase, quite")
    os.chmod(wrong, 0o600)
    for verb in (("operator", "add", "intruder", "--role", "regional_admin",
                  "--region", "990100"),
                 ("operator", "password", "demo-region"),
                 ("office", "close", "hekou-centre")):
        run(*verb, "--key-file", wrong, want=1)
    out, _ = run("operator", "list")
    expect("intruder" not in out, "%s", out)
    enter(world.SERVER, "demo-region").close()
    for path in ("/v1/offices", "/v1/operators"):
        c = world.public()
        expect(c.call("POST", path, {})[0] in (404, 405), "%s", path)
        c.close()


CASES = [tables_are_taken_whole_or_not_at_all,
         an_import_goes_on_where_it_stopped,
         a_killed_import_is_finished_by_the_next,
         only_who_knows_the_passphrase_makes_people]
