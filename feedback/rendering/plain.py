"""A paper as plain text, for a terminal."""

from itertools import zip_longest
from textwrap import fill, wrap

from feedback.rendering.blocks import Chart, Facts, Heading, Items, Paragraph, Quotes, Table
from feedback.rendering.paper import Block, Paper, PlainBlock
from feedback.rendering.plainly import plainly

_WIDTH = 100
_COLUMN = 48


def write_plain(paper: Paper) -> str:
    """Return the paper as lines of text; a chart is written as its table."""
    head = [paper.title, paper.subtitle, ""]
    lines = [line for section in paper.sections for line in _section(section.title, section.blocks)]
    return "\n".join([*head, *lines])


def _section(title: str, blocks: tuple[Block, ...]) -> list[str]:
    return [title.upper(), "", *(line for block in plainly(blocks) for line in (*_block(block), ""))]


def _block(block: PlainBlock) -> list[str]:
    match block:
        case Paragraph(text=text):
            return [fill(text, _WIDTH)]
        case Heading(text=text, anchor=anchor):
            return [fill(f"{anchor}  {text}".strip(), _WIDTH)]
        case Items(entries=entries) | Quotes(entries=entries):
            return [fill(entry, _WIDTH, initial_indent="  - ", subsequent_indent="    ") for entry in entries]
        case Facts(entries=entries):
            return [f"  {name}: {value}" for name, value in entries]
        case Chart(data=data):
            return _table(data)
        case Table():
            return _table(block)


def _table(table: Table) -> list[str]:
    rows = [tuple(column.title for column in table.columns), *(tuple(map(str, row)) for row in table.rows)]
    cells = [[wrap(cell, _COLUMN) or [""] for cell in row] for row in rows]
    widths = [max(len(line) for row in cells for line in row[place]) for place in range(len(table.columns))]
    return [fill(table.caption, _WIDTH), *(line for row in cells for line in _row(row, widths))]


def _row(cells: list[list[str]], widths: list[int]) -> list[str]:
    lines = zip_longest(*cells, fillvalue="")
    padded = ((cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return [f"  {'  '.join(line)}".rstrip() for line in padded]
