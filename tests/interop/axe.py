"""axe-core looks at every page and view, on desk and phone, in large letters."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("api", "browser"):
    sys.path.insert(0, os.path.join(HERE, "..", folder))

import browser  # noqa: E402
import desk_screen  # noqa: E402
import world  # noqa: E402
from harness import expect  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
        "best-practice"]
ASK = """
const done = arguments[1];
axe.run(document, {runOnly: arguments[0], iframes: false}).then(
  r => done(r.violations.map(v => [v.impact, v.id, v.help,
      v.nodes.map(n => n.target.join(' ')).join('; ')])),
  e => done([['critical', 'axe', String(e), '']]));
"""


def verify(language="zh", letters="normal"):
    browser.visit(world.SERVER.port, "/", language, letters)


def login():
    desk_screen.fresh()
    desk_screen.visit()
    desk_screen.keys("zhang", Keys.TAB, "wrong", Keys.ENTER)
    desk_screen.shows("bad_login")


def found():
    desk_screen.enter()
    desk_screen.look_up()
    desk_screen.shows("就绪")


def one():
    desk_screen.enter()
    desk_screen.look_up("青林采〔2026〕000123")
    desk_screen.shows("就绪")
    desk_screen.keys(Keys.F8)
    desk_screen.shows("已送到打印机")


def preview():
    one()
    desk_screen.keys(Keys.F4)
    browser.wait(lambda: browser.find("preview-close"))


def jobs():
    desk = desk_screen.enter()
    for state in ("unknown", "rendered", "confirmed", "failed", "sent"):
        desk.state_of_new = state
        desk.make_job({"certificate": desk.found[0]["id"], "kind": "original",
                       "channel": "printer", "printer": "p1", "purpose": "x"})
    desk_screen.chord(Keys.ALT, "2")
    desk_screen.shows("当天 5 份")


def view(name, text, role="clerk"):
    def show():
        desk_screen.enter(name, role=role)
        desk_screen.shows(text)
    show.__name__ = name + " of " + role
    return show


def printer():
    desk_screen.enter("offices", role="regional_admin")
    desk_screen.shows("青禾镇")
    browser.BROWSER.find_element("tag name", "summary").send_keys(Keys.ENTER)
    desk_screen.shows("63%")
    browser.BROWSER.find_element("css selector", "td button").send_keys(
        Keys.ENTER)
    browser.wait(lambda: browser.find("printer-zh"))


STATES = [verify, login, view("find", "扫描或输入"), found, one, preview, jobs,
          view("day", "经办人签字"), view("stock", "A000101"),
          view("me", "修改密码"), view("lookups", "310", "auditor"),
          view("offices", "青禾镇", "auditor"), printer,
          view("seals", "在用", "custodian"),
          view("people", "锁定到", "regional_admin")]


def looked_at(source, name):
    browser.script(source)
    faults = browser.BROWSER.execute_async_script(ASK, TAGS)
    expect(not faults, "%s: %s", name, faults)


def cases(path):
    """path: axe.min.js."""
    with open(path, encoding="utf-8") as f:
        source = f.read()
    for state in STATES:
        def case(state=state):
            for where in browser.SIZES:
                browser.size(where)
                state()
                looked_at(source, where)
            if state is not preview:
                browser.find("size").click()
                looked_at(source, "large letters")
                browser.find("size").click()
        case.__doc__ = "axe finds nothing: " + state.__name__
        yield case


def open_pages():
    world.open()
    desk_screen.prepare()
    browser.open_browser()


def close_pages():
    browser.close_browser()
    desk_screen.close()
    world.close()
