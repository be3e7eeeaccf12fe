"""What a tape holds, in one object: the schema `abs-struct/tape/1` that scripts rely on."""

from __future__ import annotations

from typing import Any

from abs_struct.tape.tape import Tape, weighted

SCHEMA = "abs-struct/tape/1"


def summary(tape: Tape) -> dict[str, Any]:
    """Layout, counts, rejections, balances in currency units, and averages (rates as fractions, terms in months).

    Averages are weighted by balance, or by original balance where the tape has no current one; a history has
    neither a current balance nor a remaining term.
    """
    columns, totals = tape.columns, tape.totals()
    weights = columns["original_balance_cents" if tape.history else "balance_cents"]
    return {
        "schema": SCHEMA,
        "file": tape.file,
        "sha256": tape.sha256,
        "layout": tape.layout,
        "currency": tape.currency or None,
        "as_of": tape.as_of,
        "history": tape.history,
        "rows_read": totals.rows_read,
        "accepted": totals.accepted,
        "rejected": totals.rejected,
        "rejections": [{"row": r.row, "field": r.field, "reason": r.reason} for r in tape.rejections],
        "original_balance": totals.original_accepted / 100,
        "balance": 0.0 if tape.history else totals.balance_accepted / 100,
        "wa_rate": weighted(columns["rate"], weights),
        "wa_original_term": weighted(columns["original_term"], weights),
        "wa_remaining_term": None if tape.history else weighted(columns["remaining_term"], weights),
        "wa_age": None if tape.history else weighted(columns["age"], weights),
        "read_balance": 0.0 if tape.history else totals.balance_read / 100,
        "read_original_balance": totals.original_read / 100,
        "rejected_balance": 0.0 if tape.history else totals.balance_rejected / 100,
        "rejected_original_balance": totals.original_rejected / 100,
        "remarks": [{"field": r.field, "reason": r.reason, "rows": list(r.rows)} for r in tape.remarks],
        "columns": list(tape.names),
        "notes": [str(note) for note in tape.notes],
    }
