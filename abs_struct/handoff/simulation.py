"""A simulation as files: a workbook of its figures with their errors, and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from abs_struct.handoff.files import whole
from abs_struct.handoff.sheet import Paper, new_workbook

if TYPE_CHECKING:
    from abs_struct.study.simulation import Simulation

#: Figure -> its heading and number format.
FIGURES = {
    "probability_of_loss": ("Probability of loss", "fine"),
    "expected_loss": ("Expected loss, principal", "fine"),
    "discounted_loss": ("Expected loss, discounted", "fine"),
    "loss_95": ("Loss, 95%", "share"),
    "loss_99": ("Loss, 99%", "share"),
    "loss_99.9": ("Loss, 99.9%", "share"),
    "expected_shortfall_99": ("Mean of the worst 1%", "share"),
    "wal": ("WAL, mean", "life"),
    "wal_5": ("WAL, 5%", "life"),
    "wal_50": ("WAL, median", "life"),
    "wal_95": ("WAL, 95%", "life"),
}
BINS = 50


def write_pictures(simulation: Simulation, folder: str | Path) -> list[Path]:
    """The default levels, and losses and lives of each class, as PNG.

    Raises
    ------
    UsageError : nothing can be written there
    """
    files = []
    for note in (None, *(one.name for one in simulation.classes)):
        file = Path(folder) / f"simulation_{'levels' if note is None else note}.png"
        with whole(file) as draft:
            simulation.plot(note).savefig(draft, dpi=150, metadata={"Software": None})
        files.append(file)
    return files


def write_simulation(simulation: Simulation, path: str | Path) -> Path:
    """A workbook: the figures of each class with their standard errors, the default levels, and both as histograms.

    Raises
    ------
    UsageError : nothing can be written there
    """
    file = Path(path)
    with whole(file) as draft:
        workbook, paper = new_workbook(draft, f"{simulation.deal}: simulation", "Monte Carlo through the waterfall")
        figures_sheet(simulation, paper)
        levels_sheet(simulation, paper)
        histogram_sheet(simulation, paper)
        workbook.close()
    return file


def figures_sheet(simulation: Simulation, paper: Paper) -> None:
    """Every figure of every class, and its standard error beside it."""
    sheet = paper.sheet("Classes", widths=(26, *[13] * (2 * len(simulation.classes))))
    sheet.title(
        f"{simulation.deal}: {len(simulation):,} paths", f"{simulation.uncertainty.words}; seed {simulation.seed}"
    )
    names = [one.name for one in simulation.classes]
    row = first = sheet.header(3, ["Figure", *(word for name in names for word in (name, "std error"))])
    for key, (words, number) in FIGURES.items():
        sheet.text(row, 0, words)
        for k, one in enumerate(simulation.classes):
            estimate = one.estimates[key]
            sheet.number(row, 2 * k + 1, estimate.value, number)
            sheet.number(row, 2 * k + 2, estimate.error, number, "note")
        row += 1
    if simulation.table is not None:
        sheet.text(row, 0, "Implied level", "strong")
        for k, one in enumerate(simulation.classes):
            sheet.text(row, 2 * k + 1, simulation.implied(one), "strong")
        row += 1
        if simulation.table.note:
            sheet.text(row + 1, 0, f"Levels: {simulation.table.note}", "subtitle")
            row += 1
    for words in notes_of(simulation):
        row += 1
        sheet.text(row, 0, words, "subtitle")
    sheet.freeze(first, 1)


def notes_of(simulation: Simulation) -> list[str]:
    """What the figures mean."""
    found = [
        "Loss: principal never repaid, of the class. Probability of loss: of any principal or interest never paid.",
        "Discounted: what is missing of the value at the class's own coupon, where something is never paid.",
        "The standard error is that of the simulation alone; it says nothing of the distribution that was assumed.",
    ]
    if simulation.table is not None:
        found.append(
            "Implied level: the strictest whose limit, by mean life, the expected discounted loss keeps; no rating."
        )
    if simulation.draws.beyond > 0.0:
        found.append(f"In {simulation.draws.beyond:.2%} of the paths more was drawn than the pool can bear.")
    return found


def levels_sheet(simulation: Simulation, paper: Paper) -> None:
    """The default level: as assumed and as drawn."""
    sheet = paper.sheet("Default level", widths=(34, 14, 14))
    sheet.title("Default level", "defaults over the life / receivables; of cards, the yearly charge-off rate")
    row = sheet.header(3, ("", "Value", "Std error"))
    sheet.text(row, 0, "Mean, of the deal as it stands")
    sheet.number(row, 1, simulation.levels.mean, "share")
    row += 1
    for name, estimate in simulation.level_estimates.items():
        sheet.text(row, 0, "Mean, drawn" if name == "mean" else f"{name}% of the paths below")
        sheet.number(row, 1, estimate.value, "share")
        sheet.number(row, 2, estimate.error, "share", "note")
        row += 1


def histogram_sheet(simulation: Simulation, paper: Paper) -> None:
    """Lives and default levels as histograms, with a native chart."""
    sheet = paper.sheet("Histograms", widths=(14, 14, 14))
    sheet.title("Default level", "share of paths by default level")
    level = np.asarray(simulation.level)
    counts, edges = np.histogram(level, bins=BINS, range=(0.0, float(np.quantile(level, 0.9995))))
    row = first = sheet.header(3, ("From", "To", "Paths"), left=0)
    for count, low, high in zip(counts, edges, edges[1:], strict=False):
        sheet.number(row, 0, float(low), "share")
        sheet.number(row, 1, float(high), "share")
        sheet.number(row, 2, int(count), "count")
        row += 1
    chart = paper.workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "Paths",
            "categories": [sheet.name, first, 0, row - 1, 0],
            "values": [sheet.name, first, 2, row - 1, 2],
            "gap": 4,
            "fill": {"color": "#56B4E9"},
        }
    )
    chart.set_title({"name": "Paths by default level", "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_format": "0.0%", "interval_unit": 8})
    chart.set_size({"width": 620, "height": 320})
    sheet.worksheet.insert_chart(3, 4, chart)
    sheet.freeze(first, 0)
