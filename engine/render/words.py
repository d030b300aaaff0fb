"""The renderer's own words on a page, by language; everything else on it comes from the caller."""

from __future__ import annotations

from engine.render.errors import MapError

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "legend": "Legend",
        "search": "Search this table",
        "zoomIn": "Zoom in",
        "zoomOut": "Zoom out",
        "fit": "Show everything",
        "map": "Map: drag to move, wheel or + and − to zoom, arrow keys to move, 0 to show everything, "
        "Enter to read what is in the middle",
        "rows": "{shown} of {total}",
        "more": "and {count} more here",
        "all": "Show all {total}",
        "fewer": "Show the first {total}",
        "offPaper": "and {count} more on the screen",
        "noValue": "no value",
        "never": "not reached",
        "show": "Show on the map",
        "nothing": "Nothing to show on this map",
        "script": "This map needs JavaScript, which is switched off.",
    },
    "es": {
        "legend": "Leyenda",
        "search": "Buscar en esta tabla",
        "zoomIn": "Acercar",
        "zoomOut": "Alejar",
        "fit": "Mostrar todo",
        "map": "Mapa: arrastre para mover, rueda o + y − para acercar, flechas para mover, "
        "0 para mostrar todo, Intro para leer lo que hay en el centro",
        "rows": "{shown} de {total}",
        "more": "y {count} más aquí",
        "all": "Mostrar los {total}",
        "fewer": "Mostrar los primeros {total}",
        "offPaper": "y {count} más en la pantalla",
        "noValue": "sin valor",
        "never": "no se llega",
        "show": "Mostrar en el mapa",
        "nothing": "Nada que mostrar en este mapa",
        "script": "Este mapa necesita JavaScript, que está desactivado.",
    },
    "zh": {
        "legend": "图例",
        "search": "在表中搜索",
        "zoomIn": "放大",
        "zoomOut": "缩小",
        "fit": "显示全部",
        "map": "地图：拖动移动，滚轮或 + − 缩放，方向键移动，0 显示全部，回车键读取中央内容",
        "rows": "{shown} / {total}",
        "more": "此处还有 {count} 项",
        "all": "显示全部 {total} 行",
        "fewer": "只显示前 {total} 行",
        "offPaper": "屏幕上还有 {count} 行",
        "noValue": "无数据",
        "never": "无法到达",
        "show": "在地图上显示",
        "nothing": "此地图没有可显示的内容",
        "script": "此地图需要 JavaScript，但它已被关闭。",
    },
}


def words(language: str) -> dict[str, str]:
    """The words of one language (a BCP 47 tag; only its first part counts), or `MapError`."""
    found = _WORDS.get(language.split("-")[0].lower())
    if found is None:
        raise MapError(f"no words for language {language!r}; use one of {', '.join(_WORDS)}", language=language)
    return found
