"""The review of free texts by one named person: read, decide, release. Never sees a person or a right to answer."""
