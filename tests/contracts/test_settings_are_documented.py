"""Every environment variable that is read is in ``.env.example``, with its real default, and no other."""

import ast
import re

from tests.contracts.env_example import EXAMPLE, ROOT, documented

SOURCES = [ROOT / "config" / "settings.py", ROOT / "config" / "embedded_postgres.py"]
# Read by Stepwise's own tests only, and described where they are.
OF_TESTS = {"STEPWISE_FUZZ_EXAMPLES"}


def calls_that_read() -> list[tuple[str, ast.Call]]:
    """Return ``(name, call)`` for each ``env...("NAME")``, ``os.environ.get("NAME")`` and the like."""
    found = []
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) in ("os.environ", "env"):
                raise AssertionError(
                    f"{source.name}:{node.lineno}: read it with a default, or say it is required"
                )
            if not isinstance(node, ast.Call) or not node.args:
                continue
            function, first = ast.unparse(node.func), node.args[0]
            reads = re.fullmatch(
                r"env(\.\w+)?|_required|os\.environ\.get|os\.getenv|environment\.get", function
            )
            if reads and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append((first.value, node))
    return found


def read_by_the_settings() -> set[str]:
    return {name for name, _call in calls_that_read()}


def read_by_scripts() -> set[str]:
    """Return the variables that scripts take from outside: ``${NAME:-default}``."""
    scripts = [path for path in (ROOT / "bin").iterdir() if path.is_file()]
    return {name for path in scripts for name in re.findall(r"\$\{([A-Z_]+):-", path.read_text())}


def test_what_is_read_is_documented():
    assert (read_by_the_settings() | read_by_scripts()) - set(documented()) - OF_TESTS == set()


def test_what_is_documented_is_read():
    assert set(documented()) - read_by_the_settings() - read_by_scripts() == set()


def test_the_defaults_shown_are_the_real_ones():
    wrong, shown = [], documented()
    for name, call in calls_that_read():
        default = next((k.value for k in call.keywords if k.arg == "default"), None)
        if default is None and len(call.args) > 1:
            default = call.args[1]
        if not isinstance(default, ast.Constant) or default.value in ("", None):
            continue
        value = default.value
        expected = str(int(value)) if isinstance(value, bool) else str(value)
        if shown[name] != expected:
            wrong.append(f"{name}: {expected} by default, {shown[name]} in {EXAMPLE.name}")
    assert not wrong, "\n".join(wrong)


def test_each_variable_is_documented_once_and_explained():
    lines = EXAMPLE.read_text().splitlines()
    variables = [n for n, line in enumerate(lines) if re.match(r"(# )?[A-Z][A-Z0-9_]*=", line)]
    names = [re.match(r"(?:# )?([A-Z0-9_]+)=", lines[n])[1] for n in variables]
    assert len(names) == len(set(names))
    for n in variables:
        above = n - 1
        while above in variables:  # one comment may be about several
            above -= 1
        assert lines[above].startswith("# ") or lines[above].startswith("#   "), lines[n]


def test_the_example_holds_no_secret():
    assert documented()["SECRET_KEY"] == ""
