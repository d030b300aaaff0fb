"""One self-contained HTML file from a `MapPage`.

The page asks the network for nothing and could not: its content security policy allows only the one script and the one
style sheet in it, by their hashes. Text from input files is either HTML-escaped or inside a JSON block in which ``<``,
``>`` and ``&`` are written as escapes, and the script puts text on the page only as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from html import escape
from importlib.resources import files
from pathlib import Path

from engine.render.chart import chart_html
from engine.render.errors import MapError
from engine.render.options import is_chosen
from engine.render.page import Figure, MapPage
from engine.render.payload import option_pairs, payload
from engine.render.styles import STYLES
from engine.render.words import words

_SCRIPTS = ("layers.js", "draw.js", "hands.js", "panels.js")

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1>{subtitle}</header>
{figures}{charts}<main>
<div id="switches"></div>
<div id="map"><canvas tabindex="0" role="application"></canvas><noscript><p>{script_needed}</p></noscript></div>
<footer>{credits}</footer>
<div id="legend"></div>
</main>
<div id="tables"></div>
<p id="status" role="status"></p>
<script type="application/json" id="map-data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def render_html(page: MapPage) -> str:
    """The whole page as text; equal pages give equal text."""
    data = json.dumps(payload(page), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    style, script = _asset("map.css") + _role_rules(), _script()
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    html = _PAGE.format(
        language=escape(page.language),
        policy=policy,
        title=escape(page.title),
        subtitle=f"<p>{escape(page.subtitle)}</p>" if page.subtitle else "",
        style=style,
        figures=_figures(page),
        charts=f'<div id="charts">{"".join(map(chart_html, page.charts))}</div>\n' if page.charts else "",
        script_needed=escape(words(page.language)["script"]),
        credits=" · ".join(f"<span>{escape(credit)}</span>" for credit in page.credits),
        data=data,
        script=script,
    )
    # Names read with "surrogateescape" may hold halves of characters, which no file can.
    return html.encode("utf-8", "replace").decode("utf-8")


def write_html(page: MapPage, path: str | os.PathLike[str]) -> Path:
    """Write the page and return its path. The file is replaced whole or not at all."""
    target = Path(path)
    html = render_html(page)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        temporary.write_text(html, encoding="utf-8", newline="\n")
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise MapError(f"cannot write the map to {target}: {error.strerror or error}", path=target) from error
    return target


def _figures(page: MapPage) -> str:
    """The strip of key figures, or nothing; those of options not chosen at first are hidden."""
    chosen = page.chosen()
    items = []
    for each in page.figures:
        figure = each if isinstance(each, Figure) else Figure(*each)
        attributes = f' class="role-{figure.role}"' if figure.role else ""
        if figure.option:
            attributes += f' data-options="{escape(json.dumps(option_pairs(figure.option), ensure_ascii=False))}"'
            attributes += "" if is_chosen(figure.option, chosen) else " hidden"
        note = f"<small>{escape(figure.note)}</small>" if figure.note else ""
        items.append(f"<div{attributes}><dt>{escape(figure.label)}</dt><dd>{escape(figure.value)}{note}</dd></div>")
    return f'<dl id="figures">{"".join(items)}</dl>\n' if items else ""


def _role_rules() -> str:
    """One CSS rule a role: inline styles are forbidden by the page's own policy."""
    return "".join(f".role-{role}{{--role:{style.colour}}}\n" for role, style in STYLES.items())


def _script() -> str:
    """The page's one script: its parts share a scope of their own."""
    return '(() => {\n"use strict";\n' + "\n".join(_asset(name) for name in _SCRIPTS) + "})();\n"


def _asset(name: str) -> str:
    return files("engine.render").joinpath("assets", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
