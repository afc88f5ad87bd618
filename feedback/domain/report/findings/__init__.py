"""What a report has to say first: what to act on, strengths, concerns, sides and changes, chosen by fixed rules.

Chooses from published statements alone and counts nothing anew; docs/statistics.md states each rule. Holds no words
besides those that were asked.
"""
