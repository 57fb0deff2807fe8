"""What the data of the package promise."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from snippets import data
from snippets.data import (
    blobs,
    digits,
    join_jamo,
    korean_text,
    korean_works,
    moons,
    spirals,
    split_jamo,
    train_test_split,
    xor,
)

ROOT = Path(__file__).parent.parent
DRAWS = {"moons": moons, "spirals": spirals, "blobs": blobs}


def test_xor_is_one_where_the_inputs_differ():
    x, y = xor()
    assert sorted(map(tuple, x)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [a != b for a, b in x] == y.astype(bool).tolist()


@pytest.mark.parametrize("name", DRAWS)
def test_same_seed_same_points(name):
    first, second, other = (DRAWS[name](50, np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(first[0], second[0])
    assert not np.array_equal(first[0], other[0])
    assert first[0].shape == (50, 2)
    assert first[1].dtype == np.intp
    assert np.bincount(first[1]).tolist() == [25, 25]


def test_moons_without_noise_lie_on_two_half_circles():
    x, labels = moons(200, np.random.default_rng(0), noise=0)
    upper, lower = x[labels == 0], x[labels == 1]
    assert np.hypot(*upper.T) == pytest.approx(np.ones(100))
    assert np.hypot(*(lower - [1, 0.5]).T) == pytest.approx(np.ones(100))
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_spiral_arms_are_one_arm_turned():
    x, labels = spirals(300, np.random.default_rng(0), noise=0, arms=3, turns=1.5)
    radius = np.hypot(*x.T)
    turned = np.arctan2(x[:, 1], x[:, 0]) - 2 * np.pi * (1.5 * radius + labels / 3)
    assert np.cos(turned) == pytest.approx(np.ones(300))


def test_blobs_surround_their_centers():
    centers = np.array([[0.0, 0.0, 5.0], [3.0, -3.0, 0.0]])
    x, labels = blobs(4000, np.random.default_rng(0), centers=centers, std=0.5)
    for k in (0, 1):
        assert x[labels == k].mean(axis=0) == pytest.approx(centers[k], abs=0.05)
        assert x[labels == k].std(axis=0) == pytest.approx(np.full(3, 0.5), abs=0.05)


def test_digits_are_grey_images_of_all_ten_classes():
    x, labels = digits()
    assert x.shape == (1797, 64)
    assert (x.min(), x.max()) == (0, 1)
    assert np.array_equal(16 * x, np.round(16 * x))
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert digits(np.float32)[0].dtype == np.float32


def test_nearest_neighbour_reads_the_digits():
    # images and labels belong together: the nearest other image nearly always has the same label
    x, labels = digits()
    square = np.sum(x * x, axis=1)
    distance = square[:, None] - 2 * x @ x.T + square
    np.fill_diagonal(distance, np.inf)
    assert np.mean(labels[distance.argmin(axis=1)] == labels) > 0.98


def test_split_keeps_every_sample_once_and_pairs_together():
    x = np.arange(40.0).reshape(20, 2)
    y = np.arange(20)
    x_train, y_train, x_test, y_test = train_test_split(x, y, np.random.default_rng(0), 0.3)
    assert len(y_test) == 6
    assert sorted([*y_train, *y_test]) == list(range(20))
    assert np.array_equal(x_train, x[y_train])
    assert np.array_equal(x_test, x[y_test])


def test_works_are_complete_and_old_enough():
    works = korean_works()
    assert len(works) == len({work.title for work in works}) >= 20
    assert {work.author for work in works} == {
        "윤동주", "김소월", "한용운", "이육사", "이상화", "김영랑", "김유정", "이효석",
    }  # fmt: skip
    for work in works:
        assert 1920 <= work.year <= 1945
        assert work.text
        assert "|" not in work.text


def test_text_is_long_enough_to_learn_from_and_plain():
    text = korean_text()
    letters = split_jamo(text)
    assert len(letters) > 9000
    assert len(set(letters)) < 75
    assert set(text) - set('\n .,!?"()') <= {chr(c) for c in range(ord("가"), ord("힣") + 1)}


def test_every_block_comes_apart_and_together_again():
    blocks = "".join(chr(code) for code in range(ord("가"), ord("힣") + 1))
    assert len(blocks) == 11_172
    assert join_jamo(split_jamo(blocks)) == blocks
    assert len(set(split_jamo(blocks))) == 51
    for block in blocks:
        assert join_jamo(split_jamo(block)) == block


@settings(deadline=None)  # a busy machine is not a failure
@given(
    st.text(alphabet=st.characters(codec="utf-8")) | st.text(alphabet="가각갃까꺄ㄱㄳㅏㅘㅎ \x1ba")
)
@example("하ㅋㅋ")
@example("ㄱㅏ")
@example("\x1b")
@example("\x1b\x1bㄱ가")
def test_no_text_is_lost(text):
    assert join_jamo(split_jamo(text)) == text


@settings(deadline=None)  # a busy machine is not a failure
@given(st.text(alphabet="ㄱㄲㄳㄸㅏㅘㅎㅇ \x1b가"))
def test_any_sequence_of_letters_can_be_joined(letters):
    joined = join_jamo(letters)
    assert len(joined) <= len(letters)
    assert join_jamo(split_jamo(joined)) == joined


def test_data_load_from_a_zip_file(tmp_path):
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as package:
        for path in (ROOT / "snippets").rglob("*"):
            if path.suffix in {".py", ".npz", ".txt"} and "figures" not in path.parts:
                package.write(path, path.relative_to(ROOT))
    code = (
        f"import sys; sys.path[:0] = [{str(archive)!r}]\n"
        "import snippets.data as d\n"
        "assert '.zip' in d.__file__\n"
        "print(d.digits()[0].shape, d.korean_works()[0].title)"
    )
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-I", "-c", code],
        capture_output=True, encoding="utf-8", check=True, cwd=tmp_path,
    )  # fmt: skip
    assert result.stdout.strip() == "(1797, 64) 서시"


def test_assets_stay_small():
    assert sum(path.stat().st_size for path in (ROOT / "snippets" / "_data").iterdir()) < 150_000


def test_bad_arguments_are_named():
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match="moons: rng must be a numpy"):
        moons(3, 0)
    with pytest.raises(ValueError, match="spirals: arms must be an integer >= 1"):
        spirals(3, rng, arms=0)
    with pytest.raises(TypeError, match="split_jamo: text must be a string, got 3"):
        split_jamo(3)


def test_the_module_says_of_every_work_where_it_was_printed():
    told = data.__doc__
    works = korean_works()
    assert all(work.author in told for work in works)
    of_one_place = {"김소월", "한용운", "이상화", "김영랑", "김유정", "이효석"}
    named = [work for work in works if work.author not in of_one_place]
    missing = [w.title for w in named if w.title not in " ".join(told.split())]
    assert missing == []
