"""A contract for import-linter: what no module may bring together, whatever it is called and whoever writes it."""

from collections.abc import Iterable

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ApartContract(Contract):
    """No module in `within` imports, itself or through others, both of `one_side` and of `other_side`.

    Those in `allowed` may, and have to: one that does not, or no longer, is refused as well.
    """

    type_name = "apart"

    one_side = fields.ListField(subfield=fields.ModuleField())
    other_side = fields.ListField(subfield=fields.ModuleField())
    within = fields.ListField(subfield=fields.ModuleField())
    allowed = fields.ListField(subfield=fields.ModuleField(), default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find which modules reach both sides, and by which imports."""
        sides = [[module.name for module in side] for side in (self.one_side, self.other_side)]
        scope = {module for package in self.within for module in graph.find_descendants(package.name)}
        both = scope.intersection(*(_importers(graph, side) for side in sides))
        allowed = {module.name for module in self.allowed}
        ways = [[_shortest_way(graph, module, side) for side in sides] for module in sorted(both - allowed)]
        return ContractCheck(kept=both == allowed, metadata={"refused": ways, "idle": sorted(allowed - both)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Show each module that reaches both sides, and each that is allowed to for no reason."""
        for one_way, other_way in check.metadata["refused"]:
            output.print_error(f"- {' -> '.join(one_way)}\n  {' -> '.join(other_way)}", bold=False)
        for module in check.metadata["idle"]:
            output.print_error(f"- {module} is allowed to import both sides, and does not", bold=False)
        output.new_line()


def _importers(graph: ImportGraph, side: Iterable[str]) -> set[str]:
    return set(side).union(*(graph.find_downstream_modules(module) for module in side))


def _shortest_way(graph: ImportGraph, module: str, side: list[str]) -> tuple[str, ...]:
    if module in side:
        return (module,)
    ways = (graph.find_shortest_chain(importer=module, imported=one) for one in side)
    return min((way for way in ways if way), key=len)
