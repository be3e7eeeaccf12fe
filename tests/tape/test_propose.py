"""abs-struct tape map: a header that nobody knows becomes a layout that reads the tape."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from abs_struct.cli.tape import app
from abs_struct.core.findings import TapeError
from abs_struct.tape import read_tape
from abs_struct.tape.propose import header_of, propose

GERMAN = """Bestand zum 31.03.2026;;;;;;;;

Vertragsnummer;Restschuld;Darlehensbetrag;Zinssatz;Laufzeit;Restlaufzeit;Auszahlungsdatum;Kunden-Nr;Bundesland
0001;9.500,25;10.000,00;6,95 %;36;30;15.09.2025;K1;Bayern
0002;1.234,00;2.000,00;5,5 %;24;12;01.03.2025;K2;Hessen
Summe;10.734,25;12.000,00;;;;;;
"""
BANK = """LoanRef,Upload,Bal,OrigAmt,APR,TenorYears,MOB,Opened,What
A1,x,900,1000,12.5,3,6,2025-04-03,"=1+1"
A2,y,800,1000,9.9,3,7,2025-03-05,#2: yes
"""


def mapped(tmp_path, text, *words):
    """What `tape map` prints for a tape, and the layout file that it writes."""
    (tmp_path / "loans.csv").write_text(text)
    result = CliRunner().invoke(app, ["map", str(tmp_path / "loans.csv"), *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout, tmp_path / "loans.layout.yaml"


def test_a_german_tape_is_mapped_and_read(tmp_path):
    """Title, semicolons, decimal commas and a line of totals: mapped, written, read, without a word of editing."""
    printed, layout = mapped(tmp_path, GERMAN)
    assert "Restschuld" in printed
    tape = read_tape(tmp_path / "loans.csv", str(layout))
    assert tape.columns["loan_id"].tolist() == ["0001", "0002"]
    assert (tape.balance_cents, tape.columns["rate"].tolist()) == (1_073_425, [0.0695, 0.055])
    assert tape.column("origination_date").tolist() == ["2025-09-15", "2025-03-01"]
    assert tape.columns["borrower_id"].tolist() == ["K1", "K2"]


def test_short_names_and_years(tmp_path):
    """Abbreviations, words written together, a term in years; columns without a field are named, and kept."""
    _, layout = mapped(tmp_path, BANK)
    assert "#   Upload" in layout.read_text()
    tape = read_tape(tmp_path / "loans.csv", str(layout))
    assert tape.columns["original_term"].tolist() == [36, 36]
    assert tape.columns["age"].tolist() == [6, 7]
    assert tape.columns["rate"].tolist() == [0.125, 0.099]
    assert tape.columns["what"].tolist() == ["=1+1", "#2: yes"]


def test_what_is_not_found_is_said(tmp_path):
    """A field that no column looks like is left to the user, by name, in the file and on the screen."""
    printed, layout = mapped(tmp_path, BANK.replace("APR", "Q7"))
    assert "not found, and needed: rate" in printed
    assert "# rate: {from: [NAME OF ITS COLUMN]" in layout.read_text()


def test_values_count_as_much_as_names(tmp_path):
    """A column called `status date` that holds words is no date, and `balance` that holds words no balance."""
    (tmp_path / "loans.csv").write_text("balance,principal outstanding,start date\nhigh,900,soon\nlow,800,later\n")
    found = {p.field: p.column for p in propose(header_of(tmp_path / "loans.csv"))}
    assert found == {"balance": "principal outstanding"}


def test_a_layout_is_never_overwritten(tmp_path):
    """A file that is there may hold the user's own work."""
    mapped(tmp_path, BANK)
    with pytest.raises(TapeError, match="is there already, and may hold your own work"):
        mapped(tmp_path, BANK)


def test_an_unknown_header_points_to_it(tmp_path):
    """The message for a header that fits no layout names the way out."""
    (tmp_path / "loans.csv").write_text(BANK)
    with pytest.raises(TapeError, match=r"fits no layout .* `abs-struct tape map .*loans\.csv` proposes a layout"):
        read_tape(tmp_path / "loans.csv")
