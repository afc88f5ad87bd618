"""Takes the letters out of a picture, with where they stand, so that the typesetter sets them as all other text.

Its drawer of pictures fails on ligatures, on marks, and where one word needs two faces.
"""

from typing import Any
from xml.etree import ElementTree

from feedback.rendering.measuring import ems

_SVG = "{http://www.w3.org/2000/svg}"
_TEXT, _PIECE = f"{_SVG}text", f"{_SVG}tspan"
_HALO_EMS, _RISE_EMS = 0.2, 0.82
ElementTree.register_namespace("", _SVG[1:-1])


def lifted(svg: str) -> dict[str, Any]:
    """Return a picture's `svg` without its texts, its `width` and `height`, and `letters`, all in the picture's units.

    Each of the letters has a baseline from `x` at `y`, where its `anchor` says "start", "middle" or "end"; pieces of
    text follow each other on it, each with its `size` and `fill`.
    """
    root = ElementTree.fromstring(svg)  # noqa: S314  # drawn by ourselves
    size = float(root.get("font-size", "10"))
    letters = []
    for parent in root.iter():
        for place, child in enumerate(list(parent)):
            if child.tag == _TEXT:
                letters.append(_letters(child, size))
                parent[place] = _halo(child, letters[-1])
    return {
        "svg": ElementTree.tostring(root, encoding="unicode"),
        "width": float(root.get("width", "1")),
        "height": float(root.get("height", "1")),
        "letters": letters,
    }


def _letters(text: ElementTree.Element, size: float) -> dict[str, Any]:
    pieces = [
        {"text": piece.text or "", "size": float(piece.get("font-size", size)), "fill": piece.get("fill", "#000000")}
        for piece in text.iter(_PIECE)
    ]
    return {
        "x": float(text.get("x", "0")) + float(text.get("dx", "0")),
        "y": float(text.get("y", "0")),
        "anchor": text.get("text-anchor", "start"),
        "pieces": pieces,
    }


def _halo(text: ElementTree.Element, letters: dict[str, Any]) -> ElementTree.Element:
    """Return a ground for a figure that stands on stripes, in their colour; else an empty group."""
    ground = next((piece.get("stroke") for piece in text.iter(_PIECE) if piece.get("stroke")), None)
    if ground is None:
        return ElementTree.Element(f"{_SVG}g")
    size = letters["pieces"][0]["size"]
    width = (ems(letters["pieces"][0]["text"]) + 2 * _HALO_EMS) * size
    shift = {"start": _HALO_EMS * size, "middle": width / 2, "end": width - _HALO_EMS * size}[letters["anchor"]]
    box = {"x": letters["x"] - shift, "y": letters["y"] - _RISE_EMS * size, "width": width, "height": 1.1 * size}
    places = {name: f"{value:.3f}" for name, value in box.items()}
    return ElementTree.Element(f"{_SVG}rect", {**places, "rx": "2", "fill": ground})
