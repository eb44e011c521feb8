"""What is typed wrong after certsvc seal is named, and never guessed."""
import os

import seals
from harness import CERTSVC, Server, command, expect
from seals import BUSINESS, DOG, NEW, department, get, seal, write


def refused(code, *words):
    text = seal(*words, status=1)
    expect("[%s]" % code in text, "%s: %s", words, text)
    return text


def options():
    """a number, algorithm, id or reason typed wrong is said, and not guessed"""
    grant = ["authorise", "market-1", "--department", department(DOG), "-t",
             seals.type_code(BUSINESS)]
    before = get("/v1/seals/market-1", BUSINESS)
    for more in (["--place", "one"], ["--place", "4294967297"],
                 ["--place", "-1"], ["--place", "16"], ["--place", ""],
                 ["--place", "1", "--quota-day", "ten"],
                 ["--place", "1", "--quota-day", "10x"],
                 ["--place", "1", "--quota-day", "1000001"]):
        expect(more[-2] in refused("usage", *grant, *more), "%s", more)
    refused("usage", *grant[:-1], "1199", "--place", "1")
    for years in ("abc", "0", "11", "5y"):
        expect("--years" in refused("usage", "renew", "market-1", "--years",
                                    years), "%s", years)
    for verb in ("csr", "x509"):
        refused("usage", verb, "market-1", "--alg", "RSA", "-f", "none")
    for identity in ("../market-1", "market 1", "m" * 32, ""):
        refused("usage", "show", identity)
    refused("usage", "suspend", "market-1", "--reason", "长" * 43)
    refused("not_utf8", "suspend", "market-1", "--reason",
            os.fsdecode("停用".encode("gbk")))
    expect(get("/v1/seals/market-1", BUSINESS) == before, "changed: %s",
           get("/v1/seals/market-1", BUSINESS))
    good = write("good.json", NEW)
    for more in (["--dpi", "x"], ["--dpi", "35"], ["-o", "seal.jpg"]):
        text = command(CERTSVC, "seal", "preview", "-f", good, *more,
                       status=1)
        expect("[usage]" in text, "%s: %s", more, text)


def keys():
    """days of a key typed wrong are said, and no key is made or ended"""
    before = command(CERTSVC, "key", "list", "-d", seals.server().data)
    for words in (["add", "--department", department(), "--days", "x"],
                  ["add", "--department", department(), "--days", "0"],
                  ["rotate", "none", "--overlap", "7d"],
                  ["rotate", "none", "--overlap", "-1"]):
        text = command(CERTSVC, "key", words[0], "-d", seals.server().data,
                       *words[1:], status=1)
        expect(words[-2] in text and "[usage]" in text, "%s: %s", words, text)
    expect(command(CERTSVC, "key", "list", "-d", seals.server().data) ==
           before, "changed")


def arrays():
    """of many orders the wrong one is named, and too many are not begun"""
    orders = [dict(NEW, id="array-%d" % n, department=department())
              for n in range(64)]
    path = write("array.json", orders)
    expect("seal bulk" in refused("too_large", "make", "-f", path), "size")
    write("array.json", orders + [NEW])
    refused("usage", "make", "-f", path)
    write("array.json", [])
    refused("usage", "make", "-f", path)
    write("array.json", orders[:2] + [dict(orders[2], arc="")] + orders[3:9])
    expect("seal 3 of the array" in refused("seal_text", "make", "-f", path),
           "not named")
    expect("array-" not in seal("list"), "made all the same")


def texts():
    """a text that a seal cannot show is named by its member"""
    for changes in ({"arc": "ئۇيغۇر"}, {"below": "ئۇيغۇر"}, {"arc": "　 "},
                    {"arc": "青禾\n市"}, {"below": "业务\u200b专用章"}):
        path = write("bad.json", dict(NEW, **changes))
        text = command(CERTSVC, "seal", "preview", "-f", path, status=1)
        expect("[seal_text]" in text and "seal's " + list(changes)[0] in text,
               "%s: %s", changes, text)


def printed():
    """what cannot be printed is no success, and never lands in a file"""
    text = command("sh", "-c", 'exec "$0" seal list -d "$1" >/dev/full',
                   CERTSVC, seals.server().data, status=74)
    expect("standard output" in text, "%s", text)
    other = Server(prefix=("sh", "-c", 'exec "$0" "$@" 2>&-'))
    try:
        other.start()
        expect(other.stop() == 0, "status")
        size = os.path.getsize(os.path.join(other.data, "lock"))
        expect(size == 0, "%d bytes in the lock", size)
    finally:
        other.close()


CASES = [options, keys, arrays, texts, printed]
