"""The desk before a stand-in: coming to a view, keys, what is shown and sent."""
from selenium.common.exceptions import (ElementNotInteractableException,
                                        StaleElementReferenceException)
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
import fake_desk
import world
from browser import SIZES, find, focused, look, size, wait

FAKE = None


def prepare():
    global FAKE
    made = world.issue()
    c = world.client()
    pdf = c.call("GET", "/v1/certificates/%s/files/pdf" % made["id"])[2]
    c.close()
    FAKE = fake_desk.FakeDesk(world.SERVER.port, pdf)


def close():
    if FAKE is not None:
        FAKE.close()


def fresh(**state):
    """The stand-in as new, but with this state."""
    desk = fake_desk.Desk(FAKE.desk.pdf)
    for name, value in state.items():
        setattr(desk, name, value)
    FAKE.desk = FAKE.server.desk = desk
    return desk


def visit(view="", language="zh", letters="normal"):
    browser.visit(FAKE.port, "/desk" + (view and "#" + view), language, letters)


def enter(view="", **state):
    """Come to a view as somebody who is logged in."""
    desk = fresh(session="yes", **state)
    visit(view)
    wait(lambda: browser.BROWSER.find_elements(By.CSS_SELECTOR, "#menu a"))
    return desk


def keys(*presses):
    ActionChains(browser.BROWSER).send_keys(*presses).perform()


def chord(modifier, key):
    ActionChains(browser.BROWSER).key_down(modifier).send_keys(key).key_up(
        modifier).perform()


def text():
    return find("main").text


def shows(*words):
    for word in words:
        wait(lambda w=word: w in text(), 10, "no %r in:\n%s" % (word, text()))


def calls(desk, method, path):
    return [c for c in desk.calls if c[:2] == (method, path)]


def everywhere(name):
    """Pictures and measures of what is shown, both sizes."""
    for where in SIZES:
        size(where)
        look("desk-%s-%s" % (name, where))
    size("desk")


def look_up(value=fake_desk.HOLDER):
    wait(lambda: focused().get_attribute("id") == "value")
    keys(value, Keys.ENTER)
    wait(lambda: focused().get_attribute("id") == "purpose-holder")
    keys(Keys.SPACE, Keys.ENTER)
    wait(lambda: browser.BROWSER.find_elements(By.CSS_SELECTOR, "#found h1"))


def act(name):
    """Press the button of a job, however often it is drawn anew."""
    for _ in range(5):
        try:
            wait(lambda: browser.BROWSER.find_element(
                By.CSS_SELECTOR, '[data-act="%s"]' % name)).send_keys(
                    Keys.ENTER)
            return
        except (StaleElementReferenceException,
                ElementNotInteractableException):
            pass
