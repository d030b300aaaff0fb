"""A real browser for tests and benchmarks: headless Chromium driven by selenium through chromedriver."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from engine.render import MapPage, write_html

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMEDRIVER = shutil.which("chromedriver")

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion",
    "--hide-scrollbars",
)


@contextmanager
def chromium(folder: Path) -> Generator[webdriver.Chrome]:
    """Chromium with a profile of its own in ``folder``; both programs are named, so that nothing is looked for."""
    assert CHROMIUM
    assert CHROMEDRIVER
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def sized(driver: webdriver.Chrome, width: int = 1280, height: int = 900) -> None:
    """Give the page ``width`` by ``height`` pixels."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def show(driver: webdriver.Chrome, file: Path, width: int = 1280, height: int = 900) -> None:
    """Open a file in a page of that size, and wait until it is drawn."""
    sized(driver, width, height)
    driver.get(file.as_uri())
    wait(driver, "return document.documentElement.dataset.ready === 'true'")


def opened(driver: webdriver.Chrome, page: MapPage, folder: Path, width: int = 1280) -> None:
    """Write a page and open it."""
    show(driver, write_html(page, folder / "map.html"), width)


def wait(driver: webdriver.Chrome, script: str) -> None:
    """Until a script answers true."""
    WebDriverWait(driver, 30, 0.02).until(lambda each: each.execute_script(script))


def settled(driver: webdriver.Chrome) -> None:
    """Until what was asked for is drawn."""
    driver.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))")


def choose(driver: webdriver.Chrome, choice: str, name: str) -> None:
    """Choose an option of a switch, be it a row of buttons or a list."""
    driver.execute_script(
        """const [choice, name] = arguments;
        for (const each of document.querySelectorAll("#switches > *")) {
          if (each.firstElementChild.textContent !== choice) continue;
          const list = each.querySelector("select");
          if (list) return (list.value = name), void list.dispatchEvent(new Event("change"));
          return void [...each.querySelectorAll("input")].find((input) => input.value === name).click();
        }
        throw new Error(`no switch ${choice}`);""",
        choice,
        name,
    )
    settled(driver)


def console(driver: webdriver.Chrome) -> list[str]:
    """What the page has written to the console since last asked."""
    return [entry["message"] for entry in driver.get_log("browser")]
