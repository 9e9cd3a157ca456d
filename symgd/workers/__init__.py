"""Floor 0: a pool of worker processes for work on outside input that can run away. It knows nothing of mathematics.

A nursery imports the module of tasks once and forks a worker for each order; JSON goes both ways over sockets. A task
past its deadline, over its memory or dead is an answer, and its worker is killed and replaced.

    caller (Pool) ── orders ──> nursery ── forks ──> worker
         └───────────── JSON, one task at a time ───────┘
"""

from symgd.workers.answers import Answer
from symgd.workers.here import in_process
from symgd.workers.pool import Pool, shared_pool

__all__ = ["Answer", "Pool", "in_process", "shared_pool"]
