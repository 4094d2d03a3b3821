"""Names of the catalog belong to the catalog: the code knows no movement, check, signal, gate or exercise by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.kinematics import SIGNALS

PACKAGE = Path(__file__).resolve().parents[1] / "movescreen"
#: Where names are given: a signal is registered with the function that computes it, and so is what ``register`` is called with elsewhere.
REGISTRIES = {"kinematics/signals.py"}
#: Strings that are a name of the catalog all the same, by file, and why. This list only gets shorter.
ALLOWED: dict[str, dict[str, str]] = {
    "cli/live.py": {"standard": "the session that a command without --protocol begins"},
    "web/api/live.py": {"standard": "the session that a request without a protocol begins"},
    "client/rules/gates.py": {"leg_length": "floors in percent of the leg's length need the leg's length"},
    "client/visits/steadiness.py": {"knee_medial_offset": "wobbles are counted on this signal"},
    "client/visits/visit.py": {
        name: why
        for why, names in {
            "notes of old name movements by the titles of then": (
                "squat", "overhead_squat", "single_leg_squat", "lunge", "bend", "countermovement_jump", "sit_to_stand",
                "single_leg_stance",
            ),
        }.items()
        for name in names
    },
    "measures/chair.py": {"body_rise": "the moments of a chair stand are read from this signal"},
    "pipeline/notices.py": {"body_rise": "tells whether a clip begins with the body low"},
    "repetitions/recognition.py": {
        "stance_split": "the leg in front is read from this signal",
        "foot_lift": "the leg on the ground is read from this signal",
    },
}  # fmt: skip


@cache
def catalog_names() -> frozenset[str]:
    """Return every name that somebody gave in the catalog: not the words of its schema, such as a kind of check or a goal."""
    catalog, care = load_catalog(), load_client_catalog()
    names = {stem for each in SIGNALS.values() for stem in (each.spec.name, each.spec.stem)} | set(catalog.protocols)
    for movement in catalog.movements.values():
        names |= {movement.name, *(check.id for check in movement.checks), *(m.name for m in movement.measures)}
    for protocol in catalog.protocols.values():
        names |= {part.id for part in protocol.parts}
    for table in (
        care.red_flags,
        care.links,
        care.added_tests,
        care.hand_tests,
        care.needs,
        care.exercises,
        care.profiles,
        care.gates,
    ):
        names |= set(table)
    for pathway in care.pathways.values():
        names.add(pathway.id)
    return frozenset(names - schema_words())


def schema_words() -> set[str]:
    """Return the words that the schema of the catalog itself lists: kinds, goals, questions, stages."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (PACKAGE / "catalog").glob("*schema.py")]
    lists = [n.slice for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Subscript) and is_literal(n.value)]
    return {
        n.value for each in lists for n in ast.walk(each) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "Literal"


def names_in(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of every string that is one, is a list of them, or begins or ends one (``knee_flexion_{side}``).

    Sentences, which have capitals or stops, are for people: an example in a help text is no knowledge of the code.
    """
    tree = ast.parse(source)
    documents = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, documents) and n.body and isinstance(n.body[0], ast.Expr)
    }
    given = {
        id(argument)
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "register"
        for argument in n.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | given:
            words = re.sub(r"\{\w*\}", "", node.value).split()
            if all(re.fullmatch(r"[a-z0-9_.:]+", word) for word in words):
                # one plain word of several is English: "forward bend"
                found = (word.strip("_.:") for word in words if len(words) == 1 or "_" in word.strip("_.:"))
                yield from ((node.lineno, name) for name in found if name in catalog_names())


FILES = sorted({path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")} - REGISTRIES)


@pytest.mark.parametrize("file", FILES)
def test_no_name_of_the_catalog_is_in_the_code(file: str) -> None:
    found = [each for each in names_in((PACKAGE / file).read_text("utf-8")) if each[1] not in ALLOWED.get(file, {})]
    assert found == [], (
        f"{file} knows these by name: put what it knows about them into the catalog, or on the signal's registration"
    )


@pytest.mark.parametrize("file", ALLOWED)
def test_no_exception_is_longer_needed_than_it_is_used(file: str) -> None:
    used = {name for _, name in names_in((PACKAGE / file).read_text("utf-8"))}
    assert set(ALLOWED[file]) - used == set(), "take these out of ALLOWED"
    assert all(len(why) > 20 for why in ALLOWED[file].values())


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('x = "weight_shift"', ["weight_shift"]),
        ('if check.id in ("heel_rise", "other"): pass', ["heel_rise"]),
        ('values[f"knee_flexion_{side}"]', ["knee_flexion"]),
        ('"fppa_{side}".format(side="left")', ["fppa"]),
        ('landmarks("hip_flexion trunk_inclination")', ["hip_flexion", "trunk_inclination"]),
        ('"squat:heel"', []),
        ('help="A part of the protocol such as squat_front."', []),
        ('def f():\n    "squat"', []),
        ('"knees that bend more"', []),
        ('kind: Literal["tempo"]', []),
        ('"left_knee"', []),
    ],
)
def test_what_counts_as_naming(source: str, named: list[str]) -> None:
    assert [name for _, name in names_in(source)] == named
