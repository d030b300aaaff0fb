"""One table, printed on a terminal and on the benchmarks page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table as RichTable


@dataclass(frozen=True)
class ResultTable:
    """Rows of text; the first column is what was measured, the others are figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @staticmethod
    def of(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> ResultTable:
        return ResultTable(title, tuple(columns), tuple(tuple(row) for row in rows))

    @staticmethod
    def from_dict(content: dict[str, Any]) -> ResultTable:
        return ResultTable.of(content["title"], content["columns"], content["rows"])

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def rich(self) -> RichTable:
        table = RichTable(title=self.title)
        for index, column in enumerate(self.columns):
            table.add_column(column, justify="right" if index else "left")
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        lines = [
            f"**{self.title}**",
            "",
            "| " + " | ".join(self.columns) + " |",
            "|" + "|".join("---:" if index else "---" for index in range(len(self.columns))) + "|",
            *("| " + " | ".join(row) + " |" for row in self.rows),
        ]
        return "\n".join(lines) + "\n"
