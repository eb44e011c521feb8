"""Lists of revoked x509s by an authority elsewhere, for a seal of ours."""
import os
import time

import seals
from harness import CERTSVC, codes, command, expect, verify

DOG = seals.DOG
PROMISE = "crlDistributionPoints=URI:http://ca.example/list.crl\n"


def crl_of(base, alg, revoked=None, number=1):
    """A list by the authority at base, made with openssl; its path."""
    folder = base + ".ca"
    os.makedirs(folder, exist_ok=True)
    index = folder + "/index"
    if not os.path.exists(index):
        seals.write(os.path.relpath(index, seals.server().folder), "")
    with open(folder + "/number", "w", encoding="ascii") as f:
        f.write("%02d\n" % number)
    with open(folder + "/cnf", "w", encoding="ascii") as f:
        f.write("[ca]\ndefault_ca=d\n[d]\ndatabase=%s\ncrlnumber=%s/number\n"
                "default_md=%s\ndefault_crl_days=7\ncrl_extensions=e\n[e]\n"
                "authorityKeyIdentifier=keyid\n" %
                (index, folder, "sm3" if alg == "SM2" else "sha256"))
    options = ["-config", folder + "/cnf", "-keyfile", base + ".key", "-cert",
               base + ".pem"]
    if alg == "SM2":
        options += ["-sigopt", "distid:1234567812345678"]
    if revoked:
        command("openssl", "ca", *options, "-revoke", revoked)
    path = "%s/%d.crl" % (folder, number)
    command("openssl", "ca", *options, "-gencrl", "-out", path)
    return path


def add_list(path, status=0):
    return command(CERTSVC, "ca", "add", "-d", seals.server().data, "--crl",
                   path, status=status)


def add_root(base):
    """Returns when the trust data has it."""
    command(CERTSVC, "ca", "add", "-d", seals.server().data, "--root",
            base + ".pem")
    with open(base + ".pem", encoding="ascii") as f:
        pem = f.read()
    folder = seals.server().trust + "/anchors"
    end = time.monotonic() + 10
    while pem not in "".join(open(os.path.join(folder, n),
                                  encoding="ascii").read()
                             for n in os.listdir(folder)):
        expect(time.monotonic() < end, "%s is no anchor", base)
        time.sleep(0.1)


def verdict_of(path):
    """By the trust directory; its status list may be a moment younger than the
    certificate."""
    end = time.monotonic() + 5
    while True:
        answer = verify(path, seals.server().trust)[1]
        if (not {"suspended", "status_unknown"} & set(codes(answer)) or
                time.monotonic() > end):
            return answer["verdict"], codes(answer)
        time.sleep(0.1)


def service_verdict_of(path, kind):
    """By the service itself."""
    with open(path, "rb") as f:
        data = f.read()
    c = seals.server().client()
    status, answer = c.json("POST", "/v1/verifications", data,
                            {"Content-Type": "application/" + kind})
    c.close()
    expect(status == 200, "%s %s", status, answer)
    return answer["verdict"], codes(answer)


def outside_lists():
    """an authority's promised list is missed, taken, and believed"""
    for alg, kind in (("ES256", "pdf"), ("SM2", "ofd")):
        base = seals.outside_x509(alg, more=PROMISE)
        stranger = crl_of(base, alg)
        text = add_list(stranger, status=1)
        expect("crl_unknown_issuer" in text, "%s", text)
        add_root(base)
        seals.seal("x509", "police-1", "--alg", alg, "-f",
                   base + ".signer.pem")
        path = seals.documents(seals.issue(DOG), DOG)[kind]
        expect(verdict_of(path) == ("indeterminate", ["revocation_unknown"]),
               "without a list: %s", verdict_of(path))
        first = crl_of(base, alg)
        add_list(first)
        expect(verdict_of(path) == ("valid", []), "%s", verdict_of(path))
        time.sleep(1.1)  # lists have whole seconds
        add_list(crl_of(base, alg, base + ".signer.pem", 2))
        expect("crl_older" in add_list(first, status=1), "older taken")
        expect(verdict_of(path)[0] == "valid", "signed before: %s",
               verdict_of(path))
        time.sleep(1.1)
        late = seals.documents(seals.issue(DOG), DOG)[kind]
        expect(verdict_of(late)[0] == "invalid" and
               {"signer_revoked", "issuer_key_revoked"} &
               set(verdict_of(late)[1]), "%s", verdict_of(late))
        # The service took the list when it published that certificate.
        expect(service_verdict_of(late, kind) == verdict_of(late), "%s",
               service_verdict_of(late, kind))
    text = command(CERTSVC, "doctor", "-d", seals.server().data, status=None)
    expect("6 lists of revoked x509s" in text, "%s", text)
    for name in ("p256", "sm2", "root-p256"):
        text = add_list("%s/crl/%s.crl" % (seals.server().trust, name),
                        status=1)
        expect("crl_unknown_issuer" in text, "%s: %s", name, text)
    text = add_list(base + ".pem", status=1)
    expect("malformed" in text, "%s", text)


CASES = [outside_lists]
