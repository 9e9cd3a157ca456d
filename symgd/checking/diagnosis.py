from __future__ import annotations
from typing import Any
def diagnoses(marker: Any) -> dict[int, Any]:
    return {}
