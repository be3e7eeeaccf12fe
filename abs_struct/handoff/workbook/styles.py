"""Styles: number formats, fonts, fills and colours, each made once."""

from __future__ import annotations

from typing import Any

#: Okabe and Ito's colours, in the fixed order of the classes.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#000000")
HAIRLINE, GREY, INK, NAVY, PALE, BAND = "#D9D9D9", "#767676", "#1F2933", "#16324F", "#FFF8E1", "#E8EEF4"
BLUE, GREEN, RED = "#0000C8", "#00703C", "#B00020"

NUMBER_FORMATS = {
    "money": '[>=0.5]#,##0_);[<=-0.5][Red]\\(#,##0\\);"-"_)',
    "cents": '#,##0.00_);[Red]\\(#,##0.00\\);"-"_)',
    "rate": '[>=0.000005]0.000%_);[<=-0.000005][Red]\\(0.000%\\);"-"_)',
    "percent": "0.00%",
    "flag": '0;-0;"-"',
    "factor": "0.00000000",
    "number": "#,##0",
    "multiple": '0.00"x"',
    "years": "0.0000",
    "life": "0.00",
    "price": "#,##0.00",
    "general": "#,##0.########",
    "date": "yyyy-mm-dd",
    "gap": '0.0E+00;-0.0E+00;"0"',
    "text": "@",
}
BASE: dict[str, Any] = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "vcenter"}
KINDS: dict[str, dict[str, Any]] = {
    "formula": {},
    "link": {"font_color": GREEN},
    "value": {"font_color": BLUE},
    "input": {"font_color": BLUE, "bg_color": PALE, "border": 1, "border_color": "#E0D8B0", "locked": False},
    "total": {"bold": True, "top": 1, "bottom": 1, "top_color": GREY, "bottom_color": GREY},
    "cell": {"bottom": 1, "bottom_color": HAIRLINE},
    "behind": {"bottom": 1, "bottom_color": HAIRLINE, "indent": 1},
    "cell_right": {"bottom": 1, "bottom_color": HAIRLINE, "align": "right"},
    "status": {"bottom": 1, "bottom_color": HAIRLINE, "align": "center"},
    "strong_right": {"bold": True, "bottom": 1, "bottom_color": HAIRLINE, "align": "right"},
    "strong": {"bold": True, "bottom": 1, "bottom_color": HAIRLINE},
    "title": {"bold": True, "font_size": 16, "font_color": NAVY},
    "subtitle": {"font_color": GREY},
    "heading": {"bold": True, "font_size": 11, "font_color": NAVY, "bottom": 2, "bottom_color": NAVY},
    "header": {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "text_wrap": True, "valign": "vcenter"},
    "header_behind": {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "valign": "vcenter", "indent": 1},
    "header_number": {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "text_wrap": True, "align": "right"},
    "band": {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY},
    "group": {"bold": True, "font_color": NAVY, "bg_color": BAND},
    "group_start": {"bold": True, "font_color": NAVY, "bg_color": BAND, "left": 1, "left_color": NAVY,
                    "text_wrap": True, "valign": "bottom"},
    "name": {"bold": True, "text_wrap": True, "align": "right", "valign": "bottom"},
    "unit": {"font_color": GREY, "align": "right", "italic": True},
    "path": {"font_color": GREY, "font_size": 7, "text_wrap": True, "align": "right", "valign": "top",
             "bottom": 1, "bottom_color": NAVY},
    "band_fast": {"bold": True, "font_color": NAVY, "font_size": 12, "bottom": 2, "bottom_color": NAVY},
    "group_fast": {"font_color": NAVY, "bg_color": BAND},
    "group_start_fast": {"bold": True, "font_color": NAVY, "bg_color": BAND, "top": 1, "top_color": NAVY,
                         "text_wrap": True, "valign": "top"},
    "name_fast": {},
    "total_fast": {"bold": True},
    "unit_fast": {"font_color": GREY, "italic": True},
    "path_fast": {"font_color": GREY, "font_size": 8},
    "label": {"bold": True, "valign": "bottom"},
    "caption": {"font_color": GREY, "align": "right", "indent": 1},
    "note": {"font_color": GREY, "text_wrap": True, "valign": "top"},
    "wrap": {"text_wrap": True, "bottom": 1, "bottom_color": HAIRLINE},
    "url": {"font_color": "#0563C1", "underline": 1},
    "good": {"font_color": GREEN, "bold": True, "bottom": 1, "bottom_color": HAIRLINE},
}  # fmt: skip


#: What a cell changes to while it holds a certain value; the words in it say the same.
RULES: dict[str, dict[str, Any]] = {
    "good": {"font_color": GREEN},
    "bad": {"font_color": "#FFFFFF", "bg_color": RED, "bold": True},
    "warn": {"font_color": INK, "bg_color": "#F7C66B", "bold": True},
    "chosen": {"font_color": INK, "bg_color": "#F7C66B", "bold": True},
    "quiet": {"font_color": "#A6A6A6", "italic": True},
}


class Styles:
    """Formats of one workbook, made when first asked for."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.made: dict[tuple[str, str], Any] = {}

    def rule(self, kind: str) -> Any:
        """The format of a rule that depends on a value."""
        key = ("rule", kind)
        if key not in self.made:
            self.made[key] = self.workbook.add_format(RULES[kind])
        return self.made[key]

    @staticmethod
    def knows(kind: str) -> bool:
        """Whether there is such a kind of cell."""
        return kind in KINDS

    def __call__(self, kind: str, number: str = "") -> Any:
        """The format of a kind of cell with a number format by name."""
        key = (kind, number)
        if key not in self.made:
            given = BASE | KINDS[kind] | ({"num_format": NUMBER_FORMATS[number]} if number else {})
            self.made[key] = self.workbook.add_format(given)
        return self.made[key]
