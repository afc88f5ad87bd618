"""Mail: how it is written, and how it reaches the relay. Its text holds a link, so it is never stored or logged."""
