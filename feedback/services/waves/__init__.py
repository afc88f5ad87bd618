"""A wave's life: planned, previewed, opened, answered, looked at, closed or cancelled.

Only `submit_response` sees a link and an answer together; nothing else here reads one before the close.
"""
