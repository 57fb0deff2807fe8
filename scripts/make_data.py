"""Convert scikit-learn's handwritten digits into the small file that the package ships.

Run once, in an environment that has scikit-learn: `python scripts/make_data.py`.  The result,
`snippets/_data/digits.npz`, is committed; nothing else needs scikit-learn.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

TARGET = Path(__file__).parent.parent / "snippets" / "_data" / "digits.npz"


def main() -> None:
    """Write 1,797 images of 8x8 pixels in 0 .. 16 and their labels, one byte a number."""
    datasets: Any = importlib.import_module("sklearn.datasets")
    pixels, labels = datasets.load_digits(return_X_y=True)
    np.savez_compressed(TARGET, pixels=pixels.astype(np.uint8), labels=labels.astype(np.uint8))
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
