"""A seal object made by a seal maker elsewhere, for a seal of ours."""
import os
import time

import forgery_ofd as ofd
import seals
from harness import CERTSVC, codes, command, expect, verify
from impostor import TIME, Key, Sealed, der_of

TREES, SEAL, OTHERS = "tree-felling-permit", "forestry-1", "police-1"


def maker_elsewhere():
    """(key, x509 as DER, its path, its root's path), made with openssl."""
    base, sign = seals.outside_ca("SM2")
    key = Key(seals.server().folder, "maker")
    distid = "distid:1234567812345678"
    command("openssl", "req", "-new", *sign, "-key", key.path, "-subj",
            "/C=CN/O=Elsewhere/CN=Seal maker", "-out", base + ".maker.csr")
    with open(base + ".maker.cnf", "w", encoding="ascii") as f:
        f.write("basicConstraints=critical,CA:FALSE\n"
                "keyUsage=critical,digitalSignature\n")
    command("openssl", "x509", "-req", "-in", base + ".maker.csr", *sign,
            "-vfyopt", distid, "-CA", base + ".pem", "-CAkey", base + ".key",
            "-CAcreateserial", "-days", "700", "-extfile", base + ".maker.cnf",
            "-out", base + ".maker.pem")
    return key, der_of(base + ".maker.pem"), base + ".maker.pem", base + ".pem"


def day(days):
    return (TIME, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(
        time.time() + days * 86400)).encode())


def made(model, key, maker, signer, since=-1, until=300):
    """The object of a seal, after a model, as its maker would make it."""
    def change(info, about):
        info[1] = (info[1][0], b"33010000000007")
        about[1] = (about[1][0], "别处制作的专用章".encode())
        about[4:7] = [day(since), day(since), day(until)]
    return model.seal_by(maker, key, signer, change)


def write(name, data):
    path = os.path.join(seals.server().folder, name + ".esl")
    with open(path, "wb") as f:
        f.write(data)
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


def issued(folder):
    """Paths of a new certificate, and its OFD's parts."""
    files = seals.documents(seals.issue(folder), folder)
    return files, Sealed(read(files["ofd"]))


def take(path, status=0):
    return seals.seal("import", SEAL, "-f", path, status=status)


def seal_import():
    """a seal object made elsewhere is verified, bound to our key, and used"""
    before, ours = issued(TREES)
    _, theirs = issued(seals.DOG)
    key, maker, maker_pem, root_pem = maker_elsewhere()
    good = write("good", made(ours, key, maker, ours.x509))
    seals.next_second()

    def refused(path, code):
        shown = seals.seal("show", SEAL)
        text = take(path, 1)
        expect(code in text, "not %s: %s", code, text)
        expect(seals.seal("show", SEAL) == shown, "%s changed the seal", code)
    refused(good, "seal_maker_untrusted")
    command(CERTSVC, "ca", "add", "-d", seals.server().data, "--root",
            root_pem)
    refused(good, "seal_maker_untrusted")
    command(CERTSVC, "ca", "add", "-d", seals.server().data, "--maker",
            maker_pem)
    data = read(good)
    for name, bad, code in (
            ("over", made(ours, key, maker, ours.x509, -9, -1),
             "seal_expired"),
            ("early", made(ours, key, maker, ours.x509, 2, 9),
             "seal_not_yet_valid"),
            ("theirs", made(ours, key, maker, theirs.x509),
             "signer_not_in_seal"),
            ("changed", data.replace("别处".encode(), "别人".encode()),
             "seal_bad_signature"),
            ("cut", data[:-1], "seal_malformed"),
            ("more", data + b"\0", "seal_malformed"),
            ("empty", b"", "")):
        refused(write(name, bad), code)
    text = seals.seal("import", OTHERS, "-f", good, status=1)
    expect("signer_not_in_seal" in text, "%s", text)
    take(good)
    after, used = issued(TREES)
    expect(ofd.content(used.entries, ofd.SEAL) == data,
           "another seal object is used")
    expect(used.x509 == ours.x509, "another key is used")
    seals.hold(before)
    seals.hold(after)
    answer = verify(after["ofd"], seals.server().trust)[1]
    expect(answer["signatures"][0]["integrity"] == "intact", "%s", answer)
    answer = verify(good, seals.server().trust)[1]
    expect(answer["verdict"] == "valid", "the object alone: %s",
           codes(answer))
    c = seals.server().client()
    status, answer = c.json("POST", "/v1/verifications", read(after["ofd"]),
                            {"Content-Type": "application/ofd"})
    c.close()
    expect(status == 200 and answer["verdict"] == "valid", "%s", answer)


CASES = [seal_import]
