"""Write rows as CSV: UTF-8, commas and decimal points in every language.

Text that looks like a formula gets an apostrophe in front. The last column of a simulated study's
file is `provenance`, as in the frames.
"""

import csv
import io
from collections.abc import Sequence

from umid_research.frames import PROVENANCE
from umid_research.output.sheets.formulas import neutralise_formula
from umid_research.output.sheets.tidy import Value
from umid_research.study import Study


def csv_bytes(head: Sequence[str], rows: Sequence[Sequence[Value]], study: Study) -> bytes:
    """Return the file's bytes; a byte order mark tells spreadsheet programs that it is UTF-8."""
    is_simulated = study.provenance == "simulated"
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow([*map(neutralise_formula, head), *([PROVENANCE] if is_simulated else [])])
    for row in rows:
        cells = [neutralise_formula(value) if isinstance(value, str) else value for value in row]
        table.writerow([*cells, *([study.provenance] if is_simulated else [])])
    return written.getvalue().encode("utf-8-sig")
