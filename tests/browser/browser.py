"""A real Chromium without a window, and what the cases of all pages share."""
import base64
import json
import os
import shutil
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from harness import ROOT, expect

PICTURES = os.path.join(ROOT, "build/test/pictures")
SIZES = {"phone": (390, 844), "desk": (1366, 768)}
FOLDER = tempfile.mkdtemp(prefix="certsvc-browser-")
BROWSER = None


def open_browser(profile="profile"):
    global BROWSER
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--disable-gpu", "--no-first-run",
                     "--disable-dev-shm-usage", "--lang=zh-CN",
                     "--disable-background-networking",
                     "--user-data-dir=" + os.path.join(FOLDER, profile)):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    BROWSER = webdriver.Chrome(options=options,
                               service=Service("/usr/bin/chromedriver"))


def end_browser():
    global BROWSER
    if BROWSER is not None:
        BROWSER.quit()
    BROWSER = None


def close_browser():
    end_browser()
    shutil.rmtree(FOLDER, ignore_errors=True)


def size(name):
    width, height = SIZES[name]
    BROWSER.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1,
        "mobile": name == "phone"})


def link(offline=False, kilobits=0, delay=0):
    """What the line to the server is like; nothing said: as it is."""
    BROWSER.execute_cdp_cmd("Network.enable", {})
    rate = kilobits * 128 or -1
    BROWSER.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": offline, "latency": delay, "downloadThroughput": rate,
        "uploadThroughput": rate})


def script(text, *arguments):
    """Run a script in the page through the debugger: no policy stops it."""
    return BROWSER.execute_script(text, *arguments)


def find(name):
    return BROWSER.find_element(By.ID, name)


def wait(what, seconds=20, text="it did not come"):
    """Wait until what() holds; its value."""
    return WebDriverWait(BROWSER, seconds, 0.05).until(lambda b: what(), text)


def visit(port, path="/", language=None, letters=None):
    """Open a page; wait until it is ready, in this language and size."""
    BROWSER.get("about:blank")
    BROWSER.get("http://127.0.0.1:%d%s" % (port, path))
    wait(lambda: script(
        "return document.documentElement.dataset.ready !== undefined"))
    if language and find("language").text == ("English" if language == "en"
                                              else "中文"):
        find("language").click()
        wait(lambda: script("return document.documentElement.lang").startswith(
            language))
    if letters and script("return document.documentElement.dataset.size") != \
            letters:
        find("size").click()


def focused():
    return BROWSER.switch_to.active_element


def picture(name):
    """Keep a picture of the page, down to its end; nothing may scroll
    sideways."""
    os.makedirs(PICTURES, exist_ok=True)
    width = script("return [document.documentElement.scrollWidth, innerWidth]")
    height = script("return Math.max(document.documentElement.scrollHeight,"
                    " innerHeight)")
    shot = BROWSER.execute_cdp_cmd("Page.captureScreenshot", {
        "captureBeyondViewport": True, "clip": {
            "x": 0, "y": 0, "width": width[1], "height": min(height, 4000),
            "scale": 1}})
    with open(os.path.join(PICTURES, name + ".png"), "wb") as f:
        f.write(base64.b64decode(shot["data"]))
    expect(width[0] <= width[1], "%s scrolls sideways: %s", name, width)


TARGETS = """
return Array.from(document.querySelectorAll(
    'button, label.button, a.button, input:not([type=file]):not([type=radio]):not([type=checkbox]), select, nav a'))
  .filter(n => n.offsetParent !== null)
  .map(n => [n.textContent.trim() || n.id, n.getBoundingClientRect().height])
  .filter(([, height]) => height < 43.9);
"""

# Contrast by WCAG 2.1: every node with text of its own against what is painted
# under it; large text (24 px, or 18.66 px bold) needs 3, other text 4.5.
CONTRAST = """
const light = (c) => {
  const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92
                                        : Math.pow((v + .055) / 1.055, 2.4));
  return .2126 * r + .7152 * g + .0722 * b;
};
const colour = (text) => {
  const v = text.match(/[\\d.]+/g).map(Number);
  return v.length === 4 && v[3] === 0 ? null : v.slice(0, 3);
};
const under = (node) => {
  for (; node; node = node.parentElement) {
    const c = colour(getComputedStyle(node).backgroundColor);
    if (c) return c;
  }
  return [255, 255, 255];
};
const bad = [];
for (const node of document.querySelectorAll('body *')) {
  if (!Array.from(node.childNodes).some(c => c.nodeType === 3 && c.data.trim()))
    continue;
  if (node.offsetParent === null || node.closest('.unseen, script, noscript'))
    continue;
  const style = getComputedStyle(node);
  const pair = [light(colour(style.color)), light(under(node))].sort();
  pair.sort((a, b) => b - a);
  const ratio = (pair[0] + .05) / (pair[1] + .05);
  const px = parseFloat(style.fontSize);
  const large = px >= 24 || px >= 18.66 && Number(style.fontWeight) >= 700;
  if (ratio < (large ? 3 : 4.5))
    bad.push(node.textContent.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
}
return bad;
"""


def look(name):
    """A picture, large enough targets, enough contrast."""
    picture(name)
    small = script(TARGETS)
    expect(not small, "%s: targets under 44 pixels: %s", name, small)
    pale = script(CONTRAST)
    expect(not pale, "%s: pale text: %s", name, pale)


def quiet_console(port):
    """The browser had nothing to complain about, and asked no one else."""
    bad = [e["message"] for e in BROWSER.get_log("browser")]
    expect(not bad, "%s", bad)
    hosts = script("return performance.getEntriesByType('resource')"
                   ".map(e => new URL(e.name))"
                   ".filter(u => u.protocol !== 'blob:').map(u => u.host)")
    expect(set(hosts) <= {"127.0.0.1:%d" % port}, "%s", hosts)


def words(language):
    with open(os.path.join(ROOT, "api/pages", language + ".json"),
              encoding="utf-8") as f:
        return json.load(f)
