"""Who takes part: imported, approved by a second person, corrected, taken off.

Never sees a right to answer or a response.
"""
