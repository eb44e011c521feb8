#!/usr/bin/python3
"""Printers: a real one, and one that does all it should not."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)

import bad_printers  # noqa: E402
import real_printer  # noqa: E402
from harness import run_cases  # noqa: E402

if __name__ == "__main__":
    try:
        sys.exit(run_cases(real_printer.CASES + bad_printers.CASES))
    finally:
        real_printer.close()
        bad_printers.close()
