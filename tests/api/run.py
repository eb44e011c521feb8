#!/usr/bin/python3
"""The HTTP interface of a real server: every promise, and every refusal."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import attacks  # noqa: E402
import bad_input  # noqa: E402
import copies  # noqa: E402
import desk_import  # noqa: E402
import desk_people  # noqa: E402
import desk_permissions  # noqa: E402
import desk_printers  # noqa: E402
import files  # noqa: E402
import framing  # noqa: E402
import life_cycle  # noqa: E402
import outside_lists  # noqa: E402
import permissions  # noqa: E402
import print_desk  # noqa: E402
import public  # noqa: E402
import seal_import  # noqa: E402
import seal_words  # noqa: E402
import seals  # noqa: E402
import world  # noqa: E402
from harness import run_cases  # noqa: E402

if __name__ == "__main__":
    status = 1
    try:
        world.open()
        status = run_cases(permissions.CASES + life_cycle.CASES +
                           files.CASES + copies.CASES + public.CASES + bad_input.CASES +
                           attacks.CASES + framing.CASES + seal_words.CASES +
                           seals.CASES + seal_import.CASES + outside_lists.CASES +
                           print_desk.CASES + desk_people.CASES + desk_import.CASES +
                           desk_permissions.CASES + desk_printers.CASES)
    finally:
        print_desk.close()
        seals.close()
        world.close()
    sys.exit(status)
