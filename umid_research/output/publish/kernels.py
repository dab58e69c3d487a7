"""Kernels forked from a process that has loaded their libraries; see `runs.jobs`.

Starting a kernel as a program of its own takes about two seconds, most of which it loads the same
libraries as every other kernel. Here the process of a job forks its kernel while it has no threads
yet. The kernel waits until papermill starts it, and becomes a kernel only then. It is a child of
its job and ends with it.
"""

import json
import os
import signal
import sys

from umid_research.runs.jobs import FORKS
from umid_research.runs.processes import end_with_parent

_LAUNCHER = ["-m", "ipykernel_launcher"]


class ForkedKernel:
    """A forked process with what jupyter_client asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        """Fork the process, which waits for `start`."""
        reads, self._writes = os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        self.returncode: int | None = None
        if self.pid == 0:
            os.close(self._writes)
            _become_kernel(reads, parent)
        os.close(reads)

    def start(self, arguments: list[str], environment: dict[str, str], folder: str) -> None:
        """Let the process become a kernel with these arguments, in this folder."""
        with os.fdopen(self._writes, "w", encoding="utf-8") as writes:
            json.dump([arguments, environment, folder], writes)

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while the process lives."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        """Return the exit status once the process has ended."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)


_waiting: ForkedKernel | None = None


def fork_kernel() -> None:
    """Fork a kernel that waits for the next notebook of this process, where processes can fork."""
    global _waiting
    if FORKS:
        _waiting = ForkedKernel()


def waiting_kernel(command: list[str]) -> ForkedKernel | None:
    """Return the kernel that waits, once; None if there is none, or for a kernel of another kind.

    `command` is what would start the kernel as a program.
    """
    global _waiting
    if command[:3] != [sys.executable, *_LAUNCHER]:
        return None
    kernel, _waiting = _waiting, None
    return kernel


def _become_kernel(reads: int, parent: int) -> None:
    """Wait for the order to start, run a kernel until its end, and end this process."""
    status = 1
    try:
        end_with_parent(parent)
        os.setsid()  # so that Ctrl-C is for the run, which ends its kernels
        with os.fdopen(reads, encoding="utf-8") as orders:
            order = orders.read()
        if order:  # "" where the job had no notebook
            arguments, environment, folder = json.loads(order)
            _run_kernel(arguments, environment, folder)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)


def _run_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type] # nobody debugs this kernel
    from ipykernel.kernelapp import IPKernelApp

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.argv = [*_LAUNCHER[1:], *arguments]
    # The variable with the parent was read when the library was loaded, by another process.
    parent = f"--IPKernelApp.parent_handle={environment['JPY_PARENT_PID']}"
    IPKernelApp.launch_instance([*arguments, parent])
