"""How a release is made: what must hold before it, and what it consists of. `make release`; docs/development.md."""
