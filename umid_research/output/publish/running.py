"""Execute notebooks, each in its own kernel, and remove the traces of the run.

Kernels communicate over IPC in private folders: with TCP, kernels that start at the same time
sometimes use the same port.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from umid_research.errors import ReportError
from umid_research.output.publish.kernels import waiting_kernel
from umid_research.output.typesetting import EPOCH
from umid_research.report.study_report import PROCESSED_VARIABLE
from umid_research.runs.processes import UNFINISHED, end_with_parent

# jsonschema imports this module if it is installed, which takes a second in every process. The
# format that it checks is not used here.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

KERNEL_TIMEOUT = 600
# The last cell of a notebook while it is executed: what its kernel has read until then.
_FACTS = """from IPython.display import JSON
from umid_research.report.study_report import processed_folder
from umid_research.runs.records import facts
JSON({"facts": facts(processed_folder())})"""
_WIDGETS = "application/vnd.jupyter.widget-view+json"


def execute(path: Path, parameters: dict[str, Any]) -> Any:
    """Execute a notebook and return it without the traces of papermill and the kernel.

    Raise ReportError with the number of a failed cell. The executed notebook is written nowhere.
    """
    return _executed(path, path, parameters)


def execute_and_note(path: Path, parameters: dict[str, Any]) -> tuple[Any, list[str] | None]:
    """Execute a notebook as `execute` does, and return it with the facts that its kernel noted.

    See `runs.records`; the facts are None where nothing is noted.
    """
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(_FACTS))
    with tempfile.TemporaryDirectory(prefix="umid-noting-") as folder:
        noting = Path(folder) / path.name
        nbformat.write(notebook, noting)
        executed = _executed(noting, path, parameters)
    (noted,) = executed.cells.pop().outputs
    return executed, noted["data"]["application/json"]["facts"]


def _executed(path: Path, original: Path, parameters: dict[str, Any]) -> Any:
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    with tempfile.TemporaryDirectory(prefix="umid-kernel-") as private:
        config = Config()
        if os.name == "posix":
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = str(Path(private) / "kernel")
            config.NotebookClient.kernel_manager_class = _kernel_manager()
        config.NotebookClient.shutdown_kernel = "immediate"
        try:
            executed = papermill.execute_notebook(
                path,
                None,  # to a file, it would write the notebook before and after every cell
                parameters=parameters,
                cwd=private,
                progress_bar=False,
                record_timing=False,
                kernel_name="python3",
                execution_timeout=KERNEL_TIMEOUT,
                config=config,
            )
        except PapermillExecutionError as error:
            raise ReportError(
                f"the notebook failed in cell {error.exec_count}: {error.ename}: {error.evalue}",
                where=original.name,
            ) from None
        except (DeadKernelError, BrokenPipeError, RuntimeError) as error:
            # One that dies before its first cell is a broken pipe, or another error of jupyter.
            if type(error) is RuntimeError and not str(error).startswith("Kernel died before"):
                raise
            raise ReportError(
                "the notebook's kernel was killed, perhaps because memory ran out",
                where=original.name,
            ) from None
    return without_traces(executed)


def _kernel_manager() -> type:
    """Return a kernel manager class whose kernels end with the process that started them.

    A kernel that was forked and waits is taken; else one is started as a program.
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class Provisioner(LocalProvisioner):
        async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
            kernel = waiting_kernel(cmd)
            if kernel is None:
                return await super().launch_kernel(cmd, **options)
            environment = {**options["env"], "JPY_PARENT_PID": str(os.getpid())}
            kernel.start(cmd[3:], environment, str(options.get("cwd") or Path.cwd()))
            self.process = kernel  # type: ignore[assignment]
            self.pid = self.pgid = kernel.pid
            return self.connection_info

    class KernelManager(AsyncKernelManager):
        async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
            self.kernel_id = str(uuid4())
            self.provisioner = Provisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
            bound = partial(end_with_parent, os.getpid())
            await super().start_kernel(preexec_fn=bound, **options)

    return KernelManager


def without_traces(notebook: Any) -> Any:
    """Remove timings, paths and random ids in place, so that equal runs give equal bytes.

    Widgets keep only their text: their state is lost when the kernel ends. Return the notebook.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        cell["id"] = f"cell-{number}"
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_WIDGETS, None)
    return notebook


def store_outputs(notebooks: Path, processed: Path) -> Iterator[str]:
    """Execute every notebook with its default parameters and store the outputs in it.

    Yield the name of each notebook. The outputs of the committed notebooks are made this way from
    the bundled study.
    """
    import nbformat

    os.environ.update(
        {PROCESSED_VARIABLE: str(processed.resolve()), "SOURCE_DATE_EPOCH": str(EPOCH)}
    )
    for path in sorted(notebooks.glob("*.ipynb")):
        executed = execute(path.resolve(), {})
        unfinished = path.with_name(f"{UNFINISHED}{path.name}")
        nbformat.write(executed, unfinished)
        unfinished.replace(path)
        yield path.stem
