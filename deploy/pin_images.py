#!/usr/bin/env python3
"""Write into Dockerfile and compose.yaml which bytes each image's tag stands for today, by asking its registry.

    python3 deploy/pin_images.py [--registry https://mirror.example.org]

A tag may be moved; a digest is of one image for ever. What the registry sends is digested here, so it cannot say one
thing and send another. Where one cannot be asked, or does not know a tag, nothing is changed and the exit code is 1.
"""

import argparse
import hashlib
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

FILES = {
    "Dockerfile": re.compile(r"^(FROM )(?P<image>[^\s@]+)(?P<digest>@sha256:[0-9a-f]{64})?", re.MULTILINE),
    "compose.yaml": re.compile(r"^( *image: )(?P<image>[^\s@]+)(?P<digest>@sha256:[0-9a-f]{64})?", re.MULTILINE),
}
OURS = "feedback:local"
KINDS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
LARGEST = 4_000_000
SECONDS = 20


class NotPinned(Exception):
    """Why nothing is written, as a sentence."""


def pin(root, registry):
    """Write the digests; return a line for each image."""
    texts = {name: (root / name).read_text(encoding="utf-8") for name in FILES}
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)$", texts["Dockerfile"], re.MULTILINE))
    found = {}
    for name, pattern in FILES.items():
        for match in pattern.finditer(texts[name]):
            image = spelled_out(match["image"], arguments)
            if image != OURS and ":" in image and image not in found:
                found[image] = digest_of(image, registry)

    def pinned(match):
        image = spelled_out(match["image"], arguments)
        return f"{match[1]}{image}@{found[image]}" if image in found else match[0]

    for name, pattern in FILES.items():
        (root / name).write_text(pattern.sub(pinned, texts[name]), encoding="utf-8")
    return [f"{image} is {digest}" for image, digest in found.items()]


def spelled_out(image, arguments):
    """Return an image's name with the arguments of the Dockerfile in place: a digest belongs to one tag."""
    return re.sub(r"\$\{(\w+)\}", lambda one: arguments.get(one[1], one[0]), image)


def digest_of(image, registry):
    """Ask a registry which manifest a tag stands for, and return the digest of what it sends."""
    name, _colon, tag = image.rpartition(":")
    host, _slash, rest = name.partition("/")
    if "." not in host and ":" not in host:
        host, rest = "registry-1.docker.io", name if "/" in name else f"library/{name}"
    address = f"{registry or f'https://{host}'}/v2/{rest}/manifests/{tag}"
    body, said = ask(address, {"Accept": ", ".join(KINDS)}, f"repository:{rest}:pull")
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    if said not in (None, digest):
        raise NotPinned(f"The registry says that {image} is {said}, and sends {digest}.")
    try:
        known = json.loads(body).get("mediaType") in (None, *KINDS)
    except (ValueError, AttributeError):
        known = False
    if not known:
        raise NotPinned(f"The registry sends no manifest for {image}.")
    return digest


def ask(address, headers, scope, may_fetch_token=True):
    """Return what an address answers, and the digest that it claims; fetch a token that anybody gets, if asked to."""
    try:
        request = urllib.request.Request(address, headers=headers)  # noqa: S310  # each address went by may_be_asked
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            body = answer.read(LARGEST + 1)
            if len(body) > LARGEST:
                raise NotPinned(f"{address} answers with more than {LARGEST} bytes.")
            return body, answer.headers.get("Docker-Content-Digest")
    except urllib.error.HTTPError as error:
        asked = error.headers.get("WWW-Authenticate", "")
        if error.code != 401 or not may_fetch_token or not asked.startswith("Bearer "):
            raise NotPinned(f"{address} answers {error.code}.") from None
    except (OSError, ValueError) as error:
        raise NotPinned(f"{address} cannot be asked: {getattr(error, 'reason', error)}.") from None
    fields = dict(re.findall(r'(\w+)="([^"]*)"', asked))
    realm, service = fields.get("realm", ""), fields.get("service", "")
    if not may_be_asked(realm):
        raise NotPinned(f"{address} wants a token from {realm or 'nowhere'}.")
    query = urllib.parse.urlencode({"service": service, "scope": scope})
    body, _digest = ask(f"{realm}?{query}", {}, scope, may_fetch_token=False)
    try:
        said = json.loads(body)
        token = said.get("token") or said["access_token"]
    except (ValueError, KeyError, AttributeError):
        raise NotPinned(f"{realm} gives no token.") from None
    return ask(address, {**headers, "Authorization": f"Bearer {token}"}, scope, may_fetch_token=False)


def may_be_asked(address):
    """Tell whether an address is https, or on this machine."""
    parts = urllib.parse.urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


def main():
    """Pin the images of the folder above this one, or of the one that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--registry", help="a mirror to be asked in place of each image's own registry")
    parser.add_argument("--folder", type=Path, default=Path(__file__).resolve().parents[1], help="where both files are")
    wanted = parser.parse_args()
    if wanted.registry and not may_be_asked(wanted.registry):
        sys.exit("--registry: https, or on this machine.")
    try:
        for line in pin(wanted.folder, wanted.registry and wanted.registry.rstrip("/")):
            sys.stdout.write(f"{line}\n")
    except NotPinned as why:
        sys.exit(f"Nothing was changed. {why}")


if __name__ == "__main__":
    main()
