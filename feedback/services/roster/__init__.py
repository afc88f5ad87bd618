"""Who takes part: imported, approved by a second person, corrected, removed.

Never sees a right to answer or a response.
"""
