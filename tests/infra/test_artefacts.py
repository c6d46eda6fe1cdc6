"""What is built for a real account, on a machine of another kind: it can be looked at here, and not run.

Built as `make deploy` builds it, for the architecture that accounts get by default.
"""

import ast
import json
import marshal
import struct
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

import pytest

from infra.local.deployment import build
from infra.local.tools import LOCAL, ROOT
from tests.functions.test_imports import PROGRAM, WIRED
from tests.infra.test_template import template

pytestmark = pytest.mark.thorough

TARGET = "arm64"
AARCH64 = 183
"""What the header of a native module says of its machine (ELF's `e_machine`)."""
UNCHECKED_HASH = 0b01
"""Bytecode that is good whatever a file's time says: what is zipped gets another one (PEP 552)."""
ALONE = """
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {there} and not name.startswith("_sysconfigdata_"):
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Nothing())
{program}
"""
"""Has a program find nothing but what is named so."""
LARGEST = 250 * 1024**2
"""Bytes of a function with its layers, unpacked (docs.aws.amazon.com/lambda, gettingstarted-limits)."""


@pytest.fixture(scope="module")
def built() -> Path:
    """The folder of all artefacts."""
    place = LOCAL / f"build-{TARGET}"
    build(LOCAL / f"build-{TARGET}.log", TARGET, place)
    return place


def site(built: Path) -> Path:
    """Where the layer's packages lie."""
    return built / "Layer" / "python"


def native(built: Path) -> dict[str, int]:
    """The machine that each native module is for."""
    found = {}
    for path in sorted(built.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                head = file.read(20)
            if head.startswith(b"\x7fELF"):
                [found[str(path.relative_to(built))]] = struct.unpack("<H", head[18:20])
    return found


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, whenever it does, but for those that only a type checker reads."""
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=otherwise):
                waiting += otherwise
                continue
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
        waiting += ast.iter_child_nodes(node)


def is_there(module: str, *places: Path) -> bool:
    """Whether Python would find a module on the target, beside its own."""
    top, *rest = module.split(".")
    if top in sys.stdlib_module_names:
        return True
    for place in places:
        path = place.joinpath(top, *rest)
        names = (path / "__init__.py", path.with_name(f"{path.name}.py"))
        if any(each.exists() for each in names) or [*path.parent.glob(f"{path.name}.*.so")] or path.is_dir():
            return True
    return False


def test_it_is_what_the_template_deploys_unless_told_otherwise() -> None:
    """And the layer says what it is for."""
    assert TARGET == template("Parameters")["Architecture"]["Default"]
    assert [{"Ref": "Architecture"}] == template("Globals")["Function"]["Architectures"]
    assert [{"Ref": "Architecture"}] == template()["Layer"]["Properties"]["CompatibleArchitectures"]


def test_all_native_code_is_for_the_machine_it_is_deployed_to(built: Path) -> None:
    """A single module of another kind ends every function that loads it."""
    machines = native(built)
    assert {AARCH64} == set(machines.values()), machines
    assert any("pydantic_core" in name for name in machines)
    assert any("cryptography" in name for name in machines)
    tags = {
        line.removeprefix("Tag: ").rpartition("-")[2]
        for wheel in site(built).glob("*.dist-info/WHEEL")
        for line in wheel.read_text().splitlines()
        if line.startswith("Tag: ")
    }
    assert set() == {tag for each in tags for tag in each.split(".") if tag != "any" and not tag.endswith("aarch64")}


def test_everything_is_compiled_by_the_python_that_runs_it(built: Path) -> None:
    """Each file has bytecode made of what it says now, which no time stamp can make stale; none is left of another."""
    sources = set(built.rglob("*.py"))
    made = set(built.rglob("*.pyc"))
    assert len(sources) > 1000
    assert made == {path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc" for path in sources}
    for path in sources:
        code = (path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc").read_bytes()
        expected = MAGIC_NUMBER + struct.pack("<L", UNCHECKED_HASH) + source_hash(path.read_bytes())
        assert expected == code[:16], path
    app = site(built) / "pm_assistant" / "__pycache__" / "__init__.cpython-313.pyc"
    assert marshal.loads(app.read_bytes()[16:]).co_names  # noqa: S302  # we have made it just now


@pytest.mark.parametrize("function", sorted(WIRED))
def test_whatever_a_function_imports_is_there(built: Path, function: str) -> None:
    """Of ours also what is imported late; of others' all that they load where nothing else is installed."""
    folder = built / f"{function.title()}Function"
    ours = [*folder.glob("*.py"), *(site(built) / "pm_assistant").rglob("*.py")]
    named = {module for path in ours for module in imports(path)}
    absent = sorted(module for module in named | loaded(function, built) if not is_there(module, folder, site(built)))
    assert [] == absent


def loaded(function: str, built: Path) -> set[str]:
    """What a function loads with all its adapters, of this machine's copies of what the layer has."""
    packages = {path.name.partition(".")[0] for path in site(built).iterdir()}
    program = ALONE.format(there=sorted(packages | sys.stdlib_module_names | {"app"}), program=PROGRAM)
    env = {"PYTHONPATH": f"shared:functions/{function}", "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-c", program, WIRED[function]]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    made_up = {"six.moves"}  # by six, as it is loaded
    return {module for module in json.loads(done.stdout) if module.partition(".")[0] in packages} - made_up


def test_a_function_with_its_layer_is_small_enough(built: Path) -> None:
    """Unpacked; Lambda takes no larger one."""
    layer = sum(path.stat().st_size for path in (built / "Layer").rglob("*") if path.is_file())
    functions = [
        sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) for folder in built.glob("*Function")
    ]
    assert len(WIRED) == len(functions)
    assert layer + max(functions) < LARGEST
