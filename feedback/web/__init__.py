"""Pages: a view guards, reads, calls a service, and renders. Decides nothing, and writes no SQL."""
