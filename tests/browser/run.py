#!/usr/bin/python3
"""The pages in a real browser, against a real server."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, os.path.join(HERE, "..", "api"))

import browser  # noqa: E402
import desk_counter  # noqa: E402
import desk_office_page  # noqa: E402
import desk_page  # noqa: E402
import desk_screen  # noqa: E402
import desk_traces  # noqa: E402
import page_words  # noqa: E402
import verify_page  # noqa: E402
import world  # noqa: E402
from harness import run_cases  # noqa: E402

if __name__ == "__main__":
    status = 1
    try:
        world.open()
        verify_page.prepare()
        desk_screen.prepare()
        desk_counter.prepare()
        browser.open_browser()
        status = run_cases(page_words.CASES + verify_page.CASES +
                           desk_page.CASES + desk_office_page.CASES +
                           desk_counter.CASES + desk_traces.CASES)
    finally:
        browser.close_browser()
        desk_counter.close()
        desk_screen.close()
        world.close()
    sys.exit(status)
