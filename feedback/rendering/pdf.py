from dataclasses import dataclass
from pathlib import Path

from feedback.rendering.blocks import Paper


@dataclass(frozen=True)
class PdfPress:
    templates: Path

    def write(self, paper: Paper) -> bytes:
        return b""
