"""No workers at all: tasks run in this process. A choice for a notebook in which every text is the user's own."""

from __future__ import annotations

import os

from symgd.workers.answers import JSON, Answer, decoded, encoded, told
from symgd.workers.serving import load

#: Set to 1, it chooses this before anything runs.
VARIABLE = "SYMGD_IN_PROCESS"
_chosen: list[bool] = []


def in_process(trusted: bool = True) -> None:
    """Do without worker processes from now on, or with them again.

    A notebook in which every text is the user's own may choose this: nothing is started, and a debugger sees all.
    There is then no deadline and no limit of memory: a computation that runs away ends with an interrupt of the
    kernel, or not at all. Never choose it where others' text is read. `SYMGD_IN_PROCESS=1` in the environment does
    the same.

    >>> in_process()
    >>> in_process(False)
    """
    _chosen[:] = [trusted]


def is_in_process() -> bool:
    """Whether tasks run in this process: as chosen, else as the environment says.

    >>> is_in_process()
    False
    """
    return _chosen[0] if _chosen else os.environ.get(VARIABLE, "") not in ("", "0")


class Here:
    """Runs the TASKS of a module in this process, with the answers that a pool would give but for "late".

    >>> Here("symgd.no_such_module").call("double", 4).message
    "ModuleNotFoundError: No module named 'symgd.no_such_module'"
    """

    def __init__(self, module: str) -> None:
        """`module` is the dotted name of a module with TASKS, as for `Pool`."""
        self._tasks, self._problem = load(module)

    def call(self, task: str, payload: JSON = None, deadline: float = 1.0) -> Answer:
        """Run a task; `deadline` is not kept. What the task raises is an Answer, an interrupt is not."""
        if self._problem:
            return Answer("failed", None, self._problem)
        try:
            if task not in self._tasks:
                raise LookupError(task)
            value = self._tasks[task](decoded(encoded(payload)))
            return Answer("done", decoded(encoded(value)))
        except (Exception, SystemExit) as error:
            return Answer("failed", None, told(error))
