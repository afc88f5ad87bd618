"""The audit log: chained, forgotten when it is old, read, checked and taken away. Changes no entry."""
