"""The sample certificates, issued by a real server into a folder."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
from xml.etree import ElementTree

from harness import ROOT, Server, command, expect, samples
from print_jobs import Desk


# Paper that the sheets of all types are printed on.
MEDIA = "iso_a4_210x297mm,iso_a5_148x210mm"


def type_code(folder):
    """The 21 characters a template declares."""
    with open("%s/templates/%s/template.xml" % (ROOT, folder),
              encoding="utf-8") as f:
        return re.search(r'"(1[0-9A-Z]{20})"', f.read())[1]


def variants(folder):
    with open("%s/templates/%s/template.xml" % (ROOT, folder),
              encoding="utf-8") as f:
        return re.findall(r'<variant\b[^>]*\bid="([^"]+)"', f.read())


def print_kind(folder):
    """As what a sheet of the type is printed."""
    with open("%s/templates/%s/template.xml" % (ROOT, folder),
              encoding="utf-8") as f:
        return "proof" if 'kind="proof"' in f.read() else "original"


def seals(folder):
    """How many departments seal a document of the type."""
    with open("%s/templates/%s/template.xml" % (ROOT, folder),
              encoding="utf-8") as f:
        places = re.findall(r'<seal\b[^>]*?(?:\bplace="(\d)")?/>', f.read())
    return len({int(place or 0) for place in places})


def kept_back(folder):
    """Fields that only the department sees: they are on no document."""
    fields = ElementTree.parse("%s/templates/%s/template.xml" %
                               (ROOT, folder)).iter()
    return {f.get("id") for f in fields
            if f.get("disclosure") == "department"}


def department_of(folder):
    """Who may issue the type, as init's own description of the demo says."""
    with open(ROOT + "/api/demo.json", encoding="utf-8") as f:
        for department in json.load(f)["departments"]:
            if any(g["type"] == type_code(folder)
                   for g in department["grants"]):
                return department["code"]
    raise KeyError(folder)


def flat(value):
    """Every single value of a field."""
    if isinstance(value, dict):
        for v in value.values():
            yield from flat(v)
    elif isinstance(value, list):
        for v in value:
            yield from flat(v)
    elif value is not None:
        yield str(value)


def in_words(amount):
    """A whole number of yuan as on Chinese cheques: 50000000 -> 伍仟万元整."""
    digits, units = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")
    text, zero = "", False
    for place in range(len(str(amount)) - 1, -1, -1):
        digit = amount // 10 ** place % 10
        if digit:
            text += ("零" if zero else "") + digits[digit] + units[place % 4]
        zero = digit == 0 and text != ""
        if place % 4 == 0 and amount // 10 ** place % 10000:
            text += ("", "万", "亿")[place // 4]
            zero = False
    return text + "元整"


ARABIC = r"[\u0620-\u06d5]+"


def one_order(text):
    """The ligature of lam and alef is one glyph whose two letters a reader of
    PDFs turns about with its row: both orders become one."""
    return text.replace("\u0627\u0644", "\u0644\u0627")


def printed_forms(value):
    """How a value may stand on the page: itself, a date in Chinese, money."""
    forms = [value]
    if m := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value):
        forms += [value.replace("-", "."), "%s年%s月%s日" % m.groups(),
                  "%s年%d月%d日" % (m[1], int(m[2]), int(m[3]))]
    if re.fullmatch(r"\d+(\.\d+)?", value):
        if float(value) < 1e12 and float(value) == int(float(value)):
            forms.append(in_words(int(float(value))))
        forms.append("{:,}".format(int(value)) if "." not in value else
                     "{:,.2f}".format(float(value)))
    return forms


class Demo:
    """Issues every sample; keeps the documents; the server is stopped.  With a
    printer each is printed once by its department, and the sheet kept, too."""

    def __init__(self, printer=None):
        self.server, self.printer = Server(), printer
        self.sheets = {}  # type: its sheet, which is among the PDFs as well
        self.out = os.path.join(self.server.folder, "out")
        self.nss = os.path.join(self.server.folder, "nss")
        self.pdfs, self.xmls, self.codes = {}, {}, {}
        self.ofds, self.sm2_codes, self.codes_of_sheets = {}, {}, {}
        self.offline = ["unshare", "-n"] if subprocess.run(
            ["unshare", "-n", "true"], stderr=subprocess.DEVNULL,
            check=False).returncode == 0 else []
        self._other = None

    def __enter__(self):
        try:
            os.mkdir(self.out)
            self.server.start()
            for name, body in samples().items():
                self.issue(name, body)
            self.server.stop()
            self.import_root()
        except BaseException:
            self.server.close()
            raise
        return self

    def __exit__(self, *_):
        self.server.close()
        if self._other:
            self._other.close()

    @property
    def trust(self):
        return self.server.trust

    @property
    def root(self):
        return self.trust + "/anchors/root.pem"

    def issue(self, name, body):
        client = self.server.client(department_of(name))
        status, answer = client.json("POST", "/v1/certificates", body)
        expect(status == 201, "%s: %s %s", name, status, answer)
        if answer["status"] == "pending":
            status, changed = client.json(
                "POST", "/v1/certificates/%s/hand-over" % answer["id"],
                {"reason": "handed_over"})
            expect(status == 200, "%s: %s", name, changed)
        self.codes[name] = answer["qr"]
        for query, path in self.documents(name, answer):
            status, _, data = client.call(
                "GET", "/v1/certificates/%s/files/%s" % (answer["id"], query))
            expect(status == 200, "%s: %s %s", query, status, data[:300])
            with open(path, "wb") as f:
                f.write(data)
            if path.endswith(".sm2.qr.txt"):
                self.sm2_codes[name] = data.decode()
        client.close()
        if self.printer is not None:
            self.print(name, answer["id"])

    def print(self, name, identity):
        """One sheet, as it arrives in the printer, and its code's text."""
        desk = Desk(self.server, department_of(name))
        job = desk.make(identity, self.printer.uri, print_kind(name))
        done = desk.wait_state(job)
        expect(done["state"] == "confirmed", "%s: %s", name, done)
        desk.close()
        data = self.printer.jobs()[-1].bytes
        path = self.folder_of(name) + "-sheet.pdf"
        with open(path, "wb") as f:
            f.write(data)
        with tempfile.TemporaryDirectory() as folder:
            command("pdfdetach", "-saveall", "-o", folder, path)
            with open(folder + "/certificate.xml", encoding="utf-8") as f:
                code = re.search(r"https?://[^<]*/#\d+", f.read())[0]
        with open(path[:-4] + ".qr.txt", "w", encoding="utf-8") as f:
            f.write(code)
        self.sheets[name] = self.pdfs[os.path.basename(path)[:-4]] = path
        self.codes_of_sheets[name] = code

    def code_on(self, document):
        """The code that is printed on one of the PDFs."""
        name = self.name_of(document)
        return (self.codes_of_sheets if document.endswith("-sheet") else
                self.codes)[name]

    def documents(self, name, answer):
        """What to fetch of a certificate and where to; notes the paths."""
        stem = self.folder_of(name)
        many = len(variants(name)) > 1
        yield "qr", stem + ".qr.txt"
        yield "qr?as=png", stem + ".qr.png"
        for document in answer["documents"]:
            kind, variant = document["format"], document["variant"]
            path = stem + ("-" + variant if many and variant else "")
            query = kind + ("?variant=" + variant if variant else "")
            if kind == "xml":
                self.xmls[name] = path + ".xml"
            elif kind == "pdf":
                self.pdfs[os.path.basename(path)] = path + ".pdf"
            elif kind == "ofd":
                self.ofds[os.path.basename(path)] = path + ".ofd"
            else:
                path, kind = stem + "." + variant, "qr.txt"
            yield query, path + "." + kind

    def import_root(self):
        os.mkdir(self.nss)
        command("certutil", "-N", "-d", "sql:" + self.nss, "--empty-password")
        command("certutil", "-A", "-d", "sql:" + self.nss, "-n", "root", "-t",
                "CT,C,C", "-i", self.root)

    def folder_of(self, name):
        return os.path.join(self.out, name)

    def files(self):
        return sorted(glob.glob(self.out + "/*.pdf") +
                      glob.glob(self.out + "/*.ofd") +
                      glob.glob(self.out + "/*.xml") +
                      glob.glob(self.out + "/*.qr.txt"))

    def name_of(self, document):
        """The type's folder of a document: its name without the variant."""
        return next(n for n in self.xmls if document.startswith(n))

    def printed_values(self, document):
        """For each sample value, the forms of which one must be printed."""
        name = self.name_of(document)
        values = [v for field, value in samples()[name]["fields"].items()
                  if field not in kept_back(name) for v in flat(value)]
        # What stands between right-to-left words has no order in a text.
        words = [one_order(w) for v in values for w in re.findall(ARABIC, v)]
        return [printed_forms(v) for v in words +
                [v for v in values if not re.search(ARABIC, v)]]

    def code_keys(self):
        with open(self.trust + "/trust.json", encoding="utf-8") as f:
            text = f.read()
        return re.findall(r'"x509"\s*:\s*"([A-Za-z0-9+/=]+)"', text)

    def trust_copy(self):
        copy = os.path.join(self.server.folder, "trust-copy")
        shutil.rmtree(copy, ignore_errors=True)
        return shutil.copytree(self.trust, copy)

    def other_trust(self):
        if self._other is None:
            self._other = Server()
        return self._other.trust

    def other_list(self):
        """Its status list, which is made with its first certificate."""
        path = self.other_trust() + "/status/1.cwt"
        if not os.path.exists(path):
            name, body = next(iter(samples().items()))
            self._other.start()
            client = self._other.client(department_of(name))
            status, answer = client.json("POST", "/v1/certificates", body)
            client.close()
            self._other.stop()
            expect(status == 201, "%s", answer)
        return path
