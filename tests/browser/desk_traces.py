"""What a day at the counter leaves in the browser's profile: nothing personal."""
import os
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
import desk_screen
import fake_desk
from browser import FOLDER, find, wait
from desk_screen import enter, keys, look_up, shows
from harness import expect

CANARIES = ["赵𬭎", fake_desk.HOLDER, fake_desk.HOLDER.lower(),
            "青林采〔2026〕000123", "CANARY-PURPOSE", "CANARY-TRACKING", "%PDF-1."]


def traces(profile, canaries):
    """(file, canary) of every canary in any file, in UTF-8 or UTF-16."""
    found = []
    patterns = [(c, c.encode(code)) for c in canaries
                for code in ("utf-8", "utf-16-le")]
    for folder, _, names in os.walk(os.path.join(FOLDER, profile)):
        for name in names:
            path = os.path.join(folder, name)
            try:
                with open(path, "rb") as f:
                    data = f.read()
            except OSError:
                continue
            found += [(os.path.relpath(path, FOLDER), c)
                      for c, pattern in patterns if pattern in data]
    return found


def a_day():
    """Everything that shows or takes something personal, then the window is
    closed without logging out."""
    enter()
    find("value").send_keys(fake_desk.HOLDER)
    find("purpose-other").send_keys(Keys.SPACE)
    find("purpose-text").send_keys("CANARY-PURPOSE")
    browser.BROWSER.find_element(By.CSS_SELECTOR, "#find button").click()
    shows("找到 3 份证照")
    browser.script("document.querySelector('[data-open]').click()")
    shows("就绪")
    keys(Keys.F4)
    wait(lambda: browser.BROWSER.find_elements(By.ID, "preview-close"))
    time.sleep(1)
    keys(Keys.ESCAPE)
    browser.script("window.print = () => {}")
    find("printer").send_keys(Keys.END)
    keys(Keys.F8)
    shows("请看看打出来没有")
    browser.BROWSER.find_element(By.TAG_NAME, "summary").click()
    find("tracking").send_keys("CANARY-TRACKING")
    browser.BROWSER.refresh()
    wait(lambda: browser.BROWSER.find_elements(By.ID, "value"))
    look_up()
    browser.visit(desk_screen.FAKE.port, "/")
    browser.BROWSER.back()
    time.sleep(1)


def nothing_stays():
    """nothing that was typed, found or printed is in the profile afterwards"""
    browser.end_browser()
    browser.open_browser("counter")
    a_day()
    browser.end_browser()
    found = traces("counter", CANARIES)
    expect(not found, "%s", found)


def a_planted_one_is_found():
    """a canary that a page keeps is found by the same search"""
    browser.open_browser("counter")
    browser.visit(desk_screen.FAKE.port, "/")
    browser.script("localStorage.setItem('planted', arguments[0])",
                   fake_desk.HOLDER)
    browser.end_browser()
    found = traces("counter", CANARIES)
    expect({c for _, c in found} == {fake_desk.HOLDER}, "%s", found)


CASES = [nothing_stays, a_planted_one_is_found]
