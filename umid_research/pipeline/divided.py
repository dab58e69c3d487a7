"""Whether a step divides its work between the processors."""

import os
from argparse import Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umid_research.clean import Cleaned

# Of more people, several processes at once would need too much memory.
_MAX_PEOPLE = 100_000


def is_divided(options: Namespace, cleaned: "Cleaned") -> bool:
    """Return whether other processes are to take parts of the work on these answers.

    They are in a run with a warm process, which forks them at once (`runs.jobs.warm_up`).
    """
    warm = getattr(options, "warm", False) and (os.cpu_count() or 1) > 1
    return warm and len(cleaned.responses) <= _MAX_PEOPLE
