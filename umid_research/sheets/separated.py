"""Rows -> CSV: UTF-8, commas, a decimal point in every language, so that one program reads all.

Text that looks like a formula bears an apostrophe in front (see `inert`). The last column of a
simulated study's file is `provenance`, as in the frames.
"""

import csv
import io
from collections.abc import Sequence

from umid_research.frames import PROVENANCE
from umid_research.sheets.formulas import escaped
from umid_research.sheets.tidy import Value
from umid_research.study import Study


def separated(head: Sequence[str], rows: Sequence[Sequence[Value]], study: Study) -> bytes:
    """The file's bytes; spreadsheet programs take them for UTF-8 by the mark at their beginning."""
    is_simulated = study.provenance == "simulated"
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow([*map(escaped, head), *([PROVENANCE] if is_simulated else [])])
    for row in rows:
        cells = [escaped(value) if isinstance(value, str) else value for value in row]
        table.writerow([*cells, *([study.provenance] if is_simulated else [])])
    return written.getvalue().encode("utf-8-sig")
