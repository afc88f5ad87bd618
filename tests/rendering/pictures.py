"""Sample pictures of many things at once: each kind of cell, change, bar and card."""

from feedback.rendering.blocks import (
    Card,
    Cards,
    Column,
    Dumbbell,
    Dumbbells,
    Finding,
    HeatCell,
    HeatColumn,
    HeatRow,
    HeatTable,
    Knowledge,
    Paragraph,
    RateBar,
    RateBars,
    Run,
    Sentences,
    Shade,
    Stretch,
    Table,
    ThemeChart,
    ThemeRow,
)
from tests.rendering.papers import likert

CELLS = (
    HeatCell(Knowledge.EXACT, "83%", "10 of 12", "83% (10 of 12)", Shade.HIGH),
    HeatCell(Knowledge.LIMITS, "≤25%", "at most 3 of 12", "at most 25%", Shade.LOWEST, is_marked=True),
    HeatCell(Knowledge.WITHHELD, said="not shown here"),
    HeatCell(Knowledge.NOT_ASKED, said="nobody asked"),
)
RISE = Dumbbell(
    "Mentors: “How?”", "", "q-C1", Stretch(50, 50), Stretch(75, 75), Stretch(40, 100), "+25", "6 → 9 of 12", ""
)
FALL = Dumbbell(
    "Mentees: “So?”", "Which?", "q-C2", Stretch(80, 100), Stretch(20, 20), Stretch(0, 60), "−60", "10 → 2", "sure"
)


def words(title: str) -> Table:
    return Table(title, (Column("Name"), Column("Said")), (("one", "said of one"),))


def theme() -> ThemeChart:
    chart = likert()
    row = ThemeRow(
        "How?", "q-C1", ("10 of 15 agree.",), "43% to 90%", chart, ("Mentees: not shown.",), has_own_legend=False
    )
    bare = ThemeRow("So?", "q-C2", (), "", None, ("All: not shown.",), has_own_legend=False)
    return ThemeChart("Confidence", chart.bars[0].parts, (row, bare))


def heat() -> HeatTable:
    columns = tuple(HeatColumn(side, town, "n = 12") for side in ("Mentors", "Mentees") for town in ("Lima", "Oslo"))
    rows = (HeatRow("How?", CELLS, "“Yes”", "q-C1"), HeatRow("Which?", ()), HeatRow("This", CELLS, is_answer=True))
    key = ((CELLS[1], "under a third"), (CELLS[2], "not shown"))
    return HeatTable("At a glance", "Shares", columns, (("Confidence", rows),), key, "Nothing of “So?”", words("Heat"))


def changes() -> Dumbbells:
    return Dumbbells("Changes", "Kick-off", "Exit", "may be chance", "Points", (RISE, FALL), words("Changes in words"))


def rates() -> RateBars:
    bars = (RateBar("Mentors", 75.0, "30 of 40"), RateBar("Lima", None, "fewer than 5", is_part=True))
    return RateBars("Who answered", bars, words("Rates in words"))


def cards() -> Cards:
    runs = (Run("Mentors: "), Run("6 of 12", strong=True), Run(" say "), Run("“How?”", target="q-C1"))
    lost = Finding((Run("nowhere", target="q-none"),), "aside", RISE)
    act = Card("act", "Act", (Sentences((Finding(runs), lost)), Paragraph("Ask and help.")), calls=True)
    return Cards((Card("who", "Who", (rates(),)), act))
