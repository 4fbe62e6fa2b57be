"""What the house rules look at: the files of the project, their text, their syntax trees, what they import."""

import ast
import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE_FOLDERS = ("schemas", "services", "benchmarks", "tests")
NOT_OURS = frozenset({".git", ".venv", ".shebao", "build", "dist", "__pycache__"})
"""Folders passed over where there is no git to tell what belongs to the project."""


@cache
def project_files() -> tuple[Path, ...]:
    """Every file of the project that is not ignored, as git sees it; by walking where this is no checkout."""
    asked = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(asked, capture_output=True, check=True, timeout=60).stdout.decode()
        found = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = list(_walked(ROOT))
    return tuple(sorted(path for path in found if path.is_file()))


def _walked(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.endswith("_cache"))
        yield from (Path(where) / name for name in names)


def python_files(*folders: str) -> list[Path]:
    """Every Python file below some of the project's folders."""
    roots = [ROOT / folder for folder in folders]
    return [path for path in project_files() if path.suffix == ".py" and any(root in path.parents for root in roots)]


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def shown(path: Path) -> str:
    """A path as people write it: from the project's folder."""
    return path.relative_to(ROOT).as_posix()


def path_of(module: str) -> Path | None:
    """The file of one of our modules; None where the name is no module of ours."""
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def module_of(path: Path) -> str:
    """The dotted name of one of our files."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that is imported, in functions too: `from a import b` is `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "." * node.level + (node.module or "")
            else:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def module_imported(name: str) -> str | None:
    """Give which of our modules an imported name comes from: itself, or what it is a name in."""
    parent = name.rpartition(".")[0]
    return next((module for module in (name, parent) if module and path_of(module) is not None), None)


def reached_from(modules: list[str], below: tuple[str, ...]) -> list[str]:
    """Every module below some packages that these modules import, directly or not, themselves included."""
    found: dict[str, None] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        path = path_of(module)
        if module in found or path is None or not module.startswith(below):
            continue
        found[module] = None
        waiting += [ours for _, name in imports_of(tree_of(path)) if (ours := module_imported(name)) is not None]
    return sorted(found)
