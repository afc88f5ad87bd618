"""Released comments as a file, for those who check them."""

import base64
import json

from feedback.domain.disclosure.statements import canonical_json
from feedback.services.comments.show_released_comments import SignedRelease


def release_json(release: SignedRelease) -> bytes:
    """Return a release with its signature and public key (both base64) as canonical JSON.

    The document stands in it byte for byte as it was signed.
    """
    fields = {
        "document": json.loads(release.json),
        "signature": base64.b64encode(release.signature).decode(),
        "public_key": base64.b64encode(release.public_key).decode(),
    }
    return canonical_json(fields).encode()
