"""Records what frameworks say of small models that they train here: tests/ml/recorded/FRAMEWORK.json.

    python scripts/record_models.py                 # all of them, with the frameworks that are installed
    python scripts/record_models.py xgboost sklearn

A recording has the versions of the frameworks, sets of rows (null is NaN), and cases: the file that the framework or
its exporter writes, as text or base64, the scores it gives to a set of rows, and of classifiers the labels that its
`predict` gives; of files that are refused words of the message; and what the exporter says of models that it refuses. tests/ml/recorded/recorded.test.ts imports each file and
compares.
"""

import base64
import importlib
import json
import math
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "ml", "recorded")
FRAMEWORKS = ["catboost", "lightgbm", "onnxml", "onnxmltools", "sklearn", "skl2onnx", "torch", "torch_dynamo", "xgboost"]


def plain(value):
    """Numbers in nine digits, null for NaN, and text, in lists."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    number = float(value)
    if math.isnan(number):
        return None
    return int(number) if number == int(number) and abs(number) < 1e9 else float(f"{number:.9g}")


class Recording:
    """The cases of one framework."""

    def __init__(self):
        self.rows, self.cases, self.refusals = {}, [], {}

    def add(self, name, model, rows, scores, labels=None, warns=None):
        """A case: the model's file, the name of rows that `rows_of` knows, scores, and labels of a classifier."""
        file = {"text": model} if isinstance(model, str) else {"base64": base64.b64encode(bytes(model)).decode()}
        case = {"name": name, **file, "rows": rows, "scores": plain(np.asarray(scores))}
        if labels is not None:
            case["labels"] = plain(np.asarray(labels))
        if warns is not None:
            case["warns"] = warns
        self.cases.append(case)

    def refuse(self, name, model, words):
        """A case that cannot be imported, with words of the message."""
        file = {"text": model} if isinstance(model, str) else {"base64": base64.b64encode(bytes(model)).decode()}
        self.cases.append({"name": name, **file, "refused": words})

    def keep(self, name, rows):
        """Names a set of rows, and gives it back."""
        self.rows[name] = plain(rows)
        return rows

    def write(self, path, versions):
        lines = [f' "versions": {json.dumps(versions)}', ' "rows": {']
        lines.append(",\n".join(f'  {json.dumps(k)}: {json.dumps(v, separators=(",", ":"))}' for k, v in self.rows.items()))
        lines.append(' },\n "cases": [')
        lines.append(",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in self.cases))
        lines.append(" ]")
        if self.refusals:
            lines[-1] += f',\n "refusals": {json.dumps(self.refusals, indent=2)}'
        text = "{\n" + lines[0] + ",\n" + "\n".join(lines[1:]) + "\n}\n"
        json.loads(text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def main(names):
    for name in names or FRAMEWORKS:
        recording = Recording()
        versions = importlib.import_module(f"recorded_models.{name}_cases").record(recording)
        path = os.path.join(FOLDER, f"{name}.json")
        recording.write(path, {"numpy": np.__version__, **versions})
        print(f"{name}: {len(recording.cases)} cases, {os.path.getsize(path) // 1024} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
