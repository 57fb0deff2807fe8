"""Indices of every integer type are taken as they are, or refused with the number that is wrong."""

import re

import numpy as np
import pytest

from snippets._checks import indices

INTEGERS = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]


@pytest.mark.parametrize("dtype", INTEGERS)
def test_indices_of_every_integer_type_become_a_copy_of_intp(dtype):
    given = np.array([[0, 1], [4, 2]], dtype).T
    taken = indices("f", "labels", given, below=5)
    assert taken.dtype == np.intp
    assert taken.tolist() == [[0, 4], [1, 2]]
    assert not np.shares_memory(taken, given)


@pytest.mark.parametrize(
    ("wrong", "dtype", "below"),
    [
        (-1, np.int64, 5),
        (-56, np.int8, 300),  # as a byte without sign it would be 200
        (5, np.int64, 5),
        (200, np.uint8, 5),
        (2**32 + 1, np.int64, 5),  # in 32 bits it would be 1
        (2**64 - 1, np.uint64, 5),  # in 64 bits with a sign it would be -1
        (0, np.int64, 0),
    ],
)
def test_an_index_out_of_range_is_named(wrong, dtype, below):
    message = f"f: labels must lie in 0 .. {below - 1}, got {wrong}"
    with pytest.raises(ValueError, match=re.escape(message)):
        indices("f", "labels", np.array([wrong], dtype), below=below)
