"""The limits on a formula, by their name on this floor: see `symgd.limits`."""

from symgd.limits import STRICT, WIDE, Limits

__all__ = ["STRICT", "WIDE", "Limits"]
