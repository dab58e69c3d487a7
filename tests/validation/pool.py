"""Where the studies of a validation are worked out: processes of this machine, or a cluster."""

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

from umid_research.output import WARM
from umid_research.runs.cluster import results_on

TESTS = str(Path(__file__).resolve().parents[1])


class ClusterPool(Executor):
    """An executor of the workers of a Dask cluster, which have this folder under the same path."""

    def __init__(self, scheduler: str) -> None:
        """Remember the address; every `map` connects anew."""
        self._scheduler = scheduler

    def map(self, work: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterator[Any]:
        """Yield what `work` returns for each job, in their order."""
        found = results_on(self._scheduler, work, list(jobs), warm=WARM, modules=TESTS)
        return iter(found)


def pool_of(scheduler: str, workers: int | None) -> Executor:
    """Return an executor of the cluster, or without a scheduler of so many processes here.

    They freeze what they have loaded, because statsmodels collects garbage at every adjustment.
    """
    if scheduler:
        return ClusterPool(scheduler)
    return ProcessPoolExecutor(workers, initializer=gc.freeze)
