"""The benchmarks compare like with like: every contender arrives at the same numbers."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import yaml

from scripts.benchmarks import engine, site
from scripts.benchmarks._contenders import gemm_floor
from scripts.benchmarks._workloads import WORKLOADS
from scripts.benchmarks.figures import Cost
from scripts.cache import ROOT

EVERY = [pytest.param(work, id=work.name) for work in WORKLOADS]


@pytest.mark.parametrize("work", EVERY)
def test_contenders_agree(work):
    contenders = {name: make() for name, make in work.build("tiny").items()}
    answers = {}
    for name, contender in contenders.items():
        contender.run()
        if contender.answer:
            answers[name] = [np.array(a) for a in contender.answer()]
    expected = answers[work.ours]
    assert sum(a.size for a in expected) > 10
    for name, answer in answers.items():
        assert len(answer) == len(expected), name
        for theirs, ours in zip(answer, expected, strict=True):
            assert theirs.dtype == np.float32, name
            scale = np.abs(ours).max()
            np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-3 * scale, err_msg=name)


@pytest.mark.parametrize("work", EVERY)
def test_training_changes_the_numbers_and_pure_work_does_not(work):
    contender = work.build("tiny")[work.ours]()
    contender.run()
    first = [np.array(a) for a in contender.answer()]
    contender.run()
    second = [np.array(a) for a in contender.answer()]
    trains = "MLP" in work.name or "LeNet" in work.name
    assert trains != all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("work", EVERY)
def test_goals_name_contenders(work):
    peers = {"torch", "torch NHWC", "scikit-learn", "autograd", "jax"}
    own = set(work.build("tiny"))
    assert work.ours in own
    assert set(work.goals) <= own | peers
    assert work.ours not in work.goals


def test_floor_spares_the_gradient_of_the_first_input_only(monkeypatch):
    calls = []
    monkeypatch.setattr(np, "matmul", lambda a, b, out: calls.append((a.shape, b.shape)))
    gemm_floor([(5, 4, 3), (5, 3, 2)]).run()
    forward = [((5, 4), (4, 3)), ((5, 3), (3, 2))]
    second = [((3, 5), (5, 2)), ((5, 2), (2, 3))]
    assert calls == [*forward, *second, ((4, 5), (5, 3))]


def test_times_are_medians_of_interleaved_rounds():
    order, now = [], [0.0]

    def work(name, seconds):
        def run():
            order.append(name)
            now[0] += next(seconds)

        return run

    steady = work("a", iter([1.0] * 5))
    uneven = work("b", iter([1.0, 1.0, 9.0, 2.0, 3.0]))
    times = engine.interleave({"a": steady, "b": uneven}, 3, clock=lambda: now[0])
    assert times == {"a": 1.0, "b": 3.0}
    assert order[4:] == ["a", "b", "b", "a", "a", "b"]


def test_short_work_is_repeated_until_it_can_be_timed():
    now = [0.0]

    def run():
        now[0] += 0.001

    assert engine.interleave({"a": run}, 1, sample=0.05, clock=lambda: now[0])[
        "a"
    ] == pytest.approx(0.001)
    assert now[0] == pytest.approx(0.052)


@pytest.mark.parametrize(("goal", "verdict"), [(0.5, "met"), (0.4, "missed")])
def test_row_says_whether_the_goal_is_met(goal, verdict):
    line = engine.row("work", {"fast": 1.0, "torch": 2.0}, "fast", {"torch": goal})
    assert f"0.50 x torch (goal {goal:g}: {verdict})" in line


@pytest.mark.parametrize(
    ("mine", "torch", "said"),
    [
        (30.0, 20.0, "1.50 x torch (goal 2: met)"),
        (50.0, 20.0, "2.50 x torch (goal 2: missed)"),
        (1.9, 0.1, "too small to tell"),
        (3.0, 1.0, "3.00 x torch (goal 2: missed)"),
        (30.0, 0.0, "too small to tell"),
    ],
)
def test_memory_is_a_ratio_to_torch_if_it_is_large_enough(mine, torch, said):
    assert said in engine.memory_row({"fast": mine, "torch": torch}, "fast")


def test_memory_that_is_unknown_is_left_out():
    assert engine.memory_row({"fast": None, "torch": 3.0}, "fast") == "unknown"
    assert engine.memory_row({"fast": 3.0, "torch": None}, "fast") == "3.0 MB"


def test_quick_prints_a_row_for_the_named_workload(monkeypatch, capsys):
    small = [type(w)(w.name, lambda _, w=w: w.build("tiny"), w.ours, w.goals) for w in WORKLOADS]
    monkeypatch.setattr("scripts.benchmarks._workloads.WORKLOADS", small)
    monkeypatch.setenv(engine.MARK, "1")
    engine.main(["--quick", "max pool"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(f"kernel {engine.kernel()}")
    assert lines[1].startswith("max pool 2x2")
    assert "x readable" in lines[1]


def test_without_one_thread_it_starts_again_with_one(monkeypatch):
    seen = {}

    def run(command, cwd, env):
        seen.update(command=command, env=env)
        return type("Done", (), {"returncode": 0})

    monkeypatch.delenv(engine.MARK, raising=False)
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "1")
    monkeypatch.setattr(engine.subprocess, "run", run)
    with pytest.raises(SystemExit) as stopped:
        engine.main(["--quick"])
    assert stopped.value.code == 0
    assert seen["command"][-1] == "--quick"
    assert seen["env"]["OPENBLAS_NUM_THREADS"] == "1"
    assert not engine.CHOICES_OF_KERNEL & set(seen["env"])


def test_plain_material_has_its_search_and_nothing_of_ours(tmp_path):
    def settings(plugins):
        path = site._plain_config(tmp_path / "plain.yml", tmp_path, plugins)
        return yaml.safe_load(path.read_text("utf-8"))

    plain, full = settings({"search"}), settings(None)
    assert [list(plugin) for plugin in plain["plugins"]] == [["search"]]
    assert len(full["plugins"]) == 4
    for one in (plain, full):
        assert "hooks" not in one
        assert one["theme"]["name"] == "material"
        assert "custom_dir" not in one["theme"]
        assert one["markdown_extensions"] == site._settings()["markdown_extensions"]


def test_a_figure_costs_what_its_files_cost_together():
    cost = Cost(drawing={"a.b": 0.02, "a.c": 0.06})
    assert cost.per_figure == pytest.approx(0.04)
    assert cost.per_file == pytest.approx(0.02)


def test_the_edit_of_a_module_is_seen_in_its_source_its_output_and_a_figure(tmp_path, monkeypatch):
    (tmp_path / "snippets").mkdir()
    module = tmp_path / "snippets/xor.py"
    shutil.copy(ROOT / "snippets/xor.py", module)
    monkeypatch.setattr(site, "_fetch", lambda address: "old drawing")
    for number in (1, 2):
        wanted = site._edit_module(tmp_path, "", number)
        edited = {}
        exec(compile(module.read_text("utf-8"), str(module), "exec"), edited)
        assert edited["hand_made_network"](edited["INPUTS"]).tolist() == [0, 1, 1, 0]
        page = f"# edited {number} {edited['hand_made_hidden'](edited['INPUTS'])}"
        figure = "assets/figures/en/xor-hand_made.svg"
        assert {one: test(page) for one, test in wanted.items()} == {"en/xor/": True, figure: True}
        assert not wanted[figure]("old drawing")
        assert not wanted["en/xor/"](page.replace("# edited", ""))
        assert not wanted["en/xor/"](page.replace(f"1.{number}", "1."))
