"""Organisations and programmes: created, named, translated, ended.

Never sees a link or an answer; of people only how many, whom an example invents, and whose names a purge deletes.
"""
