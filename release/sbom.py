"""The bill of materials (CycloneDX 1.6, JSON): every package that requirements.lock installs, with its digests.

The lock is what is installed by hash, on servers and in the image; nothing is asked of an environment or of a network.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from release.checks import version_of

_NAMESPACE = uuid.UUID("6f2c8f0e-3c0a-5d57-9a55-0d3c7f2c0b11")
_LINE = re.compile(r"([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)(?: ; ([^\\]+?))? *\\?")
_ROOT = "feedback"


@dataclass(frozen=True)
class Locked:
    """One line of a lock: a package, the digests of its files, and who asked for it."""

    name: str
    version: str
    marker: str | None
    digests: tuple[str, ...]
    asked_by: tuple[str, ...]


def write_sbom(root: Path, moment: int) -> str:
    """Return the bill of the version in `root`, as of a moment, the same for the same lock."""
    packages = list(read_lock((root / "requirements.lock").read_text(encoding="utf-8")))
    version = version_of(root)
    bom = Bom(serial_number=uuid.uuid5(_NAMESPACE, f"{version} {packages}"))
    bom.metadata.timestamp = datetime.fromtimestamp(moment, UTC)
    bom.metadata.component = service = Component(
        name=_ROOT,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=_ROOT,
        licenses=[DisjunctiveLicense(id="MIT")],
        purl=PackageURL("pypi", None, _ROOT, version),
    )
    components = [(one, _component(one)) for one in packages]
    bom.components.update(component for _one, component in components)
    nodes = [(_ROOT, Dependency(service.bom_ref))]
    nodes += [(one.name, Dependency(component.bom_ref)) for one, component in components]
    for one, component in components:
        for name, node in nodes:
            if name in one.asked_by:
                node.dependencies.add(Dependency(component.bom_ref))
    bom.dependencies.update(node for _name, node in nodes)
    text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
    return f"{text}\n"


def read_lock(text: str) -> Iterator[Locked]:
    """Yield the packages of a lock that uv wrote."""
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        found = _LINE.match(block)
        if found is None:
            raise ValueError(f"not a line of a lock: {block.splitlines()[0]}")
        digests = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        asked_by = re.findall(r"^    # (?:via|  ) ?([a-z0-9][a-z0-9._-]*)", block, re.MULTILINE)
        yield Locked(found[1], found[2], found[3], digests, tuple(asked_by))


# A package has many files, one for each kind of machine: which of them was installed only the machine knows.
def _component(one: Locked) -> Component:
    component = Component(
        name=one.name,
        version=one.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{one.name}=={one.version}",
        purl=PackageURL("pypi", None, one.name, one.version),
        description=f"only where {one.marker}" if one.marker else None,
    )
    component.external_references.add(
        ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(f"https://pypi.org/project/{one.name}/{one.version}/"),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in one.digests],
        )
    )
    return component
