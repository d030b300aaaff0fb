"""Things many tests share."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest
from selenium.webdriver import Chrome

from graphs.bundled import load_coquimbo
from graphs.region import Region
from tests.browser import CHROMEDRIVER, CHROMIUM, chromium
from tests.postgres import postgres as postgres


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Looking for garbage while all tests are imported takes a quarter of the time; what is there then is not looked at
    again later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def coquimbo() -> Region:
    """The real region in the box."""
    return load_coquimbo()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Generator[Chrome]:
    """Headless Chromium, one a test process; skips by name where it is not installed."""
    if not (CHROMIUM and CHROMEDRIVER):
        pytest.skip("needs chromium and chromedriver on PATH (Debian: chromium, chromium-driver)")
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


#: One process compiles nearly all kernels, in the first and third file, while the other one does what needs none; both
#: at once would each compile all of them. The order in which files are handed out is that of `--no-loadscope-reorder`.
FIRST = ("tests/engine/server/test_warm_up.py", "tests/engine/ledger/test_lease.py", "tests/cli/test_check.py")
WITHOUT_KERNELS = ("tests/engine/ledger/", "tests/proto/", "tests/engine/live/test_lease.py", "tests/test_deploy.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a fresh clone this order saves minutes."""

    def turn(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        if file in FIRST:
            return FIRST.index(file)
        return len(FIRST) + (not file.startswith(WITHOUT_KERNELS))

    items.sort(key=turn)
