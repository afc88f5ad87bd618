"""Keys of programs: made and revoked by administrators, known again when a program shows one.

Keeps their digests alone.
"""
