"""Draw the response rates of a published report as an SVG, from its JSON and nothing else.

KEY=fbk_… python chart.py https://feedback.example.org 1 >rates.svg
"""

import json
import os
import sys
from xml.sax.saxutils import escape

from feedback_client import FeedbackClient

_LINE, _WIDTH, _LEFT = 34, 640, 220


def rates(report: bytes) -> list[tuple[str, int, int]]:
    """Return group, answers and invitations for each rate that the report states."""
    stated = json.loads(report)["document"]["statements"]
    return [(one["group"], one["answered"], one["invited"]) for one in stated if one["kind"] == "response-rate"]


def drawn(found: list[tuple[str, int, int]]) -> str:
    """Return one bar a group, with its numbers in words."""
    bars = []
    for place, (group, answered, invited) in enumerate(found):
        top, length = place * _LINE, (_WIDTH - _LEFT - 10) * answered // max(invited, 1)
        bars.append(f'<text x="0" y="{top + 20}">{escape(group)}: {answered} of {invited}</text>')
        bars.append(f'<rect x="{_LEFT}" y="{top + 6}" width="{length}" height="20" fill="#17567a"/>')
    size = f'width="{_WIDTH}" height="{len(found) * _LINE}" font-family="sans-serif" font-size="15"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>\n' + "\n".join(bars) + "\n</svg>\n"


if __name__ == "__main__":
    client = FeedbackClient(sys.argv[1], os.environ["KEY"])
    sys.stdout.write(drawn(rates(client.report(int(sys.argv[2])))))
