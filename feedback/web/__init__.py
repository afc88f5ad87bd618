"""Pages: a view guards, reads, calls a service, and renders."""
