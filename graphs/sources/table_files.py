"""Tables on disk: CSV (also .gz), Parquet and GeoParquet, read without guessing types."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphs.errors import CorruptFileError, EmptyInputError, FileMissingError, InputError, SourceError

if TYPE_CHECKING:
    import pandas as pd

CSV_SUFFIXES = (".csv", ".csv.gz", ".csv.bz2", ".csv.zst", ".tsv", ".tsv.gz")
PARQUET_SUFFIXES = (".parquet", ".geoparquet", ".pq")


def existing_file(path: str | Path) -> Path:
    """``path`` as a `Path`; raises `FileMissingError` or `EmptyInputError`."""
    path = Path(path)
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not there"
        raise FileMissingError(f"{path} is {kind}; give the path of a file.", path=path)
    if path.stat().st_size == 0:
        raise EmptyInputError(f"{path} is empty (0 bytes); fetch or export it again.", path=path)
    return path


def is_table(path: str | Path) -> bool:
    return str(path).lower().endswith(CSV_SUFFIXES + PARQUET_SUFFIXES)


def is_csv(path: str | Path) -> bool:
    return str(path).lower().endswith(CSV_SUFFIXES)


def read_table(path: str | Path, *, blank_lines: bool = False) -> pd.DataFrame:
    """One table; CSV cells stay text, Parquet cells keep their type, geometries stay WKT or WKB.

    With ``blank_lines`` those of a CSV are rows without any value, so that rows count as in a spreadsheet.
    Raises `FileMissingError`, `EmptyInputError`, `CorruptFileError`, `InputError` (not UTF-8), `SourceError`.
    """
    path = existing_file(path)
    name = path.name.lower()
    if name.endswith(PARQUET_SUFFIXES):
        return _read_parquet(path)
    if name.endswith(CSV_SUFFIXES):
        return _read_csv(path, separator="\t" if ".tsv" in name else ",", blank_lines=blank_lines)
    raise SourceError(
        f"{path.name} is no table Towline reads; it reads {', '.join(CSV_SUFFIXES + PARQUET_SUFFIXES)}.", path=path
    )


def _read_csv(path: Path, separator: str, blank_lines: bool) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(
            path, sep=separator, dtype=str, keep_default_na=False, na_values=[""], skip_blank_lines=not blank_lines
        )
    except pd.errors.EmptyDataError:
        raise EmptyInputError(f"{path} holds no header and no rows.", path=path) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8.", path=path) from error
    except (pd.errors.ParserError, EOFError, OSError) as error:
        raise CorruptFileError(
            f"{path} cannot be read as CSV: {one_line(error)}. Export it again.", path=path
        ) from error


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
        table.validate(full=True)
        return table.to_pandas(ignore_metadata=True)
    except (pyarrow.ArrowException, OSError, ValueError) as error:  # ValueError: broken text or metadata
        raise CorruptFileError(
            f"{path} cannot be read as Parquet: {one_line(error)}. Export it again.", path=path
        ) from error


def one_line(error: Exception) -> str:
    """What another library says of it, without its line breaks and last full stop."""
    return " ".join(str(error).split()).removesuffix(".").strip()
