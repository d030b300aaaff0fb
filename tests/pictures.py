"""Draws the pictures of docs/planning.md, docs/coverage-page.md and docs/shifts.md: ``python -m tests.pictures``.

The pages are those that the tests open, in the same browser; planning-leaves.png is what the lines of docs/planning.md
write, shifts.png what the command of docs/shifts.md does.
"""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from selenium.webdriver import Chrome

from engine.coverage.page import coverage_page
from engine.coverage.picture import write_picture
from engine.render import write_html
from graphs.bundled import load_coquimbo
from tests.browser import choose, chromium, settled, show, sized
from tests.engine.coverage.samples import sample

DOCS = Path(__file__).parents[1] / "docs"
IMAGES = DOCS / "images"
#: A4 without its margins, and with them, at 96 dots an inch.
PAPER, SHEET = (1054, 726), (1122, 794)


def keep(content: bytes | Path, name: str, frame: tuple[int, int] | None = None) -> None:
    """A picture with few colours, in the middle of a white frame if one is given."""
    picture = Image.open(content if isinstance(content, Path) else io.BytesIO(content)).convert("RGB")
    if frame:
        sheet = Image.new("RGB", frame, "white")
        sheet.paste(picture, ((frame[0] - picture.width) // 2, (frame[1] - picture.height) // 2))
        picture = sheet
    few = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
    few.save(IMAGES / name, optimize=True)
    print(f"wrote {IMAGES / name}: {(IMAGES / name).stat().st_size:,} bytes")


def shot(driver: Chrome) -> bytes:
    """What is on the screen."""
    settled(driver)
    return base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])


def printed(driver: Chrome) -> bytes:
    """What stands on paper."""
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    sized(driver, *PAPER)
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    return shot(driver)


def pages(driver: Chrome, folder: Path) -> None:
    """Of docs/coverage-page.md."""
    region, view = load_coquimbo(), sample()
    file = write_html(coverage_page(view, region.network, credits=region.metadata.credits), folder / "coverage.html")
    show(driver, file)
    keep(shot(driver), "coverage-map.png")
    choose(driver, "Fleet", "Difference")
    keep(shot(driver), "coverage-difference.png")
    keep(printed(driver), "coverage-print.png", SHEET)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    show(driver, file, 360, 740)
    keep(shot(driver), "coverage-phone.png")
    keep(
        write_picture(view, folder / "slide.png", region.network, credits=region.metadata.credits), "coverage-slide.png"
    )


def leaves(folder: Path) -> None:
    """The lines of docs/planning.md, as far as the picture."""
    text = (DOCS / "planning.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    last = next(number for number, block in enumerate(blocks) if "write_picture" in block)
    names: dict[str, object] = {}
    os.chdir(folder)
    for block in blocks[: last + 1]:
        exec(compile(block, "docs/planning.md", "exec"), names)
    keep(folder / "leaves.png", "planning-leaves.png")


def shifts(driver: Chrome, folder: Path) -> None:
    """The first command of docs/shifts.md."""
    text = (DOCS / "shifts.md").read_text("utf-8")
    command = next(line for line in text.splitlines() if line.startswith("towline coverage shifts"))
    asked = [*command.split()[1:], "--map", "shifts.html"]
    subprocess.run([sys.executable, "-m", "cli", *asked], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    show(driver, folder / "shifts.html")
    keep(shot(driver), "shifts.png")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with chromium(folder) as driver:
            pages(driver, folder)
            shifts(driver, folder)
        leaves(folder)


if __name__ == "__main__":
    main()
