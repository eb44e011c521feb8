"""pades.py ROOT.pem SEALS FILE...: pyHanko must find each seal intact and trusted,
and what came after one permitted."""
import sys

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

root = load_cert_from_pemder(sys.argv[1])
failed = 0
for path in sys.argv[3:]:
    with open(path, "rb") as f:
        signatures = PdfFileReader(f).embedded_signatures
        statuses = [validate_pdf_signature(s, ValidationContext(
            trust_roots=[root])) for s in signatures]
    good = len(statuses) == int(sys.argv[2]) and all(s.bottom_line for s in statuses)
    failed += not good
    print(("ok " if good else "not ok ") + "pyHanko " + path.split("/")[-1])
    if not good:
        print("\n".join(s.pretty_print_details() for s in statuses))
sys.exit(1 if failed else 0)
