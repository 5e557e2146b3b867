"""Turn NanoDet's TensorFlow.js graph into TFLite with weights in float16.

Run by scripts/build-models inside TensorFlow 2.15.1: convert_nanodet.py nanodet.json out.tflite

The graph has operators that TensorFlow.js fused and plain TensorFlow does not know; they are taken
apart again: a convolution, then its bias, then its activation.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.framework import graph_pb2
from tensorflow.python.framework import tensor_util

PRODUCER = 1395  # the graph version that TensorFlow 2.15 writes
PLAIN = {
    "_FusedConv2D": "Conv2D",
    "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative",
    "_FusedMatMul": "MatMul",
}
KEPT = {
    "Conv2D": ("T", "strides", "padding", "data_format", "dilations", "explicit_paddings",
               "use_cudnn_on_gpu"),
    "DepthwiseConv2dNative": ("T", "strides", "padding", "data_format", "dilations",
                              "explicit_paddings"),
    "MatMul": ("T", "transpose_a", "transpose_b"),
}  # fmt: skip
LEAK = 0.2


def weights(model: dict[str, Any], folder: Path) -> Iterator[tuple[str, Any]]:
    """Read the weights that lie beside the graph, quantised ones made float again."""
    for group in model["weightsManifest"]:
        content = b"".join((folder / name).read_bytes() for name in group["paths"])
        offset = 0
        for entry in group["weights"]:
            quantised = entry.get("quantization") or {}
            kind = np.dtype(quantised.get("dtype") or entry["dtype"])
            count = int(np.prod(entry["shape"])) if entry["shape"] else 1
            values = np.frombuffer(content, kind, count, offset)
            offset += count * kind.itemsize
            values = values.astype(entry["dtype"])
            if "scale" in quantised:
                values = values * np.float32(quantised["scale"]) + np.float32(quantised["min"])
            yield entry["name"], values.astype(entry["dtype"]).reshape(entry["shape"])


def graph_of(path: Path) -> tuple[Any, list[str]]:
    """Give TensorFlow's graph with its weights in it, and the names of its outputs."""
    model = json.loads(path.read_text("utf-8"))
    values = dict(weights(model, path.parent))
    topology = {key: part for key, part in model["modelTopology"].items() if key != "versions"}
    graph = json_format.ParseDict(topology, graph_pb2.GraphDef(), ignore_unknown_fields=True)
    graph.versions.producer = PRODUCER
    for node in graph.node:
        if node.op == "Const":
            value = values[node.name]
            node.attr["value"].tensor.CopyFrom(tensor_util.make_tensor_proto(value))
            node.attr["dtype"].type = tf.as_dtype(value.dtype).as_datatype_enum
        else:
            _int64_is_int32(node)
    outputs = (model.get("signature") or model["userDefinedMetadata"]["signature"])["outputs"]
    names = [out["name"] if ":" in out["name"] else f"{out['name']}:0" for out in outputs.values()]
    return taken_apart(graph), names


def _int64_is_int32(node: Any) -> None:
    """TensorFlow.js keeps 64-bit numbers as 32-bit ones; the graph must say so, too."""
    for attribute in node.attr.values():
        if attribute.HasField("type") and attribute.type == tf.int64.as_datatype_enum:
            attribute.type = tf.int32.as_datatype_enum


def taken_apart(graph: Any) -> Any:
    """Give the same graph in plain operators."""
    plain = graph_pb2.GraphDef()
    plain.versions.CopyFrom(graph.versions)
    for node in graph.node:
        if node.op in PLAIN:
            _take_apart(node, plain)
        else:
            plain.node.add().CopyFrom(node)
    return plain


def _take_apart(node: Any, plain: Any) -> None:
    steps = [step.decode() for step in node.attr["fused_ops"].list.s]
    extra = list(node.input)[2:]
    base = plain.node.add()
    base.name = f"{node.name}/base" if steps else node.name
    base.op = PLAIN[node.op]
    base.input.extend(list(node.input)[:2])
    for key in KEPT[base.op]:
        if key in node.attr:
            base.attr[key].CopyFrom(node.attr[key])
    before = base.name
    for number, step in enumerate(steps):
        after = plain.node.add()
        after.op = step
        after.name = node.name if number == len(steps) - 1 else f"{node.name}/f{number}"
        after.attr["T"].CopyFrom(node.attr["T"])
        after.input.append(before)
        if step == "BiasAdd":
            after.input.append(extra.pop(0))
        elif step == "LeakyRelu":
            after.attr["alpha"].f = node.attr["leakyrelu_alpha"].f or LEAK
        before = after.name


def main() -> None:
    """Convert one file."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    graph, outputs = graph_of(source)
    entries = [node for node in graph.node if node.op == "Placeholder"]
    for node in entries:
        for size in node.attr["shape"].shape.dim:
            size.size = max(1, size.size)
    wrapped = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(graph, name=""), [])
    inside = wrapped.graph.as_graph_element
    function = wrapped.prune(
        [inside(f"{node.name}:0") for node in entries], [inside(name) for name in outputs]
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], function)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    target.write_bytes(converter.convert())


if __name__ == "__main__":
    main()
