"""The rooms every deciding service has, and what belongs in each."""

import ast
from pathlib import Path

ROOMS = {
    "events": ("HEARS", "SAYS"),
    "rules": ("decide",),
    "law": (),
    "texts": ("REASON_TEXTS",),
    "worker": ("SERVICES", "main"),
    "__main__": (),
}
"""Rooms, as a module or a package each, with the names a reader looks for there."""
DRAWN = ("──", "->", "stateDiagram")
"""Signs of a drawing of transitions."""


def room_faults(folder: Path) -> list[str]:
    """Say which rooms a service lacks, and which lack what belongs in them."""
    faults = []
    for room, names in ROOMS.items():
        path = next((one for one in (folder / f"{room}.py", folder / room / "__init__.py") if one.is_file()), None)
        if path is None:
            faults.append(f"{folder.name} has no {room}")
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        faults += [f"{folder.name}.{room} has no {name}" for name in names if name not in _names(tree)]
        doc = ast.get_docstring(tree) or ""
        if room == "rules" and not any(sign in doc for sign in DRAWN):
            faults.append(f"{folder.name}.rules does not draw its transitions at the top")
        if room != "__main__" and not doc:
            faults.append(f"{folder.name}.{room} does not say what it is")
    return faults


def _names(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found
