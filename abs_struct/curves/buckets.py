"""The buckets of arrears, by the days that the oldest instalment is late."""

from __future__ import annotations

#: The buckets of the field; a roll rate for each.
BUCKETS = ("1_30", "31_60", "61_90", "91_120", "121_150", "151_180")
