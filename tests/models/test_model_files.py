"""The model files: what is pinned, what is inside, and that the build script makes nothing else."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import io
import re
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from movescreen.pose.assets import BUILT_ON_DEMAND

MODELS = Path(__file__).resolve().parents[2] / "models"
SHIPPED = ("lite", "full")
MEMBERS = ["pose_detector.tflite", "pose_landmarks_detector.tflite"]


def pinned() -> dict[str, str]:
    """Return file name -> sha256 out of ``SHA256SUMS``."""
    lines = (MODELS / "SHA256SUMS").read_text("ascii").splitlines()
    return {name: sha256 for sha256, name in (line.split("  ") for line in lines)}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_models", MODELS / "build_models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pinned_files_are_those_that_are_shipped() -> None:
    assert list(pinned()) == [f"pose_landmarker_{name}.task" for name in SHIPPED]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_has_the_pinned_bytes(name: str) -> None:
    path = MODELS / f"pose_landmarker_{name}.task"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == pinned()[path.name]


def test_the_readme_states_the_same_hashes(script: ModuleType) -> None:
    text = (MODELS / "README.md").read_text("utf-8")
    bundles = dict(re.findall(r"^\| `(\S+\.task)` .*`([0-9a-f]{64})` \|$", text, re.MULTILINE))
    assert bundles == pinned() | {f"pose_landmarker_{name}.task": sha256 for name, sha256 in BUILT_ON_DEMAND.items()}
    sources = dict(re.findall(r"^\| `(\S+\.(?:data|tflite))` .*`([0-9a-f]{64})` \|$", text, re.MULTILINE))
    assert {f"package/{name}": sha256 for name, sha256 in sources.items()} == script.SOURCES


def test_the_license_is_there_in_full() -> None:
    text = (MODELS / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in text
    assert "9. Accepting Warranty or Additional Liability." in text


@pytest.mark.parametrize("name", SHIPPED)
def test_a_bundle_is_a_plain_zip_of_two_networks_with_their_scaling(name: str) -> None:
    metadata = importlib.import_module("mediapipe.tasks.metadata.metadata_schema_py_generated")
    schema = importlib.import_module("mediapipe.tasks.metadata.schema_py_generated")
    with zipfile.ZipFile(MODELS / f"pose_landmarker_{name}.task") as bundle:
        assert bundle.namelist() == MEMBERS
        assert {member.compress_type for member in bundle.infolist()} == {zipfile.ZIP_STORED}
        networks = [bundle.read(member) for member in MEMBERS]
    scaling = []
    for network in networks:
        model = schema.Model.GetRootAs(network, 0)
        (record,) = (
            model.Metadata(i) for i in range(model.MetadataLength()) if model.Metadata(i).Name() == b"TFLITE_METADATA"
        )
        content = metadata.ModelMetadata.GetRootAs(bytes(model.Buffers(record.Buffer()).DataAsNumpy()), 0)
        unit = content.SubgraphMetadata(0).InputTensorMetadata(0).ProcessUnits(0)
        options = metadata.NormalizationOptions()
        options.Init(unit.Options().Bytes, unit.Options().Pos)
        scaling.append((options.Mean(0), options.Std(0)))
    assert scaling == [(127.5, 127.5), (0.0, 255.0)]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_mask_is_cut_off_and_the_other_outputs_are_all_there(script: ModuleType, name: str) -> None:
    schema = importlib.import_module("mediapipe.tasks.metadata.schema_py_generated")
    with zipfile.ZipFile(MODELS / f"pose_landmarker_{name}.task") as bundle:
        network = bundle.read("pose_landmarks_detector.tflite")
    graph = schema.ModelT.InitFromObj(schema.Model.GetRootAs(network, 0)).subgraphs[0]
    shapes = [list(graph.tensors[index].shape) for index in graph.outputs]
    assert shapes == [[1, 195], [1, 1], script.MASK_SHAPE, [1, 64, 64, 39], [1, 117]]
    mask = graph.outputs[2]
    (blank,) = script._operators_behind(graph, [mask])
    assert blank.inputs[0] == graph.inputs[0]
    assert script._operators_behind(graph, [i for i in graph.outputs if i != mask]) == graph.operators[:-1]


def test_the_same_input_makes_the_same_bytes(script: ModuleType, tmp_path: Path) -> None:
    first = script.write_bundle(tmp_path / "a.task", b"detector", b"landmarks")
    assert script.write_bundle(tmp_path / "b.task", b"detector", b"landmarks") == first
    assert script.write_bundle(tmp_path / "c.task", b"detector", b"other") != first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.task", "b.task", "c.task"]


def test_a_package_with_other_networks_is_refused(script: ModuleType, tmp_path: Path) -> None:
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as tar:
        for name in script.SOURCES:
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, io.BytesIO(b"junk"))
    with pytest.raises(SystemExit, match="is not the published file"):
        script.read_sources(package)


@pytest.mark.parametrize("kind", ["empty package", "no package", "no file"])
def test_a_package_without_networks_is_refused(script: ModuleType, tmp_path: Path, kind: str) -> None:
    package = tmp_path / "package.tgz"
    if kind == "empty package":
        with tarfile.open(package, "w:gz"):
            pass
    elif kind == "no package":
        package.write_text("hello")
    with pytest.raises(SystemExit, match="is it @mediapipe/pose"):
        script.read_sources(package)
