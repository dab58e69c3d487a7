"""An audit by others: τ-ARGUS, which statistics offices use, on the published counts.

`pytauargus` (EUPL-1.2) is a development dependency, where there is a wheel of it. A table goes to
it as a file in its own JJ format: all cells with their status, and the equations between them. It
returns the lowest and the highest value that each withheld cell can have, by linear programs.

A. Hundepool and others (2012), Statistical Disclosure Control, doi:10.1002/9781118348239.
"""

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from validation.count_tables import CountTable

try:
    from pytauargus import _tauargus
except ImportError:  # no wheel for this system
    _tauargus = None

_CLOSE = 1e-4


def is_there() -> bool:
    """Return whether τ-ARGUS is installed."""
    return _tauargus is not None


def audited(table: CountTable, withheld: np.ndarray) -> np.ndarray:
    """Return how many whole numbers τ-ARGUS leaves possible for each withheld count.

    In the order of the withheld rows that say something, see `CountTable.is_secret`.
    """
    with TemporaryDirectory() as folder, contextlib.chdir(folder):  # it writes logs where it runs
        path = Path(folder) / "table.jj"
        path.write_text(as_jj(table, withheld), encoding="ascii")
        found = {row["cell"]: (row["min"], row["max"]) for row in _tauargus.audit_jj(str(path))}
    secret = np.flatnonzero(table.is_secret(withheld))
    ranges = np.array([found[row] for row in secret]).reshape(-1, 2)
    lowest, highest = np.ceil(ranges[:, 0] - _CLOSE), np.floor(ranges[:, 1] + _CLOSE)
    return (highest - lowest).astype(int) + 1


def as_jj(table: CountTable, withheld: np.ndarray) -> str:
    """Return a table in the JJ format: cells with bounds and status, then sums that are 0.

    Cells are the rows (s: shown, m: withheld), the unknowns (withheld), and the known bases.
    """
    everybody = int(table.most.sum())
    values = [*table.counts, *table.truth, *(table.bases @ table.truth)]
    status = [*np.where(withheld, "m", "s"), *("m" * len(table.truth)), *("s" * len(table.bases))]
    most = [*([everybody] * len(withheld)), *table.most, *([everybody] * len(table.bases))]
    cells = [
        f"{n} {int(value)} 1 {state} 0 {int(high)} 0 0 0"
        for n, (value, state, high) in enumerate(zip(values, status, most, strict=True))
    ]
    first = len(withheld)
    sums = [*enumerate(table.sums), *enumerate(table.bases, start=first + len(table.truth))]
    lines = []
    for cell, members in sums:
        parts = [f"{first + at} (1)" for at in np.flatnonzero(members)]
        lines.append(f"0 {len(parts) + 1} : {cell} (-1) {' '.join(parts)}")
    return "\n".join(["0", str(len(cells)), *cells, str(len(lines)), *lines, ""])
