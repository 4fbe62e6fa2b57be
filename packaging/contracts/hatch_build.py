"""Lays `schemas/` into the wheel as `shebao_contracts`: the same files, their imports under the new name.

A wheel with a top-level package called `schemas` would get in the way of its users' own; the services, which use
that name, stay as they are.
"""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "shebao_contracts"
SHIPPED = (".py", ".avsc", ".json", ".bin")
LEFT_OUT = frozenset(
    {
        "asyncapi.py",
        "calendar.py",
        "catalogue.py",
        "compatibility",
        "decision.py",
        "generate.py",
        "source_notes.py",
        "titles.py",
        "traffic_map.py",
        "__pycache__",
    }
)
"""What only the mesh itself needs: how decisions are shaped, and the tools that draw the documents."""
_IMPORT = re.compile(r"^(\s*(?:from|import)\s+)schemas(?=[.\s])", re.MULTILINE)


class ContractsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the package afresh for each build, in a folder of its own."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the package to what is built; an sdist carries it ready made, and the wheel's own selection finds it."""
        if (Path(self.root) / PACKAGE).is_dir():
            return
        self._folder = tempfile.TemporaryDirectory()
        made = Path(self._folder.name) / PACKAGE
        lay_out(Path(self.root).parents[1] / "schemas", made)
        build_data["force_include"][str(made)] = PACKAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the folder."""
        folder = getattr(self, "_folder", None)
        if folder is not None:
            folder.cleanup()


def lay_out(schemas: Path, package: Path) -> None:
    """Copy the contracts to `package`, renaming what they import of one another."""
    for path in sorted(schemas.rglob("*")):
        relative = path.relative_to(schemas)
        if path.is_file() and path.suffix in SHIPPED and not LEFT_OUT & set(relative.parts):
            target = package / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".py":
                renamed = _IMPORT.sub(rf"\g<1>{PACKAGE}", path.read_text(encoding="utf-8"))
                target.write_text(renamed, encoding="utf-8")
            else:
                shutil.copyfile(path, target)
    (package / "py.typed").touch()
