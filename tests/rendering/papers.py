"""Sample papers with every kind of block, in English and in a right-to-left language."""

from feedback.rendering.blocks import (
    BarPart,
    Chart,
    ChartBar,
    ChartSide,
    Column,
    Facts,
    Heading,
    Items,
    Paragraph,
    Quotes,
    Table,
    Tone,
)
from feedback.rendering.paper import Block, Paper, PaperSection

HOSTILE = (
    "#panic(1) *bold* _it_ $x^2$ @ref <label> \\ [box] `code` // no comment",
    "<script>alert(1)</script> & \"quotes\" 'and' {{ 7 * 7 }} {% raw %}",
    '=HYPERLINK("https://example.com")',
    "\t+1+1",
    "  -2",
    "@SUM(A1)",
    "bell \a null \0 escape \x1b[31m noncharacter \uffff half \ud800",
    "a😀b 👩🏽‍💻 中文 हिन्दी עברית",
    "https://example.com/" + "a" * 300,
    "line one\nline two\r\n\r\nline four",
)
SCALE = (
    ("Strongly disagree", ChartSide.UNFAVOURABLE, 2),
    ("Disagree", ChartSide.UNFAVOURABLE, 1),
    ("Neither agree nor disagree", ChartSide.NEUTRAL, 1),
    ("Agree", ChartSide.FAVOURABLE, 1),
    ("Strongly agree", ChartSide.FAVOURABLE, 2),
)
SCALE_AR = (
    ("لا أوافق بشدة", ChartSide.UNFAVOURABLE, 2),
    ("لا أوافق", ChartSide.UNFAVOURABLE, 1),
    ("محايد", ChartSide.NEUTRAL, 1),
    ("أوافق", ChartSide.FAVOURABLE, 1),
    ("أوافق بشدة", ChartSide.FAVOURABLE, 2),
)


def number(title: str) -> Column:
    return Column(title, numeric=True)


def share(title: str) -> Column:
    return Column(title, numeric=True, percent=True)


def likert_bar(label: str, counts: tuple[int, ...], scale=SCALE, note: str = "n = %d") -> ChartBar:
    n = sum(counts)
    parts = (
        BarPart(words, 100 * count / n, side, shade) for (words, side, shade), count in zip(scale, counts, strict=True)
    )
    return ChartBar(label, tuple(parts), note % n)


def banded_bar(label: str, sure: BarPart, rest: str, note: str) -> ChartBar:
    unknown = BarPart(rest, 100 - sure.share, ChartSide.UNKNOWN, 1)
    parts = (unknown, sure) if sure.side is ChartSide.UNFAVOURABLE else (sure, unknown)
    return ChartBar(label, parts, note)


def likert_data(bars: tuple[ChartBar, ...], caption: str) -> Table:
    columns = [Column("Group"), *(share(part.label) for part in bars[0].parts)]
    rows = tuple((bar.label, *(round(part.share, 1) for part in bar.parts), bar.note) for bar in bars)
    return Table(caption, (*columns, Column("Number")), rows)


def likert() -> Chart:
    bars = (
        likert_bar("Mentors", (1, 2, 2, 6, 4)),
        likert_bar("Mentees in the second cohort, who joined in the spring of the year", (0, 1, 0, 9, 2)),
        likert_bar("Together", (1, 3, 2, 15, 6)),
    )
    alt = "Mentors: 10 of 15 agree, 3 disagree. Mentees: 11 of 12 agree. Together: 21 of 27 agree."
    data = likert_data(bars, "Confident to raise the matter, by group")
    return Chart("I am confident raising this with senior people", alt, bars, data, diverging=True)


def banded() -> Chart:
    agree = BarPart("Agree or strongly agree", 100 * 10 / 12, ChartSide.FAVOURABLE, 2)
    disagree = BarPart("Disagree or strongly disagree", 75.0, ChartSide.UNFAVOURABLE, 2)
    bars = (
        banded_bar("Mentors", agree, "Not said", "at least 10 of 12"),
        banded_bar("Mentees", disagree, "Not said", "at least 9 of 12"),
    )
    columns = (Column("Group"), Column("Answer"), Column("People"))
    rows = (
        ("Mentors", "Agree or strongly agree", "at least 10 of 12"),
        ("Mentees", "Disagree or strongly disagree", "at least 9 of 12"),
    )
    data = Table("What can be said about trust", columns, rows)
    return Chart("I trust this survey", "Mentors: at least 10 of 12 agree.", bars, data, diverging=True)


def plain() -> Chart:
    shares = (("Sought other views", 66.7), ("Changed a practice", 8.3), ("Sponsored someone", 41.7), ("None", 0.0))
    bars = tuple(
        ChartBar(label, (BarPart(label, percent, ChartSide.FAVOURABLE, 2),), "12 asked") for label, percent in shares
    )
    columns = (Column("In the last three months"), share("Share"))
    data = Table("What mentees did", columns, shares)
    return Chart("What mentees did", "8 of 12 sought other views.", bars, data, diverging=False)


def long_table(rows: int) -> Table:
    columns = (
        Column("Question"),
        Column("What was asked"),
        number("People"),
        share("Share"),
    )
    cells = tuple((f"Q{row}", f"How content are you with item {row} of it?", row, row / 2) for row in range(rows))
    return Table("Every question", columns, cells)


def paper_with(*blocks: Block, title: str = "Report", direction: str = "ltr", language: str = "en") -> Paper:
    return Paper(title, "A subtitle", language, direction, (PaperSection("only", "The only section", blocks),))


def english_paper() -> Paper:
    return Paper(
        "Reverse mentoring: mid-point",
        "Example Organisation. Open from 3 to 24 March 2026. 27 of 34 people answered.",
        "en",
        "ltr",
        (_summary(), _outcomes(), _change(), _comments(), _method()),
    )


def _summary() -> PaperSection:
    rates = Table(
        "Who could answer, and how many did",
        (Column("Group"), number("Invited"), number("Answered"), share("Share")),
        (("Mentors", 18, 15, 83.3), ("Mentees", 16, 12, 75.0), ("Together", 34, 27, 79.4)),
    )
    return PaperSection(
        "summary",
        "In short",
        (
            Paragraph("Four in five now feel able to raise what excludes people.", Tone.HEADLINE),
            Paragraph("This is what 27 people in 17 pairs said half-way through the programme."),
            Items(("21 of 27 are confident raising the matter.", "At least 10 of 12 mentors trust this survey.")),
            Paragraph("Act now: three mentors do not know whom to contact.", Tone.WARNING),
            rates,
            Paragraph("Groups of fewer than five people are not shown.", Tone.QUIET),
        ),
    )


def _outcomes() -> PaperSection:
    return PaperSection(
        "outcomes",
        "What they answered",
        (
            Heading("Confidence", 3, "C1"),
            Paragraph("78 % (21 of 27) are confident.", Tone.HEADLINE),
            likert(),
            Heading("Trust in this survey", 3, "A1"),
            banded(),
            Heading("What mentees did", 3, "B1"),
            plain(),
        ),
    )


def _change() -> PaperSection:
    table = Table(
        "Change since kick-off, in percentage points",
        (Column("Question"), Column("Kick-off"), Column("Now"), number("Change"), Column("95% interval")),
        (
            ("I am confident raising this with senior people", "9 of 26", "21 of 27", 43.2, "17.1 to 62.0"),
            ("Senior leaders understand the barriers", "12 of 26", "14 of 27", 5.7, "−20.2 to 30.7 (indicative)"),
        ),
    )
    return PaperSection(
        "change", "Change since kick-off", (table, Heading("How it was reckoned", 3), Heading("Sums", 4))
    )


def _comments() -> PaperSection:
    said = ("We meet more honestly now. Ŵŷ, ça va, señor.", "Make time for it: *every* month!", *HOSTILE)
    return PaperSection("comments", "In their own words", (Heading("What has changed?", 3, "F1"), Quotes(said)))


def _method() -> PaperSection:
    digests = tuple((f"Receipt {number}", f"{number:064x}") for number in range(1, 4))
    return PaperSection(
        "method",
        "Method and limits",
        (
            Items(("Groups were fixed before the first mail.", "The answers were destroyed.")),
            Facts((("Statement hash", "ab" * 32), ("Signature", "Q29uZmlkZW50aWFs" * 5 + "==")), fold="Proof"),
            Facts(digests, fold="Receipts of the answers that were counted"),
            Facts((("Language", "English"), ("Made on", "25 March 2026"))),
        ),
    )


def arabic_paper() -> Paper:
    bars = (
        likert_bar("المرشدون", (1, 2, 2, 6, 4), SCALE_AR, "العدد = %d"),
        likert_bar(
            "المسترشدون في المجموعة الثانية الذين انضموا في الربيع (2026)", (0, 1, 0, 9, 2), SCALE_AR, "العدد = %d"
        ),
    )
    chart = Chart(
        "أشعر بالثقة", "عشرة من خمسة عشر يوافقون", bars, likert_data(bars, "الثقة حسب المجموعة"), diverging=True
    )
    rows = (("المرشدون", 18, 83.3), ("المسترشدون", 16, 75.0))
    table = Table("من أجاب", (Column("المجموعة"), number("المدعوون"), share("النسبة")), rows)
    summary = (
        Paragraph("أربعة من خمسة يشعرون بالقدرة على الحديث.", Tone.HEADLINE),
        Paragraph("هذا ما قاله 27 شخصا في منتصف البرنامج (Feedback 2026)."),
        Items(("الأول", "الثاني")),
        Paragraph("تصرف الآن: ثلاثة لا يعرفون بمن يتصلون.", Tone.WARNING),
        table,
    )
    results = (Heading("الثقة", 3, "C1"), chart, Quotes(("نلتقي بصدق أكبر الآن.", "Mixed نص 12 text!")))
    proof = (Facts((("بصمة", "ab" * 32),), fold="إثبات"), Paragraph("لا تظهر المجموعات الصغيرة.", Tone.QUIET))
    sections = (
        PaperSection("summary", "باختصار", summary),
        PaperSection("outcomes", "ما أجابوا", results),
        PaperSection("method", "المنهج", proof),
    )
    return Paper("الإرشاد العكسي: منتصف المدة", "منظمة المثال. 27 من 34 أجابوا.", "ar", "rtl", sections)
